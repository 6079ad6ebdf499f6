package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/comms/signoff"
)

func TestFromDraftToResolved(t *testing.T) {
	o := open(t)
	u := o.submitted()
	lead := o.holder(plan.IncidentLead)
	u, err := o.sign(lead, u)
	if err != nil || u.State != desk.Published || u.Publication != 2 {
		t.Fatalf("the first update is %s with number %d: %v %s", u.State, u.Publication, err, u.Note)
	}
	for _, phase := range []comms.Phase{comms.PhaseIdentified, comms.PhaseMonitoring, comms.PhaseResolved} {
		o.wait(20 * time.Minute)
		next, err := o.Begin(o.ctx, o.drafter(), u.Incident, phase, "")
		if err != nil {
			t.Fatal(err)
		}
		r := o.write(o.drafter(), next.ID, honest)
		if next, err = o.Submit(o.ctx, o.drafter(), next.ID, r.Number); err != nil {
			o.explain(next.ID, err)
		}
		if next, err = o.sign(lead, next); err != nil || next.State != desk.Published {
			t.Fatalf("%s is %s: %v %s", phase, next.State, err, next.Note)
		}
	}
	v, err := o.LookIncident(o.ctx, o.drafter(), u.Incident)
	if err != nil || v.Incident.Phase != comms.PhaseResolved || len(v.History) != 4 {
		t.Fatalf("the incident is %s after %d publications: %v", v.Incident.Phase, len(v.History), err)
	}
	last := v.History[3].Message().Incident
	for _, c := range last.Changes {
		if c.After != comms.Operational {
			t.Errorf("%s is %s after the incident was resolved", c.Component, c.After)
		}
	}
	if agenda, err := o.Agenda(o.ctx, o.drafter()); err != nil || len(agenda.Clocks) != 1 || agenda.Clocks[0].Promise.Kind != promise.Report || len(agenda.ToSign) != 0 {
		t.Errorf("a resolved incident leaves other work than its report: %+v %v", agenda, err)
	}
}

// TestCheating tries what the law forbids, each on a fresh message, and looks
// whether anything was published.
func TestCheating(t *testing.T) {
	o := open(t)
	lead, author := o.holder(plan.IncidentLead), o.drafter().Person
	languages := o.plan.Catalogue.Languages
	for name, try := range map[string]struct {
		attempt func(desk.Update) error
		code    comms.Code
	}{
		"sign one's own text": {func(u desk.Update) error { _, err := o.sign(author, u); return err }, comms.Forbidden},
		"sign without proof": {func(u desk.Update) error {
			_, err := o.Sign(o.ctx, desk.Actor{Person: lead}, desk.Signing{Update: u.ID, Digest: u.Digest, Languages: languages})
			return err
		}, comms.Forbidden},
		"sign with a token": {func(u desk.Update) error {
			a := signer(lead)
			a.Token = "ci"
			_, err := o.Sign(o.ctx, a, desk.Signing{Update: u.ID, Digest: u.Digest, Languages: languages})
			return err
		}, comms.Forbidden},
		"sign a stale digest": {func(u desk.Update) error {
			v, err := o.Look(o.ctx, o.drafter(), u.ID)
			if err != nil {
				return err
			}
			text := v.Latest.Draft.Clone()
			text.Slots.Set("en", "impact", "people who use a company account cannot get into their account")
			r, err := o.Save(o.ctx, o.drafter(), u.ID, v.Latest.Number, text)
			if err != nil {
				return err
			}
			if _, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
				return err
			}
			_, err = o.sign(lead, u)
			return err
		}, comms.Conflict},
		"sign what is a draft again": {func(u desk.Update) error {
			v, err := o.Look(o.ctx, o.drafter(), u.ID)
			if err != nil {
				return err
			}
			text := v.Latest.Draft.Clone()
			text.Slots.Set("en", "impact", "something else that nobody signed for customers")
			if _, err := o.Save(o.ctx, o.drafter(), u.ID, v.Latest.Number, text); err != nil {
				return err
			}
			_, err = o.sign(lead, u)
			return err
		}, comms.Conflict},
		"sign without a role": {func(u desk.Update) error { _, err := o.sign("nobody", u); return err }, comms.Forbidden},
		"sign another requirement": {func(u desk.Update) error {
			_, err := o.Sign(o.ctx, signer(lead), desk.Signing{Update: u.ID, Digest: u.Digest, Requirement: 7, Languages: languages})
			return err
		}, comms.Invalid},
		"sign unread": {func(u desk.Update) error {
			_, err := o.Sign(o.ctx, signer(lead), desk.Signing{Update: u.ID, Digest: u.Digest})
			return err
		}, comms.Invalid},
		"sign one language of two": {func(u desk.Update) error {
			_, err := o.Sign(o.ctx, signer(lead), desk.Signing{Update: u.ID, Digest: u.Digest, Languages: languages[:1]})
			return err
		}, comms.Unsigned},
		"sign what was withdrawn": {func(u desk.Update) error {
			if _, err := o.Withdraw(o.ctx, o.drafter(), u.ID, "Not needed"); err != nil {
				return err
			}
			_, err := o.sign(lead, u)
			return err
		}, comms.Conflict},
		"write and then sign": {func(u desk.Update) error {
			if len(o.plan.RolesOf(lead)) == 0 {
				t.Fatal("the lead holds no role")
			}
			r := o.write(desk.Actor{Person: lead}, u.ID, honest+" at all")
			next, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number)
			if err != nil {
				return err
			}
			_, err = o.sign(lead, next)
			return err
		}, comms.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			u := o.submitted()
			before := o.head()
			if err := try.attempt(u); comms.CodeOf(err) != try.code {
				t.Errorf("the attempt gave %v (code %q), want a refusal with the code %q", err, comms.CodeOf(err), try.code)
			}
			if o.head() != before {
				t.Error("the attempt published")
			}
		})
	}
}

func TestOvertakenIsParkedAndGoesOn(t *testing.T) {
	o := open(t)
	lead := o.holder(plan.IncidentLead)
	first, err := o.sign(lead, o.submitted())
	if err != nil {
		t.Fatal(err)
	}
	var both []desk.Update
	for range 2 {
		u, err := o.Begin(o.ctx, o.drafter(), first.Incident, comms.PhaseIdentified, "")
		if err != nil {
			t.Fatal(err)
		}
		r := o.write(o.drafter(), u.ID, honest)
		if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
			o.explain(u.ID, err)
		}
		both = append(both, u)
	}
	if u, err := o.sign(lead, both[0]); err != nil || u.State != desk.Published {
		t.Fatalf("the first of two is %s: %v", u.State, err)
	}
	before := o.head()
	late, err := o.sign(lead, both[1])
	if err != nil || late.State != desk.Parked || !strings.Contains(late.Note, "newer") || o.head() != before {
		t.Fatalf("the overtaken update is %s (%s) at head %d: %v", late.State, late.Note, o.head(), err)
	}
	v, err := o.Look(o.ctx, o.drafter(), late.ID)
	if err != nil {
		t.Fatal(err)
	}
	if late, err = o.Submit(o.ctx, o.drafter(), late.ID, v.Latest.Number); err != nil {
		t.Fatal(err)
	}
	if late, err = o.sign(lead, late); err != nil || late.State != desk.Published {
		t.Fatalf("submitted again it is %s (%s): %v", late.State, late.Note, err)
	}
}

func TestPassedPromiseIsParked(t *testing.T) {
	o := open(t)
	u := o.submitted()
	o.wait(40 * time.Minute)
	u, err := o.sign(o.holder(plan.IncidentLead), u)
	if err != nil || u.State != desk.Parked || u.Note == "" {
		t.Fatalf("an update whose promise has passed is %s (%q): %v", u.State, u.Note, err)
	}
}

func TestStaleSaveLosesNothing(t *testing.T) {
	o := open(t)
	u := o.incident()
	r := o.write(o.drafter(), u.ID, honest)
	mine, theirs := r.Draft.Clone(), r.Draft.Clone()
	theirs.Slots.Set("en", "impact", "their words about what does not work for people")
	mine.Slots.Set("en", "impact", "my words about what does not work for people")
	other := desk.Actor{Person: o.holder(plan.CommsLead)}
	if _, err := o.Save(o.ctx, other, u.ID, r.Number, theirs); err != nil {
		t.Fatal(err)
	}
	_, err := o.Save(o.ctx, o.drafter(), u.ID, r.Number, mine)
	stale, ok := err.(*desk.Stale)
	if !ok {
		t.Fatalf("a stale save gave %v, want both texts", err)
	}
	if stale.Mine.Slots.Get("en", "impact") != mine.Slots.Get("en", "impact") || stale.Theirs.Draft.Slots.Get("en", "impact") != theirs.Slots.Get("en", "impact") {
		t.Errorf("a stale save lost a text: %+v", stale)
	}
	saved, err := o.Save(o.ctx, o.drafter(), u.ID, stale.Theirs.Number, mine)
	if err != nil || saved.Number != stale.Theirs.Number+1 {
		t.Fatalf("saving on the newer revision gave %d: %v", saved.Number, err)
	}
	again, err := o.Save(o.ctx, o.drafter(), u.ID, r.Number, mine)
	if err != nil || again.Number != saved.Number {
		t.Errorf("saving the same text again made revision %d: %v", again.Number, err)
	}
}

func TestTakeBackVoidsOpenSignatures(t *testing.T) {
	o := open(t)
	_, u, err := o.Open(o.ctx, o.drafter(), desk.Opening{
		Kind: comms.KindIncident, Name: "Data", Severity: "data",
		Claims: []comms.Claim{{Component: o.component(0), State: comms.Operational}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := o.write(o.drafter(), u.ID, honest)
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
		o.explain(u.ID, err)
	}
	facts := o.holder(plan.IncidentLead)
	if u, err = o.sign(facts, u); err != nil || u.State != desk.InReview {
		t.Fatalf("after one of two signatures it is %s: %v", u.State, err)
	}
	if _, err := o.Sign(o.ctx, signer(facts), desk.Signing{Update: u.ID, Digest: u.Digest, Requirement: 1, Languages: o.plan.Catalogue.Languages}); comms.CodeOf(err) != comms.Forbidden {
		t.Fatalf("one person filled two requirements: %v", err)
	}
	if err := o.TakeBack(o.ctx, facts, "the password was reset"); err != nil {
		t.Fatal(err)
	}
	legal := o.holder(plan.LegalRole)
	u, err = o.Sign(o.ctx, signer(legal), desk.Signing{Update: u.ID, Digest: u.Digest, Requirement: 1, Languages: o.plan.Catalogue.Languages})
	if err != nil || u.State != desk.InReview {
		t.Fatalf("with a signature taken back it is %s: %v", u.State, err)
	}
	if u, err = o.sign(facts, u); err != nil || u.State != desk.Published {
		t.Fatalf("signed again it is %s (%s): %v", u.State, u.Note, err)
	}
}

func TestCorrection(t *testing.T) {
	o := open(t)
	lead := o.holder(plan.IncidentLead)
	wrong, err := o.sign(lead, o.submitted())
	if err != nil {
		t.Fatal(err)
	}
	u, err := o.Correct(o.ctx, o.drafter(), wrong.Publication)
	if err != nil {
		t.Fatal(err)
	}
	r := o.write(o.drafter(), u.ID, honest)
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
		o.explain(u.ID, err)
	}
	if u, err = o.sign(lead, u); err != nil || u.State != desk.Published {
		t.Fatalf("the correction is %s (%s): %v", u.State, u.Note, err)
	}
	v, err := o.LookIncident(o.ctx, o.drafter(), wrong.Incident)
	if err != nil {
		t.Fatal(err)
	}
	m := v.History[1].Message()
	if m.Kind != comms.MessageCorrection || m.Correction.Publication != wrong.Publication || v.Incident.Phase != comms.PhaseInvestigating {
		t.Errorf("the correction is %+v and the incident %s", m.Correction, v.Incident.Phase)
	}
}

func TestPlanChangeIsSignedUnderThePlanInForce(t *testing.T) {
	o := open(t)
	files := plan.Builtin()
	for i := range files {
		files[i].Text = strings.ReplaceAll(files[i].Text, "Northwind", "Southwind")
	}
	u, err := o.ChangePlan(o.ctx, o.drafter(), files, "We have a new name")
	if err != nil {
		t.Fatal(err)
	}
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, 1); err != nil {
		t.Fatal(err)
	}
	v, err := o.Look(o.ctx, o.drafter(), u.ID)
	if err != nil || v.Proposed == nil || len(v.Signatures) == 0 {
		t.Fatalf("the change shows %d signatures: %v", len(v.Signatures), err)
	}
	for _, s := range v.Signatures {
		if u, err = o.Sign(o.ctx, signer(s.May[0]), desk.Signing{Update: u.ID, Digest: u.Digest, Requirement: s.Index}); err != nil {
			t.Fatal(err)
		}
		if v, err = o.Look(o.ctx, o.drafter(), u.ID); err != nil {
			t.Fatal(err)
		}
	}
	p, pub, err := o.Plan(o.ctx)
	if err != nil || u.State != desk.Published || p.Catalogue.Organisation != "Southwind" || pub.Message().PlanVersion.Version != 2 {
		t.Fatalf("the plan is %s, in force is %q version %d: %v", u.State, p.Catalogue.Organisation, pub.Message().PlanVersion.Version, err)
	}
	if _, err := o.Found(o.ctx, files); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("a second genesis gave %v", err)
	}
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	o := open(t)
	_, _, err := o.Open(o.ctx, o.drafter(), desk.Opening{
		Kind: comms.KindMaintenance, Severity: "nothing", StartedAt: "soon", EndedAt: "later",
		Claims: []comms.Claim{{Component: "gone", State: comms.Major}, {Component: o.component(0), State: "sad"}},
	})
	refusals, ok := err.(comms.Refusals)
	if !ok {
		t.Fatalf("Open gave %v, want refusals", err)
	}
	var fields []string
	for _, r := range refusals {
		fields = append(fields, r.Field)
	}
	for _, want := range []string{"name", "severity", "components", "started_at", "ended_at"} {
		if !slices.Contains(fields, want) {
			t.Errorf("the refusal does not name %s: %v", want, err)
		}
	}
}

func TestAnotherFrameIsInTheAudit(t *testing.T) {
	o := open(t)
	if err := o.CheckFrame(o.ctx); err != nil {
		t.Fatal(err)
	}
	before, err := o.store.Audit(o.ctx, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	upgraded := desk.New(desk.Config{Store: o.store, Key: key, Keys: o.keys, Now: o.clock, Frame: comms.DigestOf([]byte("new words"))})
	if err := upgraded.CheckFrame(o.ctx); err != nil {
		t.Fatal(err)
	}
	after, err := o.store.Audit(o.ctx, 0, 100)
	if err != nil || len(after) != len(before)+1 {
		t.Fatalf("a start with another frame left %d entries after %d: %v", len(after), len(before), err)
	}
}

func TestAPlanThatFailsInAnIncidentIsNotSubmitted(t *testing.T) {
	o := open(t)
	files := plan.Builtin()
	for i := range files {
		files[i].Text = strings.ReplaceAll(files[i].Text, "'Problem with {components}: {headline}'", "'Failover of {components} on db-prod-03: {headline}'")
	}
	u, err := o.ChangePlan(o.ctx, o.drafter(), files, "Other words")
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Submit(o.ctx, o.drafter(), u.ID, 1)
	var problems plan.Problems
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "SEC-HOST") {
		t.Fatalf("a plan whose template names a machine was submitted: %v", err)
	}
}

func TestThePromiseIsFilledIn(t *testing.T) {
	o := open(t)
	o.wait(3 * time.Minute)
	v, err := o.Look(o.ctx, o.drafter(), o.incident().ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Latest.Draft.Slots.Get(draft.Shared, "next_update"); got != "2026-11-23T14:30" {
		t.Errorf("the promise of a major incident at 14:03 is %q, want the last five-minute mark within thirty minutes", got)
	}
}

func TestWhatIsOutIsNotJudgedAgain(t *testing.T) {
	o := open(t)
	u, err := o.sign(o.holder(plan.IncidentLead), o.submitted())
	if err != nil {
		t.Fatal(err)
	}
	o.wait(24 * time.Hour)
	if v := o.look(u.ID); v.Preview.Report.Judged() || v.Preview.Message.Forms["en"].Title == "" {
		t.Errorf("a published update is judged by today's clock: %v", v.Preview.Report.Findings())
	}
}
