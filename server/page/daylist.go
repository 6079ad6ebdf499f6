package page

import (
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// daysView is one day of a component, or several on end that were the same: the
// bars in words.
type daysView struct {
	First   linkView
	Last    *linkView // nil for a single day
	Class   string
	Icon    string // "" before anything was known
	Words   text
	Entries []entryView // what was the trouble
}

// daysOf lists the days of the bars, the newest first.
func (v frame) daysOf(h history, spans []span) []daysView {
	var out []daysView
	for _, r := range slices.Backward(h.runs()) {
		d := h.days[r.from]
		first, last := v.firstDay().Add(time.Duration(r.from)*day), v.firstDay().Add(time.Duration(r.to-1)*day)
		view := daysView{First: v.dayLink(first), Class: class(d.worst), Icon: class(d.worst), Words: text{S: v.daily(d)}}
		if last.After(first) {
			l := v.dayLink(last)
			view.Last = &l
		}
		switch d.worst {
		case "":
			view.Class, view.First.Href = "none", ""
			if view.Last != nil {
				view.Last.Href = ""
			}
		case comms.Operational:
		default:
			for _, i := range during(spans, first, last.Add(day)) {
				view.Entries = append(view.Entries, v.entry(i))
			}
		}
		out = append(out, view)
	}
	return out
}

// dayLink leads to the page of a day.
func (v frame) dayLink(start time.Time) linkView {
	return linkView{v.Prefix + dayPath(start), v.p.Day(start)}
}

// counted says how a component's uptime comes about.
func (v frame) counted(h history) string {
	if h.known < time.Minute {
		return ""
	}
	return v.T("public.uptime.figures", "known", v.long(h.known), "down", v.long(h.down), "uptime", v.uptime(h), "time", v.dateTime(v.now).Words)
}

// long writes a length of time that may be of several days.
func (v frame) long(d time.Duration) string {
	switch days, rest := int(d/day), d%day; {
	case d == 0:
		return v.T("public.lasted.nothing")
	case days == 0:
		return v.lasted(rest)
	case rest < time.Minute:
		return v.T("public.lasted.days", "count", days)
	default:
		return v.T("public.lasted.both", "hours", v.T("public.lasted.days", "count", days), "minutes", v.lasted(rest))
	}
}

// uptimeRule says what counts in an uptime, in the words of the plan.
func (v frame) uptimeRule() sectionView {
	out := sectionView{ID: "uptime", Heading: v.T("public.uptime.link")}
	var words []any
	for _, s := range comms.States() {
		words = append(words, string(s), v.label(s).S)
	}
	for n := 1; n <= 5; n++ {
		out.Paragraphs = append(out.Paragraphs, v.T(fmt.Sprintf("public.uptime.%d", n), words...))
	}
	return out
}
