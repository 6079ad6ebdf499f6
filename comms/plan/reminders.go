package plan

import "time"

// Reminders say after which part of the time to a promise who is reminded, in
// percent of the time between its making and its end. They rise.
type Reminders struct {
	Remind   int // whoever must act
	StandIn  int // the next in line
	Everyone int // everybody who could act
}

// builtinReminders are used where a plan says nothing else.
var builtinReminders = Reminders{Remind: 30, StandIn: 50, Everyone: 70}

// At gives the moments of the three reminders of a promise that was made at a
// time and is due at another.
func (r Reminders) At(made, due time.Time) [3]time.Time {
	part := func(percent int) time.Time { return made.Add(due.Sub(made) / 100 * time.Duration(percent)) }
	return [3]time.Time{part(r.Remind), part(r.StandIn), part(r.Everyone)}
}

// RemindersOf are the reminders of a severity: its own, else the plan's.
func (p *Plan) RemindersOf(s Severity) Reminders {
	if s.Reminders != (Reminders{}) {
		return s.Reminders
	}
	return p.Reminders
}

// LongFrom is when an incident of the severity may come to long-incident mode,
// by when it began and when it came back after customers were told that it was
// over (zero if it never did): what came back is counted anew. ok is false
// where the severity has no such mode.
func (s Severity) LongFrom(began, reopened time.Time) (from time.Time, ok bool) {
	return later(began, reopened).Add(s.LongAfter), s.LongAfter > 0 && s.LongEvery > 0
}

// Cadence is how long customers of the severity wait at most for the next
// update after one that goes out at a time; 0 promises none. In long-incident
// mode it is longer: the promise that is signed with an update announces it.
func (s Severity) Cadence(began, reopened, at time.Time) time.Duration {
	if from, ok := s.LongFrom(began, reopened); ok && !at.Before(from) {
		return s.LongEvery
	}
	return s.Every
}

// reminders reads when whom to remind. What is left out is as in base.
func (v value) reminders(base Reminders) Reminders {
	if v.missing() {
		return base
	}
	o := v.object("remind", "stand_in", "everyone")
	out := base
	for _, step := range []struct {
		key  string
		into *int
	}{{"remind", &out.Remind}, {"stand_in", &out.StandIn}, {"everyone", &out.Everyone}} {
		if n := o.get(step.key).number(1, 99); n > 0 {
			*step.into = n
		}
	}
	if out.Remind >= out.StandIn || out.StandIn >= out.Everyone {
		v.bad(fix("let each come later than the one before: remind, stand_in, everyone"), "the reminders come after %d, %d and %d percent of the time", out.Remind, out.StandIn, out.Everyone)
	}
	return out
}

// ownReminders reads those of a severity; zero where it has none.
func ownReminders(v value, base Reminders) Reminders {
	if v.missing() {
		return Reminders{}
	}
	return v.reminders(base)
}
