package desk_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/promise"
)

// over lets an incident of a severity that owes a report begin and end on a
// Friday, before the weekend on which the clocks go back in Madrid.
func (o *office) over() comms.ID {
	o.t.Helper()
	friday := time.Date(2026, 10, 23, 9, 50, 0, 0, time.UTC)
	o.wait(friday.Sub(o.clock()))
	u, err := o.sign("ines", o.submitted())
	if err != nil || u.State != desk.Published {
		o.t.Fatalf("%s: %v", u.State, err)
	}
	o.wait(10 * time.Minute)
	o.turn(u.Incident, comms.PhaseResolved)
	return u.Incident
}

// until lets the time come, and looks at the clocks.
func (o *office) until(day, hour, minute int) []sent {
	o.t.Helper()
	o.wait(time.Date(2026, 10, day, hour, minute, 0, 0, time.UTC).Sub(o.clock()))
	return o.watch()
}

func TestAReportIsPromisedAndRemindedOf(t *testing.T) {
	o := open(t)
	incident := o.over()
	if p := o.public(incident); p.Kind != promise.Report || p.State != promise.Open || !p.Due.Equal(time.Date(2026, 10, 30, 23, 0, 0, 0, time.UTC)) {
		t.Fatalf("on what is over is promised %+v", p)
	}
	agenda, err := o.Agenda(o.ctx, o.drafter())
	if err != nil || len(agenda.Clocks) != 1 || agenda.Clocks[0].Promise.Kind != promise.Report || agenda.Clocks[0].Need != desk.NeedWrite {
		t.Fatalf("the desk shows %+v: %v", agenda.Clocks, err)
	}
	o.expect("over the weekend", o.until(26, 7, 59))
	o.expect("on Tuesday", o.until(27, 8, 29))
	o.expect("after a third of the working time", o.until(27, 8, 30), sent{"remind", "write", people("dana")})
	o.expect("after half of it", o.until(28, 9, 30), sent{"stand_in", "write", people("sam")})

	// Something else that is said of the incident is no report.
	correction, err := o.Correct(o.ctx, o.drafter(), o.promises(incident)[0].Answer)
	if err != nil {
		t.Fatal(err)
	}
	o.write(o.drafter(), correction.ID, honest)
	if agenda, err = o.Agenda(o.ctx, o.drafter()); err != nil || agenda.Clocks[0].Need != desk.NeedWrite {
		t.Errorf("with a correction begun the report is %+v: %v", agenda.Clocks, err)
	}
	if _, err := o.Withdraw(o.ctx, o.drafter(), correction.ID, "It was right"); err != nil {
		t.Fatal(err)
	}

	u := o.next(incident, comms.PhasePostmortem)
	o.expect("while its signatures are missing, at night", o.until(29, 4, 0))
	o.expect("in the morning", o.until(29, 9, 0), sent{"remind", "sign", nil})
	o.everybodySigns(u)
	report := o.look(u.ID)
	if report.Update.State != desk.Published {
		t.Fatalf("the report is %s: %s", report.Update.State, report.Update.Note)
	}
	var found promise.Promise
	for _, p := range o.promises(incident) {
		if p.Waits() {
			t.Errorf("the report is out, and this waits: %+v", p)
		}
		if p.Kind == promise.Report {
			found = p
		}
	}
	if found.State != promise.Kept || found.Answer != report.Update.Publication {
		t.Errorf("the report's promise is %+v", found)
	}
	o.expect("after it is out", o.until(31, 12, 0))
}

func TestAReportThatNobodyWritesIsMissed(t *testing.T) {
	o := open(t)
	incident := o.over()
	o.until(30, 22, 0)
	o.expect("a minute late", o.until(30, 23, 1))
	o.wait(2 * time.Second)
	o.expect("after that", o.watch(), sent{"passed", "write", nil})
	if p := o.public(incident); p.State != promise.Missed || !p.Waits() {
		t.Errorf("what was not written is %+v", p)
	}
	o.wait(48 * time.Hour)
	o.turn(incident, comms.PhasePostmortem)
	if p := o.public(incident); p.State != promise.Missed || p.Waits() || p.Late(o.clock()) < 48*time.Hour {
		t.Errorf("two days late it is %+v", p)
	}
}

func TestWhatComesBackOwesItsReportAnew(t *testing.T) {
	o := open(t)
	incident := o.over()
	o.wait(20 * time.Hour)
	back := o.turn(incident, comms.PhaseInvestigating)
	all := o.promises(incident)
	var first promise.Promise
	for _, p := range all {
		if p.Kind == promise.Report {
			first = p
		}
	}
	if last := o.public(incident); first.State != promise.Withdrawn || last.Kind != promise.Next || !last.Made.Equal(o.clock()) {
		t.Errorf("when it is back, the promises are %+v", all)
	}
	if got := back.Preview.Message.Incident.NextUpdate; got == nil || got.After(o.clock().Add(31*time.Minute)) {
		t.Errorf("it is back, and promises the next update by %v", got)
	}
	o.wait(10 * time.Minute)
	o.turn(incident, comms.PhaseResolved)
	if p := o.public(incident); p.Kind != promise.Report || p.State != promise.Open || p.ID == first.ID {
		t.Errorf("over again, it owes %+v", p)
	}
}

// TestWhatComesBackIsNotLongYet lets an incident of an hour ago come back after
// a day: it promises as often as one that began then.
func TestWhatComesBackIsNotLongYet(t *testing.T) {
	o := open(t)
	_, u, err := o.Open(o.ctx, o.drafter(), desk.Opening{
		Kind: comms.KindIncident, Name: "Sign-in trouble", Severity: "critical", Claims: []comms.Claim{{Component: o.component(0), State: comms.Partial}},
	})
	if err != nil {
		t.Fatal(err)
	}
	incident, r := u.Incident, o.write(o.drafter(), u.ID, honest)
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
		o.explain(u.ID, err)
	}
	o.everybodySigns(u)
	limit := func() time.Duration {
		t.Helper()
		next, err := o.Begin(o.ctx, o.drafter(), incident, o.mayFollow(incident)[0], "")
		if err != nil {
			t.Fatal(err)
		}
		v := o.look(next.ID)
		if v.Latest.Draft.Phase.Closed() {
			t.Fatalf("the next step is %s", v.Latest.Draft.Phase)
		}
		within := v.Promise.Sub(o.clock())
		for after, blocked := range map[time.Duration]bool{within: false, within + 10*time.Minute: true} {
			text := v.Latest.Draft.Clone()
			text.Slots.Set(draft.Shared, "next_update", draft.FormatTime(o.clock().Add(after)))
			preview, err := o.Try(o.ctx, next.ID, text, "en")
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, f := range preview.Report.Findings() {
				found = found || f.Rule == "NEXT-RANGE"
			}
			if found != blocked {
				t.Errorf("an update within %s is beyond what is allowed: %v", after, found)
			}
		}
		if _, err := o.Withdraw(o.ctx, o.drafter(), next.ID, "looked at"); err != nil {
			t.Fatal(err)
		}
		return within
	}
	short, long := limit(), time.Duration(0)
	o.wait(3 * time.Hour)
	if long = limit(); long <= short {
		t.Fatalf("after three hours an update may promise the next one within %s, as before", long)
	}
	o.turn(incident, comms.PhaseResolved)
	o.wait(24 * time.Hour)
	if got := limit(); got != short {
		t.Errorf("what comes back may promise the next update within %s, want %s", got, short)
	}
	o.turn(incident, comms.PhaseInvestigating)
	o.wait(time.Hour)
	if got := limit(); got != short {
		t.Errorf("an hour after it came back the limit is %s, want %s", got, short)
	}
	o.wait(time.Hour)
	if got := limit(); got != long {
		t.Errorf("two hours after it came back the limit is %s, want %s", got, long)
	}
}
