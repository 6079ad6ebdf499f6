package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

const signalColumns = `id, fingerprint, COALESCE(incident, ''), name, labels, notes, firing, fired, since, at`

func scanSignal(r row) (s desk.Signal, err error) {
	var labels, notes string
	var firing, since, at int64
	if err = r.Scan(&s.ID, &s.Fingerprint, &s.Incident, &s.Name, &labels, &notes, &firing, &s.Fired, &since, &at); err != nil {
		return s, err
	}
	s.Firing, s.Since, s.At = firing == 1, fromMicros(since), fromMicros(at)
	if err := errors.Join(json.Unmarshal([]byte(labels), &s.Labels), json.Unmarshal([]byte(notes), &s.Notes)); err != nil {
		return s, fmt.Errorf("the alert %s is not readable: %w", s.ID, err)
	}
	return s, nil
}

// Signal implements desk.Signals.
func (t *tx) Signal(ctx context.Context, fingerprint string) (desk.Signal, error) {
	s, err := one(ctx, t, scanSignal, `SELECT `+signalColumns+` FROM signals WHERE fingerprint = $1 AND current = 1`, fingerprint)
	return s, missing(err, comms.Say("alert"), fingerprint)
}

// SignalsOf implements desk.Signals.
func (t *tx) SignalsOf(ctx context.Context, incident comms.ID) ([]desk.Signal, error) {
	if incident == "" {
		return all(ctx, t, scanSignal, `SELECT `+signalColumns+` FROM signals WHERE incident IS NULL ORDER BY at DESC, id`)
	}
	return all(ctx, t, scanSignal, `SELECT `+signalColumns+` FROM signals WHERE incident = $1 ORDER BY since, id`, incident)
}

// PutSignal implements desk.Signals.
func (t *tx) PutSignal(ctx context.Context, s desk.Signal, most int) error {
	labels, err := encode(s.Labels)
	if err != nil {
		return fmt.Errorf("encode the labels of the alert %s: %w", s.ID, err)
	}
	notes, err := encode(s.Notes)
	if err != nil {
		return fmt.Errorf("encode the notes of the alert %s: %w", s.ID, err)
	}
	if _, err := t.exec(ctx, `UPDATE signals SET current = 0 WHERE fingerprint = $1 AND current = 1 AND id <> $2`, s.Fingerprint, s.ID); err != nil {
		return explain(err)
	}
	var firing int64
	if s.Firing {
		firing = 1
	}
	err = t.insert(ctx, "an alert", `INSERT INTO signals (id, fingerprint, current, incident, name, labels, notes, firing, fired, since, at)
		VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET incident = excluded.incident, name = excluded.name, labels = excluded.labels, notes = excluded.notes,
			firing = excluded.firing, fired = excluded.fired, since = excluded.since, at = excluded.at`,
		s.ID, s.Fingerprint, null(s.Incident), s.Name, labels, notes, firing, s.Fired, micros(s.Since), micros(s.At))
	if err != nil || s.Incident != "" {
		return err
	}
	_, err = t.exec(ctx, `DELETE FROM signals WHERE incident IS NULL AND id NOT IN
		(SELECT id FROM signals WHERE incident IS NULL ORDER BY at DESC, id LIMIT $1)`, most)
	return explain(err)
}

// Drawn implements desk.Signals.
func (t *tx) Drawn(ctx context.Context, update comms.ID) (int, error) {
	n, err := one(ctx, t, value[int], `SELECT revision FROM signal_drafts WHERE update_id = $1`, update)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// SetDrawn implements desk.Signals.
func (t *tx) SetDrawn(ctx context.Context, update comms.ID, revision int) error {
	return t.insert(ctx, "what alerts wrote", `INSERT INTO signal_drafts (update_id, revision) VALUES ($1, $2)
		ON CONFLICT (update_id) DO UPDATE SET revision = excluded.revision`, update, revision)
}
