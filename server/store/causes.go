package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
)

const causeColumns = `c.id, c.update_id, c.revision, c.cause, c.person, c.at`

func scanConfirmation(r row) (desk.Confirmation, error) {
	c, err := scanConfirmed(r)
	return c.Confirmation, err
}

// scanConfirmed reads causeColumns, and what comes after them into more.
func scanConfirmed(r row, more ...any) (c RawConfirmation, err error) {
	var cause string
	var at int64
	if err = r.Scan(append([]any{&c.ID, &c.Update, &c.Revision, &cause, &c.Person, &at}, more...)...); err != nil {
		return c, err
	}
	c.At = fromMicros(at)
	c.Cause, err = comms.ParseDigest(cause)
	return c, err
}

// Confirmations implements desk.Causes.
func (t *tx) Confirmations(ctx context.Context, incident comms.ID) ([]desk.Confirmation, error) {
	return all(ctx, t, scanConfirmation, `SELECT `+causeColumns+` FROM causes c JOIN updates u ON u.id = c.update_id WHERE u.incident_id = $1 ORDER BY c.at, c.id`, incident)
}

// AddConfirmation implements desk.Causes.
func (t *tx) AddConfirmation(ctx context.Context, c desk.Confirmation) error {
	return t.insert(ctx, "the confirmation of the cause", `INSERT INTO causes (id, update_id, revision, cause, person, at, head)
		VALUES ($1, $2, $3, $4, $5, $6, (SELECT MAX(number) FROM publications))`,
		c.ID, c.Update, c.Revision, c.Cause.String(), c.Person, micros(c.At))
}

// RawConfirmation is a row of causes.
type RawConfirmation struct {
	desk.Confirmation
	Incident comms.ID
	Head     int64       // the latest publication of all then
	Draft    draft.Draft // of its revision; zero where none can be read
	Emptied  bool        // nothing is left of that revision
	Wrote    bool        // its person had written a revision of the text by then
}

// Confirmations lists who confirmed a cause.
func (r Raw) Confirmations(ctx context.Context) ([]RawConfirmation, error) {
	return all(ctx, r.t, func(row row) (RawConfirmation, error) {
		var incident comms.ID
		var head int64
		var text sql.NullString
		var wrote bool
		c, err := scanConfirmed(row, &head, &incident, &text, &wrote)
		c.Head, c.Incident, c.Wrote = head, incident, wrote
		c.Draft, c.Emptied = rawDraft(text.String), text.Valid && text.String == ""
		return c, err
	}, `SELECT `+causeColumns+`, c.head, COALESCE(u.incident_id, ''), v.draft,
		EXISTS (SELECT 1 FROM revisions w WHERE w.update_id = c.update_id AND w.author = c.person AND w.number <= c.revision)
		FROM causes c LEFT JOIN updates u ON u.id = c.update_id LEFT JOIN revisions v ON v.update_id = c.update_id AND v.number = c.revision
		ORDER BY c.at, c.id`)
}

// Signed gives fn the text that was signed with each publication behind a
// number, one at a time; it is zero where none can be read.
func (r Raw) Signed(ctx context.Context, behind int64, fn func(publication int64, text draft.Draft)) error {
	rows, err := r.t.tx.QueryContext(ctx, `SELECT p.number, v.draft FROM publications p JOIN revisions v ON v.update_id = p.update_id
		WHERE p.number > $1 AND v.number = (SELECT MAX(w.number) FROM revisions w WHERE w.update_id = v.update_id) ORDER BY p.number`, behind)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var publication int64
		var text string
		if err := rows.Scan(&publication, &text); err != nil {
			return err
		}
		fn(publication, rawDraft(text))
	}
	return rows.Err()
}

// rawDraft reads the text of a revision, which may be anything.
func rawDraft(text string) (d draft.Draft) {
	if json.Unmarshal([]byte(text), &d) != nil {
		return draft.Draft{}
	}
	return d
}

// Since tells after which publication a law holds; 0 is from the first.
func (r Raw) Since(ctx context.Context, law string) (int64, error) {
	return one(ctx, r.t, value[int64], `SELECT COALESCE(MAX(head), 0) FROM laws WHERE name = $1`, law)
}
