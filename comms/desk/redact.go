package desk

import (
	"context"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Redact starts a redaction: a message that takes the words of a publication
// away from every surface and from the database, and leaves its states, times
// and digest. Where one is on its way already, that one is returned.
func (d *Desk) Redact(ctx context.Context, a Actor, publication int64) (Update, error) {
	var u Update
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		old, err := tx.Publication(ctx, publication)
		if err != nil {
			return err
		}
		if err := signoff.Redactable(old); err != nil {
			return err
		}
		incident := old.Message().Incident.ID
		updates, err := tx.UpdatesOf(ctx, incident)
		if err != nil {
			return err
		}
		for _, one := range updates {
			if one.Kind != comms.MessageRedaction || one.State == Published || one.State == Withdrawn {
				continue
			}
			revisions, err := tx.Revisions(ctx, one.ID)
			if err != nil {
				return err
			}
			if revisions[len(revisions)-1].Draft.Redacts == publication {
				u = one
				return nil
			}
		}
		u, err = d.start(ctx, tx, a, incident, draft.Draft{Kind: comms.MessageRedaction, Slots: draft.Slots{}, Redacts: publication})
		return err
	})
	return u, err
}
