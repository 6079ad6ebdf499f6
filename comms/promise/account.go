package promise

import "time"

// Account says how the promises of updates that were made to customers were
// kept. A report is due in days, and stands for itself.
type Account struct {
	Kept, Missed, Withdrawn, Open int
	// Worst is the most that one was late, or is late by now; 0 if none was.
	Worst time.Duration
}

// Due counts the promises that were decided one way or the other.
func (a Account) Due() int { return a.Kept + a.Missed }

// Sum gives the account of promises as of now.
func Sum(all []Promise, now time.Time) Account {
	var a Account
	for _, p := range all {
		if !p.Public() || p.Kind == Report {
			continue
		}
		p = p.Pass(now)
		switch p.State {
		case Open:
			a.Open++
		case Kept:
			a.Kept++
		case Missed:
			a.Missed++
		case Withdrawn:
			a.Withdrawn++
		}
		a.Worst = max(a.Worst, p.Late(now))
	}
	return a
}
