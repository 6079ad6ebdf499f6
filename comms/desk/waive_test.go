package desk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/audit"
)

// host is what SEC-HOST keeps back.
const host = "people who use db-prod-03 cannot sign in"

// TestSecretsNeedASecondPerson takes words that a rule keeps back from the
// author's reason to the waiver in the signature that publishes.
func TestSecretsNeedASecondPerson(t *testing.T) {
	o := open(t)
	u := o.incident()
	r := o.write(o.drafter(), u.ID, host)
	var blocked *desk.Blocked
	if _, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number); !errors.As(err, &blocked) || len(blocked.Undecided) == 0 {
		t.Fatalf("without a reason: %v", err)
	}
	reasons := desk.Reasons{}
	for _, f := range blocked.Undecided {
		reasons[f.Rule] = "our customers chose that name"
	}
	long := desk.Reasons{"SEC-HOST": strings.Repeat("x", 301)}
	if _, err := o.SubmitWith(o.ctx, o.drafter(), u.ID, r.Number, long); comms.CodeOf(err) != comms.Invalid {
		t.Errorf("a reason without end: %v", err)
	}
	u, err := o.SubmitWith(o.ctx, o.drafter(), u.ID, r.Number, reasons)
	if err != nil {
		o.explain(u.ID, err)
	}
	lead := o.holder(plan.IncidentLead)
	v, err := o.Look(o.ctx, signer(lead), u.ID)
	if err != nil || len(v.Secrets) == 0 || len(v.Waivers) == 0 || v.Waivers[0].Reason != "our customers chose that name" {
		t.Fatalf("the signer sees %+v and %+v (%v)", v.Secrets, v.Waivers, err)
	}
	if _, err := o.sign(lead, u); comms.CodeOf(err) != comms.Invalid {
		t.Fatalf("a signature that says nothing of the secret: %v", err)
	}
	s := desk.Signing{Update: u.ID, Digest: u.Digest, Languages: o.plan.Catalogue.Languages, Reasons: desk.Reasons{"SEC-HOST": "it is a product's name"}}
	if _, err := o.Sign(o.ctx, signer(o.drafter().Person), s); comms.CodeOf(err) != comms.Forbidden {
		t.Fatalf("the author waives: %v", err)
	}
	if u, err = o.Sign(o.ctx, signer(lead), s); err != nil || u.State != desk.Published {
		t.Fatalf("signed with the waiver: %s %q (%v)", u.State, u.Note, err)
	}
	look, err := o.LookIncident(o.ctx, o.drafter(), u.Incident)
	if err != nil || len(look.History[0].Warrant().Approvals[0].Waivers) != len(v.Secrets) {
		t.Fatalf("the warrant is %+v (%v)", look.History[0].Warrant(), err)
	}
	signed := 0
	for _, w := range look.Waivers[u.ID] {
		if w.Approval != "" && w.Person == lead && w.Reason == "it is a product's name" && w.Finding.Span == "db-prod-03" {
			signed++
		}
	}
	if signed != len(v.Secrets) {
		t.Errorf("%d waivers of %d are written down: %+v", signed, len(v.Secrets), look.Waivers[u.ID])
	}
	if result, err := audit.Verify(o.ctx, o.store, o.keys, nil); err != nil || !result.Holds() {
		t.Errorf("the audit: %v %v", result, err)
	}
	for _, forgery := range []string{
		`UPDATE waivers SET reason = 'another'`, `DELETE FROM waivers`, `UPDATE waivers SET span = '', reason = ''`,
		`UPDATE approvals SET waivers = '[]'`, `INSERT INTO waivers SELECT 'aaaaaaaaaaaa', update_id, digest, rule, level, lang, field, from_byte, to_byte, span, person, approval_id, reason, at FROM waivers LIMIT 1`,
	} {
		if _, err := o.store.DB().Exec(forgery); err == nil {
			t.Errorf("%s was allowed", forgery)
		}
	}
}

// TestWaiverIsVoidWithAnyChange changes a text that was waived and changes it
// back: the same digest wants the second person again.
func TestWaiverIsVoidWithAnyChange(t *testing.T) {
	o := open(t)
	u := o.data(host)
	reasons := desk.Reasons{"SEC-HOST": "a name", "LEN-SENT": "kept", "SAME-TEXT": "kept", "READ": "kept"}
	lead := o.holder(plan.IncidentLead)
	submit := func() desk.Update {
		t.Helper()
		v, err := o.Look(o.ctx, o.drafter(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		out, err := o.SubmitWith(o.ctx, o.drafter(), u.ID, v.Latest.Number, reasons)
		if err != nil {
			o.explain(u.ID, err)
		}
		return out
	}
	one := submit()
	s := desk.Signing{Update: u.ID, Digest: one.Digest, Languages: o.plan.Catalogue.Languages, Reasons: desk.Reasons{"SEC-HOST": "it is a product's name"}}
	if _, err := o.Sign(o.ctx, signer(lead), s); err != nil {
		t.Fatal(err)
	}
	if v, err := o.Look(o.ctx, signer(lead), u.ID); err != nil || len(v.Secrets) != 0 {
		t.Fatalf("after the waiver %v is open (%v)", v.Secrets, err)
	}
	o.write(o.drafter(), u.ID, host+" today at 14:00 UTC")
	o.write(o.drafter(), u.ID, host)
	reasons = nil // what was said of the same findings is remembered
	two := submit()
	if two.Digest != one.Digest {
		t.Fatal("the words are others")
	}
	if v, err := o.Look(o.ctx, signer(lead), u.ID); err != nil || len(v.Secrets) == 0 {
		t.Fatalf("the waiver outlived the change: %v (%v)", v.Secrets, err)
	}
}

// data is an incident of the severity whose warnings the plan asks about, with
// words written.
func (o *office) data(words string) desk.Update {
	o.t.Helper()
	_, u, err := o.Open(o.ctx, o.drafter(), desk.Opening{
		Kind: comms.KindIncident, Name: "Files", Severity: "data", Claims: []comms.Claim{{Component: o.component(0), State: comms.Partial}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.write(o.drafter(), u.ID, words)
	return u
}

// TestWarningsWantAReasonWhereThePlanAsks submits the same jargon where the
// plan asks and where it keeps.
func TestWarningsWantAReasonWhereThePlanAsks(t *testing.T) {
	o := open(t)
	const jargon = "people cannot sign in during the failover"
	u := o.data(jargon)
	var undecided *desk.Undecided
	_, err := o.Submit(o.ctx, o.drafter(), u.ID, 2)
	if !errors.As(err, &undecided) || len(undecided.Findings) == 0 {
		t.Fatalf("without a reason: %v", err)
	}
	reasons := desk.Reasons{}
	for _, f := range undecided.Findings {
		reasons[f.Rule] = "our customers say so"
	}
	sent, err := o.SubmitWith(o.ctx, o.drafter(), u.ID, 2, reasons)
	if err != nil {
		t.Fatal(err)
	}
	lead := signer(o.holder(plan.IncidentLead))
	if _, err := o.AskChanges(o.ctx, lead, u.ID, sent.Digest, "another word, please"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Submit(o.ctx, o.drafter(), u.ID, 2); err != nil {
		t.Errorf("the reason was not remembered: %v", err)
	}
	v, err := o.Look(o.ctx, lead, u.ID)
	if err != nil || len(v.Waivers) != len(undecided.Findings) {
		t.Errorf("%d findings stand, want %d (%v)", len(v.Waivers), len(undecided.Findings), err)
	}

	major := o.incident()
	r := o.write(o.drafter(), major.ID, jargon)
	if _, err := o.Submit(o.ctx, o.drafter(), major.ID, r.Number); err != nil {
		t.Fatalf("where the plan keeps warnings: %v", err)
	}
	if v, err = o.Look(o.ctx, lead, major.ID); err != nil || len(v.Waivers) == 0 || v.Waivers[0].Reason != "" {
		t.Errorf("kept are %+v (%v)", v.Waivers, err)
	}
}
