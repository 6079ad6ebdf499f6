package page

import (
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
}

// history is a component's last days.
type history struct {
	days  [barDays]comms.State // worst state of each day, oldest first; "" before anything was known
	known time.Duration
	down  time.Duration // of it, partly or wholly out of order
}

// spans lists, by component, what was claimed when. A claim holds from its
// publication to the next one of its incident. The first reaches back to when
// the incident began, and a closing one counts from when it ended. A false alarm claims nothing of the
// past.
func (f *facts) spans(now time.Time) map[comms.ComponentID][]span {
	out := map[comms.ComponentID][]span{}
	for _, i := range f.incidents {
		if i.state().Phase == comms.PhaseFalseAlarm {
			continue
		}
		end, closed := i.ended()
		for n, u := range i.updates {
			if u.message.Incident.Phase.Closed() {
				continue
			}
			s := span{from: u.at, to: now}
			if began := i.began(); n == 0 && i.kind == comms.KindIncident && began.Before(s.from) {
				s.from = began
			}
			if n+1 < len(i.updates) {
				s.to = i.updates[n+1].effective()
			}
			if closed && end.Before(s.to) {
				s.to = end
			}
			for _, c := range u.message.Incident.Claims {
				if c.State != comms.Operational && s.to.After(s.from) {
					out[c.Component] = append(out[c.Component], span{s.from, s.to, c.State})
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
	today := now.UTC().Truncate(day)
	first := today.Add(-(barDays - 1) * day)
	if since.Before(first) {
		since = first
	}
	for n := range h.days {
		start := first.Add(time.Duration(n) * day)
		if start.Add(day).After(since) {
			h.days[n] = comms.Operational
		}
		for _, s := range spans {
			if h.days[n] != "" && s.from.Before(start.Add(day)) && s.to.After(start) {
				h.days[n] = comms.Worst(h.days[n], s.state)
			}
		}
	}
	if now.After(since) {
		h.known = now.Sub(since)
		h.down = outage(spans, since, now)
	}
	return h
}

// outage adds up the time in which a component was partly or wholly out of
// order; what two incidents claim at once counts once.
func outage(spans []span, from, to time.Time) time.Duration {
	var total time.Duration
	for at := from; at.Before(to); {
		next, down := to, false
		for _, s := range spans {
			if s.state.Rank() < comms.Partial.Rank() {
				continue
			}
			if !s.from.After(at) && s.to.After(at) {
				down = true
			}
			for _, edge := range []time.Time{s.from, s.to} {
				if edge.After(at) && edge.Before(next) {
					next = edge
				}
			}
		}
		if down {
			total += next.Sub(at)
		}
		at = next
	}
	return total
}

// uptime is the share of the known time in which the component was neither
// partly nor wholly out of order, in hundredths of a percent, rounded down; ok
// is false when nothing is known yet.
func (h history) uptime() (hundredths int64, ok bool) {
	if h.known <= 0 {
		return 0, false
	}
	return int64((h.known - h.down).Seconds() * 10_000 / h.known.Seconds()), true
}
