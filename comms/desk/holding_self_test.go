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
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store/storetest"
)

func (o *office) due() {
	o.t.Helper()
	if err := o.HoldDue(o.ctx); err != nil {
		o.t.Fatal(err)
	}
}

// TestHoldingStatementGoesOutByItself waits for the first update of a critical
// incident that nobody writes, with several desks on one database.
func TestHoldingStatementGoesOutByItself(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t testing.TB) string { return storetest.PostgresSchema(t) },
	} {
		t.Run(name, func(t *testing.T) {
			o := openAt(t, address(t))
			o.approve()
			inc := o.opened("critical")
			before := o.head()
			o.wait(9 * time.Minute)
			if o.due(); o.head() != before {
				t.Fatal("it went out before the first update was due")
			}
			o.wait(time.Minute)
			desks := []*desk.Desk{o.Desk, o.Desk, desk.New(desk.Config{Store: o.store, Key: storetest.Key(), Keys: o.keys, Now: o.clock})}
			var all sync.WaitGroup
			for _, d := range desks {
				all.Go(func() {
					if err := d.HoldDue(o.ctx); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			o.due()
			if o.head() != before+1 {
				t.Fatalf("%d publications went out, want 1", o.head()-before)
			}
			pub := o.publication(before + 1)
			if w := pub.Warrant(); w.Kind != signoff.Holding || len(w.Approvals) > 0 || pub.Message().Incident.ID != inc.ID || !pub.At().Equal(inc.OpenedAt.Add(10*time.Minute)) {
				t.Errorf("at %s went out %+v", pub.At(), w)
			}
			red := o.redacted(pub.Number()) // and its words can be taken away like others'
			if red.State != desk.Published {
				t.Errorf("its redaction is %s", red.State)
			}
		})
	}
}

// TestHoldingStatementWaitsForPeople lists what never goes out by itself.
func TestHoldingStatementWaitsForPeople(t *testing.T) {
	robot := func(o *office) desk.Actor { return desk.Actor{Person: o.holder(plan.Drafter), Token: "ci"} }
	for name, c := range map[string]struct {
		arrange func(o *office)
		wait    time.Duration
	}{
		"the severity did not opt in": {func(o *office) { o.approve(); o.opened("major") }, 20 * time.Minute},
		"nobody approved it":          {func(o *office) { o.opened("critical") }, 10 * time.Minute},
		"a program opened it": {func(o *office) {
			o.approve()
			o.openedBy(robot(o), "critical", o.component(0))
		}, 10 * time.Minute},
		"the service was away for too long": {func(o *office) { o.approve(); o.opened("critical") }, 25*time.Minute + time.Second},
		"its draft was withdrawn": {func(o *office) {
			o.approve()
			v, err := o.LookIncident(o.ctx, o.drafter(), o.opened("critical").ID)
			if err != nil {
				o.t.Fatal(err)
			}
			if _, err := o.Withdraw(o.ctx, o.drafter(), v.Updates[0].ID, "A false alarm"); err != nil {
				o.t.Fatal(err)
			}
		}, 10 * time.Minute},
		"its approval was withdrawn": {func(o *office) {
			pub := o.approve()
			o.opened("critical")
			if err := o.EndStatement(o.ctx, o.drafter(), pub.Number(), "It says too little"); err != nil {
				o.t.Fatal(err)
			}
		}, 10 * time.Minute},
		"people signed an update for a time": {func(o *office) {
			o.approve()
			inc := o.opened("critical")
			v, err := o.LookIncident(o.ctx, o.drafter(), inc.ID)
			if err != nil {
				o.t.Fatal(err)
			}
			u := v.Updates[0]
			r := o.write(o.drafter(), u.ID, honest)
			text := r.Draft.Clone()
			text.PublishAt = draft.FormatTime(o.clock().Add(12 * time.Minute))
			if r, err = o.Save(o.ctx, o.drafter(), u.ID, r.Number, text); err != nil {
				o.t.Fatal(err)
			}
			if u, err = o.sign(o.holder(plan.IncidentLead), o.submit(u.ID, r.Number)); err != nil || u.State != desk.Approved {
				o.t.Fatalf("it is %s (%s): %v", u.State, u.Note, err)
			}
		}, 10 * time.Minute},
		"customers know of it": {func(o *office) {
			o.approve()
			if _, err := o.hold(o.lead(), o.opened("critical")); err != nil {
				o.t.Fatal(err)
			}
		}, 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			c.arrange(o)
			before := o.head()
			o.wait(c.wait)
			if o.due(); o.head() != before {
				t.Errorf("it went out by itself: %+v", o.publication(o.head()).Message().Incident)
			}
		})
	}
}

// TestAPersonDeclaresWhatAProgramOpened counts the time from the moment at
// which somebody says that it is an incident.
func TestAPersonDeclaresWhatAProgramOpened(t *testing.T) {
	o := open(t)
	o.approve()
	inc := o.openedBy(desk.Actor{Person: o.holder(plan.Drafter), Token: "ci"}, "critical", o.component(0))
	o.wait(5 * time.Minute)
	v, err := o.LookIncident(o.ctx, o.drafter(), inc.ID)
	if err != nil {
		t.Fatal(err)
	}
	text := o.look(v.Updates[0].ID).Latest.Draft.Clone()
	text.Slots.Set("en", "impact", honest)
	if _, err := o.Save(o.ctx, o.drafter(), v.Updates[0].ID, 1, text); err != nil {
		t.Fatal(err)
	}
	before := o.head()
	o.wait(9 * time.Minute)
	if o.due(); o.head() != before {
		t.Error("it went out less than ten minutes after a person declared it")
	}
	o.wait(time.Minute)
	if o.due(); o.head() != before+1 {
		t.Error("it did not go out ten minutes after a person declared it")
	}
}

// TestAPlanThatSaysOtherwiseEndsTheApproval changes parts of the plan that the
// statement rests on, and one that it does not.
func TestAPlanThatSaysOtherwiseEndsTheApproval(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		ends     bool
	}{
		"its words":                   {"We are looking into a problem with {components}\n", "We are looking into trouble with {components}\n", true},
		"who may publish it":          {"publishers: [drafter, incident-lead,", "publishers: [incident-lead,", true},
		"what its severity promises":  {"first_update: 10m\n    every: 20m", "first_update: 12m\n    every: 20m", true},
		"the name of a component":     {"en: Sign-in", "en: Signing in", true},
		"the words of other messages": {"Thank you for getting in touch. {impact}", "Thank you for writing. {impact}", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			pub := o.approve()
			inc := o.opened("major")
			files, found := plan.Builtin(), false
			for i := range files {
				found = found || strings.Contains(files[i].Text, c.old)
				files[i].Text = strings.Replace(files[i].Text, c.old, c.new, 1)
			}
			if !found {
				t.Fatal("the built-in plan is written in another way: mend this test")
			}
			o.adopt(files)
			all, err := o.Statements(o.ctx, o.drafter())
			if err != nil {
				t.Fatal(err)
			}
			if h := all[0]; (h.State == desk.HeldEnded) != c.ends || h.Approved.Number() != pub.Number() || (h.Ending != nil) != c.ends {
				t.Errorf("it is %s: %+v", h.State, h.Ending)
			}
			if _, err = o.hold(o.lead(), inc); c.ends {
				refused(t, err, "no holding statement is approved")
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// adopt puts a plan in force.
func (o *office) adopt(files []comms.PlanFile) {
	o.t.Helper()
	u, err := o.ChangePlan(o.ctx, o.drafter(), files, "A change")
	if err != nil {
		o.t.Fatal(err)
	}
	u = o.submit(u.ID, 1)
	for u.State == desk.InReview {
		v := o.look(u.ID)
		i := slices.IndexFunc(v.Signatures, func(s desk.Signature) bool { return s.Approval == nil })
		if u, err = o.Sign(o.ctx, signer(v.Signatures[i].May[0]), desk.Signing{Update: u.ID, Digest: u.Digest, Requirement: i}); err != nil {
			o.t.Fatal(err)
		}
	}
	if u.State != desk.Published {
		o.t.Fatalf("the plan is %s: %s", u.State, u.Note)
	}
}

// TestTheFirstPageOffersTheStatement looks at what needs somebody now.
func TestTheFirstPageOffersTheStatement(t *testing.T) {
	o := open(t)
	inc := o.opened("major")
	offers := func(p plan.PersonID) []desk.Item {
		t.Helper()
		a, err := o.Agenda(o.ctx, desk.Actor{Person: p})
		if err != nil {
			t.Fatal(err)
		}
		return a.Silent
	}
	if got := offers(o.holder(plan.Drafter)); len(got) != 0 {
		t.Errorf("before anybody approved it, it is offered: %+v", got)
	}
	o.approve()
	if got := offers(o.holder(plan.Drafter)); len(got) != 1 || got[0].Incident.ID != inc.ID || !got[0].Due.Equal(inc.OpenedAt.Add(15*time.Minute)) {
		t.Errorf("offered is %+v", got)
	}
	if got := offers(o.holder(plan.LegalRole)); len(got) != 0 {
		t.Errorf("it is offered to somebody whom it does not name: %+v", got)
	}
	if _, err := o.hold(o.lead(), inc); err != nil {
		t.Fatal(err)
	}
	if got := offers(o.holder(plan.Drafter)); len(got) != 0 {
		t.Errorf("after it went out, it is offered: %+v", got)
	}
}

// TestRemindersNameTheHoldingStatement lets reminders of a first update come
// due, and reads of each whether it names a holding statement.
func TestRemindersNameTheHoldingStatement(t *testing.T) {
	for name, c := range map[string]struct {
		severity comms.Severity
		arrange  func(o *office)
		want     bool
	}{
		"one is approved":            {"major", func(o *office) { o.approve() }, true},
		"none is approved":           {"major", func(o *office) {}, false},
		"the incident concerns data": {"data", func(o *office) { o.approve() }, false},
		"its approval was taken back": {"major", func(o *office) {
			if err := o.EndStatement(o.ctx, o.drafter(), o.approve().Number(), "It says too little"); err != nil {
				o.t.Fatal(err)
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			c.arrange(o)
			o.opened(c.severity)
			o.wait(5 * time.Minute)
			if _, err := o.Watch(o.ctx); err != nil {
				t.Fatal(err)
			}
			mails := o.reminderMails()
			if len(mails) != 1 {
				t.Fatalf("%d reminders, want 1", len(mails))
			}
			n, _, err := o.store.Notice(o.ctx, mails[0])
			if err != nil || n.Holding != c.want {
				t.Errorf("the reminder says %t of a holding statement, want %t: %v", n.Holding, c.want, err)
			}
		})
	}

	o := open(t)
	o.approve()
	inc := o.opened("critical")
	if _, err := o.hold(signer(o.holder(plan.Drafter)), inc); err != nil {
		t.Fatal(err)
	}
	o.wait(19 * time.Minute)
	if _, err := o.Watch(o.ctx); err != nil {
		t.Fatal(err)
	}
	for _, id := range o.reminderMails() {
		if n, _, err := o.store.Notice(o.ctx, id); err != nil || n.Holding {
			t.Errorf("after the holding statement a reminder names it again: %+v, %v", n, err)
		}
	}
}
