package store

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/comms"
)

// withdraw takes the words away that a redaction names, and whatever people
// wrote of them on their way. The law lets exactly this through.
func (t *tx) withdraw(ctx context.Context, number int64, r comms.Redaction) error {
	update := string(r.Remains.Update)
	if err := t.insert(ctx, "the redaction", `INSERT INTO redactions (publication, update_id, redaction) VALUES ($1, $2, $3)`,
		r.Publication, update, number); err != nil {
		return err
	}
	for _, query := range []string{
		`UPDATE contents SET bytes = substr(bytes, 1, 0) WHERE length(bytes) > 0 AND digest IN (SELECT digest FROM requirements WHERE update_id = $1)`,
		`UPDATE revisions SET draft = '' WHERE update_id = $1`,
		`UPDATE updates SET note = '' WHERE id = $1`,
		`UPDATE notices SET reason = '' WHERE update_id = $1`,
		`UPDATE audit SET detail = '{}' WHERE subject = $1 AND action IN ('update.changes_requested', 'update.parked', 'update.withdrawn')`,
	} {
		if _, err := t.exec(ctx, query, update); err != nil {
			return fmt.Errorf("take the words of publication %d away: %w", r.Publication, explain(err))
		}
	}
	t.redacted = true
	return nil
}

// scour empties SQLite's write-ahead log, in which words that were redacted
// still lie. What reads at this moment may stand in its way: then the next
// write does it.
func (s *Store) scour(ctx context.Context) error {
	if s.dialect.name != sqlite.name {
		return nil
	}
	var busy, frames, moved int64
	if err := s.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", explain(err))
	}
	s.unclean.Store(busy != 0)
	return nil
}
