package promise

import (
	"time"

	"github.com/countersign/countersign/comms/plan"
)

// Step is how far the reminders of a promise have come. Later ones are greater.
type Step int

// The steps.
const (
	None     Step = iota
	Remind        // whoever must act
	StandIn       // the next in line
	Everyone      // everybody who could act
	Passed        // everybody: customers were promised something, and it is late
)

var stepNames = [...]string{"", "remind", "stand_in", "everyone", "passed"}

// String is the step's name in records and catalogues; "" for None.
func (s Step) String() string {
	if s < None || s > Passed {
		return ""
	}
	return stepNames[s]
}

// Steps lists every step that is a reminder, the first one first.
func Steps() []Step { return []Step{Remind, StandIn, Everyone, Passed} }

// Moments are those of the three reminders, by the plan's share of the time
// between the making and the end of a promise. Of a report it is working time
// that counts.
func (p Promise) Moments(pl *plan.Plan, r plan.Reminders) [3]time.Time {
	if p.Kind == Report {
		return pl.Working(r, p.Made, p.Due)
	}
	return r.At(p.Made, p.Due)
}

// Step is the latest reminder that is due, by their moments. A promise that
// could not be kept when it was made is not reminded of, and one that nobody
// waits for neither.
func (p Promise) Step(moments [3]time.Time, now time.Time) Step {
	if !p.Waits() || !p.Due.After(p.Made) {
		return None
	}
	if p.Over(now) || p.State == Missed {
		if p.Public() {
			return Passed
		}
		return Everyone
	}
	due := None
	for i, at := range moments {
		if !now.Before(at) {
			due = Step(i + 1)
		}
	}
	return due
}

// Coming is the first reminder that is not due yet, and when it will be; the
// zero step for none.
func (p Promise) Coming(moments [3]time.Time, now time.Time) (Step, time.Time) {
	if p.State != Open || !p.Due.After(p.Made) {
		return None, time.Time{}
	}
	for i, at := range moments {
		if now.Before(at) {
			return Step(i + 1), at
		}
	}
	if p.Public() && !p.Over(now) {
		return Passed, p.Due
	}
	return None, time.Time{}
}
