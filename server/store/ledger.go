package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Content implements desk.Ledger.
func (t *tx) Content(ctx context.Context, d comms.Digest) (comms.Content, error) {
	b, err := one(ctx, t, value[[]byte], `SELECT bytes FROM contents WHERE digest = $1`, d.String())
	if err != nil {
		return comms.Content{}, missing(err, comms.Say("content"), d)
	}
	if len(b) == 0 {
		return comms.Withdrawn(d), nil
	}
	return comms.OpenContent(d, b)
}

// AddContent implements desk.Ledger.
func (t *tx) AddContent(ctx context.Context, c comms.Content) error {
	if c.Digest().IsZero() {
		return errors.New("store the content: it is empty; seal a message first")
	}
	n, err := one(ctx, t, value[int], `SELECT COUNT(*) FROM contents WHERE digest = $1`, c.Digest().String())
	if err != nil || n > 0 {
		return err
	}
	return t.insert(ctx, "the content", `INSERT INTO contents (digest, bytes) VALUES ($1, $2)`, c.Digest().String(), c.Bytes())
}

func scanRequirement(r row) (q desk.Requirement, err error) {
	var digest, roles string
	if err = r.Scan(&q.Update, &digest, &q.Index, &q.Kind, &roles); err != nil {
		return q, err
	}
	if q.Digest, err = comms.ParseDigest(digest); err != nil {
		return q, err
	}
	return q, json.Unmarshal([]byte(roles), &q.Roles)
}

const requirementColumns = `update_id, digest, idx, kind, roles`

// Requirements implements desk.Ledger.
func (t *tx) Requirements(ctx context.Context, update comms.ID, d comms.Digest) ([]desk.Requirement, error) {
	return all(ctx, t, scanRequirement, `SELECT `+requirementColumns+` FROM requirements
		WHERE update_id = $1 AND digest = $2 ORDER BY idx`, update, d.String())
}

// AddRequirements implements desk.Ledger. Others than those that were written
// down for the same words before are refused.
func (t *tx) AddRequirements(ctx context.Context, rs []desk.Requirement) error {
	if len(rs) == 0 {
		return errors.New("write the requirements down: there are none, and nothing is published without")
	}
	have, err := t.Requirements(ctx, rs[0].Update, rs[0].Digest)
	if err != nil {
		return fmt.Errorf("read the requirements of update %s: %w", rs[0].Update, err)
	}
	if len(have) > 0 {
		if !reflect.DeepEqual(have, rs) {
			return comms.Refuse(comms.Conflict, "", "other signatures were asked for under these same words before; change the words and submit them again")
		}
		return nil
	}
	for _, r := range rs {
		roles, err := encode(r.Roles)
		if err != nil {
			return err
		}
		if err := t.insert(ctx, "the requirement", `INSERT INTO requirements (update_id, digest, idx, kind, roles) VALUES ($1, $2, $3, $4, $5)`,
			r.Update, r.Digest.String(), r.Index, r.Kind, roles); err != nil {
			return err
		}
	}
	return nil
}

const approvalColumns = `a.id, a.update_id, a.digest, a.requirement, a.person, a.means, a.languages, a.at, a.expires, a.seal, a.waivers`

// RawApproval is a row of approvals as it is stored, believed by nobody.
type RawApproval struct {
	ID, Update, Digest             string
	Requirement                    int
	Person, Means, Languages, Seal string
	At, Expires                    int64  // UTC microseconds
	Waivers                        string // JSON
}

func scanRawApproval(r row) (a RawApproval, err error) {
	err = r.Scan(&a.ID, &a.Update, &a.Digest, &a.Requirement, &a.Person, &a.Means, &a.Languages, &a.At, &a.Expires, &a.Seal, &a.Waivers)
	return a, err
}

// Approval decodes the row; whether the signature is one is Verify's question.
func (r RawApproval) Approval() (signoff.Approval, error) {
	a := signoff.Approval{ID: comms.ID(r.ID), Update: comms.ID(r.Update), Requirement: r.Requirement, Person: plan.PersonID(r.Person),
		Means: signoff.Means(r.Means), At: fromMicros(r.At), Expires: fromMicros(r.Expires)}
	var err error
	if a.Digest, err = comms.ParseDigest(r.Digest); err != nil {
		return a, fmt.Errorf("approval %s: %w", r.ID, err)
	}
	if err = json.Unmarshal([]byte(r.Languages), &a.Languages); err != nil {
		return a, fmt.Errorf("approval %s: its languages are not readable: %w", r.ID, err)
	}
	if err = json.Unmarshal([]byte(r.Waivers), &a.Waivers); err != nil {
		return a, fmt.Errorf("approval %s: what it waives is not readable: %w", r.ID, err)
	}
	if len(a.Waivers) == 0 {
		a.Waivers = nil
	}
	if a.Seal, err = signoff.ParseSeal(r.Seal); err != nil {
		return a, fmt.Errorf("approval %s: %w", r.ID, err)
	}
	return a, nil
}

func scanApproval(r row) (signoff.Approval, error) {
	raw, err := scanRawApproval(r)
	if err != nil {
		return signoff.Approval{}, err
	}
	return raw.Approval()
}

// Approvals implements desk.Ledger.
func (t *tx) Approvals(ctx context.Context, update comms.ID, d comms.Digest) ([]signoff.Approval, error) {
	return all(ctx, t, scanApproval, `SELECT `+approvalColumns+` FROM approvals a
		WHERE a.update_id = $1 AND a.digest = $2 ORDER BY a.at, a.id`, update, d.String())
}

// ApprovalsBy implements desk.Ledger.
func (t *tx) ApprovalsBy(ctx context.Context, person plan.PersonID) ([]signoff.Approval, error) {
	return all(ctx, t, scanApproval, `SELECT `+approvalColumns+` FROM approvals a JOIN updates u ON u.id = a.update_id
		WHERE a.person = $1 AND u.state NOT IN ('published', 'withdrawn')
		AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.approval_id = a.id) ORDER BY a.at, a.id`, person)
}

// AddApproval implements desk.Ledger.
func (t *tx) AddApproval(ctx context.Context, a signoff.Approval) error {
	languages, err := encode(a.Languages)
	if err != nil {
		return err
	}
	waivers := "[]"
	if len(a.Waivers) > 0 {
		if waivers, err = encode(a.Waivers); err != nil {
			return err
		}
	}
	return t.insert(ctx, "the signature", `INSERT INTO approvals (id, update_id, digest, requirement, person, means, languages, at, expires, seal, waivers)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		a.ID, a.Update, a.Digest.String(), a.Requirement, a.Person, a.Means, languages, micros(a.At), micros(a.Expires), a.Seal.String(), waivers)
}

func scanVoid(r row) (v desk.Void, err error) {
	var at int64
	err = r.Scan(&v.Approval, &at, &v.Reason)
	v.At = fromMicros(at)
	return v, err
}

// Voids implements desk.Ledger.
func (t *tx) Voids(ctx context.Context, update comms.ID, d comms.Digest) ([]desk.Void, error) {
	return all(ctx, t, scanVoid, `SELECT v.approval_id, v.at, v.reason FROM voids v JOIN approvals a ON a.id = v.approval_id
		WHERE a.update_id = $1 AND a.digest = $2 ORDER BY v.at, v.approval_id`, update, d.String())
}

// AddVoid implements desk.Ledger; taking the same approval back again does
// nothing.
func (t *tx) AddVoid(ctx context.Context, v desk.Void) error {
	return t.insert(ctx, "the withdrawal of a signature", `INSERT INTO voids (approval_id, at, reason)
		SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT) WHERE NOT EXISTS (SELECT 1 FROM voids WHERE approval_id = $4)`,
		string(v.Approval), micros(v.At), v.Reason, string(v.Approval))
}
