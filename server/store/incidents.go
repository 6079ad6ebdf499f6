package store

import (
	"context"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

const incidentColumns = `id, kind, name, severity, phase, COALESCE(head, 0), started_at, opened_at, opened_by, declared_at, version`

func scanIncident(r row) (i desk.Incident, err error) {
	var started, opened, declared int64
	err = r.Scan(&i.ID, &i.Kind, &i.Name, &i.Severity, &i.Phase, &i.Head, &started, &opened, &i.OpenedBy, &declared, &i.Version)
	i.StartedAt, i.OpenedAt, i.DeclaredAt = fromMicros(started), fromMicros(opened), fromMicros(declared)
	return i, err
}

// Incident implements desk.Incidents.
func (t *tx) Incident(ctx context.Context, id comms.ID) (desk.Incident, error) {
	i, err := one(ctx, t, scanIncident, `SELECT `+incidentColumns+` FROM incidents WHERE id = $1`, id)
	return i, missing(err, comms.Say("incident"), id)
}

// Incidents implements desk.Incidents.
func (t *tx) Incidents(ctx context.Context, openOnly bool, limit int) ([]desk.Incident, error) {
	return t.incidents(ctx, `1 = 1`, nil, openOnly, limit)
}

// IncidentsBehind implements desk.Incidents.
func (t *tx) IncidentsBehind(ctx context.Context, i desk.Incident, openOnly bool, limit int) ([]desk.Incident, error) {
	at := micros(i.OpenedAt)
	return t.incidents(ctx, `(opened_at < $1 OR opened_at = $2 AND id > $3)`, []any{at, at, i.ID}, openOnly, limit)
}

func (t *tx) incidents(ctx context.Context, where string, args []any, openOnly bool, limit int) ([]desk.Incident, error) {
	query := `SELECT ` + incidentColumns + ` FROM incidents WHERE ` + where
	if openOnly {
		closed := anys(closedPhases())
		query += ` AND phase NOT IN (` + places(len(args)+1, len(closed)) + `)`
		args = append(args, closed...)
	}
	query += ` ORDER BY opened_at DESC, id`
	if limit > 0 {
		query += ` LIMIT ` + places(len(args)+1, 1)
		args = append(args, limit)
	}
	return all(ctx, t, scanIncident, query, args...)
}

func closedPhases() []comms.Phase {
	var out []comms.Phase
	for _, p := range comms.Phases() {
		if p.Closed() {
			out = append(out, p)
		}
	}
	return out
}

// InsertIncident implements desk.Incidents.
func (t *tx) InsertIncident(ctx context.Context, i desk.Incident) error {
	err := t.insert(ctx, "the incident", `INSERT INTO incidents (id, kind, name, severity, phase, head, started_at, opened_at, opened_by, declared_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		i.ID, i.Kind, i.Name, i.Severity, i.Phase, null(i.Head), micros(i.StartedAt), micros(i.OpenedAt), i.OpenedBy, micros(i.DeclaredAt), i.Version)
	if err != nil {
		return err
	}
	return t.insert(ctx, "the plan of an incident", `INSERT INTO adoptions (incident_id, plan, head, at, person)
		SELECT $1, MAX(CASE WHEN kind = 'plan' THEN number END), MAX(number), $2, $3 FROM publications`, i.ID, micros(i.OpenedAt), i.OpenedBy)
}

// ChangeIncident implements desk.Incidents.
func (t *tx) ChangeIncident(ctx context.Context, i desk.Incident) error {
	n, err := t.exec(ctx, `UPDATE incidents SET kind = $1, name = $2, severity = $3, phase = $4, head = $5, started_at = $6,
		opened_at = $7, opened_by = $8, declared_at = $9, version = version + 1 WHERE id = $10 AND version = $11`,
		i.Kind, i.Name, i.Severity, i.Phase, null(i.Head), micros(i.StartedAt), micros(i.OpenedAt), i.OpenedBy, micros(i.DeclaredAt), i.ID, i.Version)
	return t.changed(ctx, n, err, "incidents", comms.Say("incident"), i.ID)
}
