package store

import (
	"context"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

const adoptionColumns = `incident_id, plan, head, at, person`

func scanAdoption(r row) (a desk.Adoption, err error) {
	var at int64
	err = r.Scan(&a.Incident, &a.Plan, &a.Head, &at, &a.Person)
	a.At = fromMicros(at)
	return a, err
}

// Adoptions implements desk.Incidents.
func (t *tx) Adoptions(ctx context.Context, incident comms.ID) ([]desk.Adoption, error) {
	return all(ctx, t, scanAdoption, `SELECT `+adoptionColumns+` FROM adoptions WHERE incident_id = $1 ORDER BY plan`, incident)
}

// Adopt implements desk.Incidents.
func (t *tx) Adopt(ctx context.Context, a desk.Adoption) error {
	return t.insert(ctx, "the plan of an incident", `INSERT INTO adoptions (incident_id, plan, head, at, person) VALUES ($1, $2, $3, $4, $5)`,
		a.Incident, a.Plan, a.Head, micros(a.At), a.Person)
}
