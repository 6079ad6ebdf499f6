package plan

import (
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// What counts as working time: these hours of Monday to Friday, in the
// organisation's time zone. A plan knows no holidays.
const (
	workBegins = 9
	workEnds   = 17
)

// ReportDue is by when the report on an incident is promised of whose end
// customers were told at a time: the end of the last working day. ok is false
// when none is.
func (p *Plan) ReportDue(severity comms.Severity, told time.Time) (due time.Time, ok bool) {
	if p.Postmortem.WorkingDays == 0 || !slices.Contains(p.Postmortem.Severities, severity) {
		return time.Time{}, false
	}
	y, m, d := told.In(p.zone()).Date()
	for left := p.Postmortem.WorkingDays; left > 0; {
		d++
		if workday(y, m, d) {
			left--
		}
	}
	return time.Date(y, m, d+1, 0, 0, 0, 0, p.zone()).UTC(), true
}

// Working gives the moments of the three reminders of a promise that leaves
// days: each when its share of the working time is over, so that nobody is
// reminded at night or on a weekend. Where there is no working time between,
// they come as those of any other promise.
func (p *Plan) Working(r Reminders, made, due time.Time) [3]time.Time {
	hours := p.workingHours(made, due)
	var all time.Duration
	for _, h := range hours {
		all += h[1].Sub(h[0])
	}
	if all == 0 {
		return r.At(made, due)
	}
	out := [3]time.Time{due, due, due}
	for i, percent := range []int{r.Remind, r.StandIn, r.Everyone} {
		left := all / 100 * time.Duration(percent)
		for _, h := range hours {
			if lasts := h[1].Sub(h[0]); left >= lasts {
				left -= lasts
				continue
			}
			out[i] = h[0].Add(left)
			break
		}
	}
	return out
}

// workingHours lists the stretches of working time between two moments.
func (p *Plan) workingHours(from, to time.Time) (out [][2]time.Time) {
	y, m, d := from.In(p.zone()).Date()
	for ; ; d++ {
		begin := time.Date(y, m, d, workBegins, 0, 0, 0, p.zone())
		if !begin.Before(to) {
			return out
		}
		end := time.Date(y, m, d, workEnds, 0, 0, 0, p.zone())
		if begin, end = later(begin, from), earlier(end, to); workday(y, m, d) && begin.Before(end) {
			out = append(out, [2]time.Time{begin.UTC(), end.UTC()})
		}
	}
}

func workday(y int, m time.Month, d int) bool {
	day := time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Weekday()
	return day != time.Saturday && day != time.Sunday
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
