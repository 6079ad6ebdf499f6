package auth

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/limit"
)

// take counts an attempt, or refuses with *Limited.
func take(l *limit.Limits, key string, now time.Time) error {
	_, err := hold([]count{{l, key}}, now)
	return err
}

// count is one limit that an attempt counts against, and as whose.
type count struct {
	limits *limit.Limits
	key    string
}

// hold counts an attempt against every limit, or against none and refuses with
// *Limited. It returns how to take it back: attempts that succeed do not count.
func hold(counts []count, now time.Time) (forgive func(), err error) {
	var held []*rate.Reservation
	forgive = func() {
		for _, r := range held {
			r.CancelAt(now)
		}
	}
	for _, c := range counts {
		r := c.limits.Of(c.key).ReserveN(now, 1)
		held = append(held, r)
		if wait := r.DelayFrom(now); wait > 0 {
			forgive()
			return nil, &Limited{Until: now.Add(wait)}
		}
	}
	return forgive, nil
}

// limitKey is a name as it is counted: what somebody types as one may be long.
func limitKey(person plan.PersonID) string {
	return string(person[:min(len(person), 64)])
}
