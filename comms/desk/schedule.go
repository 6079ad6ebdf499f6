package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/signoff"
)

// Waits tells whether the update's exact words are on their way: signatures
// are asked for, or all are given and its time lies ahead.
func (u Update) Waits() bool { return u.State == InReview || u.State == Approved }

// Over tells whether nothing more becomes of the update: it is out, or was
// withdrawn.
func (u Update) Over() bool { return u.State == Published || u.State == Withdrawn }

// Planned is when an update is to go out by what its draft says; the zero time
// is as soon as it is signed, or at no time that can be read.
func Planned(text draft.Draft) time.Time {
	if text.PublishAt == "" {
		return time.Time{}
	}
	at, err := draft.ParseTime(text.PublishAt)
	if err != nil {
		return time.Time{}
	}
	return at
}

// before finds the update that customers will have read last when a text goes
// out at its time, if it is not published yet. Updates with a time follow one
// another by their times. One without goes out before all of them if it asks
// for signatures already, or if customers know nothing so far.
func before(ctx context.Context, tx Tx, at place, text draft.Draft) (*Update, error) {
	mine := Planned(text)
	updates, err := tx.UpdatesOf(ctx, at.incident.ID)
	if err != nil || mine.IsZero() {
		return nil, err
	}
	var prior *Update
	var latest time.Time
	for _, u := range updates { // oldest first
		if u.ID == at.update.ID || u.Kind != comms.MessageUpdate || u.Over() {
			continue
		}
		theirs, err := planned(ctx, tx, u)
		if err != nil {
			return nil, err
		}
		switch {
		case theirs.IsZero() && u.State != InReview && at.head > 0:
			continue
		case theirs.After(mine) || theirs.Equal(mine) && !earlier(u, at.update):
			continue
		case prior != nil && theirs.Before(latest):
			continue
		}
		prior, latest = &u, theirs
	}
	return prior, nil
}

// earlier orders updates that go out at the same time.
func earlier(a, b Update) bool {
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) < 0
}

// planned is when an update is to go out.
func planned(ctx context.Context, tx Tx, u Update) (time.Time, error) {
	latest, err := tx.Latest(ctx, u.ID)
	if err != nil || latest.Number == 0 {
		return time.Time{}, err
	}
	return Planned(latest.Draft), nil
}

// approve keeps a message that is signed for its time, if it could go out then
// by what is known now.
func (d *Desk) approve(ctx context.Context, tx Tx, a Actor, b bench) error {
	if err := d.foresee(b); err != nil {
		return d.park(ctx, tx, a, b.place.update, err)
	}
	u, err := tx.Update(ctx, b.place.update.ID)
	if err != nil {
		return err
	}
	u.State = Approved
	if err := tx.ChangeUpdate(ctx, u); err != nil {
		return err
	}
	return d.log(ctx, tx, a, "update.approved", u.ID, "digest", u.Digest.String(), "publish_at", b.message.PublishAt.UTC().Format(time.RFC3339))
}

// foresee tells whether a message could go out at its time if nothing moved
// until then but what is to go out before it.
func (d *Desk) foresee(b bench) error {
	basis := d.basis(b)
	if b.place.prior != nil {
		basis.Latest = b.place.prior.Digest
	}
	return signoff.Foresee(b.content, d.report(b), b.approvals, basis, b.message.NotBefore(d.c.Now()))
}

// Release publishes what is signed and due, oldest first. Everything is judged
// again in the transaction that publishes, and what cannot go out is parked
// with the reason; so is what was not signed until its signatures would have
// expired. Call it every few seconds: what several processes release, and what
// is released again after a crash, goes out once. An error concerns those
// updates alone that it names; they are tried again the next time.
func (d *Desk) Release(ctx context.Context) error {
	var due []comms.ID
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		due, err = d.due(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for updates that are due: %w", err)
	}
	var errs []error
	for _, id := range due {
		if err := d.release(ctx, id); err != nil {
			errs = append(errs, fmt.Errorf("publish update %s at its time: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// due lists the updates that go out now, or should have, in their order.
func (d *Desk) due(ctx context.Context, tx Tx) ([]comms.ID, error) {
	updates, err := tx.UpdatesIn(ctx, Approved, InReview)
	if err != nil || len(updates) == 0 {
		return nil, err
	}
	times := map[comms.ID]time.Time{}
	for _, u := range updates {
		m, err := submitted(ctx, tx, u)
		if err != nil {
			return nil, err
		}
		if m.PublishAt == nil || m.PublishAt.After(d.c.Now()) {
			continue
		}
		p, _, err := d.under(ctx, tx, u.Incident)
		if err != nil {
			return nil, err
		}
		if u.State == Approved || m.PublishAt.Add(p.ApprovalLife).Before(d.c.Now()) {
			times[u.ID] = *m.PublishAt
		}
	}
	updates = slices.DeleteFunc(updates, func(u Update) bool { return times[u.ID].IsZero() })
	slices.SortFunc(updates, func(a, b Update) int {
		return cmp.Or(times[a.ID].Compare(times[b.ID]), a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	out := make([]comms.ID, len(updates))
	for i, u := range updates {
		out[i] = u.ID
	}
	return out, nil
}

func (d *Desk) release(ctx context.Context, id comms.ID) error {
	var published signoff.Publication
	err := d.c.Store.Write(ctx, func(tx Tx) error {
		published = signoff.Publication{}
		due, err := d.due(ctx, tx)
		if err != nil || !slices.Contains(due, id) {
			return err // somebody was faster
		}
		u, err := tx.Update(ctx, id)
		if err != nil {
			return err
		}
		b, err := d.bench(ctx, tx, u)
		if err != nil {
			return err
		}
		published, err = d.publish(ctx, tx, Actor{}, b)
		return err
	})
	if err == nil {
		d.announce(published)
	}
	return err
}

// requeue looks at the updates that wait for their time after something moved
// under them: a publication of their incident, or a change of what they were
// to follow; see replan for what a plan moves. What cannot go out any
// more is set aside at once, so that people know before its time.
func (d *Desk) requeue(ctx context.Context, tx Tx, a Actor, incident comms.ID) error {
	updates, err := tx.UpdatesIn(ctx, InReview, Approved)
	if err != nil {
		return err
	}
	queue := map[comms.Digest]comms.Message{}
	for _, u := range updates {
		if u.Incident == incident {
			if queue[u.Digest], err = submitted(ctx, tx, u); err != nil {
				return err
			}
		}
	}
	for _, u := range updates {
		if m := queue[u.Digest]; m.PublishAt != nil {
			if err := d.requeueOne(ctx, tx, a, u, m, queue); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) requeueOne(ctx context.Context, tx Tx, a Actor, u Update, m comms.Message, queue map[comms.Digest]comms.Message) error {
	at, err := d.now(ctx, tx, u)
	if err != nil {
		return err
	}
	number := at.head
	switch {
	case follows(m, at, queue):
		return nil
	case at.phase.Closed() && !at.plan.Follows(at.phase, m.Incident.Phase):
		return d.setAside(ctx, tx, a, u, Withdrawn, comms.Say("customers were told that this is over (publication %d), so there is nothing left to say", number).String())
	case m.After.IsZero():
		return d.setAside(ctx, tx, a, u, Parked, comms.Say("customers were told something newer (publication %d) after this was written; look at it, then submit this again", number).String())
	}
	return d.setAside(ctx, tx, a, u, Parked, comms.Say("the update that this was to follow has changed, was taken back or is not the latest that customers know; look at it, then submit this again").String())
}

// follows tells whether a message can still come to follow the latest of its
// incident, directly or behind others that wait.
func follows(m comms.Message, at place, queue map[comms.Digest]comms.Message) bool {
	for range len(queue) + 1 {
		if m.After.IsZero() {
			return m.Basis == at.head
		}
		if m.After == at.latest {
			return true
		}
		prior, waits := queue[m.After]
		if !waits {
			return false
		}
		m = prior
	}
	return false
}
