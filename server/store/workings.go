package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

func scanWorking(r row) (w desk.Working, err error) {
	var at int64
	var text string
	if err = r.Scan(&w.Update, &w.Author, &at, &text); err != nil {
		return w, err
	}
	w.At = fromMicros(at)
	if err := json.Unmarshal([]byte(text), &w.Draft); err != nil {
		return w, fmt.Errorf("what %s typed into update %s is not readable: %w", w.Author, w.Update, err)
	}
	return w, nil
}

// Workings implements desk.Workings.
func (t *tx) Workings(ctx context.Context, update comms.ID) ([]desk.Working, error) {
	return all(ctx, t, scanWorking, `SELECT update_id, person, at, draft FROM workings WHERE update_id = $1 ORDER BY position`, update)
}

// PutWorking implements desk.Workings.
func (t *tx) PutWorking(ctx context.Context, w desk.Working) error {
	text, err := encode(w.Draft)
	if err != nil {
		return fmt.Errorf("encode what was typed into update %s: %w", w.Update, err)
	}
	return t.insert(ctx, "what was typed", `INSERT INTO workings (update_id, person, position, at, draft)
		VALUES ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM workings WHERE update_id = $3), $4, $5)
		ON CONFLICT (update_id, person) DO UPDATE SET position = excluded.position, at = excluded.at, draft = excluded.draft`,
		w.Update, w.Author, w.Update, micros(w.At), text)
}

// EndWorkings implements desk.Workings.
func (t *tx) EndWorkings(ctx context.Context, update comms.ID) error {
	_, err := t.exec(ctx, `DELETE FROM workings WHERE update_id = $1`, update)
	return explain(err)
}

// Meet implements desk.Workings.
func (t *tx) Meet(ctx context.Context, p desk.Presence, since time.Time) ([]desk.Presence, error) {
	if _, err := t.exec(ctx, `DELETE FROM presences WHERE at < $1`, micros(since)); err != nil {
		return nil, explain(err)
	}
	err := t.insert(ctx, "who is here", `INSERT INTO presences (update_id, person, field, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (update_id, person) DO UPDATE SET field = excluded.field, at = excluded.at`, p.Update, p.Person, p.Field, micros(p.At))
	if err != nil {
		return nil, err
	}
	return all(ctx, t, scanPresence, `SELECT update_id, person, field, at FROM presences
		WHERE update_id = $1 AND person <> $2 ORDER BY person`, p.Update, p.Person)
}

func scanPresence(r row) (p desk.Presence, err error) {
	var at int64
	err = r.Scan(&p.Update, &p.Person, &p.Field, &at)
	p.At = fromMicros(at)
	return p, err
}
