package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// AskChanges sends an update back to its author with a reason. Whoever may
// sign it may ask.
func (d *Desk) AskChanges(ctx context.Context, a Actor, update comms.ID, seen comms.Digest, reason string) (Update, error) {
	reason = strings.TrimSpace(reason)
	return d.turn(ctx, a, update, reason, func(tx Tx, p *plan.Plan, u Update) (Update, error) {
		b, err := d.bench(ctx, tx, u)
		if err != nil {
			return u, err
		}
		if seen != u.Digest {
			return u, comms.Refuse(comms.Conflict, "digest", "the text has changed since you saw it; read it again")
		}
		if !slices.Contains(holders(p, b.requirements), a.Person) {
			return u, comms.Refuse(comms.Forbidden, "", "only those who may sign can ask for changes; write to the author instead")
		}
		if err := d.voidAll(ctx, tx, b.approvals, comms.Say("changes were asked for").String()); err != nil {
			return u, err
		}
		u.State, u.Note = ChangesRequested, reason
		n := Notice{Kind: NoticeChanges, Update: u.ID, Digest: u.Digest, To: everybody(b.authors, signers(b.approvals)), By: a.Person, Reason: reason}
		if err := tx.Notify(ctx, n); err != nil {
			return u, err
		}
		return u, d.log(ctx, tx, a, "update.changes_requested", u.ID, "reason", reason)
	})
}

// Withdraw ends an update that is not published, with a reason.
func (d *Desk) Withdraw(ctx context.Context, a Actor, update comms.ID, reason string) (Update, error) {
	reason = strings.TrimSpace(reason)
	return d.turn(ctx, a, update, reason, func(tx Tx, _ *plan.Plan, u Update) (Update, error) {
		_, latest, err := editable(ctx, tx, u.ID)
		if err != nil {
			return u, err
		}
		if _, err := settle(ctx, tx, latest); err != nil {
			return u, err
		}
		if err := d.dismiss(ctx, tx, a, u, reason); err != nil {
			return u, err
		}
		u.State, u.Note = Withdrawn, reason
		return u, d.log(ctx, tx, a, "update.withdrawn", u.ID, "reason", reason)
	})
}

// dismiss takes back the signatures of an update that is withdrawn, and tells
// their givers.
func (d *Desk) dismiss(ctx context.Context, tx Tx, a Actor, u Update, reason string) error {
	if !u.Waits() {
		return nil
	}
	given, err := tx.Approvals(ctx, u.ID, u.Digest)
	if err != nil || len(given) == 0 {
		return err
	}
	if err := d.voidAll(ctx, tx, given, comms.Say("the update was withdrawn").String()); err != nil {
		return err
	}
	return tx.Notify(ctx, Notice{Kind: NoticeWithdrawn, Update: u.ID, Digest: u.Digest, To: signers(given), By: a.Person, Reason: reason})
}

// turn moves an update to another state with a reason.
func (d *Desk) turn(ctx context.Context, a Actor, update comms.ID, reason string, fn func(Tx, *plan.Plan, Update) (Update, error)) (Update, error) {
	var u Update
	err := d.write(ctx, a, func(tx Tx, p *plan.Plan) error {
		if reason == "" {
			return comms.Refuse(comms.Invalid, "reason", "say why, in a sentence that the others will understand")
		}
		if r := draft.CheckText("reason", reason, true); r != nil {
			return r
		}
		before, err := tx.Update(ctx, update)
		if err != nil {
			return err
		}
		if u, err = fn(tx, p, before); err != nil {
			return err
		}
		if err := tx.ChangeUpdate(ctx, u); err != nil {
			return err
		}
		if before.Waits() {
			if err := d.requeue(ctx, tx, a, u.Incident); err != nil {
				return err
			}
		}
		u, err = tx.Update(ctx, update)
		return err
	})
	return u, err
}

// TakeBack voids every open signature of a person whose credential was reset
// or disabled, and tells everyone concerned.
func (d *Desk) TakeBack(ctx context.Context, person plan.PersonID, reason string) error {
	return d.c.Store.Write(ctx, func(tx Tx) error {
		open, err := tx.ApprovalsBy(ctx, person)
		if err != nil {
			return err
		}
		now := d.c.Now()
		for _, a := range open {
			if !now.Before(a.Expires) {
				continue
			}
			if err := tx.AddVoid(ctx, Void{Approval: a.ID, At: now, Reason: reason}); err != nil {
				return err
			}
			u, err := tx.Update(ctx, a.Update)
			if err != nil {
				return err
			}
			if u.State == Approved && u.Digest == a.Digest { // a signature is missing again
				u.State = InReview
				if err := tx.ChangeUpdate(ctx, u); err != nil {
					return err
				}
			}
			n := Notice{Kind: NoticeVoided, Update: u.ID, Digest: u.Digest, To: []plan.PersonID{person, u.CreatedBy}, Reason: reason}
			if err := tx.Notify(ctx, n); err != nil {
				return err
			}
		}
		return d.log(ctx, tx, Actor{}, "credential.changed", comms.ID(person), "reason", reason)
	})
}
