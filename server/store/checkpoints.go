package store

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/comms/signoff"
)

func scanCheckpoint(r row) (c signoff.SealedCheckpoint, err error) {
	err = r.Scan(&c.Number, &c.Bytes, &c.Seal)
	return c, err
}

// Checkpoint reads the newest checkpoint as it is stored; the zero value if
// there is none.
func (s *Store) Checkpoint(ctx context.Context) (c signoff.SealedCheckpoint, err error) {
	err = s.view(ctx, func(t *tx) error {
		rows, err := all(ctx, t, scanCheckpoint, `SELECT number, bytes, seal FROM checkpoints ORDER BY number DESC LIMIT 1`)
		if err == nil && len(rows) == 1 {
			c = rows[0]
		}
		return err
	})
	if err != nil {
		return c, fmt.Errorf("read the checkpoint: %w", err)
	}
	return c, nil
}

// SetCheckpoint keeps a checkpoint in the place of older ones. A newer one that
// another process kept meanwhile stays.
func (s *Store) SetCheckpoint(ctx context.Context, c signoff.SealedCheckpoint) error {
	return s.exclusive(ctx, func(t *tx) error {
		if err := t.insert(ctx, "the checkpoint", `INSERT INTO checkpoints (number, bytes, seal) VALUES ($1, $2, $3)
			ON CONFLICT (number) DO UPDATE SET bytes = excluded.bytes, seal = excluded.seal`, c.Number, c.Bytes, c.Seal); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM checkpoints WHERE number < $1`, c.Number)
		return err
	})
}
