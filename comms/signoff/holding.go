package signoff

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/holding"
	"github.com/countersign/countersign/comms/plan"
)

// Grant is a quorum's permission, given in advance: the publication that
// approved a holding statement, as it is stored. A warrant carries it whole, so
// that whoever holds the warrant can verify what it rests on.
type Grant struct {
	Number   int64           `json:"number"`
	At       time.Time       `json:"at"`
	Content  []byte          `json:"content"` // hashes to Digest
	Digest   comms.Digest    `json:"digest"`
	Warrant  json.RawMessage `json:"warrant"`
	Frame    comms.Digest    `json:"frame,omitzero"`
	Previous string          `json:"previous"`
	Seal     string          `json:"seal"`
}

func grant(p Publication) (*Grant, error) {
	warrant, err := p.EncodeWarrant()
	if err != nil {
		return nil, fmt.Errorf("encode the warrant of publication %d: %w", p.number, err)
	}
	return &Grant{
		Number: p.number, At: p.at, Content: p.content.Bytes(), Digest: p.Digest(), Warrant: warrant,
		Frame: p.frame, Previous: p.previous.String(), Seal: p.seal.String(),
	}, nil
}

// statement takes the grant back as the publication that it is, believing
// nothing of it.
func (g Grant) statement(keys Keyring) (Publication, error) {
	return Restore(Record{
		Number: g.Number, At: g.At, Digest: g.Digest, Content: g.Content, Warrant: g.Warrant,
		Frame: g.Frame, Previous: g.Previous, Seal: g.Seal,
	}, keys)
}

// publishers is the signature that an update needs which is made from a
// holding statement: of one person whom the statement names.
func publishers(id string, inForce *plan.Plan) ([]plan.Requirement, error) {
	s, ok := inForce.Statement(id)
	if !ok {
		return nil, comms.Refuse(comms.Unsigned, "", "the plan in force has no holding statement %q; write an update instead", id)
	}
	return []plan.Requirement{{Kind: plan.Any, Roles: s.Publishers}}, nil
}

// held works out by what right an update goes out that is made from a holding
// statement, or refuses. Nobody wrote it, so whoever publishes it may have
// written anything else.
func held(digest comms.Digest, m comms.Message, approvals []Approval, b Basis, now time.Time) (Warrant, error) {
	if err := rests(m, b.Statement, now); err != nil {
		return Warrant{}, err
	}
	if b.Ended != "" {
		return Warrant{}, comms.Refuse(comms.Unsigned, "", "the holding statement was withdrawn (%s); write an update, or ask for the statement's approval again", b.Ended)
	}
	if b.Ground == nil || !plan.SameGround(b.Ground, b.Plan, m.Holding.ID) {
		return Warrant{}, comms.Refuse(comms.Overtaken, "plan", "the plan has changed what the holding statement says or rests on since it was approved; ask for its approval again")
	}
	if s, ok := b.Plan.Severity(m.Incident.Severity); !ok || s.Data {
		return Warrant{}, comms.Refuse(comms.Unsigned, "severity", "no holding statement is made of what may concern customers' data; write an update")
	}
	g, err := grant(b.Statement)
	if err != nil {
		return Warrant{}, err
	}
	w := Warrant{Kind: Holding, Grant: g}
	if len(approvals) == 0 && len(b.Requirements) == 0 {
		return w, itself(*b.Statement.Message().Statement, m, b.Declared, now)
	}
	if w.Requirements, err = publishers(m.Holding.ID, b.Plan); err != nil {
		return Warrant{}, err
	}
	if !reflect.DeepEqual(w.Requirements, b.Requirements) || len(b.Authors) > 0 {
		return Warrant{}, comms.Refuse(comms.Unsigned, "", "a holding statement is published by one person whom it names, in words that nobody else wrote; publish it from the incident")
	}
	why := comms.Say("nobody has")
	for _, a := range approvals {
		if why = unusable(a, digest, m, w.Requirements, b, now); why.Format == "" {
			w.Approvals = []Approval{a}
			return w, nil
		}
	}
	return Warrant{}, comms.Refuse(comms.Unsigned, "approvals", "the holding statement is published by somebody who holds %s (%s)", b.Plan.MayGive(w.Requirements[0]), why)
}

// rests checks that an update is made from the statement that a publication
// approved, and that the approval counts at a time.
func rests(m comms.Message, approved Publication, at time.Time) error {
	s := approved.message.Statement
	if s == nil || m.Holding == nil || m.Holding.Publication != approved.number || m.Holding.Digest != approved.Digest() {
		return comms.Refuse(comms.Unsigned, "", "this rests on no approved holding statement; publish one that is approved, or write an update")
	}
	if err := holding.Permit(*s, m); err != nil {
		return err
	}
	if len(m.Forms) > 0 { // a redaction may have taken them away since
		if err := holding.Worded(*s, m); err != nil {
			return err
		}
	}
	if at.Before(approved.at) || !at.Before(s.Expires) {
		return comms.Refuse(comms.Unsigned, "", "the approval of the holding statement ended at %s; ask for it again, or write an update", s.Expires.UTC().Format("2006-01-02 15:04 UTC"))
	}
	return nil
}

// itself checks that a statement may go out without anybody asking for it.
func itself(s comms.Statement, m comms.Message, declared, now time.Time) error {
	after, ok := s.ByItself(m.Incident.Severity)
	if !ok {
		return comms.Refuse(comms.Unsigned, "", "the holding statement %q does not go out by itself for the severity %q; let somebody whom it names publish it", s.ID, m.Incident.Severity)
	}
	from := m.Incident.StartedAt
	if declared.After(from) {
		from = declared
	}
	if due := from.Add(after); now.Before(due) {
		return comms.Refuse(comms.Unsigned, "", "the first update is not due before %s; until then somebody whom the holding statement names may publish it", due.UTC().Format("15:04 UTC"))
	}
	return nil
}

// Approvable checks that a statement is the one that the plan in force
// describes, and for how long it asks to be approved.
func Approvable(s comms.Statement, p *plan.Plan, now time.Time) error {
	entry, ok := p.Statement(s.ID)
	t, has := p.Template(s.Template)
	if !ok || !has || entry.Template != s.Template || !t.Holding || t.Phase != s.Phase || !slices.Equal(entry.Severities, s.Severities) ||
		!slices.EqualFunc(entry.Publishers, s.Publishers, func(r plan.RoleID, role string) bool { return string(r) == role }) ||
		!slices.EqualFunc(entry.Components, s.Components, func(a plan.Permitted, b comms.Permitted) bool {
			return a.Component == b.Component && slices.Equal(a.States, b.States)
		}) || !slices.EqualFunc(entry.ByItself, s.Itself, func(id comms.Severity, i comms.Itself) bool {
		severity, _ := p.Severity(id)
		return id == i.Severity && time.Duration(i.After)*time.Second == severity.FirstUpdate
	}) || len(s.Wordings) == 0 {
		return comms.Refuse(comms.Invalid, "statement", "this is not the holding statement %q as the plan in force has it; ask for its approval again", s.ID)
	}
	for i, id := range s.Severities {
		sent, quiet := p.Mails(id)
		if len(s.Mails) != len(s.Severities) || !reflect.DeepEqual(s.Mails[i], comms.Mails{Severity: id, Sent: sent, Quiet: quiet}) {
			return comms.Refuse(comms.Invalid, "statement", "this is not the holding statement %q as the plan in force has it; ask for its approval again", s.ID)
		}
		if severity, ok := p.Severity(id); !ok || severity.Data || severity.Kind != comms.KindIncident {
			return comms.Refuse(comms.Invalid, "severity", "no holding statement is made of the severity %q; take it out of the plan's statement", id)
		}
	}
	switch {
	case !s.Expires.After(now):
		return comms.Refuse(comms.Overtaken, "expires_at", "the approval would have ended already; choose a later time and submit it again")
	case s.Expires.After(now.Add(entry.Lasts + grace)):
		return comms.Refuse(comms.Overtaken, "expires_at", "the approval would hold for longer than the plan allows; choose %s or earlier and submit it again", now.Add(entry.Lasts).UTC().Format("2006-01-02 15:04 UTC"))
	}
	return nil
}

// grants verifies a holding warrant from nothing, as of the publication's own
// time. That the statement had not been withdrawn, and that nothing of the
// incident was published before, stands in other rows: the law and the audit
// look at those.
func (w Warrant) grants(p Publication, keys Keyring) error {
	if w.Grant == nil || p.message.Holding == nil || p.message.Incident == nil || len(w.Authors) > 0 {
		return errors.New("it names no holding statement that it could rest on")
	}
	approved, err := w.Grant.statement(keys)
	if err != nil {
		return fmt.Errorf("the holding statement that it rests on: %w", err)
	}
	if approved.message.Kind != comms.MessageStatement || approved.warrant.Kind != Quorum || approved.number >= p.number {
		return fmt.Errorf("publication %d approved no holding statement before it", approved.number)
	}
	if p.removal == nil && len(p.message.Forms) == 0 {
		return errors.New("it has no words")
	}
	if err := rests(p.message, approved, p.at); err != nil {
		return err
	}
	s := *approved.message.Statement
	if len(w.Requirements) == 0 && len(w.Approvals) == 0 {
		return itself(s, p.message, time.Time{}, p.at)
	}
	roles := make([]plan.RoleID, len(s.Publishers))
	for i, role := range s.Publishers {
		roles[i] = plan.RoleID(role)
	}
	if !reflect.DeepEqual(w.Requirements, []plan.Requirement{{Kind: plan.Any, Roles: roles}}) || len(w.Approvals) != 1 {
		return errors.New("it was published by nobody whom the holding statement names")
	}
	return w.signed(p, keys)
}
