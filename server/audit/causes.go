package audit

import (
	"context"

	"github.com/countersign/countersign/server/store"
)

// causes: nobody confirmed the cause in a text that they had written.
func (w *walk) causes(ctx context.Context, rows store.Raw) error {
	all, err := rows.Confirmations(ctx)
	for _, c := range all {
		if c.Wrote {
			w.find("causes", "id "+string(c.ID), "%s confirmed the cause in a text that they wrote", c.Person)
		}
	}
	return err
}
