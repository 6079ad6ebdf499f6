package desk_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// withCause publishes the first update of an incident and submits one that gives
// the cause.
func (o *office) withCause() desk.Update {
	o.t.Helper()
	first, err := o.sign(o.holder(plan.IncidentLead), o.submitted())
	if err != nil {
		o.t.Fatal(err)
	}
	o.wait(20 * time.Minute)
	u, err := o.Begin(o.ctx, o.drafter(), first.Incident, comms.PhaseIdentified, "")
	if err != nil {
		o.t.Fatal(err)
	}
	r := o.write(o.drafter(), u.ID, honest)
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
		o.explain(u.ID, err)
	}
	return u
}

// TestACauseIsConfirmedByAnother takes a cause from its author's text to the
// publication, and through a change of its words.
func TestACauseIsConfirmedByAnother(t *testing.T) {
	o := open(t)
	u := o.withCause()
	lead := signer(o.holder(plan.IncidentLead))
	v, err := o.Look(o.ctx, lead, u.ID)
	if err != nil || v.Cause.Digest.IsZero() || v.Cause.Confirmation != nil || !v.Cause.You {
		t.Fatalf("the cause stands as %+v (%v)", v.Cause, err)
	}
	sign := func() (desk.Update, error) {
		return o.Sign(o.ctx, lead, desk.Signing{Update: u.ID, Digest: u.Digest, Languages: o.plan.Catalogue.Languages})
	}
	if after, err := sign(); comms.CodeOf(err) != comms.Conflict || o.state(u.ID) != desk.InReview {
		t.Fatalf("signed under a cause that nobody confirmed: %s (%v)", after.State, err)
	}
	token := lead
	token.Token = "ci"
	for name, c := range map[string]struct {
		by   desk.Actor
		seen comms.Digest
		code comms.Code
	}{
		"its author":  {o.drafter(), v.Cause.Digest, comms.Forbidden},
		"a token":     {token, v.Cause.Digest, comms.Forbidden},
		"a stranger":  {desk.Actor{Person: "nobody"}, v.Cause.Digest, comms.Forbidden},
		"other words": {lead, comms.DigestOf([]byte("other")), comms.Conflict},
	} {
		if err := o.ConfirmCause(o.ctx, c.by, u.ID, c.seen); comms.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	for range 2 { // the second says nothing new
		if err := o.ConfirmCause(o.ctx, lead, u.ID, v.Cause.Digest); err != nil {
			t.Fatal(err)
		}
	}
	if v, err = o.Look(o.ctx, lead, u.ID); err != nil || v.Cause.Confirmation == nil || v.Cause.Confirmation.Person != lead.Person {
		t.Fatalf("confirmed, the cause stands as %+v (%v)", v.Cause, err)
	}

	text := v.Latest.Draft.Clone()
	text.Slots.Set("en", "cause", "a certificate had run out")
	r, err := o.Save(o.ctx, o.drafter(), u.ID, v.Latest.Number, text)
	if err != nil {
		t.Fatal(err)
	}
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
		o.explain(u.ID, err)
	}
	if _, err := sign(); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("the confirmation outlived its words: %v", err)
	}
	if v, err = o.Look(o.ctx, lead, u.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.ConfirmCause(o.ctx, lead, u.ID, v.Cause.Digest); err != nil {
		t.Fatal(err)
	}
	if after, err := sign(); err != nil || after.State != desk.Published {
		t.Fatalf("signed under a confirmed cause: %s %q (%v)", after.State, after.Note, err)
	}
	for _, forgery := range []string{
		`UPDATE causes SET person = 'eve'`, `DELETE FROM causes`,
		`INSERT INTO causes SELECT 'aaaaaaaaaaaa', update_id, cause, 'eve', at FROM causes LIMIT 1`,
	} {
		if _, err := o.store.DB().Exec(forgery); err == nil {
			t.Errorf("%s was allowed", forgery)
		}
	}
}

// TestWhoConfirmedAndThenWroteConfirmsNothing makes the one who confirmed an
// author of the same text.
func TestWhoConfirmedAndThenWroteConfirmsNothing(t *testing.T) {
	o := open(t)
	u := o.withCause()
	lead := signer(o.holder(plan.IncidentLead))
	v, err := o.Look(o.ctx, lead, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.ConfirmCause(o.ctx, lead, u.ID, v.Cause.Digest); err != nil {
		t.Fatal(err)
	}
	text := v.Latest.Draft.Clone()
	text.Slots.Set("en", "who", "everybody in Europe")
	if _, err := o.Save(o.ctx, lead, u.ID, v.Latest.Number, text); err != nil {
		t.Fatal(err)
	}
	if v, err = o.Look(o.ctx, o.drafter(), u.ID); err != nil || v.Cause.Confirmation != nil {
		t.Errorf("an author's word counts: %+v (%v)", v.Cause, err)
	}
}

func (o *office) state(id comms.ID) desk.UpdateState {
	o.t.Helper()
	v, err := o.Look(o.ctx, o.drafter(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return v.Update.State
}
