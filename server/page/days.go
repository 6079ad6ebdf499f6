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
	Entries []entryView
}

// entryView is an incident or maintenance in a list.
type entryView struct {
	Day   string
	Title text
	Href  string
	Meta  string
}

// historyView is the history page.
type historyView struct {
	frame
	Months []monthView
}

type monthView struct {
	ID      string
	Label   string
	Entries []entryView
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
			out = append(out, dayView{Label: v.p.Date(empty[0])})
		default:
			out = append(out, dayView{Label: v.T("public.dates", "from", v.p.Date(empty[len(empty)-1]), "to", v.p.Date(empty[0]))})
		}
		empty = nil
	}
	for n := range listDays {
		start := today.Add(-time.Duration(n) * day)
		entries := v.entriesOf(f, start)
		if len(entries) == 0 {
			if !start.Before(oldest) {
				empty = append(empty, start)
			}
			continue
		}
		flush()
		out = append(out, dayView{Label: v.p.Date(start), Entries: entries})
	}
	flush()
	return out
}

// entriesOf lists what began on a day, the newest first. Planned work that has
// not begun stands elsewhere.
func (v frame) entriesOf(f *facts, start time.Time) []entryView {
	var out []entryView
	for _, i := range slices.Backward(f.incidents) {
		if !i.upcoming() && onDay(i, start) {
			out = append(out, v.entry(i))
		}
	}
	return out
}

func (v frame) entry(i *incident) entryView {
	from := i.began()
	e := entryView{Day: v.p.Day(from), Title: v.title(i), Href: v.Prefix + address(i)}
	phase := v.phase(i.state().Phase).S
	end, closed := i.ended()
	switch {
	case !closed && i.upcoming():
		e.Meta = v.T("public.from_on", "phase", phase, "from", v.p.DateTime(from))
	case !closed:
		e.Meta = v.T("public.since", "phase", phase, "from", v.p.Time(from))
	case i.state().Phase == comms.PhaseCancelled || i.state().Phase == comms.PhaseFalseAlarm || !end.After(from):
		e.Meta = phase
	case sameDay(from, end):
		e.Meta = v.T("public.lasted", "phase", phase, "from", v.p.Time(from), "to", v.p.Time(end))
	default:
		e.Meta = v.T("public.lasted", "phase", phase, "from", v.p.DateTime(from), "to", v.p.DateTime(end))
	}
	return e
}

// months lists everything that was published, by the month in which it began.
func (v frame) months(f *facts) []monthView {
	all := slices.Clone(f.incidents)
	slices.SortStableFunc(all, func(a, b *incident) int { return b.began().Compare(a.began()) })
	var out []monthView
	for _, i := range all {
		id := i.began().UTC().Format("2006-01")
		if len(out) == 0 || out[len(out)-1].ID != id {
			out = append(out, monthView{ID: id, Label: v.p.Month(i.began())})
		}
		m := &out[len(out)-1]
		m.Entries = append(m.Entries, v.entry(i))
	}
	return out
}

func sameDay(a, b time.Time) bool { return a.UTC().Truncate(day).Equal(b.UTC().Truncate(day)) }
