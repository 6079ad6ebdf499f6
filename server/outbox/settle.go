package outbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/mail"
)

// settling records what becomes of the deliveries of a batch, each as soon as
// it is known: only what is between the mail server's answer and this record
// can be repeated after a crash.
type settling struct {
	*round
	ctx   context.Context // outlives a stop, so that what happened is recorded
	batch context.Context // ends when the batch was stopped or ran out of time

	mu    sync.Mutex
	pause time.Duration // the shortest wait of those that an outage stopped
	err   error         // the first record that failed
}

// settle is called by several goroutines.
func (s *settling) settle(d Delivery, failure error) {
	o := s.outcome(d, failure)
	ctx, cancel := context.WithTimeout(s.ctx, s.pace.Lease-s.pace.batchTime())
	defer cancel()
	err := s.config.Store.Settle(ctx, d, o)
	if s.config.Observer != nil {
		s.config.Observer.Settled(d.Way, o.State, o.At.Sub(s.publication.At()))
	}
	if o.State == Dead && s.publication.Redacted() == nil {
		s.config.Log.WarnContext(ctx, "a subscriber could not be told", "publication", d.Publication, "subscriber", d.Subscriber, "attempt", d.Attempt, "reason", o.Error)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.err == nil {
		s.err = err
	}
	if wait := o.Next.Sub(o.At); o.State == Waiting && isDown(failure) && s.batch.Err() == nil && (s.pause == 0 || wait < s.pause) {
		s.pause = wait
	}
}

func (s *settling) outcome(d Delivery, failure error) Outcome {
	o := Outcome{State: Sent, At: s.config.Now()}
	if failure == nil {
		return o
	}
	o.Error = failure.Error()
	var refused *mail.Failure
	var unfit *comms.Refusal
	switch {
	case errors.As(failure, &unfit), errors.As(failure, &refused) && refused.Permanent:
		o.State = Dead
	case o.At.Sub(s.publication.At()) > s.pace.Patience:
		o.State, o.Error = Dead, "given up after "+s.pace.Patience.String()+": "+o.Error
	case isDown(failure) && s.batch.Err() != nil:
		o.State, o.Next = Waiting, o.At // it was not this mail's turn yet
	case isDown(failure):
		o.State, o.Next = Waiting, o.At.Add(s.pace.after(d.Attempt, s.pace.Outage))
	default:
		o.State, o.Next = Waiting, o.At.Add(s.pace.after(d.Attempt, s.pace.Most))
	}
	return o
}

func (s *settling) result() (pause time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pause, s.err
}

func isDown(err error) bool {
	var f *mail.Failure
	return errors.As(err, &f) && f.Down
}
