package server

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// checkpoints keeps in the store what the page's keeper verified. It holds the
// key that seals publications, and seals nothing but outlines, which
// publications alone give.
type checkpoints struct {
	store *store.Store
	key   signoff.Key
	keys  signoff.Keyring
}

// Checkpoint implements page.Checkpoints.
func (c checkpoints) Checkpoint(ctx context.Context) (signoff.Checkpoint, error) {
	stored, err := c.store.Checkpoint(ctx)
	if err != nil || stored.Number == 0 {
		return signoff.Checkpoint{}, err
	}
	opened, err := stored.Open(c.keys)
	if err != nil {
		return signoff.Checkpoint{}, err
	}
	last, err := c.store.Publication(ctx, stored.Number)
	if err != nil {
		return signoff.Checkpoint{}, err
	}
	if last.Head().String() != opened.Head().String() {
		return signoff.Checkpoint{}, fmt.Errorf("the checkpoint at publication %d is of another chain than the one that is stored", stored.Number)
	}
	return opened, nil
}

// Keep implements page.Checkpoints.
func (c checkpoints) Keep(ctx context.Context, head signoff.Head, outlines []*signoff.Outline) error {
	sealed, err := c.key.SealCheckpoint(signoff.NewCheckpoint(head, outlines))
	if err != nil {
		return err
	}
	return c.store.SetCheckpoint(ctx, sealed)
}
