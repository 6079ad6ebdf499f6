package page

import (
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// listDays is how many days the front page lists, today included.
const listDays = 15

// dayView is one day, or several on end without anything to report.
type dayView struct {
	Label   string
	Href    string // of the day's page; "" for several
	Entries []entryView
}

// entryView is an incident or maintenance in a list.
type entryView struct {
	Day   string
	Title text
	Href  string
	Meta  string
	// The lists of history have more to say of an entry than the front page.
	Affects   *affectsView
	Corrected *noteView
	Short     text // the newest words in short, of what is open
}

func (v frame) lastDays(f *facts) []dayView {
	var out []dayView
	today := v.now.UTC().Truncate(day)
	oldest := f.since.UTC().Truncate(day)
	var empty []time.Time // days on end without an entry, newest first
	flush := func() {
		switch len(empty) {
		case 0:
			return
		case 1:
			out = append(out, dayView{Label: v.p.Date(empty[0]), Href: v.Prefix + dayPath(empty[0])})
		default:
			out = append(out, dayView{Label: v.T("public.dates", "from", v.p.Date(empty[len(empty)-1]), "to", v.p.Date(empty[0]))})
		}
		empty = nil
	}
	began := f.began(today.Add(-(listDays-1)*day), today.Add(day))
	for n := range listDays {
		start := today.Add(-time.Duration(n) * day)
		entries := v.entriesOf(began, start)
		if len(entries) == 0 {
			if !start.Before(oldest) {
				empty = append(empty, start)
			}
			continue
		}
		flush()
		out = append(out, dayView{Label: v.p.Date(start), Href: v.Prefix + dayPath(start), Entries: entries})
	}
	flush()
	return out
}

// began lists what began between two moments, the newest first. Planned work
// that has not begun stands elsewhere.
func (f *facts) began(from, to time.Time) []*incident {
	var out []*incident
	for _, i := range slices.Backward(f.incidents) {
		if within(i.filed, from, to) && !i.upcoming() {
			out = append(out, i)
		}
	}
	return out
}

// entriesOf lists those that began on a day.
func (v frame) entriesOf(began []*incident, start time.Time) []entryView {
	var out []entryView
	for _, i := range began {
		if within(i.filed, start, start.Add(day)) {
			out = append(out, v.entry(i))
		}
	}
	return out
}

func (v frame) entry(i *incident) entryView {
	from := i.began()
	e := entryView{Day: v.p.Day(from), Title: v.title(i), Href: v.Prefix + address(i)}
	phase := v.phase(i.latest().Phase()).S
	end, closed := i.ended()
	switch {
	case !closed && i.upcoming():
		e.Meta = v.T("public.from_on", "phase", phase, "from", v.p.DateTime(from))
	case !closed:
		e.Meta = v.T("public.since", "phase", phase, "from", v.p.Time(from))
	case i.latest().Phase() == comms.PhaseCancelled || i.latest().Phase() == comms.PhaseFalseAlarm || !end.After(from):
		e.Meta = phase
	case sameDay(from, end):
		e.Meta = v.T("public.lasted", "phase", phase, "from", v.p.Time(from), "to", v.p.Time(end))
	default:
		e.Meta = v.T("public.lasted", "phase", phase, "from", v.p.DateTime(from), "to", v.p.DateTime(end))
	}
	return e
}

func sameDay(a, b time.Time) bool { return a.UTC().Truncate(day).Equal(b.UTC().Truncate(day)) }
