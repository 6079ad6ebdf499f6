package page

import (
	"cmp"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// barDays is how many days the bars cover, today included.
const barDays = 90

const day = 24 * time.Hour

// span is a stretch of time in which one incident claimed a state.
type span struct {
	from, to time.Time
	state    comms.State
	of       *incident
}

// stretch is time on end in which one state was the worst that was claimed.
type stretch struct {
	from, to time.Time
	state    comms.State
}

// history is a component's last days.
type history struct {
	days  [barDays]daily // oldest first
	known time.Duration
	down  time.Duration // of it, partly or wholly out of order
}

// daily is a component on one day (UTC).
type daily struct {
	worst  comms.State   // "" before anything was known
	lasted time.Duration // how long it was as bad as that
	// since is when the worst state began that still holds, as of today; zero
	// for a day on which it ended.
	since time.Time
}

// spans lists what was claimed of a component when. A claim holds from its
// publication to the next one of its incident. The first reaches back to when
// the incident began, and a closing one counts from when it ended. A false alarm claims nothing of the
// past.
func (f *facts) spans(of comms.ComponentID, now time.Time) (out []span) {
	for _, i := range f.concerning(of) {
		if i.latest().Phase() == comms.PhaseFalseAlarm {
			continue
		}
		end, closed := i.ended()
		for n, u := range i.updates {
			if u.Phase().Closed() {
				continue
			}
			s := span{from: u.At(), to: now}
			if began := i.began(); n == 0 && i.kind == comms.KindIncident && began.Before(s.from) {
				s.from = began
			}
			if n+1 < len(i.updates) {
				s.to = i.updates[n+1].Effective()
			}
			if closed && end.Before(s.to) {
				s.to = end
			}
			for _, c := range u.Claims() {
				if c.Component == of && c.State != comms.Operational && s.to.After(s.from) {
					out = append(out, span{s.from, s.to, c.State, i})
				}
			}
		}
	}
	return out
}

// historyOf lays spans over the last days. Time before since is unknown, and
// never counted as working.
func historyOf(spans []span, since, now time.Time) history {
	var h history
	first := now.UTC().Truncate(day).Add(-(barDays - 1) * day)
	for n := range h.days {
		if first.Add(time.Duration(n+1) * day).After(since) {
			h.days[n].worst = comms.Operational
		}
	}
	for _, s := range stretches(spans, since, now) { // what goes on still may have begun before the first day
		from := later(s.from, first)
		if !s.to.After(from) {
			continue
		}
		h.known += s.to.Sub(from)
		if s.state.Rank() >= comms.Partial.Rank() {
			h.down += s.to.Sub(from)
		}
		for n := int(from.Sub(first) / day); n < barDays && first.Add(time.Duration(n)*day).Before(s.to); n++ {
			h.days[n].add(s, first.Add(time.Duration(n)*day), now)
		}
	}
	return h
}

// add counts what of a stretch lies on the day that starts then.
func (d *daily) add(s stretch, start, now time.Time) {
	from, to := later(s.from, start), earlier(s.to, start.Add(day))
	switch {
	case s.state.Rank() < d.worst.Rank():
		return
	case s.state != d.worst:
		*d = daily{worst: s.state}
	}
	d.lasted += to.Sub(from)
	if d.since = (time.Time{}); to.Equal(now) && now.Before(start.Add(day)) && s.state != comms.Operational {
		d.since = s.from
	}
}

// stretches cuts the time between two moments by the worst of all spans, in
// its order and without a gap; what two incidents claim at once counts once.
func stretches(spans []span, from, to time.Time) []stretch {
	type edge struct {
		at    time.Time
		rank  int
		count int // +1 where a span begins, -1 where it ends
	}
	var edges []edge
	for _, s := range spans {
		if begin, end := later(s.from, from), earlier(s.to, to); end.After(begin) {
			edges = append(edges, edge{begin, s.state.Rank(), 1}, edge{end, s.state.Rank(), -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.rank, b.rank)) })
	edges = append(edges, edge{at: to})
	states := comms.States()
	open := make([]int, len(states))
	var out []stretch
	for n, at := 0, from; n < len(edges); n++ {
		if next := edges[n].at; next.After(at) {
			worst := len(states) - 1
			for worst > 0 && open[worst] == 0 {
				worst--
			}
			if last := len(out) - 1; last >= 0 && out[last].state == states[worst] {
				out[last].to = next
			} else {
				out = append(out, stretch{at, next, states[worst]})
			}
			at = next
		}
		open[edges[n].rank] += edges[n].count
	}
	return out
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// uptime is the share of the known time in which the component was neither
// partly nor wholly out of order, in hundredths of a percent, rounded down; ok
// is false when nothing is known yet.
func (h history) uptime() (hundredths int64, ok bool) {
	if h.known < time.Microsecond {
		return 0, false
	}
	return (h.known - h.down).Microseconds() * 10_000 / h.known.Microseconds(), true
}
