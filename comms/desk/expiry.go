package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Expiry is that people were told that the approval of a holding statement is
// about to end.
type Expiry struct {
	Publication int64 // that approved it
	At          time.Time
	To          []plan.PersonID
}

// Expiring tells those who approve holding statements that an approval ends
// within plan.WarnBefore and no other one is on its way. Call it every few
// seconds: of each approval they are told once, however many processes call it
// and after whatever outage.
func (d *Desk) Expiring(ctx context.Context) error {
	var soon []Held
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		p, _, err := d.plan(ctx, tx)
		if comms.CodeOf(err) == comms.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		told, err := tx.Expiries(ctx)
		if err != nil {
			return err
		}
		held, err := d.statements(ctx, tx, p)
		for _, h := range held {
			if h.Soon && h.Pending == nil && !slices.Contains(told, h.Approved.Number()) {
				soon = append(soon, h)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("look for holding statements that are about to expire: %w", err)
	}
	var errs []error
	for _, h := range soon {
		if err := d.c.Store.Write(ctx, func(tx Tx) error { return d.tellExpiry(ctx, tx, h) }); err != nil {
			errs = append(errs, fmt.Errorf("tell that the holding statement %s is about to expire: %w", h.Statement.ID, err))
		}
	}
	return errors.Join(errs...)
}

func (d *Desk) tellExpiry(ctx context.Context, tx Tx, h Held) error {
	p, _, err := d.plan(ctx, tx)
	if err != nil {
		return err
	}
	to := holders(p, p.Holding.Approvals)
	first, err := tx.ClaimExpiry(ctx, Expiry{Publication: h.Approved.Number(), At: d.c.Now(), To: to})
	if err != nil || !first {
		return err
	}
	return tx.Notify(ctx, Notice{Kind: NoticeExpiring, Update: h.Approved.Message().Update, Digest: h.Approved.Digest(), To: to})
}
