package audit

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// checkpoints: what a start takes up before it verifies everything is what the
// publications say.
func (w *walk) checkpoints(ctx context.Context, rows store.Raw) error {
	all, err := rows.Checkpoints(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := w.amounts(c); err != nil {
			w.find("checkpoints", number(c.Number), "%v", err)
		}
	}
	return nil
}

// amounts tells whether a checkpoint says what its publications do. Those that
// cannot be restored are found already.
func (w *walk) amounts(sealed signoff.SealedCheckpoint) error {
	c, err := sealed.Open(w.keys)
	if err != nil {
		return err
	}
	if c.Head().Seal.String() != w.seals[c.Head().Number] {
		return errors.New("its head does not lie on the chain")
	}
	by := make(map[int64]signoff.Publication, len(w.publications))
	for _, p := range w.publications {
		by[p.Number()] = p
	}
	var worded []signoff.Publication
	for _, n := range c.Worded() {
		worded = append(worded, by[n])
	}
	outlines, err := c.Outlines(worded)
	if err != nil {
		return err
	}
	for _, o := range outlines {
		p, restored := by[o.Number()]
		if !restored {
			continue
		}
		if r := p.Redacted(); r != nil && o.Redacted() == nil { // since
			if o, err = o.Without(by[r.Number]); err != nil {
				return err
			}
		}
		if !o.Is(p) {
			return fmt.Errorf("it says other things of publication %d than that does", o.Number())
		}
	}
	return nil
}
