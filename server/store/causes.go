package store

import (
	"context"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

const causeColumns = `c.id, c.update_id, c.cause, c.person, c.at`

func scanConfirmation(r row) (c desk.Confirmation, err error) {
	var cause string
	var at int64
	if err = r.Scan(&c.ID, &c.Update, &cause, &c.Person, &at); err != nil {
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
	return t.insert(ctx, "the confirmation of the cause", `INSERT INTO causes (id, update_id, cause, person, at) VALUES ($1, $2, $3, $4, $5)`,
		c.ID, c.Update, c.Cause.String(), c.Person, micros(c.At))
}

// RawConfirmation is a row of causes.
type RawConfirmation struct {
	desk.Confirmation
	Wrote bool // its person had written a revision of the text by then
}

// Confirmations lists who confirmed a cause.
func (r Raw) Confirmations(ctx context.Context) ([]RawConfirmation, error) {
	wrote, err := all(ctx, r.t, value[comms.ID], `SELECT c.id FROM causes c
		WHERE EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = c.update_id AND v.author = c.person AND v.at < c.at)`)
	if err != nil {
		return nil, err
	}
	by := map[comms.ID]bool{}
	for _, id := range wrote {
		by[id] = true
	}
	return all(ctx, r.t, func(row row) (RawConfirmation, error) {
		c, err := scanConfirmation(row)
		return RawConfirmation{c, by[c.ID]}, err
	}, `SELECT `+causeColumns+` FROM causes c ORDER BY c.at, c.id`)
}
