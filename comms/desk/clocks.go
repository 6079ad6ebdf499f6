package desk

import (
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
)

// clocked is a store whose every writing transaction ends with the promises
// reckoned anew of the incidents that it touched: no way to publish, submit or
// withdraw can forget what it promises or keeps.
type clocked struct {
	Store
	desk *Desk
}

// Write implements Store.
func (s clocked) Write(ctx context.Context, fn func(Tx) error) error {
	return s.Store.Write(ctx, func(tx Tx) error {
		t := &touching{Tx: tx}
		if err := fn(t); err != nil {
			return err
		}
		for _, incident := range t.touched {
			if err := s.desk.reckon(ctx, tx, incident); err != nil {
				return err
			}
		}
		return nil
	})
}

// touching notes the incidents that a transaction changes.
type touching struct {
	Tx
	touched []comms.ID
}

func (t *touching) note(incident comms.ID) {
	if incident != "" && !slices.Contains(t.touched, incident) {
		t.touched = append(t.touched, incident)
	}
}

// InsertIncident implements Incidents.
func (t *touching) InsertIncident(ctx context.Context, i Incident) error {
	t.note(i.ID)
	return t.Tx.InsertIncident(ctx, i)
}

// ChangeIncident implements Incidents.
func (t *touching) ChangeIncident(ctx context.Context, i Incident) error {
	t.note(i.ID)
	return t.Tx.ChangeIncident(ctx, i)
}

// InsertUpdate implements Updates.
func (t *touching) InsertUpdate(ctx context.Context, u Update) error {
	t.note(u.Incident)
	return t.Tx.InsertUpdate(ctx, u)
}

// ChangeUpdate implements Updates.
func (t *touching) ChangeUpdate(ctx context.Context, u Update) error {
	t.note(u.Incident)
	return t.Tx.ChangeUpdate(ctx, u)
}

// reckoning is the promises of one incident while they are brought in line
// with where it stands.
type reckoning struct {
	*Desk
	tx       Tx
	now      time.Time
	plan     *plan.Plan
	incident Incident
	severity plan.Severity
	updates  []Update
	all      []promise.Promise
}

// reckon makes the promises that an incident's state asks for and decides
// those that it answers. It goes by what is stored alone, so it also mends
// what an older program, or a backup, left without.
func (d *Desk) reckon(ctx context.Context, tx Tx, incident comms.ID) error {
	r := reckoning{Desk: d, tx: tx, now: d.c.Now()}
	var err error
	if r.incident, err = tx.Incident(ctx, incident); err != nil {
		return err
	}
	if r.plan, _, err = d.under(ctx, tx, incident); err != nil {
		return err
	}
	r.severity, _ = r.plan.Severity(r.incident.Severity)
	if r.updates, err = tx.UpdatesOf(ctx, incident); err != nil {
		return err
	}
	if r.all, err = tx.Promises(ctx, incident); err != nil {
		return err
	}
	if r.incident.Head == 0 {
		err = r.unpublished(ctx)
	} else {
		err = r.published(ctx)
	}
	if err != nil {
		return err
	}
	return r.signatures(ctx)
}

// waiting is the promise to customers that waits for somebody; nil for none.
func waiting(all []promise.Promise) *promise.Promise {
	for i := range all {
		if all[i].Public() && all[i].Waits() {
			return &all[i]
		}
	}
	return nil
}

// unpublished reckons before the first publication: what the declaration
// promises stands as long as something is being written.
func (r *reckoning) unpublished(ctx context.Context) error {
	writing := slices.ContainsFunc(r.updates, func(u Update) bool { return u.State != Withdrawn })
	switch p := waiting(r.all); {
	case p == nil && writing:
		declared := r.incident.OpenedAt
		if len(r.all) > 0 {
			declared = r.now // it was given up, and is taken up again
		}
		if made, ok := promise.Begin(r.incident.Kind, r.severity, declared, r.incident.StartedAt); ok {
			return r.add(ctx, made)
		}
	case p == nil:
	case !writing:
		return r.change(ctx, p, p.Withdraw(r.now))
	default:
		if graver, moved := p.Raise(r.severity, r.now); moved {
			if err := r.change(ctx, p, p.Withdraw(r.now)); err != nil {
				return err
			}
			return r.add(ctx, graver)
		}
	}
	return nil
}

// published reckons with the publications since the last reckoning. Before the
// first one only the latest counts: nobody can say what was promised earlier.
func (r *reckoning) published(ctx context.Context) error {
	var seen int64
	for _, p := range r.all {
		if p.Public() {
			seen = max(seen, p.After, p.Answer)
		}
	}
	if seen == r.incident.Head {
		return nil
	}
	history, err := r.tx.History(ctx, r.incident.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(r.all, promise.Promise.Public) && len(history) > 0 {
		latest := history[len(history)-1]
		if p, ok := promise.Follow(r.plan, *latest.Message().Incident, latest.Number(), latest.At()); ok {
			return r.add(ctx, p)
		}
		return nil
	}
	for _, pub := range history {
		if pub.Number() <= seen {
			continue
		}
		m := pub.Message()
		next, follows := promise.Follow(r.plan, *m.Incident, pub.Number(), pub.At())
		if p := waiting(r.all); p != nil {
			var told promise.Promise
			told, next, follows = p.Told(r.plan, m, pub.Number(), pub.At())
			if err := r.change(ctx, p, told); err != nil {
				return err
			}
		} else if m.Kind == comms.MessageRedaction {
			continue
		}
		if follows {
			if err := r.add(ctx, next); err != nil {
				return err
			}
		}
	}
	return nil
}

// signatures reckons with what is asked for and what was given.
func (r *reckoning) signatures(ctx context.Context) error {
	for _, u := range r.updates {
		i := slices.IndexFunc(r.all, func(p promise.Promise) bool { return p.Update == u.ID && p.Waits() })
		if i < 0 {
			if u.State == InReview {
				if err := r.askFor(ctx, u); err != nil {
					return err
				}
			}
			continue
		}
		p := &r.all[i]
		var err error
		switch u.State {
		case InReview:
		case Approved, Published:
			err = r.change(ctx, p, p.Fulfil(r.now, u.Publication))
		default:
			err = r.change(ctx, p, p.Withdraw(r.now))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// askFor makes the promise of an update's signatures.
func (r *reckoning) askFor(ctx context.Context, u Update) error {
	m, err := submitted(ctx, r.tx, u)
	if err != nil {
		return err
	}
	from, due := u.SubmittedAt, time.Time{}
	if slices.ContainsFunc(r.all, func(p promise.Promise) bool { return p.Update == u.ID }) {
		from = r.now // a signature was taken back, or it was submitted again
	}
	if p := waiting(r.all); p != nil && p.State == promise.Open {
		due = p.Due
	}
	if m.PublishAt != nil {
		due = *m.PublishAt
	}
	return r.add(ctx, promise.Sign(u.ID, from, due, r.plan.ApprovalLife))
}

func (r *reckoning) add(ctx context.Context, p promise.Promise) error {
	p.ID, p.Incident = comms.NewID(), r.incident.ID
	p.Made, p.Due = p.Made.UTC().Truncate(time.Microsecond), p.Due.UTC().Truncate(time.Microsecond)
	r.all = append(r.all, p)
	return r.tx.AddPromise(ctx, p)
}

func (r *reckoning) change(ctx context.Context, p *promise.Promise, to promise.Promise) error {
	if *p == to {
		return nil
	}
	*p = to
	return r.tx.ChangePromise(ctx, to)
}
