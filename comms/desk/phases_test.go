package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// turn writes the next update of an incident and lets everybody sign who must.
func (o *office) turn(incident comms.ID, phase comms.Phase) desk.View {
	o.t.Helper()
	next, err := o.Begin(o.ctx, o.drafter(), incident, phase, "")
	if err != nil {
		o.t.Fatal(err)
	}
	r := o.write(o.drafter(), next.ID, honest)
	if next, err = o.Submit(o.ctx, o.drafter(), next.ID, r.Number); err != nil {
		o.explain(next.ID, err)
	}
	o.everybodySigns(next)
	v := o.look(next.ID)
	if v.Update.State != desk.Published {
		o.t.Fatalf("%s is %s: %s", phase, v.Update.State, v.Update.Note)
	}
	return v
}

func TestWhatIsOverGetsAReportAndCanComeBack(t *testing.T) {
	o := open(t)
	first, err := o.sign(o.holder(plan.IncidentLead), o.submitted())
	if err != nil {
		t.Fatal(err)
	}
	o.wait(30 * time.Minute)
	resolved := o.turn(first.Incident, comms.PhaseResolved)
	ended := resolved.Preview.Message.Incident.EndedAt
	if want := []comms.Phase{comms.PhaseInvestigating, comms.PhaseIdentified, comms.PhasePostmortem}; !slices.Equal(o.mayFollow(first.Incident), want) {
		t.Errorf("after the end comes one of %v", o.mayFollow(first.Incident))
	}

	o.wait(72 * time.Hour)
	report := o.turn(first.Incident, comms.PhasePostmortem)
	m := report.Preview.Message
	if ended == nil || m.Incident.EndedAt == nil || !m.Incident.EndedAt.Equal(*ended) {
		t.Errorf("the report says that it ended at %v, and it was %v", m.Incident.EndedAt, ended)
	}
	kinds := []plan.ApprovalKind{}
	for _, s := range report.Signatures {
		kinds = append(kinds, s.Requirement.Kind)
	}
	if !slices.Equal(kinds, []plan.ApprovalKind{plan.Facts, plan.Wording}) {
		t.Errorf("the report was signed for %v", kinds)
	}
	if m.Audience == nil || len(m.Audience.Components) != 2 {
		t.Errorf("the report goes to %+v", m.Audience)
	}

	o.wait(24 * time.Hour)
	u, err := o.Begin(o.ctx, o.drafter(), first.Incident, comms.PhaseInvestigating, "")
	if err != nil {
		t.Fatal(err)
	}
	v := o.look(u.ID)
	if v.Template.ID != "reopening" || v.Latest.Draft.EndedAt != "" || v.Latest.Draft.Claims[1].State != comms.Partial {
		t.Errorf("what came back begins with the template %s, the end %q and %v", v.Template.ID, v.Latest.Draft.EndedAt, v.Latest.Draft.Claims)
	}
	if _, err := o.Withdraw(o.ctx, o.drafter(), u.ID, "written below"); err != nil {
		t.Fatal(err)
	}
	back := o.turn(first.Incident, comms.PhaseInvestigating)
	if i := back.Preview.Message.Incident; i.EndedAt != nil || i.Changes[1].After != comms.Partial || !strings.Contains(back.Preview.Message.Forms["en"].Title, "is back") {
		t.Errorf("what came back says %+v", i)
	}
	o.turn(first.Incident, comms.PhaseResolved)
}

func TestWhatCameBackIsNotAFirstUpdate(t *testing.T) {
	o := open(t)
	u := o.incident()
	v := o.look(u.ID)
	if slices.ContainsFunc(v.Templates, func(t plan.Template) bool { return t.ID == "reopening" }) {
		t.Error("the first update may say that something is back")
	}
	text := v.Latest.Draft.Clone()
	text.Template = "reopening"
	if _, err := o.Save(o.ctx, o.drafter(), u.ID, v.Latest.Number, text); comms.CodeOf(err) != comms.Invalid || !strings.Contains(err.Error(), "not for where this stands") {
		t.Errorf("a first update says that something is back: %v", err)
	}
}

func TestAFalseAlarmEndsWithItsOwnWords(t *testing.T) {
	o := open(t)
	first, err := o.sign(o.holder(plan.IncidentLead), o.submitted())
	if err != nil {
		t.Fatal(err)
	}
	o.wait(10 * time.Minute)
	begun, err := o.Begin(o.ctx, o.drafter(), first.Incident, comms.PhaseFalseAlarm, "")
	if err != nil {
		t.Fatal(err)
	}
	if slots := o.look(begun.ID).Latest.Draft.Slots; slots.Get("en", "action_customer") != "" {
		t.Errorf("what customers could do meanwhile is in the words that say that there was nothing: %q", slots.Get("en", "action_customer"))
	}
	alarm := o.turn(first.Incident, comms.PhaseFalseAlarm)
	m := alarm.Preview.Message
	if m.Incident.Phase != comms.PhaseFalseAlarm || m.Incident.Changes[0].After != comms.Operational || !strings.HasPrefix(m.Forms["en"].Title, "False alarm") || m.Forms["es"].Title == "" {
		t.Errorf("the false alarm says %+v %q", m.Incident, m.Forms["en"].Title)
	}
	if want := []comms.Phase{comms.PhaseInvestigating}; !slices.Equal(o.mayFollow(first.Incident), want) {
		t.Errorf("after a false alarm comes one of %v", o.mayFollow(first.Incident))
	}
	o.wait(time.Hour)
	again := o.turn(first.Incident, comms.PhaseInvestigating)
	if again.Template.ID != "investigating" {
		t.Errorf("after a false alarm it begins anew with the template %s", again.Template.ID)
	}
}

func TestPlannedWorkIsCheckedBeforeItIsOver(t *testing.T) {
	o := open(t)
	_, u, err := o.Open(o.ctx, o.drafter(), desk.Opening{
		Kind: comms.KindMaintenance, Name: "New disks", Severity: "maintenance",
		Claims:    []comms.Claim{{Component: o.component(0), State: comms.Maintenance}},
		StartedAt: draft.FormatTime(o.clock().Add(time.Hour)), EndedAt: draft.FormatTime(o.clock().Add(3 * time.Hour)),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := o.write(o.drafter(), u.ID, honest)
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
		o.explain(u.ID, err)
	}
	if u, err = o.sign(o.holder(plan.IncidentLead), u); err != nil {
		t.Fatal(err)
	}
	o.wait(time.Hour)
	begun, err := o.Begin(o.ctx, o.drafter(), u.Incident, comms.PhaseInProgress, "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := o.look(begun.ID).Latest.Draft.Slots.Get(draft.Shared, "next_update"), draft.FormatTime(o.clock().Add(2*time.Hour)); got != want {
		t.Errorf("work under way promises %q, and ends at %q", got, want)
	}
	if _, err := o.Withdraw(o.ctx, o.drafter(), begun.ID, "written below"); err != nil {
		t.Fatal(err)
	}
	o.turn(u.Incident, comms.PhaseInProgress)
	o.wait(time.Hour)
	check := o.turn(u.Incident, comms.PhaseVerifying)
	if i := check.Preview.Message.Incident; i.Phase != comms.PhaseVerifying || i.Claims[0].State != comms.Maintenance {
		t.Errorf("work that is checked says %+v", i)
	}
	done := o.turn(u.Incident, comms.PhaseCompleted)
	if c := done.Preview.Message.Incident.Changes; c[0].After != comms.Operational {
		t.Errorf("work that is over leaves %+v", c)
	}
}

// mayFollow lists the phases that may come next.
func (o *office) mayFollow(incident comms.ID) []comms.Phase {
	o.t.Helper()
	v, err := o.LookIncident(o.ctx, o.drafter(), incident)
	if err != nil {
		o.t.Fatal(err)
	}
	return v.Next
}
