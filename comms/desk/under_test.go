package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// replan puts the plan in force with some of its text replaced, by whoever may
// sign that.
func (o *office) replan(oldnew ...string) {
	o.t.Helper()
	p, pub, err := o.Plan(o.ctx)
	if err != nil {
		o.t.Fatal(err)
	}
	files := append([]comms.PlanFile(nil), p.Files...)
	for i := range files {
		files[i].Text = strings.NewReplacer(oldnew...).Replace(files[i].Text)
	}
	u, err := o.ChangePlan(o.ctx, o.drafter(), files, "Another version")
	if err != nil {
		o.t.Fatal(err)
	}
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, 1); err != nil {
		o.t.Fatal(err)
	}
	o.everybodySigns(u)
	now, after, err := o.Plan(o.ctx)
	if err != nil || after.Number() == pub.Number() {
		o.t.Fatalf("the plan did not come into force: %v", err)
	}
	o.plan = now
}

// everybodySigns gives each signature that is missing by the first who may.
func (o *office) everybodySigns(u desk.Update) {
	o.t.Helper()
	for i := range 5 {
		v, err := o.Look(o.ctx, o.drafter(), u.ID)
		if err != nil {
			o.t.Fatal(err)
		}
		if i >= len(v.Signatures) || v.Update.State == desk.Published {
			return
		}
		if len(v.Cause.May) > 0 {
			if err := o.ConfirmCause(o.ctx, signer(v.Cause.May[0]), u.ID, v.Cause.Digest); err != nil {
				o.t.Fatal(err)
			}
		}
		_, err = o.Sign(o.ctx, signer(v.Signatures[i].May[0]), desk.Signing{Update: u.ID, Digest: u.Digest, Requirement: i, Languages: v.Preview.Message.Languages()})
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

const (
	majorSigns = "major: # facts or wording: either of the two\n    - { kind: any, roles: [incident-lead, communications-lead] }"
	majorLegal = "major:\n    - { kind: legal, roles: [legal] }"
)

// needs lists what kinds of signature an update asks for.
func (o *office) needs(update comms.ID) string {
	o.t.Helper()
	v, err := o.Look(o.ctx, o.drafter(), update)
	if err != nil {
		o.t.Fatal(err)
	}
	var kinds []string
	for _, s := range v.Signatures {
		kinds = append(kinds, string(s.Requirement.Kind))
	}
	return strings.Join(kinds, " ")
}

// TestAnOpenIncidentKeepsItsPlan changes rules while an incident is open: it
// goes on under the old ones until somebody moves it.
func TestAnOpenIncidentKeepsItsPlan(t *testing.T) {
	o := open(t)
	u := o.submitted()
	o.replan(majorSigns, majorLegal, "every: 30m", "every: 90m")
	if v, err := o.Look(o.ctx, o.drafter(), u.ID); err != nil || v.Update.State != desk.InReview || v.Version != 1 || v.InForce != 2 {
		t.Fatalf("after the plan changed it is %q under version %d of %d: %v", v.Update.State, v.Version, v.InForce, err)
	}
	if got := o.needs(u.ID); got != "any" {
		t.Errorf("the open incident asks for %q, want what it asked for before", got)
	}
	if _, err := o.sign(o.holder(plan.CommsLead), u); err != nil {
		t.Fatal(err)
	}
	if got := o.needs(o.incident().ID); got != "legal" {
		t.Errorf("a new incident asks for %q, want what the plan in force asks for", got)
	}
	next, err := o.Begin(o.ctx, o.drafter(), u.Incident, comms.PhaseIdentified, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := o.needs(next.ID); got != "any" {
		t.Errorf("its next update asks for %q, want what its plan asks for", got)
	}
	if v, _ := o.Look(o.ctx, o.drafter(), next.ID); v.Promise.Sub(o.clock()) > 31*time.Minute {
		t.Errorf("its next update may promise %s, want what its plan promises", v.Promise)
	}
	r := o.write(o.drafter(), next.ID, honest)
	if _, err = o.Submit(o.ctx, o.drafter(), next.ID, r.Number); err != nil {
		o.explain(next.ID, err)
	}
	o.moves(u.Incident, next.ID)
}

// moves puts an open incident under the plan in force, with an update of it in
// review.
func (o *office) moves(incident, update comms.ID) {
	t := o.t
	_, pub, err := o.Plan(o.ctx)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, code comms.Code, err error) {
		t.Helper()
		if comms.CodeOf(err) != code {
			t.Errorf("%s: %v, want %q", what, err, code)
		}
	}
	refused("a move to a plan that is not in force any more", comms.Conflict, o.Move(o.ctx, o.drafter(), incident, 1))
	refused("a move by a token", comms.Forbidden, o.Move(o.ctx, desk.Actor{Person: "dana", Token: "script"}, incident, pub.Number()))
	refused("a move by nobody of the roster", comms.Forbidden, o.Move(o.ctx, desk.Actor{Person: "eve"}, incident, pub.Number()))
	if err := o.Move(o.ctx, o.drafter(), incident, pub.Number()); err != nil {
		t.Fatal(err)
	}
	refused("a move where it is", comms.Conflict, o.Move(o.ctx, o.drafter(), incident, pub.Number()))
	v, err := o.Look(o.ctx, o.drafter(), update)
	if err != nil || v.Update.State != desk.Parked || !strings.Contains(v.Update.Note, "moved to version 2") {
		t.Fatalf("what was in review is %q (%s): %v", v.Update.State, v.Update.Note, err)
	}
	look, err := o.LookIncident(o.ctx, o.drafter(), incident)
	if err != nil || len(look.Standings) != 2 || look.Standings[1].Version != 2 || look.Standings[1].Person != o.drafter().Person {
		t.Fatalf("it went by %+v: %v", look.Standings, err)
	}
	u, err := o.Submit(o.ctx, o.drafter(), update, v.Latest.Number)
	if err != nil {
		o.explain(update, err)
	}
	if got := o.needs(update); got != "legal" {
		t.Errorf("after the move it asks for %q, want what the plan in force asks for", got)
	}
	o.everybodySigns(u)
	if v, _ = o.Look(o.ctx, o.drafter(), update); v.Update.State != desk.Published {
		t.Errorf("after its signatures it is %q", v.Update.State)
	}
}

// TestWhatOfAPlanIsNeverThePast: names and people of the plan in force count
// at once, for what is open as well.
func TestWhatOfAPlanIsNeverThePast(t *testing.T) {
	t.Run("names", func(t *testing.T) {
		o := open(t)
		name := o.plan.Catalogue.Components()[0].Name["en"]
		u := o.submitted()
		o.replan("en: "+name+",", "en: Front door,")
		v, err := o.Look(o.ctx, o.drafter(), u.ID)
		if err != nil || v.Update.State != desk.Parked || !strings.Contains(v.Update.Note, "names things") {
			t.Fatalf("words with an old name are %q (%s): %v", v.Update.State, v.Update.Note, err)
		}
		if !strings.Contains(v.Preview.Message.Forms["en"].Subject, "Front door") {
			t.Errorf("its subject is %q, want the new name", v.Preview.Message.Forms["en"].Subject)
		}
	})
	t.Run("people", func(t *testing.T) {
		o := open(t)
		_, u, err := o.Open(o.ctx, o.drafter(), desk.Opening{Kind: comms.KindIncident, Name: "Lost files", Severity: "data",
			Claims: []comms.Claim{{Component: o.component(0), State: comms.Partial}}})
		if err != nil {
			t.Fatal(err)
		}
		r := o.write(o.drafter(), u.ID, honest)
		if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
			o.explain(u.ID, err)
		}
		if _, err := o.sign("ines", u); err != nil {
			t.Fatal(err)
		}
		before := o.notices(desk.NoticeVoided)
		o.replan("holders: [ines]\n    stand_ins: [marta, omar]", "holders: [marta]\n    stand_ins: [omar]")
		v, err := o.Look(o.ctx, o.drafter(), u.ID)
		if err != nil || v.Update.State != desk.InReview || v.Signatures[0].Approval != nil || o.notices(desk.NoticeVoided) == before {
			t.Fatalf("the signature of somebody who left the role still counts: %+v %v", v.Signatures, err)
		}
		if _, err := o.sign("ines", u); comms.CodeOf(err) != comms.Forbidden {
			t.Errorf("somebody who left the role signs: %v", err)
		}
		o.everybodySigns(u)
		if v, _ = o.Look(o.ctx, o.drafter(), u.ID); v.Update.State != desk.Published {
			t.Errorf("after its signatures it is %q", v.Update.State)
		}
	})
}

// TestAMoveNeedsRules: nothing is moved to a plan that would not know who
// signs it.
func TestAMoveNeedsRules(t *testing.T) {
	o := open(t)
	u := o.incident()
	o.replan("id: major", "id: grave", "  major: #", "  grave: #", "severities: [critical, major", "severities: [critical, grave", "severity: major", "severity: grave")
	_, pub, err := o.Plan(o.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Move(o.ctx, o.drafter(), u.Incident, pub.Number()); comms.CodeOf(err) != comms.Invalid || !strings.Contains(err.Error(), `no severity "major"`) {
		t.Errorf("moved to a plan without its severity: %v", err)
	}
	if got := o.needs(u.ID); got != "any" {
		t.Errorf("it asks for %q under its own version", got)
	}
}
