package store

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/signoff"
)

// Statements implements desk.Statements.
func (t *tx) Statements(ctx context.Context) ([]signoff.Publication, error) {
	ps, err := t.restored(ctx, `WHERE p.kind = 'statement' ORDER BY p.number`)
	if err != nil {
		return nil, err
	}
	latest := map[string]int64{}
	for _, p := range ps {
		latest[p.Message().Statement.ID] = p.Number()
	}
	out := ps[:0]
	for _, p := range ps {
		if latest[p.Message().Statement.ID] == p.Number() {
			out = append(out, p)
		}
	}
	return out, nil
}

func scanEnding(r row) (e desk.Ending, err error) {
	var at int64
	err = r.Scan(&e.Publication, &at, &e.Person, &e.Reason)
	e.At = fromMicros(at)
	return e, err
}

const selectEndings = `SELECT publication, at, person, reason FROM endings ORDER BY publication`

// Endings implements desk.Statements.
func (t *tx) Endings(ctx context.Context) ([]desk.Ending, error) {
	all, err := all(ctx, t, scanEnding, selectEndings)
	if err != nil {
		return nil, fmt.Errorf("read which holding statements were withdrawn: %w", err)
	}
	return all, nil
}

// AddEnding implements desk.Statements.
func (t *tx) AddEnding(ctx context.Context, e desk.Ending) error {
	return t.insert(ctx, "the end of a holding statement", `INSERT INTO endings (publication, at, person, reason, head)
		VALUES ($1, $2, $3, $4, (SELECT MAX(number) FROM publications))`, e.Publication, micros(e.At), e.Person, e.Reason)
}

// Expiries implements desk.Statements.
func (t *tx) Expiries(ctx context.Context) ([]int64, error) {
	all, err := all(ctx, t, value[int64], `SELECT publication FROM expiries ORDER BY publication`)
	if err != nil {
		return nil, fmt.Errorf("read which expiries people were told of: %w", err)
	}
	return all, nil
}

// ClaimExpiry implements desk.Statements.
func (t *tx) ClaimExpiry(ctx context.Context, e desk.Expiry) (bool, error) {
	people, err := encode(e.To)
	if err != nil {
		return false, err
	}
	n, err := t.exec(ctx, `INSERT INTO expiries (publication, at, people) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, e.Publication, micros(e.At), people)
	if err != nil {
		return false, fmt.Errorf("store that people are told of an expiry: %w", explain(err))
	}
	return n == 1, nil
}

// PlanBy implements desk.Statements.
func (t *tx) PlanBy(ctx context.Context, d comms.Digest) (signoff.Publication, error) {
	ps, err := t.restored(ctx, `WHERE p.kind = 'plan' AND p.digest = $1`, d.String())
	if err == nil && len(ps) == 0 {
		err = comms.Refuse(comms.NotFound, "", "there is no plan %s", d.Short())
	}
	if err != nil {
		return signoff.Publication{}, err
	}
	return ps[0], nil
}
