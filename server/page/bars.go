package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// bars is ninety days as a picture: one path for each run of equal days. It is
// a link to the days in words; the page's script makes each bar one to its day.
type bars struct {
	Label string // for people who do not see it
	Href  string
	Runs  []run
}

// run is some days on end that were the same. A bar is 3 wide and 4 apart;
// dashes of the stroke, which is 30 wide, make the single days.
type run struct {
	Class string
	Path  string
	Words string // "14 Oct: Slow, 20 minutes. Exports were slow"; "" for a good run
}

// heights tell the states apart without their colours; the picture is 30 high.
var heights = map[comms.State]int{"": 6, comms.Operational: 20, comms.Maintenance: 24, comms.Degraded: 24, comms.Partial: 27, comms.Major: 30}

func (v frame) bars(h history, spans []span, href string) bars {
	out := bars{Href: href}
	var trouble []string
	for _, r := range h.runs() {
		worst := h.days[r.from].worst
		picture := run{Class: class(worst), Path: fmt.Sprintf("M%d %dh%d", 4*r.from, 45-heights[worst], 4*(r.to-r.from)-1)}
		if worst == "" {
			picture.Class = "none"
		} else if worst != comms.Operational {
			first := v.firstDay().Add(time.Duration(r.from) * day)
			picture.Words = v.days(first, r.to-r.from) + ": " + v.daily(h.days[r.from])
			trouble = append(trouble, picture.Words)
			for _, i := range during(spans, first, first.Add(time.Duration(r.to-r.from)*day)) {
				picture.Words += ". " + v.title(i).S
			}
		}
		out.Runs = append(out.Runs, picture)
	}
	if len(trouble) == 0 {
		out.Label = v.T("public.bars.clear", "uptime", v.uptime(h))
	} else {
		out.Label = v.T("public.bars.trouble", "uptime", v.uptime(h), "days", strings.Join(trouble, v.T("language.semicolon")))
	}
	return out
}

// firstDay is the oldest that the bars cover.
func (v frame) firstDay() time.Time { return v.today().Add(-(barDays - 1) * day) }

func (v frame) today() time.Time { return v.now.UTC().Truncate(day) }

// stretchOfDays is days from one to another, the second not included.
type stretchOfDays struct{ from, to int }

// runs cuts the days where one differs from the one before. How long a good
// day was known makes no difference.
func (h history) runs() []stretchOfDays {
	var out []stretchOfDays
	for n, d := range h.days {
		last := len(out) - 1
		if last >= 0 && d.worst == h.days[n-1].worst && (d.worst.Rank() <= 0 || d == h.days[n-1]) {
			out[last].to = n + 1
		} else {
			out = append(out, stretchOfDays{n, n + 1})
		}
	}
	return out
}

// during lists what claimed a state between two moments, oldest first.
func during(spans []span, from, to time.Time) []*incident {
	var out []*incident
	for _, s := range spans {
		if s.of != nil && s.from.Before(to) && s.to.After(from) && !slices.Contains(out, s.of) {
			out = append(out, s.of)
		}
	}
	return out
}

// daily says how a day was: "Not working, 48 minutes".
func (v frame) daily(d daily) string {
	switch {
	case d.worst == "":
		return v.T("public.bars.unknown")
	case d.worst == comms.Operational:
		return v.label(d.worst).S
	case !d.since.IsZero():
		return v.T("public.bars.since", "state", v.label(d.worst).S, "from", v.clock(d.since).Words)
	}
	return v.T("public.bars.lasted", "state", v.label(d.worst).S, "time", v.lasted(d.lasted))
}

// label is the signed word for a state.
func (v frame) label(s comms.State) text { return v.say(v.catalogue.States[s]) }

// lasted writes a length of time in whole minutes, rounded down.
func (v frame) lasted(d time.Duration) string {
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case d >= day:
		return v.T("public.lasted.day")
	case hours == 0 && minutes == 0:
		return v.T("public.lasted.moment")
	case hours == 0:
		return v.T("public.lasted.minutes", "count", minutes)
	case minutes == 0:
		return v.T("public.lasted.hours", "count", hours)
	}
	return v.T("public.lasted.both", "hours", v.T("public.lasted.hours", "count", hours), "minutes", v.T("public.lasted.minutes", "count", minutes))
}

// days names a run of days in short.
func (v frame) days(first time.Time, count int) string {
	if count == 1 {
		return v.p.Day(first)
	}
	return v.p.Day(first) + " – " + v.p.Day(first.Add(time.Duration(count-1)*day))
}

func (v frame) uptime(h history) string {
	hundredths, ok := h.uptime()
	if !ok {
		return v.T("public.bars.unknown")
	}
	return v.T("public.bars.uptime", "whole", fmt.Sprint(hundredths/100), "part", fmt.Sprintf("%02d", hundredths%100))
}
