package promise

import (
	"time"

	"github.com/countersign/countersign/comms"
)

// Kind says what is promised.
type Kind string

// The kinds of promise. All but Signature are made to customers.
const (
	First     Kind = "first"     // the first update, counted from the declaration
	Next      Kind = "next"      // the next update, counted from the latest
	Notice    Kind = "notice"    // planned work is announced so long before it
	Start     Kind = "start"     // customers hear that planned work begins
	End       Kind = "end"       // customers hear that planned work ends, or goes on
	Signature Kind = "signature" // an update gets its signatures
	Report    Kind = "report"    // customers get a report on what is over
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{First, Next, Notice, Start, End, Signature, Report} }

// State says what became of a promise.
type State string

// The states of a promise.
const (
	Open      State = "open"
	Kept      State = "kept"
	Missed    State = "missed"
	Withdrawn State = "withdrawn" // what it was about will not be
)

// Grace is how long after its time a promise is still kept: times are promised
// in whole minutes, and "by 15:30" lasts until 15:31.
const Grace = time.Minute

// Promise is one promise and what became of it.
type Promise struct {
	ID       comms.ID
	Incident comms.ID
	Update   comms.ID // of a Signature, the update that needs it
	Kind     Kind
	After    int64 // number of the incident's latest publication that was reckoned with; 0 for none
	Made     time.Time
	Due      time.Time
	State    State
	Decided  time.Time // when it was kept, missed or withdrawn; zero while it is open
	Answer   int64     // number of the publication that answered it; 0 for none
	Answered time.Time // when that was; zero for none
}

// Public tells whether the promise was made to customers.
func (p Promise) Public() bool { return p.Kind != Signature }

// Waits tells whether somebody still has to act: the promise is open, or was
// missed and customers have heard nothing since.
func (p Promise) Waits() bool { return p.State == Open || p.State == Missed && p.Answered.IsZero() }

// Over tells whether its time is over.
func (p Promise) Over(now time.Time) bool { return now.After(p.Due.Add(Grace)) }

// Pass decides by the clock: a promise whose time is over is missed.
func (p Promise) Pass(now time.Time) Promise {
	if p.State == Open && p.Over(now) {
		p.State, p.Decided = Missed, now
	}
	return p
}

// Fulfil decides by what was done at a moment, publication 0 for none: in time
// keeps the promise, and later answers it.
func (p Promise) Fulfil(at time.Time, publication int64) Promise {
	if !p.Waits() {
		return p
	}
	p.Answer, p.Answered = publication, at
	if p.Over(at) {
		p = p.Pass(at)
	} else {
		p.State, p.Decided = Kept, at
	}
	return p
}

// Withdraw ends a promise whose object is gone. One that was missed stays
// missed.
func (p Promise) Withdraw(at time.Time) Promise {
	switch {
	case p.State == Open && !p.Over(at):
		p.State, p.Decided = Withdrawn, at
	case p.Waits():
		p = p.Pass(at)
		p.Answered = at
	}
	return p
}

// Late is how much too late it was answered, or has been waiting until now; 0
// for one that is not missed.
func (p Promise) Late(now time.Time) time.Duration {
	if p.State != Missed {
		return 0
	}
	if !p.Answered.IsZero() {
		now = p.Answered
	}
	return max(0, now.Sub(p.Due))
}
