package store

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

const waiverColumns = `w.id, w.update_id, w.digest, w.rule, w.level, w.lang, w.field, w.from_byte, w.to_byte, w.span, w.person, COALESCE(w.approval_id, ''), w.reason, w.at`

func scanWaiver(r row) (w desk.Waiver, err error) {
	var digest string
	var at int64
	f := &w.Finding
	if err = r.Scan(&w.ID, &w.Update, &digest, &f.Rule, &f.Level, &f.Lang, &f.Field, &f.Start, &f.End, &f.Span, &w.Person, &w.Approval, &w.Reason, &at); err != nil {
		return w, err
	}
	w.At = fromMicros(at)
	w.Digest, err = comms.ParseDigest(digest)
	return w, err
}

// Waivers implements desk.Waivers.
func (t *tx) Waivers(ctx context.Context, update comms.ID) ([]desk.Waiver, error) {
	return all(ctx, t, scanWaiver, `SELECT `+waiverColumns+` FROM waivers w WHERE w.update_id = $1 ORDER BY w.at, w.lang, w.field, w.from_byte, w.rule, w.id`, update)
}

// AddWaiver implements desk.Waivers.
func (t *tx) AddWaiver(ctx context.Context, w desk.Waiver) error {
	f := w.Finding
	return t.insert(ctx, "the waiver", `INSERT INTO waivers (id, update_id, digest, rule, level, lang, field, from_byte, to_byte, span, person, approval_id, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		w.ID, w.Update, w.Digest.String(), f.Rule, f.Level, f.Lang, f.Field, f.Start, f.End, f.Span, w.Person, null(w.Approval), w.Reason, micros(w.At))
}

// forgetWaivers empties the waivers of an incident whose words repeat, or are a
// part of, words that a redaction takes away.
func (t *tx) forgetWaivers(ctx context.Context, incident string, texts []string) error {
	ws, err := all(ctx, t, scanWaiver, `SELECT `+waiverColumns+` FROM waivers w JOIN updates u ON u.id = w.update_id
		WHERE u.incident_id = $1 AND (w.span <> '' OR w.reason <> '')`, incident)
	if err != nil {
		return fmt.Errorf("read what was let stand beside redacted words: %w", err)
	}
	for _, w := range ws {
		if !shares(w.Finding.Span, texts) && !shares(w.Reason, texts) {
			continue
		}
		if _, err := t.exec(ctx, `UPDATE waivers SET span = '', reason = '' WHERE id = $1`, w.ID); err != nil {
			return fmt.Errorf("empty a waiver beside redacted words: %w", explain(err))
		}
	}
	return nil
}

// RawWaiver is a row of waivers.
type RawWaiver desk.Waiver

// Waivers lists everything that was let stand.
func (r Raw) Waivers(ctx context.Context) ([]RawWaiver, error) {
	return all(ctx, r.t, func(r row) (RawWaiver, error) {
		w, err := scanWaiver(r)
		return RawWaiver(w), err
	}, `SELECT `+waiverColumns+` FROM waivers w ORDER BY w.at, w.id`)
}
