package desk

import (
	"context"

	"github.com/countersign/countersign/comms"
)

// again finds what the actor's request began when it was sent before.
func (d *Desk) again(ctx context.Context, tx Tx, a Actor) (u Update, before bool, err error) {
	if a.Request.Key == "" {
		return u, false, nil
	}
	r, err := tx.Receipt(ctx, a.Person, a.Token, a.Request.Key)
	if comms.CodeOf(err) == comms.NotFound {
		return u, false, nil
	}
	if err != nil {
		return u, false, err
	}
	if r.Digest != a.Request.Digest {
		return u, false, comms.Refuse(comms.Invalid, "idempotency_key", "this key was sent before with another request; send each new request with a key of its own")
	}
	u, err = tx.Update(ctx, r.Update)
	return u, err == nil, err
}

// remember writes down what the actor's request began.
func (d *Desk) remember(ctx context.Context, tx Tx, a Actor, u Update) error {
	if a.Request.Key == "" {
		return nil
	}
	return tx.AddReceipt(ctx, Receipt{Person: a.Person, Token: a.Token, Request: a.Request, Update: u.ID, At: d.c.Now()})
}
