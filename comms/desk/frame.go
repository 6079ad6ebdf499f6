package desk

import (
	"context"

	"github.com/countersign/countersign/comms"
)

// CheckFrame compares the words that shipped in this program with those that
// shipped with the latest publication, and writes an audit entry when they
// differ: customers will read other words around what was signed. Call it at
// every start, before anything is served.
func (d *Desk) CheckFrame(ctx context.Context) error {
	return d.c.Store.Write(ctx, func(tx Tx) error {
		head, err := tx.Head(ctx)
		if err != nil || head.Number == 0 {
			return err
		}
		latest, err := tx.Publication(ctx, head.Number)
		if err != nil || latest.Frame() == d.c.Frame {
			return err
		}
		return d.log(ctx, tx, Actor{}, "frame.changed", comms.ID(latest.Frame().String()), "now", d.c.Frame.String())
	})
}
