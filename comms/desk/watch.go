package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
)

// Reminder is one reminder of a promise. Each step goes out once, and no
// earlier one after a later.
type Reminder struct {
	Promise comms.ID
	Step    promise.Step
	At      time.Time
	To      []plan.PersonID
}

// Mend reckons the promises of every open incident anew. Call it at a start:
// an older program, or a restored backup, left some without.
func (d *Desk) Mend(ctx context.Context) error {
	var open []Incident
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		open, err = tx.Incidents(ctx, true, 0)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for incidents without a promise: %w", err)
	}
	for _, i := range open {
		err := d.c.Store.Write(ctx, func(tx Tx) error { return d.reckon(ctx, tx, i.ID) })
		if err != nil {
			return fmt.Errorf("reckon the promises of incident %s: %w", i.ID, err)
		}
	}
	return nil
}

// Watch decides the promises whose time is over and stores the reminders that
// are due, each in a transaction of its own: of each promise the latest alone,
// so that nobody gets a burst after an outage. Call it every few seconds; what
// several processes see, and what is seen again after a crash or when a clock
// goes back, happens once. behind is how far the clock is behind the latest
// promise that was made; it is 0 as long as time goes forward.
func (d *Desk) Watch(ctx context.Context) (behind time.Duration, err error) {
	var due []promise.Promise
	err = d.c.Store.Read(ctx, func(tx Tx) error {
		all, err := tx.PromisesWaiting(ctx)
		if err != nil || len(all) == 0 {
			return err
		}
		r, err := d.roster(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range all {
			behind = max(behind, p.Made.Sub(d.c.Now()))
			_, needed, err := d.reminder(ctx, tx, r, p, d.c.Now())
			if err != nil {
				return err
			}
			if needed || p.Pass(d.c.Now()) != p {
				due = append(due, p)
			}
		}
		return nil
	})
	if err != nil {
		return behind, fmt.Errorf("look for promises that are due: %w", err)
	}
	var errs []error
	for _, p := range due {
		if err := d.see(ctx, p); err != nil {
			errs = append(errs, fmt.Errorf("remind of promise %s: %w", p.ID, err))
		}
	}
	return behind, errors.Join(errs...)
}

// see decides one promise by the clock, and stores the reminder that is due.
func (d *Desk) see(ctx context.Context, seen promise.Promise) error {
	return d.c.Store.Write(ctx, func(tx Tx) error {
		all, err := tx.Promises(ctx, seen.Incident)
		if err != nil {
			return err
		}
		for _, p := range all {
			if p.ID != seen.ID || !p.Waits() {
				continue // somebody was faster
			}
			now := d.c.Now()
			if passed := p.Pass(now); passed != p {
				p = passed
				if err := tx.ChangePromise(ctx, p); err != nil {
					return err
				}
				if err := d.log(ctx, tx, Actor{}, "promise.missed", p.Incident, "promise", string(p.Kind), "due", p.Due.Format(time.RFC3339)); err != nil {
					return err
				}
			}
			return d.remind(ctx, tx, p, now)
		}
		return nil
	})
}

// remind stores the reminder of a promise that is due, with its mail.
func (d *Desk) remind(ctx context.Context, tx Tx, p promise.Promise, now time.Time) error {
	r, err := d.roster(ctx, tx)
	if err != nil {
		return err
	}
	n, needed, err := d.reminder(ctx, tx, r, p, now)
	if err != nil || !needed {
		return err
	}
	first, err := tx.ClaimReminder(ctx, Reminder{Promise: p.ID, Step: n.Step, At: now, To: n.To})
	if err != nil || !first {
		return err
	}
	if n.Holding, err = d.couldHold(ctx, tx, p.Incident); err != nil {
		return err
	}
	err = d.log(ctx, tx, Actor{}, "promise.reminded", p.Incident, "promise", string(p.Kind), "step", n.Step.String(), "need", string(n.Need))
	if err != nil {
		return err
	}
	return tx.Notify(ctx, n)
}

// reminder is the mail that a promise asks for now, if there is one to send:
// its step is due and has not gone out, and no other clock of the incident
// speaks for it. While signatures are missing, their clock does; once customers
// were promised something that is late, that one does.
func (d *Desk) reminder(ctx context.Context, tx Tx, r roster, p promise.Promise, now time.Time) (n Notice, needed bool, err error) {
	inc, err := tx.Incident(ctx, p.Incident)
	if err != nil {
		return n, false, err
	}
	moments, err := d.moments(ctx, tx, r, inc, p)
	if err != nil {
		return n, false, err
	}
	step := p.Step(moments, now)
	before, err := reminded(ctx, tx, p.ID)
	if err != nil || before >= step {
		return n, false, err
	}
	c, err := d.clock(ctx, tx, r, p)
	if err != nil {
		return n, false, err
	}
	switch {
	case step == promise.Passed:
	case c.Need == NeedWait, p.Public() && (c.Need == NeedSign || c.Need == NeedSigner):
		return n, false, nil
	case !p.Public() && (p.State == promise.Missed || p.Over(now)):
		all, err := tx.Promises(ctx, p.Incident)
		if public := waiting(all); err != nil || public != nil && (public.State == promise.Missed || public.Over(now)) {
			return n, false, err
		}
	}
	n = Notice{Kind: NoticeKind(step.String()), Update: c.Update, To: c.Line.At(step), Promise: p.ID, Step: step, Need: c.Need}
	if len(n.To) == 0 { // it is signed and should have gone out, or nobody in the line has an account
		n.To = promise.Writing(r.plan, c.Lead, r.may).Everyone
	}
	if n.Update == "" {
		n.Update, err = latestOf(ctx, tx, p.Incident)
	}
	return n, err == nil && len(n.To) > 0 && n.Update != "", err
}

// latestOf is the newest update of an incident; "" for none.
func latestOf(ctx context.Context, tx Tx, incident comms.ID) (comms.ID, error) {
	updates, err := tx.UpdatesOf(ctx, incident)
	if err != nil || len(updates) == 0 {
		return "", err
	}
	return updates[len(updates)-1].ID, nil
}
