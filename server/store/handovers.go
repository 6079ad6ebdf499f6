package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

const handoverColumns = `id, sender, recipient, note, statement, offered_at, state, closed_at, reason`

func scanHandover(r row) (h desk.Handover, err error) {
	var offered, closed int64
	var statement string
	if err = r.Scan(&h.ID, &h.From, &h.To, &h.Note, &statement, &offered, &h.State, &closed, &h.Reason); err != nil {
		return h, err
	}
	h.OfferedAt, h.ClosedAt = fromMicros(offered), fromMicros(closed)
	if err := json.Unmarshal([]byte(statement), &h.Statement); err != nil {
		return h, fmt.Errorf("what was stated in handover %s is not readable: %w", h.ID, err)
	}
	return h, nil
}

// Handover implements desk.Handovers.
func (t *tx) Handover(ctx context.Context, id comms.ID) (desk.Handover, error) {
	h, err := one(ctx, t, scanHandover, `SELECT `+handoverColumns+` FROM handovers WHERE id = $1`, id)
	return h, missing(err, comms.Say("handover"), id)
}

// HandoversOffered implements desk.Handovers.
func (t *tx) HandoversOffered(ctx context.Context) ([]desk.Handover, error) {
	return all(ctx, t, scanHandover, `SELECT `+handoverColumns+` FROM handovers WHERE state = 'offered' ORDER BY offered_at, id`)
}

// AddHandover implements desk.Handovers.
func (t *tx) AddHandover(ctx context.Context, h desk.Handover) error {
	statement, err := encode(h.Statement)
	if err != nil {
		return err
	}
	return t.insert(ctx, "the handover", `INSERT INTO handovers (id, sender, recipient, note, statement, offered_at, state, closed_at, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		h.ID, h.From, h.To, h.Note, statement, micros(h.OfferedAt), h.State, micros(h.ClosedAt), h.Reason)
}

// CloseHandover implements desk.Handovers.
func (t *tx) CloseHandover(ctx context.Context, h desk.Handover) error {
	n, err := t.exec(ctx, `UPDATE handovers SET state = $1, closed_at = $2, reason = $3 WHERE id = $4 AND state = 'offered'`,
		h.State, micros(h.ClosedAt), h.Reason, h.ID)
	if err == nil && n == 0 {
		err = errors.New("it is answered already, or there is none")
	}
	if err != nil {
		return fmt.Errorf("store the answer to handover %s: %w", h.ID, explain(err))
	}
	return nil
}

// forgetHandovers empties what people wrote to one another when they handed an
// incident over of which words are taken away, and the mails that told of it:
// they wrote in words of their own, so nobody can tell which of them repeat it.
func (t *tx) forgetHandovers(ctx context.Context, incident string) error {
	ids, err := all(ctx, t, value[string], `SELECT id FROM handovers WHERE (note <> '' OR reason <> '') AND statement LIKE $1`, `%"incident":"`+incident+`"%`)
	if err != nil {
		return fmt.Errorf("read what was handed over beside redacted words: %w", err)
	}
	for _, id := range ids {
		for _, query := range []string{
			`UPDATE handovers SET note = '', reason = '' WHERE id = $1`,
			`UPDATE notices SET reason = '' WHERE handover = $1`,
		} {
			if _, err := t.exec(ctx, query, id); err != nil {
				return fmt.Errorf("empty a handover beside redacted words: %w", explain(err))
			}
		}
	}
	return nil
}

// Lead implements desk.Handovers.
func (t *tx) Lead(ctx context.Context, incident comms.ID) (plan.PersonID, error) {
	person, err := one(ctx, t, value[plan.PersonID], `SELECT person FROM leads WHERE incident = $1 ORDER BY number DESC LIMIT 1`, incident)
	if errors.Is(err, sql.ErrNoRows) {
		person, err = one(ctx, t, value[plan.PersonID], `SELECT opened_by FROM incidents WHERE id = $1`, incident)
	}
	return person, missing(err, comms.Say("incident"), incident)
}

// SetLead implements desk.Handovers.
func (t *tx) SetLead(ctx context.Context, incident comms.ID, person plan.PersonID, since time.Time, handover comms.ID) error {
	return t.insert(ctx, "who holds the incident", `INSERT INTO leads (incident, number, person, since, handover)
		VALUES ($1, (SELECT COALESCE(MAX(number), 0) + 1 FROM leads WHERE incident = $2), $3, $4, $5)`,
		incident, incident, person, micros(since), null(handover))
}
