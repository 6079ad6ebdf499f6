package desk_test

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/server/store/storetest"
)

// monitoring is the token that tells of alerts.
func (o *office) monitoring() desk.Actor {
	return desk.Actor{Person: o.drafter().Person, Token: "alertmanager"}
}

// alert fires or ends; labels are "name=value".
func (o *office) alert(fingerprint string, firing bool, labels ...string) desk.Alert {
	a := desk.Alert{Fingerprint: fingerprint, Firing: firing, Since: o.clock().Add(-time.Minute), Labels: map[string]string{}, Notes: map[string]string{"summary": "db-7.internal is on fire"}}
	for _, l := range labels {
		name, value, _ := strings.Cut(l, "=")
		a.Labels[name] = value
	}
	return a
}

// hear tells of alerts and fails unless they come to this.
func (o *office) hear(want desk.Outcome, alerts ...desk.Alert) desk.Heard {
	o.t.Helper()
	heard, err := o.Hear(o.ctx, o.monitoring(), alerts)
	if err != nil {
		o.t.Fatal(err)
	}
	last := heard[len(heard)-1]
	if last.Outcome != want {
		o.t.Fatalf("the alert came to %q, want %q", last.Outcome, want)
	}
	return last
}

const signIn, critical, documents = "alertname=SignInErrors", "severity=critical", "alertname=DocumentsSlow"

func TestAnAlertStartsADraftAndNothingMore(t *testing.T) {
	o := open(t)
	h := o.hear(desk.SignalStarted, o.alert("a1", true, signIn, "instance=db-7.internal"))
	v := o.look(h.Update)
	text := v.Latest.Draft
	if v.Update.State != desk.Draft || text.Template != "investigating" || text.Severity != "major" || len(text.Claims) != 1 || text.Claims[0] != (comms.Claim{Component: "sign-in", State: comms.Partial}) {
		t.Errorf("the draft: %+v of %+v", text, v.Update)
	}
	if text.StartedAt != draft.FormatTime(monday.Add(-time.Minute)) {
		t.Errorf("started at %s", text.StartedAt)
	}
	for lang, values := range text.Slots {
		if lang != draft.Shared && len(values) > 0 {
			t.Errorf("an alert wrote words: %v", values)
		}
	}
	if o.head() != 1 || len(v.Signals) != 1 || v.Signals[0].Notes["summary"] != "db-7.internal is on fire" {
		t.Errorf("head %d, signals %+v", o.head(), v.Signals)
	}
	agenda, err := o.Agenda(o.ctx, o.drafter())
	if err != nil || len(agenda.Drafts) != 1 || !agenda.Drafts[0].Signal {
		t.Errorf("agenda: %+v, %v", agenda.Drafts, err)
	}
	o.hear(desk.SignalRepeated, o.alert("a1", true, signIn))
	if got := o.look(h.Update); got.Latest.Number != 1 || len(got.Signals) != 1 {
		t.Errorf("the same alert again changed something: %+v", got.Signals)
	}
	o.hear(desk.SignalIgnored, o.alert("a2", true, signIn, "audience=internal"))
	o.hear(desk.SignalRepeated, o.alert("a3", false, signIn))
	r := o.write(o.drafter(), h.Update, honest)
	u, err := o.Submit(o.ctx, o.drafter(), h.Update, r.Number)
	if err != nil {
		o.explain(h.Update, err)
	}
	if _, err := o.sign(o.drafter().Person, u); comms.CodeOf(err) != comms.Forbidden {
		t.Errorf("the person of the token may sign what it drafted: %v", err)
	}
}

func TestMoreAlertsFeedADraftThatNobodyWroteOn(t *testing.T) {
	o := open(t)
	h := o.hear(desk.SignalStarted, o.alert("a1", true, signIn))
	fed := o.hear(desk.SignalFed, o.alert("a2", true, signIn, critical))
	v := o.look(h.Update)
	if fed.Update != h.Update || v.Latest.Draft.Severity != "critical" || v.Incident.Severity != "critical" ||
		!slices.Equal(v.Latest.Draft.Claims, []comms.Claim{{Component: "sign-in", State: comms.Major}, {Component: "company-sign-in", State: comms.Major}}) {
		t.Errorf("fed: %+v", v.Latest.Draft)
	}
	o.hear(desk.SignalFed, o.alert("a3", true, signIn))
	if got := o.look(h.Update).Latest; got.Draft.Severity != "critical" || got.Draft.Claims[0].State != comms.Major || got.Number != v.Latest.Number {
		t.Errorf("a milder alert took something back: %+v", got)
	}
	if other := o.hear(desk.SignalStarted, o.alert("b1", true, documents)); other.Incident == h.Incident {
		t.Error("an alert about other components joined the incident")
	}
}

func TestAnAlertLeavesWhatPeopleWroteAndSignedAsItIs(t *testing.T) {
	for name, prepare := range map[string]func(*office, comms.ID){
		"written": func(o *office, u comms.ID) { o.write(o.drafter(), u, honest) },
		"being typed": func(o *office, u comms.ID) {
			v := o.look(u)
			text := v.Latest.Draft.Clone()
			text.Slots.Set("en", "headline", "Some customers cannot sign in")
			if _, err := o.Keep(o.ctx, o.drafter(), u, desk.Typing{Base: v.Latest.Draft, Text: text}); err != nil {
				o.t.Fatal(err)
			}
		},
		"in review": func(o *office, u comms.ID) {
			r := o.write(o.drafter(), u, honest)
			if _, err := o.Submit(o.ctx, o.drafter(), u, r.Number); err != nil {
				o.explain(u, err)
			}
		},
		"withdrawn beside another": func(o *office, u comms.ID) {
			o.write(o.drafter(), u, honest)
			if _, err := o.Begin(o.ctx, o.drafter(), o.look(u).Incident.ID, comms.PhaseInvestigating, ""); err != nil {
				o.t.Fatal(err)
			}
			if _, err := o.Withdraw(o.ctx, o.drafter(), u, "the other one is better"); err != nil {
				o.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			h := o.hear(desk.SignalStarted, o.alert("a1", true, signIn))
			prepare(o, h.Update)
			before := o.look(h.Update)
			o.wait(time.Minute)
			if got := o.hear(desk.SignalNoted, o.alert("a2", true, signIn, critical)); got.Incident != h.Incident {
				t.Errorf("it went to %+v", got)
			}
			after := o.look(h.Update)
			if after.Latest.Number != before.Latest.Number || after.Update.Version != before.Update.Version || after.Update.Digest != before.Update.Digest {
				t.Errorf("the update changed from %+v to %+v", before.Update, after.Update)
			}
			if n := len(after.Signals); n != 2 {
				t.Errorf("%d alerts are shown", n)
			}
		})
	}
}

// publishedAlert brings an alert to the page.
func (o *office) publishedAlert() desk.Heard {
	o.t.Helper()
	h := o.hear(desk.SignalStarted, o.alert("a1", true, signIn))
	o.publish(h.Update)
	return h
}

func (o *office) publish(update comms.ID) {
	o.t.Helper()
	r := o.write(o.drafter(), update, honest)
	u, err := o.Submit(o.ctx, o.drafter(), update, r.Number)
	if err != nil {
		o.explain(update, err)
	}
	for _, p := range o.plan.People {
		if u.State == desk.InReview {
			if signed, err := o.sign(p.ID, u); err == nil {
				u = signed
			}
		}
	}
	if u.State != desk.Published {
		o.t.Fatalf("it is %s", u.State)
	}
}

func TestTheEndOfTheLastAlertProposesADraftOnce(t *testing.T) {
	o := open(t)
	h := o.publishedAlert()
	o.hear(desk.SignalNoted, o.alert("a2", true, signIn))
	o.hear(desk.SignalResolved, o.alert("a1", false, signIn))
	ended := o.hear(desk.SignalProposed, o.alert("a2", false, signIn))
	v := o.look(ended.Update)
	if v.Update.State != desk.Draft || v.Latest.Draft.Phase != comms.PhaseMonitoring || v.Incident.ID != h.Incident || o.head() != 2 {
		t.Errorf("proposed: %+v", v.Latest.Draft)
	}
	o.hear(desk.SignalRepeated, o.alert("a2", false, signIn))
	o.wait(time.Minute)
	o.hear(desk.SignalNoted, o.alert("a2", true, signIn)) // it flaps
	if s := o.look(ended.Update).Signals; len(s) != 2 || s[1].Fired+s[0].Fired != 3 {
		t.Errorf("the flap is not noted: %+v", s)
	}
	o.hear(desk.SignalResolved, o.alert("a2", false, signIn))
	look, err := o.LookIncident(o.ctx, o.drafter(), h.Incident)
	if err != nil || len(look.Updates) != 2 || len(look.Signals) != 2 {
		t.Errorf("%d updates, %d signals, %v", len(look.Updates), len(look.Signals), err)
	}
}

func TestNothingIsProposedBeforeCustomersKnow(t *testing.T) {
	o := open(t)
	o.hear(desk.SignalStarted, o.alert("a1", true, signIn))
	o.hear(desk.SignalResolved, o.alert("a1", false, signIn))
}

func TestAnAlertOfAnIncidentThatIsOver(t *testing.T) {
	o := open(t)
	h := o.publishedAlert()
	u, err := o.Begin(o.ctx, o.drafter(), h.Incident, comms.PhaseResolved, "")
	if err != nil {
		t.Fatal(err)
	}
	o.publish(u.ID)
	o.hear(desk.SignalRepeated, o.alert("a1", true, signIn))
	o.hear(desk.SignalResolved, o.alert("a1", false, signIn))
	o.wait(time.Hour)
	again := o.hear(desk.SignalStarted, o.alert("a1", true, signIn))
	if again.Incident == h.Incident {
		t.Error("it went to the incident that is over")
	}
	look, err := o.LookIncident(o.ctx, o.drafter(), h.Incident)
	if err != nil || len(look.Signals) != 1 || look.Signals[0].Firing {
		t.Errorf("the old incident shows %+v, %v", look.Signals, err)
	}
}

func TestADraftThatWasDroppedStaysDroppedUntilTheAlertComesAnew(t *testing.T) {
	o := open(t)
	h := o.hear(desk.SignalStarted, o.alert("a1", true, signIn))
	if _, err := o.Withdraw(o.ctx, o.drafter(), h.Update, "customers do not notice"); err != nil {
		t.Fatal(err)
	}
	o.hear(desk.SignalRepeated, o.alert("a1", true, signIn))
	o.wait(time.Hour)
	if got := o.hear(desk.SignalStarted, o.alert("a1", true, signIn)); got.Incident == h.Incident {
		t.Error("the alert came back to the incident that was dropped")
	}
}

func TestWhatThePlanDoesNotKnowIsShownAndStartsNothing(t *testing.T) {
	o := open(t)
	o.hear(desk.SignalUnmapped, o.alert("x1", true, "alertname=DiskFull"))
	o.hear(desk.SignalRepeated, o.alert("x1", true, "alertname=DiskFull"))
	agenda, err := o.Agenda(o.ctx, o.drafter())
	if err != nil || len(agenda.Drafts) != 0 || len(agenda.Unmapped) != 1 || agenda.Unmapped[0].Name != "DiskFull" {
		t.Errorf("agenda: %+v, %v", agenda, err)
	}
	o.hear(desk.SignalResolved, o.alert("x1", false, "alertname=DiskFull"))
	if agenda, err = o.Agenda(o.ctx, o.drafter()); err != nil || len(agenda.Unmapped) != 0 {
		t.Errorf("agenda: %+v, %v", agenda, err)
	}
}

func TestPeopleWhoMayNotWriteMayNotSignalEither(t *testing.T) {
	o := open(t)
	if _, err := o.Hear(o.ctx, desk.Actor{Person: "mallory"}, []desk.Alert{o.alert("a1", true, signIn)}); comms.CodeOf(err) != comms.Forbidden {
		t.Errorf("%v", err)
	}
}

func TestHugeAndHiddenTextOfAnAlertIsCut(t *testing.T) {
	o := open(t)
	a := o.alert("a1", true, signIn, "long="+strings.Repeat("é", 5000))
	a.Notes["\u202ehidden\x00"] = "two\nlines \u202eback\xff"
	for range 100 {
		a.Labels[string(comms.NewID())] = "x"
	}
	s := o.look(o.hear(desk.SignalStarted, a).Update).Signals[0]
	if len(s.Labels) != 40 || s.Notes["hidden"] != "two lines back\uFFFD" {
		t.Errorf("%d labels, %q", len(s.Labels), s.Notes)
	}
}

// Two Alertmanagers tell the same at the same moment.
func TestACrowdOfTheSameAlertsIsOneDraft(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { sameAlerts(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db")) })
	t.Run("postgres", func(t *testing.T) { sameAlerts(t, storetest.PostgresSchema(t)) })
}

func sameAlerts(t *testing.T, address string) {
	o := openAt(t, address)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := o.Hear(o.ctx, o.monitoring(), []desk.Alert{o.alert("a1", true, signIn), o.alert("a2", true, signIn)}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	list, err := o.Incidents(o.ctx, o.drafter(), false, 0)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d incidents, %v", len(list), err)
	}
	look, err := o.LookIncident(o.ctx, o.drafter(), list[0].ID)
	if err != nil || len(look.Updates) != 1 || len(look.Signals) != 2 {
		t.Errorf("%d updates, %d signals, %v", len(look.Updates), len(look.Signals), err)
	}
}
