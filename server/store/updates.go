package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

const updateColumns = `id, COALESCE(incident_id, ''), kind, state, COALESCE(digest, ''), submitted_at, submitted_by, note, COALESCE(publication, 0), created_at, created_by, version`

func scanUpdate(r row) (u desk.Update, err error) {
	var digest string
	var submitted, created int64
	if err = r.Scan(&u.ID, &u.Incident, &u.Kind, &u.State, &digest, &submitted, &u.SubmittedBy, &u.Note, &u.Publication, &created, &u.CreatedBy, &u.Version); err != nil {
		return u, err
	}
	u.SubmittedAt, u.CreatedAt = fromMicros(submitted), fromMicros(created)
	if err := u.Digest.UnmarshalText([]byte(digest)); err != nil {
		return u, fmt.Errorf("update %s: %w", u.ID, err)
	}
	return u, nil
}

// Update implements desk.Updates.
func (t *tx) Update(ctx context.Context, id comms.ID) (desk.Update, error) {
	u, err := one(ctx, t, scanUpdate, `SELECT `+updateColumns+` FROM updates WHERE id = $1`, id)
	return u, missing(err, comms.Say("update"), id)
}

// UpdatesOf implements desk.Updates.
func (t *tx) UpdatesOf(ctx context.Context, incident comms.ID) ([]desk.Update, error) {
	return all(ctx, t, scanUpdate, `SELECT `+updateColumns+` FROM updates
		WHERE COALESCE(incident_id, '') = $1 ORDER BY created_at, id`, incident)
}

// UpdatesIn implements desk.Updates.
func (t *tx) UpdatesIn(ctx context.Context, states ...desk.UpdateState) ([]desk.Update, error) {
	return all(ctx, t, scanUpdate, `SELECT `+updateColumns+` FROM updates
		WHERE state IN (`+places(1, len(states))+`) ORDER BY created_at, id`, anys(states)...)
}

// InsertUpdate implements desk.Updates.
func (t *tx) InsertUpdate(ctx context.Context, u desk.Update) error {
	return t.insert(ctx, "the update", `INSERT INTO updates (id, incident_id, kind, state, digest, submitted_at, submitted_by, note, publication, created_at, created_by, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		u.ID, null(string(u.Incident)), u.Kind, u.State, digestOrNull(u.Digest), micros(u.SubmittedAt), u.SubmittedBy, u.Note,
		null(u.Publication), micros(u.CreatedAt), u.CreatedBy, u.Version)
}

// ChangeUpdate implements desk.Updates.
func (t *tx) ChangeUpdate(ctx context.Context, u desk.Update) error {
	n, err := t.exec(ctx, `UPDATE updates SET incident_id = $1, kind = $2, state = $3, digest = $4, submitted_at = $5, submitted_by = $6,
		note = $7, publication = $8, created_at = $9, created_by = $10, version = version + 1 WHERE id = $11 AND version = $12`,
		null(string(u.Incident)), u.Kind, u.State, digestOrNull(u.Digest), micros(u.SubmittedAt), u.SubmittedBy,
		u.Note, null(u.Publication), micros(u.CreatedAt), u.CreatedBy, u.ID, u.Version)
	return t.changed(ctx, n, err, "updates", comms.Say("update"), u.ID)
}

func digestOrNull(d comms.Digest) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

func scanRevision(r row) (v desk.Revision, err error) {
	var at int64
	var text string
	if err = r.Scan(&v.Update, &v.Number, &v.Author, &at, &text); err != nil {
		return v, err
	}
	v.At = fromMicros(at)
	if v.Redacted = text == ""; v.Redacted {
		return v, nil
	}
	if err := json.Unmarshal([]byte(text), &v.Draft); err != nil {
		return v, fmt.Errorf("revision %d of update %s is not readable: %w", v.Number, v.Update, err)
	}
	return v, nil
}

// Revisions implements desk.Updates.
func (t *tx) Revisions(ctx context.Context, update comms.ID) ([]desk.Revision, error) {
	return all(ctx, t, scanRevision, `SELECT update_id, number, author, at, draft FROM revisions
		WHERE update_id = $1 ORDER BY number`, update)
}

// Latest implements desk.Updates.
func (t *tx) Latest(ctx context.Context, update comms.ID) (desk.Revision, error) {
	r, err := one(ctx, t, scanRevision, `SELECT update_id, number, author, at, draft FROM revisions
		WHERE update_id = $1 ORDER BY number DESC LIMIT 1`, update)
	if errors.Is(err, sql.ErrNoRows) {
		return desk.Revision{}, nil
	}
	return r, err
}

// Authors implements desk.Updates.
func (t *tx) Authors(ctx context.Context, update comms.ID) ([]plan.PersonID, error) {
	return all(ctx, t, value[plan.PersonID], `SELECT author FROM (
		SELECT author, 1 AS typing, MIN(number) AS since FROM revisions WHERE update_id = $1 GROUP BY author UNION ALL
		SELECT person, 2, position FROM workings w WHERE update_id = $2
			AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.update_id = w.update_id AND r.author = w.person)) AS writers
		ORDER BY typing, since`, update, update)
}

// AddRevision implements desk.Updates.
func (t *tx) AddRevision(ctx context.Context, r desk.Revision) error {
	text, err := encode(r.Draft)
	if err != nil {
		return fmt.Errorf("encode revision %d of update %s: %w", r.Number, r.Update, err)
	}
	return t.insert(ctx, "the revision", `INSERT INTO revisions (update_id, number, author, at, draft) VALUES ($1, $2, $3, $4, $5)`,
		r.Update, r.Number, r.Author, micros(r.At), text)
}
