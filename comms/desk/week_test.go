package desk_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/comms/signoff"
)

// week is a week of incidents with people who answer late, are away, or never
// answer. Everything in it follows from its seed.
type week struct {
	*office
	*rand.Rand
	chance map[plan.PersonID]int // in a hundred, that they act when a look finds them in turn
}

// TestAWeekOfIncidents lets a week pass on a clock of its own, over a change to
// winter time, and the days after it in which reports are due, and then accounts
// for every promise, reminder and publication.
func TestAWeekOfIncidents(t *testing.T) {
	o := open(t)
	sunday := time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC) // at one o'clock the clocks go back in Madrid
	o.wait(sunday.Add(-36 * time.Hour).Sub(o.clock()))
	w := &week{o, rand.New(rand.NewPCG(10, 28)), map[plan.PersonID]int{}}
	for _, p := range o.plan.People {
		w.chance[p.ID] = []int{0, 8, 25, 60}[w.IntN(4)]
	}
	for _, p := range people("dana", "marta", "lucia") { // somebody answers at times
		w.chance[p] = max(w.chance[p], 60)
	}
	for end := o.clock().Add(7 * 24 * time.Hour); o.clock().Before(end); {
		o.wait(time.Duration(w.IntN(40)) * time.Hour)
		w.begin()
		w.follow(time.Duration(40+w.IntN(60)) * time.Minute)
	}
	for range 8 { // nothing new happens, and reports are still owed
		w.wait(23 * time.Hour)
		w.follow(40 * time.Minute)
	}
	w.account()
	o.examine()
}

// begin opens an incident of any severity.
func (w *week) begin() {
	severity := []comms.Severity{"critical", "major", "minor", "data"}[w.IntN(4)]
	_, _, err := w.Open(w.ctx, w.drafter(), desk.Opening{
		Kind: comms.KindIncident, Name: "Sign-in trouble", Severity: severity,
		Claims: []comms.Claim{{Component: w.component(0), State: comms.Partial}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// follow looks at the clocks every few minutes for a while; whoever is in turn
// acts, or does not. Sometimes nobody looks for long, as when the service is down.
func (w *week) follow(lasts time.Duration) {
	for end := w.clock().Add(lasts); w.clock().Before(end); {
		w.wait(time.Duration(4+w.IntN(7)) * time.Minute)
		if w.IntN(30) == 0 {
			w.wait(time.Duration(w.IntN(120)) * time.Minute)
		}
		w.look()
	}
}

// look looks at the clocks once.
func (w *week) look() {
	if _, err := w.Watch(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	agenda, err := w.Agenda(w.ctx, w.drafter())
	if err != nil {
		w.t.Fatal(err)
	}
	slices.SortFunc(agenda.Clocks, func(a, b desk.Clock) int { // the same week each time: identifiers are random
		return cmp.Or(a.Incident.OpenedAt.Compare(b.Incident.OpenedAt), a.Promise.Due.Compare(b.Promise.Due), cmp.Compare(a.Promise.Kind, b.Promise.Kind))
	})
	for _, c := range agenda.Clocks {
		for _, person := range c.Acts() {
			if w.IntN(100) < w.chance[person] {
				w.act(person, c)
				break
			}
		}
	}
}

// act does what a clock asks for, as one person, well or not so well.
func (w *week) act(person plan.PersonID, c desk.Clock) {
	a := desk.Actor{Person: person}
	switch {
	case w.IntN(12) == 0 && person != c.Lead:
		_ = w.Assume(w.ctx, a, c.Incident.ID)
	case c.Need == desk.NeedWrite:
		phases := w.plan.Transitions[c.Incident.Phase]
		phase := phases[w.IntN(len(phases))]
		if phase == comms.PhaseScheduled {
			phase = comms.PhaseInvestigating
		}
		if c.Promise.Kind == promise.Report && w.IntN(4) > 0 {
			phase = comms.PhasePostmortem
		}
		if u, err := w.Begin(w.ctx, a, c.Incident.ID, phase, ""); err == nil {
			w.write(a, u.ID, honest)
		}
	case c.Need == desk.NeedFinish:
		if w.IntN(15) == 0 {
			_, _ = w.Withdraw(w.ctx, a, c.Update, "It was nothing")
			return
		}
		r := w.write(a, c.Update, honest)
		_, _ = w.Submit(w.ctx, a, c.Update, r.Number)
	case c.Need == desk.NeedSign:
		w.signOne(person, c.Update)
	}
}

func (w *week) signOne(person plan.PersonID, update comms.ID) {
	v, err := w.Look(w.ctx, desk.Actor{Person: person, Proof: signoff.MeansPassword}, update)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.IntN(10) == 0 {
		_, _ = w.AskChanges(w.ctx, signer(person), update, v.Update.Digest, "Say it more plainly")
		return
	}
	if v.Cause.You {
		if err := w.ConfirmCause(w.ctx, signer(person), update, v.Cause.Digest); err != nil {
			w.t.Fatal(err)
		}
	}
	for i, s := range v.Signatures {
		if s.You {
			_, _ = w.Sign(w.ctx, signer(person), desk.Signing{Update: update, Digest: v.Update.Digest, Requirement: i, Languages: w.plan.Catalogue.Languages})
			return
		}
	}
}

// account works out again from the publications alone what became of each
// promise, and compares.
func (w *week) account() {
	w.t.Helper()
	incidents, err := w.Incidents(w.ctx, w.drafter(), false, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	total, reports := promise.Account{}, map[promise.State]int{}
	for _, i := range incidents {
		v, err := w.LookIncident(w.ctx, w.drafter(), i.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		made := map[int64]bool{}
		waits := 0
		for n, p := range v.Promises {
			if p.Waits() && p.Public() {
				waits++
			}
			if p.Public() {
				w.accountFor(v, p)
				made[w.maker(v, p)] = true
			} else if _, u := w.updateOf(v, p); !p.Waits() && u.State == desk.InReview && n == len(v.Promises)-1 {
				w.t.Errorf("signatures are missing and nobody waits for them: %+v", p)
			}
			w.remindersOf(p)
		}
		for _, pub := range v.History {
			if promises := w.goesOn(*pub.Message().Incident); promises != made[pub.Number()] {
				w.t.Errorf("publication %d (%s) promised what comes next: %v", pub.Number(), pub.Message().Incident.Phase, made[pub.Number()])
			}
		}
		going := w.goesOn(comms.Incident{Phase: i.Phase, Severity: i.Severity}) && slices.ContainsFunc(v.Updates, func(u desk.Update) bool { return u.State != desk.Withdrawn })
		if going != (waits == 1) || waits > 1 {
			w.t.Errorf("incident %s (%s) has %d promises that wait", i.ID, i.Phase, waits)
		}
		for _, p := range v.Promises {
			if p.Kind == promise.Report {
				reports[p.State]++
			}
		}
		a := promise.Sum(v.Promises, w.clock())
		total.Kept, total.Missed, total.Withdrawn, total.Open = total.Kept+a.Kept, total.Missed+a.Missed, total.Withdrawn+a.Withdrawn, total.Open+a.Open
		total.Worst = max(total.Worst, a.Worst)
	}
	if total.Kept == 0 || total.Missed == 0 || reports[promise.Kept] == 0 || reports[promise.Missed] == 0 {
		w.t.Fatalf("the week tries too little: %+v, and of reports %v", total, reports)
	}
	w.t.Logf("%d incidents; promises: %d kept, %d missed, %d withdrawn, %d open, the worst %s late; reports: %v; %d reminders", len(incidents), total.Kept, total.Missed, total.Withdrawn, total.Open, total.Worst, reports, len(w.reminded()))
}

// goesOn tells whether something is promised of an incident that stands so: the
// next update while it is open, and a report once it is over.
func (w *week) goesOn(i comms.Incident) bool {
	_, owes := w.plan.ReportDue(i.Severity, w.clock())
	return !i.Phase.Closed() || i.Phase == comms.PhaseResolved && owes
}

// maker is the publication that made a promise, 0 for the declaration.
func (w *week) maker(v desk.IncidentView, p promise.Promise) int64 {
	for _, pub := range v.History {
		if p.Kind != promise.First && pub.At().Equal(p.Made) {
			return pub.Number()
		}
	}
	return 0
}

func (w *week) accountFor(v desk.IncidentView, p promise.Promise) {
	w.t.Helper()
	want, answer := promise.Open, int64(0)
	for _, pub := range v.History {
		if pub.Number() > w.maker(v, p) && !pub.At().Before(p.Made) && answer == 0 && (p.State != promise.Withdrawn || pub.At().Before(p.Decided)) {
			answer = pub.Number()
			if want = promise.Kept; pub.At().After(p.Due.Add(promise.Grace)) {
				want = promise.Missed
			}
		}
	}
	switch {
	case answer > 0 && p.Answered.IsZero(), p.State == promise.Withdrawn && p.Kind == promise.First && answer == 0:
	case answer == 0 && p.State == promise.Missed && p.Over(w.clock()):
		return
	}
	if p.State == promise.Withdrawn && answer == 0 || p.State == promise.Missed && p.Answer == 0 && !p.Answered.IsZero() {
		return // it was given up, in time or too late
	}
	if p.State != want || p.Answer != answer {
		w.t.Errorf("a promise is %+v, and by the publications it is %s by %d", p, want, answer)
	}
}

func (w *week) updateOf(v desk.IncidentView, p promise.Promise) (bool, desk.Update) {
	for _, u := range v.Updates {
		if u.ID == p.Update {
			return true, u
		}
	}
	return false, desk.Update{}
}

// remindersOf looks whether reminders of a promise rose, each of them once, in
// the time between its making and its end.
func (w *week) remindersOf(p promise.Promise) {
	w.t.Helper()
	err := w.store.Read(w.ctx, func(tx desk.Tx) error {
		all, err := tx.Reminders(w.ctx, p.ID)
		for i, r := range all {
			switch {
			case i > 0 && (r.Step <= all[i-1].Step || r.At.Before(all[i-1].At)), len(r.To) == 0, r.At.Before(p.Made):
				w.t.Errorf("the reminders of %+v are %+v", p, all)
			case !p.Answered.IsZero() && r.At.After(p.Answered):
				w.t.Errorf("reminded of %+v after it was answered: %+v", p, r)
			}
		}
		var mails int
		if err := w.store.DB().QueryRow(`SELECT COUNT(*) FROM notices WHERE promise = $1`, string(p.ID)).Scan(&mails); err != nil {
			return err
		}
		if mails != len(all) {
			w.t.Errorf("%d reminders of %+v and %d mails", len(all), p, mails)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
