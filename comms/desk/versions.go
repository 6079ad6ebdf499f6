package desk

import (
	"context"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Versions lists the publications of plans, the first plan first; the last is
// in force.
func (d *Desk) Versions(ctx context.Context) ([]signoff.Publication, error) {
	var out []signoff.Publication
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		updates, err := tx.UpdatesOf(ctx, "")
		if err != nil {
			return err
		}
		for _, u := range updates {
			if u.State != Published {
				continue
			}
			pub, err := tx.Publication(ctx, u.Publication)
			if err != nil {
				return err
			}
			out = append(out, pub)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b signoff.Publication) int { return int(a.Number() - b.Number()) })
	return out, err
}

// Version reads a version of the plan, which counts from 1.
func (d *Desk) Version(ctx context.Context, number int) (*plan.Plan, signoff.Publication, error) {
	all, err := d.Versions(ctx)
	if err != nil {
		return nil, signoff.Publication{}, err
	}
	for _, pub := range all {
		if versionOf(pub) == number {
			p, err := d.read(pub)
			return p, pub, err
		}
	}
	return nil, signoff.Publication{}, comms.Refuse(comms.NotFound, "", "there is no version %d of the plan; choose one of those shown", number)
}
