package desk_test

import (
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/server/store/storetest"
)

// promises lists those of an incident.
func (o *office) promises(incident comms.ID) []promise.Promise {
	o.t.Helper()
	v, err := o.LookIncident(o.ctx, o.drafter(), incident)
	if err != nil {
		o.t.Fatal(err)
	}
	return v.Promises
}

// public is the latest promise to customers of an incident.
func (o *office) public(incident comms.ID) promise.Promise {
	o.t.Helper()
	var last promise.Promise
	for _, p := range o.promises(incident) {
		if p.Public() {
			last = p
		}
	}
	return last
}

// sent is a mail to the team that reminds of a promise.
type sent struct {
	kind desk.NoticeKind
	need desk.Need
	to   []plan.PersonID
}

// watch looks at the clocks, and gives the reminders that this stored.
func (o *office) watch() []sent {
	o.t.Helper()
	before := o.reminderMails()
	if _, err := o.Watch(o.ctx); err != nil {
		o.t.Fatal(err)
	}
	return o.read(slices.DeleteFunc(o.reminderMails(), func(id comms.ID) bool { return slices.Contains(before, id) }))
}

// reminded lists every reminder that was ever mailed.
func (o *office) reminded() []sent { return o.read(o.reminderMails()) }

func (o *office) reminderMails() []comms.ID {
	o.t.Helper()
	return o.noticesWhere(`promise IS NOT NULL ORDER BY created_at, step, need, id`)
}

// noticesWhere lists the mails to the team that a condition in SQL picks, in an order.
func (o *office) noticesWhere(where string) []comms.ID {
	o.t.Helper()
	rows, err := o.store.DB().Query(`SELECT id FROM notices WHERE ` + where)
	if err != nil {
		o.t.Fatal(err)
	}
	var ids []comms.ID
	for rows.Next() {
		var id comms.ID
		if err := rows.Scan(&id); err != nil {
			o.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Close(); err != nil {
		o.t.Fatal(err)
	}
	return ids
}

func (o *office) read(notices []comms.ID) []sent {
	o.t.Helper()
	var out []sent
	for _, id := range notices {
		n, _, err := o.store.Notice(o.ctx, id)
		if err != nil {
			o.t.Fatal(err)
		}
		out = append(out, sent{n.Kind, n.Need, n.To})
	}
	return out
}

func (o *office) expect(when string, got []sent, want ...sent) {
	o.t.Helper()
	if !slices.EqualFunc(got, want, func(a, b sent) bool {
		return a.kind == b.kind && a.need == b.need && (b.to == nil || slices.Equal(a.to, b.to))
	}) {
		o.t.Errorf("%s: the reminders are %v, want %v", when, got, want)
	}
}

// next submits the next update of an incident, written by the drafter.
func (o *office) next(incident comms.ID, phase comms.Phase) desk.Update {
	o.t.Helper()
	u, err := o.Begin(o.ctx, o.drafter(), incident, phase, "")
	if err != nil {
		o.t.Fatal(err)
	}
	r := o.write(o.drafter(), u.ID, honest)
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
		o.explain(u.ID, err)
	}
	return u
}

func people(ids ...plan.PersonID) []plan.PersonID { return ids }

func TestRemindersRiseUntilSomebodyActs(t *testing.T) {
	o := open(t)
	u := o.incident() // of a severity whose first update comes within 15 minutes
	o.expect("at once", o.watch())
	o.wait(5 * time.Minute)
	o.expect("after a third of the time", o.watch(), sent{"remind", "finish", people("dana")})
	o.expect("right after it", o.watch())
	o.wait(3 * time.Minute)
	o.expect("after half of it", o.watch(), sent{"stand_in", "finish", people("sam")})

	r := o.write(o.drafter(), u.ID, honest)
	u, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number)
	if err != nil {
		o.explain(u.ID, err)
	}
	o.expect("when signatures are asked for", o.watch())
	o.wait(3 * time.Minute) // of the seven that are left
	o.expect("while signatures are missing", o.watch(), sent{"remind", "sign", people("ines", "carlos")})
	o.wait(time.Minute)
	o.expect("after half of what was left", o.watch(), sent{"stand_in", "sign", people("marta", "omar", "lucia", "ada")})
	agenda, err := o.Agenda(o.ctx, o.drafter())
	if err != nil || len(agenda.Clocks) != 1 || agenda.Clocks[0].Need != desk.NeedSign || agenda.Clocks[0].Promise.Kind != promise.First {
		t.Fatalf("the desk shows %+v: %v", agenda.Clocks, err)
	}
	if u, err = o.sign("marta", u); err != nil || u.State != desk.Published {
		t.Fatalf("%s: %v", u.State, err)
	}
	o.expect("after it is out", o.watch())
	var states []promise.State
	for _, p := range o.promises(u.Incident) {
		states = append(states, p.State)
	}
	if want := []promise.State{promise.Kept, promise.Kept, promise.Open}; !slices.Equal(states, want) {
		t.Errorf("the promises of the first update, its signatures and the next one are %v, want %v", states, want)
	}
	if next := o.public(u.Incident); next.Kind != promise.Next || next.After != u.Publication {
		t.Errorf("after the first update this is promised: %+v", next)
	}
}

func TestPassedPromiseIsMissedAndAnsweredLate(t *testing.T) {
	o := open(t)
	u := o.incident()
	due := o.public(u.Incident).Due
	o.wait(3 * time.Hour) // the service was down all the time
	o.expect("after an outage", o.watch(), sent{"passed", "finish", nil})
	o.expect("later", o.watch())
	if p := o.public(u.Incident); p.State != promise.Missed || !p.Waits() || p.Late(o.clock()) != 165*time.Minute {
		t.Fatalf("what was missed is %+v, late by %s", p, p.Late(o.clock()))
	}
	r := o.write(o.drafter(), u.ID, honest)
	u, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number)
	if err != nil {
		o.explain(u.ID, err)
	}
	o.wait(5 * time.Minute)
	o.expect("when signatures are missing for something that is late", o.watch(), sent{"remind", "sign", nil})
	if u, err = o.sign("ines", u); err != nil || u.State != desk.Published {
		t.Fatalf("%s: %v", u.State, err)
	}
	for _, p := range o.promises(u.Incident) {
		if p.Kind == promise.First && (p.State != promise.Missed || p.Answer != u.Publication || p.Late(o.clock()) != o.clock().Sub(due)) {
			t.Errorf("the first update came %s late, and its promise says %+v", o.clock().Sub(due), p)
		}
	}
}

// TestWhoWroteIsNotNamedAmongThoseWhoSign looks at a promise of whose missing
// signatures everybody was reminded, the authors too.
func TestWhoWroteIsNotNamedAmongThoseWhoSign(t *testing.T) {
	o := open(t)
	o.submitted()
	o.wait(3 * time.Hour)
	o.watch()
	agenda, err := o.Agenda(o.ctx, o.drafter())
	if err != nil || len(agenda.Clocks) != 1 {
		t.Fatalf("%+v, %v", agenda.Clocks, err)
	}
	c := agenda.Clocks[0]
	if c.Step != promise.Passed || !slices.Contains(c.Line.Everyone, "dana") || slices.Contains(c.Acts(), "dana") || !slices.Contains(c.Acts(), "ines") {
		t.Errorf("after %v, told %v, those who are to sign are %v", c.Step, c.Line.Everyone, c.Acts())
	}
}

// TestNobodyLeftToSign takes away everybody who could sign: the escalation
// says so, and ends with a promise that is missed and nothing that went out.
func TestNobodyLeftToSign(t *testing.T) {
	o := open(t)
	before, u := o.head(), o.submitted()
	for _, person := range o.plan.People {
		if person.ID != "dana" && person.ID != "sam" {
			if _, err := o.store.DB().Exec(`UPDATE accounts SET disabled = 1 WHERE person = $1`, person.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 30 {
		o.wait(time.Minute)
		o.watch()
	}
	all := o.reminded()
	o.expect("over all", all,
		sent{"remind", "signer", people("dana", "sam")}, sent{"stand_in", "signer", people("dana", "sam")},
		sent{"everyone", "signer", people("dana", "sam")}, sent{"passed", "signer", people("dana", "sam")})
	if o.head() != before {
		t.Error("something went out unsigned")
	}
	if p := o.public(u.Incident); p.State != promise.Missed {
		t.Errorf("the promise is %s", p.State)
	}
}

// TestClockThatJumps lets the clock run three days ahead and go back: nothing
// fires twice, and what came in time was in time.
func TestClockThatJumps(t *testing.T) {
	o := open(t)
	u := o.submitted()
	o.wait(5 * time.Minute)
	o.expect("on the way", o.watch(), sent{"remind", "sign", nil})
	o.wait(72 * time.Hour)
	o.expect("far ahead", o.watch(), sent{"passed", "sign", nil})
	if p := o.public(u.Incident); p.State != promise.Missed {
		t.Fatalf("by the clock the promise is %s", p.State)
	}
	o.wait(-72 * time.Hour)
	for range 3 {
		o.wait(time.Minute)
		o.expect("back again", o.watch())
	}
	if u, err := o.sign("ines", u); err != nil || u.State != desk.Published {
		t.Fatalf("%s (%s): %v", u.State, u.Note, err)
	}
	for _, p := range o.promises(u.Incident) {
		if p.State == promise.Missed {
			t.Errorf("customers heard in time, and this is missed: %+v", p)
		}
	}
	o.wait(-2 * time.Hour)
	behind, err := o.Watch(o.ctx)
	if err != nil || behind < time.Hour {
		t.Errorf("a clock two hours before the latest promise is behind by %s: %v", behind, err)
	}
	o.wait(3 * time.Hour)
	if late := o.watch(); len(late) != 1 || late[0].kind != desk.NoticePassed {
		t.Errorf("once the clock is right again, what is late was not told: %v", late)
	}
}

// TestDeskDownForDays goes on after a restart as if nothing had been.
func TestDeskDownForDays(t *testing.T) {
	address := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	o := openAt(t, address)
	u, err := o.sign("ines", o.submitted())
	if err != nil {
		t.Fatal(err)
	}
	before := o.promises(u.Incident)
	o.wait(24*time.Minute + 50*time.Hour)
	o.start(address)
	if err := o.Mend(o.ctx); err != nil {
		t.Fatal(err)
	}
	o.expect("after two days", o.watch(), sent{"passed", "write", nil})
	after := o.promises(u.Incident)
	if len(after) != len(before) || o.public(u.Incident).ID != slices.MaxFunc(before, func(a, b promise.Promise) int { return a.Due.Compare(b.Due) }).ID || o.public(u.Incident).State != promise.Missed {
		t.Errorf("the promises were %+v and are %+v", before, after)
	}
}

// TestIncidentsFromBeforePromises opens a database in which promises were never
// kept: they are made from what stands, and nothing is made up.
func TestIncidentsFromBeforePromises(t *testing.T) {
	o := open(t)
	told, err := o.sign("ines", o.submitted())
	if err != nil {
		t.Fatal(err)
	}
	untold := o.incident()
	for _, sql := range []string{`DROP TRIGGER promises_delete`, `DELETE FROM promises`} {
		if _, err := o.store.DB().Exec(sql); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := o.Mend(o.ctx); err != nil {
			t.Fatal(err)
		}
	}
	for incident, want := range map[comms.ID]promise.Kind{told.Incident: promise.Next, untold.Incident: promise.First} {
		if all := o.promises(incident); len(all) != 1 || all[0].Kind != want || all[0].State != promise.Open {
			t.Errorf("the promises are %+v, want one of the kind %s", all, want)
		}
	}
}

func TestPromisesFollowTheIncident(t *testing.T) {
	o := open(t)
	u := o.incident()
	if _, err := o.Withdraw(o.ctx, o.drafter(), u.ID, "It was a test alert"); err != nil {
		t.Fatal(err)
	}
	if p := o.public(u.Incident); p.State != promise.Withdrawn {
		t.Errorf("nothing is to be said any more, and the first update is still %s", p.State)
	}
	o.wait(time.Hour)
	again, err := o.Begin(o.ctx, o.drafter(), u.Incident, comms.PhaseInvestigating, "")
	if err != nil {
		t.Fatal(err)
	}
	if p := o.public(u.Incident); p.State != promise.Open || !p.Due.Equal(o.clock().Add(15*time.Minute)) {
		t.Errorf("taken up again the first update is promised as %+v", p)
	}
	r := o.write(o.drafter(), again.ID, honest)
	if u, err = o.Submit(o.ctx, o.drafter(), again.ID, r.Number); err != nil {
		o.explain(u.ID, err)
	}
	if u, err = o.AskChanges(o.ctx, signer("ines"), u.ID, u.Digest, "Say who"); err != nil {
		t.Fatal(err)
	}
	for _, p := range o.promises(u.Incident) {
		if p.Kind == promise.Signature && p.State != promise.Withdrawn {
			t.Errorf("after changes were asked for, signatures are promised as %+v", p)
		}
	}
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
		o.explain(u.ID, err)
	}
	if u, err = o.sign("ines", u); err != nil || u.State != desk.Published {
		t.Fatalf("%s: %v", u.State, err)
	}
	end := o.next(u.Incident, comms.PhaseResolved)
	if end, err = o.sign("ines", end); err != nil || end.State != desk.Published {
		t.Fatalf("%s (%s): %v", end.State, end.Note, err)
	}
	for _, p := range o.promises(u.Incident) {
		if p.Waits() && p.Kind != promise.Report {
			t.Errorf("it is over, and this waits: %+v", p)
		}
	}
	agenda, err := o.Agenda(o.ctx, o.drafter())
	if err != nil || len(agenda.Clocks) != 1 || agenda.Clocks[0].Promise.Kind != promise.Report {
		t.Errorf("the desk shows %+v: %v", agenda.Clocks, err)
	}
}

// TestRemindersOfTwoProcesses lets two desks on one database look at the same
// moment, again and again.
func TestRemindersOfTwoProcesses(t *testing.T) {
	for name, address := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t *testing.T) string { return storetest.PostgresSchema(t) },
	} {
		t.Run(name, func(t *testing.T) {
			where := address(t)
			o := openAt(t, where)
			desks := []*desk.Desk{o.Desk}
			if name == "postgres" { // one process at a time serves a SQLite file
				o.start(where)
			}
			desks = append(desks, o.Desk)
			o.incident()
			o.submitted()
			for range 22 {
				o.wait(time.Minute)
				var all sync.WaitGroup
				for _, d := range slices.Concat(desks, desks) {
					all.Go(func() {
						if _, err := d.Watch(o.ctx); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
			}
			count := map[desk.NoticeKind]int{}
			for _, s := range o.reminded() {
				count[s.kind]++
			}
			for _, kind := range []desk.NoticeKind{desk.NoticeRemind, desk.NoticeStandIn, desk.NoticeEveryone, desk.NoticePassed} {
				if count[kind] != 2 {
					t.Errorf("%d mails of the kind %s about two incidents, want one for each", count[kind], kind)
				}
			}
		})
	}
}
