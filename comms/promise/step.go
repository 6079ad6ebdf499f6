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

// Step is the latest reminder that is due. A promise that could not be kept
// when it was made is not reminded of, and one that nobody waits for neither.
func (p Promise) Step(r plan.Reminders, now time.Time) Step {
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
	for i, after := range r.After(p.Due.Sub(p.Made)) {
		if !now.Before(p.Made.Add(after)) {
			due = Step(i + 1)
		}
	}
	return due
}

// Coming is the first reminder that is not due yet, and when it will be; the
// zero step for none.
func (p Promise) Coming(r plan.Reminders, now time.Time) (Step, time.Time) {
	if p.State != Open || !p.Due.After(p.Made) {
		return None, time.Time{}
	}
	for i, after := range r.After(p.Due.Sub(p.Made)) {
		if at := p.Made.Add(after); now.Before(at) {
			return Step(i + 1), at
		}
	}
	if p.Public() && !p.Over(now) {
		return Passed, p.Due
	}
	return None, time.Time{}
}
