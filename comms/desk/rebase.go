package desk

import (
	"context"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
	"github.com/countersign/countersign/comms/signoff"
)

// Behind says that another version of the plan came into force since a change
// of it was begun: signed as it is, it would take that version back.
type Behind struct {
	Grew    int                // the version that the change was begun on
	InForce int                // the one that is in force
	Number  int64              // the number of its publication
	Before  *plan.Plan         // the version that the change was begun on
	Both    []rewrite.Conflict // what both changed, each in another way
}

// behindOf tells what came into force since a change of the plan was begun; nil
// for nothing.
func (d *Desk) behindOf(ctx context.Context, tx Tx, u Update, text draft.Draft) (*Behind, error) {
	_, inForce, err := d.plan(ctx, tx)
	if err != nil {
		return nil, err
	}
	grew, err := d.grew(ctx, tx, u, text)
	if err != nil || grew.Number() == inForce.Number() {
		return nil, err
	}
	out := &Behind{Grew: versionOf(grew), InForce: versionOf(inForce), Number: inForce.Number()}
	_, out.Both = rewrite.Merge(filesOf(grew), text.Files, filesOf(inForce), nil)
	out.Before, err = d.read(grew)
	return out, err
}

// grew is the version of the plan that a change of it was begun on.
func (d *Desk) grew(ctx context.Context, tx Tx, u Update, text draft.Draft) (signoff.Publication, error) {
	if text.Grows != 0 {
		return version(ctx, tx, text.Grows)
	}
	plans, err := tx.UpdatesOf(ctx, "") // it was begun before drafts said so
	if err != nil {
		return signoff.Publication{}, err
	}
	var last signoff.Publication
	for _, one := range plans {
		if one.State != Published {
			continue
		}
		pub, err := tx.Publication(ctx, one.Publication)
		if err != nil {
			return last, err
		}
		if !pub.At().After(u.CreatedAt) && pub.Number() > last.Number() {
			last = pub
		}
	}
	return last, nil
}

// version restores a publication of a plan.
func version(ctx context.Context, tx Tx, number int64) (signoff.Publication, error) {
	pub, err := tx.Publication(ctx, number)
	if err == nil && pub.Message().PlanVersion == nil {
		err = comms.Refuse(comms.Invalid, "files", "publication %d is no version of the plan; begin with the one in force", number)
	}
	return pub, err
}

func filesOf(pub signoff.Publication) []comms.PlanFile { return pub.Message().PlanVersion.Files }

// Rebase brings a change of the plan up to date with the plan in force, which
// is the publication that the actor saw as such: what only one of them changed
// is taken from that one; of what both changed the actor chooses a side, by the
// conflict's key. The result is a revision of the actor's. While something is
// to be chosen nothing changes, and the conflicts are returned.
func (d *Desk) Rebase(ctx context.Context, a Actor, update comms.ID, base int, seen int64, chosen map[string]rewrite.Side) ([]rewrite.Conflict, error) {
	var left []rewrite.Conflict
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		left = nil
		u, latest, err := editable(ctx, tx, update)
		if err != nil {
			return err
		}
		if u.Kind != comms.MessagePlan {
			return comms.Refuse(comms.Invalid, "", "only a change of the plan can be brought up to date with it")
		}
		if latest, err = settle(ctx, tx, latest); err != nil {
			return err
		}
		_, inForce, err := d.plan(ctx, tx)
		if err != nil {
			return err
		}
		grew, err := d.grew(ctx, tx, u, latest.Draft)
		if err != nil {
			return err
		}
		switch {
		case latest.Number != base:
			return comms.Refuse(comms.Conflict, "", "somebody changed this meanwhile; look at it again, then bring it up to date")
		case inForce.Number() != seen:
			return comms.Refuse(comms.Conflict, "", "version %d of the plan is in force meanwhile; look at what it changes, then bring this up to date", versionOf(inForce))
		case grew.Number() == inForce.Number():
			return comms.Refuse(comms.Conflict, "", "this is up to date already: it was begun on the plan in force")
		}
		text := latest.Draft.Clone()
		text.Files, left = rewrite.Merge(filesOf(grew), latest.Draft.Files, filesOf(inForce), chosen)
		if len(left) > 0 {
			return nil
		}
		text.Grows = inForce.Number()
		if err := text.Clean(); err != nil {
			return err
		}
		if err := d.reopen(ctx, tx, a, u); err != nil {
			return err
		}
		return tx.AddRevision(ctx, Revision{Update: u.ID, Number: latest.Number + 1, Author: a.Person, At: d.c.Now(), Draft: text})
	})
	return slices.Clip(left), err
}
