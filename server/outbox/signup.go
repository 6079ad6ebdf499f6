package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/mail"
)

// asker asks those who requested mail whether it was them.
type asker struct {
	river.WorkerDefaults[signupArgs]
	outbox *Outbox
}

// Work implements river.Worker.
func (a *asker) Work(ctx context.Context, _ *river.Job[signupArgs]) error {
	wait, done, err := a.outbox.ask(ctx)
	if err != nil || done {
		return err
	}
	return river.JobSnooze(wait)
}

// ask works for one turn, at most comms.SignupsPerMinute in any minute. What is
// above that waits its turn, the oldest first. done tells that nobody waits.
func (o *Outbox) ask(ctx context.Context) (wait time.Duration, done bool, err error) {
	for end := time.Now().Add(o.pace.Turn); ; {
		if o.halted() || time.Now().After(end) {
			return 0, false, nil
		}
		if held, err := o.config.Store.Held(ctx); err != nil || held {
			return o.pace.Sweep, false, err
		}
		now := o.config.Now()
		tried, err := o.config.Store.SignupsTried(ctx, now.Add(-time.Minute))
		if err != nil {
			return 0, false, fmt.Errorf("count the mails of the last minute: %w", err)
		}
		room := min(comms.SignupsPerMinute-tried, o.pace.Batch)
		at, ok, err := o.config.Store.NextSignup(ctx)
		switch {
		case err != nil:
			return 0, false, fmt.Errorf("look for the next request for mail: %w", err)
		case !ok:
			return 0, true, nil
		case at.After(now):
			return at.Sub(now), false, nil
		case room <= 0:
			return slot, false, nil
		}
		pause, err := o.askSome(ctx, room)
		if err != nil || pause > 0 {
			return pause, false, err
		}
	}
}

// slot is how long until one more mail may go, once a minute's are gone.
const slot = time.Minute / comms.SignupsPerMinute

// askSome claims, writes and sends some. A pause says that no mail at all can
// be handed over now.
func (o *Outbox) askSome(ctx context.Context, most int) (pause time.Duration, err error) {
	catalogue, titles, err := o.sayings(ctx)
	if err != nil {
		return 0, err
	}
	claimed, err := o.config.Store.ClaimSignups(ctx, most, o.config.Now(), o.pace.Lease)
	if err != nil {
		return 0, err
	}
	sending, cancel := context.WithTimeout(ctx, o.pace.batchTime())
	defer cancel()
	var mu sync.Mutex
	settle := func(v Signup, failure error) {
		outcome := o.asked(v, failure, sending)
		record, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.pace.Lease-o.pace.batchTime())
		defer cancel()
		failed := o.config.Store.SettleSignup(record, v, outcome)
		if o.config.Observer != nil {
			o.config.Observer.SignedUp(outcome.State)
		}
		if failure != nil {
			o.config.Log.WarnContext(record, "a request for mail could not be answered", "request", v.ID, "attempt", v.Attempt, "state", outcome.State, "reason", failure)
		}
		mu.Lock()
		defer mu.Unlock()
		err = errors.Join(err, failed)
		if wait := outcome.Next.Sub(outcome.At); outcome.State == Waiting && isDown(failure) && (pause == 0 || wait < pause) {
			pause = wait
		}
	}
	var mails []mail.Mail
	var written []Signup
	for _, v := range claimed {
		m, failure := o.config.Composer.Signup(v.Signup, v.Known, titles, catalogue)
		if failure != nil {
			settle(v, failure)
			continue
		}
		mails, written = append(mails, m), append(written, v)
	}
	o.config.Sender.Send(sending, mails, func(i int, failure error) { settle(written[i], failure) })
	return pause, err
}

// asked is what becomes of an attempt. A request waits for its mail as long as
// it can be confirmed.
func (o *Outbox) asked(v Signup, failure error, batch context.Context) Outcome {
	out := Outcome{State: Sent, At: o.config.Now()}
	var refused *mail.Failure
	var unfit *comms.Refusal
	switch {
	case failure == nil:
	case errors.As(failure, &unfit), errors.As(failure, &refused) && refused.Permanent:
		out.State = Dead
	case isDown(failure) && batch.Err() != nil:
		out.State, out.Next = Waiting, out.At
	case isDown(failure):
		out.State, out.Next = Waiting, out.At.Add(o.pace.after(v.Attempt, o.pace.Outage))
	default:
		out.State, out.Next = Waiting, out.At.Add(o.pace.after(v.Attempt, o.pace.Most))
	}
	return out
}

// sayings is the signed words that a mail about a request may hold: those of
// the plan, and the titles of what is open.
func (o *Outbox) sayings(ctx context.Context) (comms.Catalogue, map[comms.ID]comms.Words, error) {
	catalogue, err := o.catalogue(ctx)
	if err != nil {
		return catalogue, nil, err
	}
	open, err := o.config.Store.Standing(ctx)
	if err != nil {
		return catalogue, nil, fmt.Errorf("read what is open: %w", err)
	}
	titles := map[comms.ID]comms.Words{}
	for _, p := range open {
		m := p.Message()
		if m.Incident == nil {
			continue
		}
		words := comms.Words{}
		for lang, f := range m.Forms {
			words[lang] = f.Title
		}
		titles[m.Incident.ID] = words
	}
	return catalogue, titles, nil
}
