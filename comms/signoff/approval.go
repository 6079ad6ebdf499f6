package signoff

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Means is how the signer proved who they are when they signed.
type Means string

// The means of proof.
const (
	MeansPassword Means = "password"
	MeansTOTP     Means = "totp" // RFC 6238
)

// Approval is one person's signature under one exact message, for one of its
// requirements.
type Approval struct {
	ID          comms.ID      `json:"id"`
	Update      comms.ID      `json:"update"`
	Digest      comms.Digest  `json:"digest"`
	Requirement int           `json:"requirement"` // index into the message's requirements
	Person      plan.PersonID `json:"person"`
	Means       Means         `json:"means"`
	Languages   []comms.Lang  `json:"languages"` // what the person read
	At          time.Time     `json:"at"`
	Expires     time.Time     `json:"expires"`
	Waivers     []Waiver      `json:"waivers,omitempty"` // blocking findings that the person lets stand
	Seal        Seal          `json:"seal"`              // set by Attest
}

// Attest seals an approval once the service has seen the proof of the person.
// Without the seal it counts for nothing.
func Attest(key Key, a Approval) (Approval, error) {
	if key.IsZero() {
		return Approval{}, fmt.Errorf("no seal key: nothing can be signed without it")
	}
	a.At = a.At.UTC().Truncate(time.Microsecond)
	a.Expires = a.Expires.UTC().Truncate(time.Microsecond)
	text, err := a.sealed()
	if err != nil {
		return Approval{}, err
	}
	a.Seal = key.sign(text)
	return a, nil
}

// Verify tells whether the approval is one that this installation attested.
func (a Approval) Verify(keys Keyring) error {
	text, err := a.sealed()
	if err != nil {
		return err
	}
	if err := keys.verify(a.Seal, text); err != nil {
		return fmt.Errorf("approval %s by %s: %w", a.ID, a.Person, err)
	}
	return nil
}

func (a Approval) sealed() ([]byte, error) {
	a.Seal = Seal{}
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode approval %s: %w", a.ID, err)
	}
	return append([]byte("countersign approval 1\n"), b...), nil
}

// Live tells whether the approval counts at the time.
func (a Approval) Live(at time.Time) bool { return !at.Before(a.At) && at.Before(a.Expires) }

// Requirements lists the signatures that the plan in force asks of a message.
// before is the severity that customers were told last, "" for none: nobody
// escapes a quorum by calling an incident less severe in the same breath. For
// a plan, proposed is the plan that the message carries.
func Requirements(m comms.Message, before comms.Severity, inForce, proposed *plan.Plan) ([]plan.Requirement, error) {
	if m.Kind == comms.MessagePlan {
		parts := plan.Changed(inForce, proposed)
		if len(parts) == 0 {
			return nil, comms.Refuse(comms.Invalid, "files", "this plan is the same as the one in force; change something or withdraw it")
		}
		var all []plan.Requirement
		for _, part := range parts {
			all = plan.Join(all, inForce.Quorums[part])
		}
		if len(all) == 0 {
			return nil, comms.Refuse(comms.Unsigned, "", "the plan in force names nobody who may sign this change")
		}
		return all, nil
	}
	if m.Kind == comms.MessageStatement {
		if len(inForce.Holding.Approvals) == 0 {
			return nil, comms.Refuse(comms.Unsigned, "", "the plan names nobody who may approve a holding statement in advance")
		}
		return inForce.Holding.Approvals, nil
	}
	if m.Incident == nil {
		return nil, comms.Refuse(comms.Invalid, "incident", "this message names no incident")
	}
	if m.Holding != nil {
		return publishers(m.Holding.ID, inForce)
	}
	s, ok := inForce.Severity(m.Incident.Severity)
	if !ok {
		return nil, comms.Refuse(comms.Invalid, "severity", "the plan has no severity %q; choose one that it has", m.Incident.Severity)
	}
	if len(s.Approvals) == 0 {
		return nil, comms.Refuse(comms.Unsigned, "severity", "the plan names nobody who may sign for the severity %q", m.Incident.Severity)
	}
	phase := m.Incident.Phase
	if m.Redaction != nil && m.Redaction.Remains != nil && m.Redaction.Remains.Incident != nil {
		// Whoever signed the words, no fewer take them away.
		before, phase = m.Redaction.Remains.Incident.Severity, m.Redaction.Remains.Incident.Phase
	}
	needed := inForce.Approvals(s, phase)
	if was, ok := inForce.Severity(before); ok && before != m.Incident.Severity {
		return plan.Join(inForce.Approvals(was, phase), needed), nil
	}
	return needed, nil
}

// MayFill tells whether the person may give the signature that a requirement
// asks for, by the roster.
func MayFill(p *plan.Plan, r plan.Requirement, person plan.PersonID) bool {
	return slices.ContainsFunc(r.Roles, func(role plan.RoleID) bool { return p.Holds(person, role) })
}
