package desk

import (
	"context"

	"github.com/countersign/countersign/comms/signoff"
)

// Head is the end of the chain now, for people to keep outside.
func (d *Desk) Head(ctx context.Context) (signoff.Head, error) {
	var head signoff.Head
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		head, err = tx.Head(ctx)
		return err
	})
	return head, err
}
