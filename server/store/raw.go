package store

import (
	"context"

	"github.com/countersign/countersign/comms/signoff"
)

// Raw reads rows as they are stored, for whoever checks them from nothing. It
// sees one state of the database and changes nothing.
type Raw struct{ t *tx }

// Inspect gives fn the rows of one moment.
func (s *Store) Inspect(ctx context.Context, fn func(Raw) error) error {
	return s.view(ctx, func(t *tx) error { return fn(Raw{t}) })
}

// Contents gives fn each stored content, one at a time; no bytes are left of
// what was redacted.
func (r Raw) Contents(ctx context.Context, fn func(digest string, bytes []byte)) error {
	rows, err := r.t.tx.QueryContext(ctx, `SELECT digest, bytes FROM contents ORDER BY digest`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var digest string
		var b []byte
		if err := rows.Scan(&digest, &b); err != nil {
			return err
		}
		fn(digest, b)
	}
	return rows.Err()
}

// Publications lists every publication by its number.
func (r Raw) Publications(ctx context.Context) ([]RawPublication, error) {
	return r.t.rawPublications(ctx, `ORDER BY p.number`)
}

// RawRedaction is a row of redactions.
type RawRedaction struct {
	Publication, Redaction int64
	Update                 string
}

// Redactions lists every publication whose words were taken away.
func (r Raw) Redactions(ctx context.Context) ([]RawRedaction, error) {
	return all(ctx, r.t, func(r row) (d RawRedaction, err error) {
		err = r.Scan(&d.Publication, &d.Update, &d.Redaction)
		return d, err
	}, `SELECT publication, update_id, redaction FROM redactions ORDER BY publication`)
}

// Approvals lists every approval.
func (r Raw) Approvals(ctx context.Context) ([]RawApproval, error) {
	return all(ctx, r.t, scanRawApproval, `SELECT `+approvalColumns+` FROM approvals a ORDER BY a.at, a.id`)
}

// RawVoid is a row of voids.
type RawVoid struct {
	Approval string
	At       int64 // UTC microseconds
}

// Voids lists every approval that was taken back.
func (r Raw) Voids(ctx context.Context) ([]RawVoid, error) {
	return all(ctx, r.t, func(r row) (v RawVoid, err error) {
		err = r.Scan(&v.Approval, &v.At)
		return v, err
	}, `SELECT approval_id, at FROM voids ORDER BY at, approval_id`)
}

// RawRequirement is a row of requirements.
type RawRequirement struct {
	Update, Digest string
	Index          int
	Kind, Roles    string // roles as JSON
}

// Requirements lists every signature that was asked for, in order.
func (r Raw) Requirements(ctx context.Context) ([]RawRequirement, error) {
	return all(ctx, r.t, func(r row) (q RawRequirement, err error) {
		err = r.Scan(&q.Update, &q.Digest, &q.Index, &q.Kind, &q.Roles)
		return q, err
	}, `SELECT `+requirementColumns+` FROM requirements ORDER BY update_id, digest, idx`)
}

// RawRevision is a row of revisions without its text.
type RawRevision struct {
	Update string
	Number int
	Author string
	Empty  bool // nothing is left of the text
}

// Revisions lists who wrote what, by update and number.
func (r Raw) Revisions(ctx context.Context) ([]RawRevision, error) {
	return all(ctx, r.t, func(r row) (v RawRevision, err error) {
		var size int64
		err = r.Scan(&v.Update, &v.Number, &v.Author, &size)
		v.Empty = size == 0
		return v, err
	}, `SELECT update_id, number, author, length(draft) FROM revisions ORDER BY update_id, number`)
}

// RawUpdate is a row of updates.
type RawUpdate struct {
	ID, Incident, Kind, State, Digest, CreatedBy string
	Publication                                  int64
}

// Updates lists every update.
func (r Raw) Updates(ctx context.Context) ([]RawUpdate, error) {
	return all(ctx, r.t, func(r row) (u RawUpdate, err error) {
		err = r.Scan(&u.ID, &u.Incident, &u.Kind, &u.State, &u.Digest, &u.CreatedBy, &u.Publication)
		return u, err
	}, `SELECT id, COALESCE(incident_id, ''), kind, state, COALESCE(digest, ''), created_by, COALESCE(publication, 0) FROM updates ORDER BY id`)
}

// RawEnding is a row of endings.
type RawEnding struct {
	Publication int64
	Head        int64 // the latest publication of all then
}

// Endings lists the approvals of holding statements that were taken back.
func (r Raw) Endings(ctx context.Context) ([]RawEnding, error) {
	return all(ctx, r.t, func(r row) (e RawEnding, err error) {
		err = r.Scan(&e.Publication, &e.Head)
		return e, err
	}, `SELECT publication, head FROM endings ORDER BY publication`)
}

// RawIncident is a row of incidents.
type RawIncident struct {
	ID, Kind, Phase, Severity string
	Head                      int64
	StartedAt, DeclaredAt     int64 // UTC microseconds
}

// Incidents lists every incident and maintenance.
func (r Raw) Incidents(ctx context.Context) ([]RawIncident, error) {
	return all(ctx, r.t, func(r row) (i RawIncident, err error) {
		err = r.Scan(&i.ID, &i.Kind, &i.Phase, &i.Severity, &i.Head, &i.StartedAt, &i.DeclaredAt)
		return i, err
	}, `SELECT id, kind, phase, severity, COALESCE(head, 0), started_at, declared_at FROM incidents ORDER BY id`)
}

// RawAdoption is a row of adoptions.
type RawAdoption struct {
	Incident   string
	Plan, Head int64
}

// Adoptions lists which plans incidents went by, each incident's oldest first.
func (r Raw) Adoptions(ctx context.Context) ([]RawAdoption, error) {
	return all(ctx, r.t, func(r row) (a RawAdoption, err error) {
		err = r.Scan(&a.Incident, &a.Plan, &a.Head)
		return a, err
	}, `SELECT incident_id, plan, head FROM adoptions ORDER BY incident_id, plan`)
}

// AuditGap tells the first number that is missing between 1 and the last entry
// of the audit, 0 if none is, and how many entries there are.
func (r Raw) AuditGap(ctx context.Context) (gap, entries int64, err error) {
	numbers, err := all(ctx, r.t, value[int64], `SELECT number FROM audit ORDER BY number`)
	for i, n := range numbers {
		if n != int64(i)+1 {
			return int64(i) + 1, int64(len(numbers)), err
		}
	}
	return 0, int64(len(numbers)), err
}

// Checkpoints lists every checkpoint.
func (r Raw) Checkpoints(ctx context.Context) ([]signoff.SealedCheckpoint, error) {
	return all(ctx, r.t, scanCheckpoint, `SELECT number, bytes, seal FROM checkpoints ORDER BY number`)
}
