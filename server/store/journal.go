package store

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Barred implements desk.People.
func (t *tx) Barred(ctx context.Context, people []plan.PersonID) (map[plan.PersonID]string, error) {
	type standing struct {
		person   plan.PersonID
		disabled bool
	}
	rows, err := all(ctx, t, func(r row) (s standing, err error) {
		var disabled int64
		err = r.Scan(&s.person, &disabled)
		s.disabled = disabled != 0
		return s, err
	}, `SELECT person, disabled FROM accounts WHERE person IN (`+places(1, len(people))+`)`, anys(people)...)
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	out := make(map[plan.PersonID]string)
	for _, p := range people {
		out[p] = "they have no account yet"
	}
	for _, r := range rows {
		delete(out, r.person)
		if r.disabled {
			out[r.person] = "their account is disabled"
		}
	}
	return out, nil
}

// AddEntry implements desk.Journal.
func (t *tx) AddEntry(ctx context.Context, e desk.Entry) error {
	detail, err := encode(e.Detail)
	if err != nil {
		return err
	}
	return t.insert(ctx, "the entry of the audit", `INSERT INTO audit (number, at, person, action, subject, detail)
		SELECT COALESCE(MAX(number), 0) + 1, CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT) FROM audit`,
		micros(e.At), string(e.Person), e.Action, e.Subject, detail)
}

// Announce implements desk.Journal. A publication without an audience has no
// fan-out: nobody gets mail of it.
func (t *tx) Announce(ctx context.Context, p signoff.Publication) error {
	m := p.Message()
	if p.IsZero() || m.Audience == nil {
		return nil
	}
	a, err := t.audience(ctx, m)
	if err != nil {
		return err
	}
	components, err := encode(m.Audience.Components)
	if err != nil {
		return err
	}
	circles, err := encode(a.circles)
	if err != nil {
		return err
	}
	if err := t.insert(ctx, "the fan-out", `INSERT INTO fanouts (publication, cutoff, kind, components, circles, ends, plan, reached, made, done_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, 0)`,
		p.Number(), micros(p.At()), a.kind, components, circles, a.ends, m.Plan.String()); err != nil {
		return err
	}
	if t.s.enqueuer == nil {
		return nil
	}
	if err := t.s.enqueuer.Fanout(ctx, t.tx, p.Number()); err != nil {
		return fmt.Errorf("store the job of publication %d: %w", p.Number(), err)
	}
	return nil
}

// Reach implements desk.Journal.
func (t *tx) Reach(ctx context.Context, m comms.Message) (int, error) {
	if m.Audience == nil {
		return 0, nil
	}
	a, err := t.audience(ctx, m)
	if err != nil {
		return 0, err
	}
	rule, args := a.rule(1, forever)
	n, err := one(ctx, t, value[int], `SELECT COUNT(*) FROM subscribers s WHERE s.ended_at = 0 AND `+rule, args...)
	if err != nil {
		return 0, fmt.Errorf("count the subscribers of an audience: %w", err)
	}
	return n, nil
}

// Notify implements desk.Journal. The store gives the notice its identifier.
func (t *tx) Notify(ctx context.Context, n desk.Notice) error {
	if len(n.To) == 0 {
		return nil
	}
	id := comms.NewID()
	if err := t.insert(ctx, "the notice", `INSERT INTO notices (id, kind, update_id, digest, sent_by, reason, head, created_at, promise, step, need, handover, rise, holding)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		id, n.Kind, n.Update, frameText(n.Digest), n.By, n.Reason, n.Head.String(), micros(t.s.now()), null(n.Promise), int(n.Step), n.Need, null(n.Handover), null(n.Rise), boolean(n.Holding)); err != nil {
		return err
	}
	for i, person := range n.To {
		if err := t.insert(ctx, "who gets the notice", `INSERT INTO notice_people (notice_id, position, person, sent_at)
			VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING`, id, i, person); err != nil {
			return err
		}
	}
	if t.s.enqueuer == nil {
		return nil
	}
	if err := t.s.enqueuer.Notice(ctx, t.tx, id); err != nil {
		return fmt.Errorf("store the job of a notice: %w", err)
	}
	return nil
}
