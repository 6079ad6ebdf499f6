package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// byItself tells when the statement goes out without anybody asking for it:
// when the first update is due of an incident that a person has declared, and
// for whose severity the plan opts in. What programs opened waits for a person.
func (d *Desk) byItself(v *HoldView, said stated) (time.Time, bool) {
	after, ok := v.Held.Approved.Message().Statement.ByItself(said.severity)
	if !ok || said.timed || len(said.claims) == 0 || len(said.claims) != len(v.Filling.Claims) || v.Incident.DeclaredAt.IsZero() {
		return time.Time{}, false
	}
	from := said.started
	if v.Incident.DeclaredAt.After(from) {
		from = v.Incident.DeclaredAt
	}
	return from.Add(after), true
}

// HoldDue publishes holding statements that go out by themselves: of incidents
// whose first update is due and of which customers were told nothing, where
// the plan opts in. Call it every few seconds: whatever several processes do,
// and after a crash, one goes out for an incident. After an outage it still
// goes out within the plan's approval_life; later people decide. An error
// concerns those incidents alone that it names.
func (d *Desk) HoldDue(ctx context.Context) error {
	var due []Filling
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		due, err = d.holdDue(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for holding statements that are due: %w", err)
	}
	var errs []error
	for _, f := range due {
		if err := d.holdOne(ctx, f); err != nil {
			errs = append(errs, fmt.Errorf("publish the holding statement of incident %s: %w", f.Incident, err))
		}
	}
	return errors.Join(errs...)
}

func (d *Desk) holdDue(ctx context.Context, tx Tx) ([]Filling, error) {
	p, _, err := d.plan(ctx, tx)
	if comms.CodeOf(err) == comms.NotFound || err == nil && !slices.ContainsFunc(p.Holding.Statements, func(s plan.Statement) bool { return len(s.ByItself) > 0 }) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	incidents, err := tx.Incidents(ctx, true, 0)
	if err != nil {
		return nil, err
	}
	var out []Filling
	for _, inc := range incidents {
		if inc.Head > 0 || inc.Kind != comms.KindIncident || inc.DeclaredAt.IsZero() {
			continue
		}
		if f, ok, err := d.ripe(ctx, tx, p, inc.ID); err != nil {
			return nil, err
		} else if ok {
			out = append(out, f)
		}
	}
	return out, nil
}

// ripe tells with what a statement goes out now by itself, if one does.
func (d *Desk) ripe(ctx context.Context, tx Tx, p *plan.Plan, incident comms.ID) (Filling, bool, error) {
	for _, s := range p.Holding.Statements {
		v, err := d.hold(ctx, tx, Actor{}, Filling{Incident: incident, Statement: s.ID})
		if comms.CodeOf(err) == comms.Unsigned || comms.CodeOf(err) == comms.Conflict {
			continue
		}
		if err != nil {
			return Filling{}, false, err
		}
		now := d.c.Now()
		if v.Held.Statement.ID == s.ID && !v.Itself.IsZero() && !now.Before(v.Itself) && now.Before(v.Itself.Add(p.ApprovalLife)) {
			return v.Filling, true, nil
		}
	}
	return Filling{}, false, nil
}

func (d *Desk) holdOne(ctx context.Context, f Filling) error {
	var published signoff.Publication
	err := d.c.Store.Write(ctx, func(tx Tx) error {
		published = signoff.Publication{}
		p, _, err := d.plan(ctx, tx)
		if err != nil {
			return err
		}
		f, ok, err := d.ripe(ctx, tx, p, f.Incident)
		if err != nil || !ok {
			return err // somebody was faster
		}
		v, err := d.hold(ctx, tx, Actor{}, f)
		if err == nil {
			err = v.Obstacle
		}
		if err != nil {
			return err
		}
		published, err = d.publishHeld(ctx, tx, Actor{}, v, nil)
		return err
	})
	if err == nil {
		d.announce(published)
	}
	return err
}
