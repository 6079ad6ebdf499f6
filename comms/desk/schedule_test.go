package desk_test

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/store/storetest"
)

// work is a maintenance of two components in a day's time, for two hours.
type work struct {
	*office
	incident             desk.Incident
	announce, start, end desk.Update
}

// planned opens a maintenance with its announcement, its start and its end, all
// written and none submitted.
func (o *office) planned() *work {
	o.t.Helper()
	w := &work{office: o}
	var err error
	w.incident, w.announce, err = o.Open(o.ctx, o.drafter(), desk.Opening{
		Kind: comms.KindMaintenance, Name: "New disks", Severity: "maintenance",
		Claims:    []comms.Claim{{Component: o.component(0), State: comms.Maintenance}, {Component: o.component(1), State: comms.Maintenance}},
		StartedAt: draft.FormatTime(o.clock().Add(24 * time.Hour)), EndedAt: draft.FormatTime(o.clock().Add(26 * time.Hour)),
	})
	if err != nil {
		o.t.Fatal(err)
	}
	prepared, err := o.PrepareWork(o.ctx, o.drafter(), w.incident.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	w.start, w.end = prepared[0], prepared[1]
	for _, u := range []comms.ID{w.announce.ID, w.start.ID, w.end.ID} {
		o.compose(u)
	}
	return w
}

// allSigned announces the work, and has its start and its end signed.
func (w *work) allSigned() *work {
	w.t.Helper()
	w.signed(w.ask(w.announce.ID), desk.Published)
	w.signed(w.ask(w.start.ID), desk.Approved)
	w.signed(w.ask(w.end.ID), desk.Approved)
	return w
}

// copy gives the same work in a database of its own.
func (w *work) copy(t *testing.T) *work {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	if _, err := w.store.DB().Exec(`VACUUM INTO '` + file + `'`); err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, ctx: w.ctx, now: w.clock(), keys: w.keys, plan: w.plan}
	o.start("sqlite:" + file)
	c := *w
	c.office = o
	return &c
}

// compose writes an update as a person would, and keeps the times that are
// filled in already.
func (o *office) compose(update comms.ID) {
	o.t.Helper()
	v, err := o.Look(o.ctx, o.drafter(), update)
	if err != nil {
		o.t.Fatal(err)
	}
	text := v.Latest.Draft.Clone()
	o.fill(&text, v.Template, "people cannot open a report in the web app")
	for _, slot := range []string{"next_update", "finished_at"} {
		if filled := v.Latest.Draft.Slots.Get(draft.Shared, slot); filled != "" {
			text.Slots.Set(draft.Shared, slot, filled)
		}
	}
	if _, err := o.Save(o.ctx, o.drafter(), update, v.Latest.Number, text); err != nil {
		o.t.Fatal(err)
	}
}

// ask asks for the signatures of an update as it stands.
func (o *office) ask(update comms.ID) desk.Update {
	o.t.Helper()
	u, err := o.trySubmit(update)
	if err != nil {
		o.explain(update, err)
	}
	return u
}

func (o *office) trySubmit(update comms.ID) (desk.Update, error) {
	o.t.Helper()
	v, err := o.Look(o.ctx, o.drafter(), update)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.Submit(o.ctx, o.drafter(), update, v.Latest.Number)
}

// signed has somebody sign who may, and tells where the update stands then.
func (o *office) signed(u desk.Update, want desk.UpdateState) desk.Update {
	o.t.Helper()
	after, err := o.sign(o.holder(plan.IncidentLead), u)
	if err != nil {
		o.explain(u.ID, err)
	}
	if after.State != want {
		o.t.Fatalf("after its signature the update is %s (%s), want %s", after.State, after.Note, want)
	}
	return after
}

func (o *office) release() {
	o.t.Helper()
	if err := o.Release(o.ctx); err != nil {
		o.t.Fatal(err)
	}
}

// is fails unless the update stands where it should, with words in its note.
func (o *office) is(update comms.ID, want desk.UpdateState, note string) {
	o.t.Helper()
	v, err := o.Look(o.ctx, o.drafter(), update)
	if err != nil {
		o.t.Fatal(err)
	}
	if v.Update.State != want || !strings.Contains(v.Update.Note, note) {
		o.t.Fatalf("the update is %s (%q), want %s (%q)", v.Update.State, v.Update.Note, want, note)
	}
}

func (o *office) states() map[comms.ComponentID]comms.State {
	o.t.Helper()
	out := map[comms.ComponentID]comms.State{}
	err := o.store.Read(o.ctx, func(tx desk.Tx) error {
		pubs, err := tx.Standing(o.ctx)
		for _, pub := range pubs {
			for _, c := range pub.Message().Incident.Claims {
				out[c.Component] = comms.Worst(out[c.Component], c.State)
			}
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// TestPlannedWorkGoesByItself: announced, begun and ended at the times that
// were signed, and not a moment earlier.
func TestPlannedWorkGoesByItself(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { goesByItself(t, open(t).planned()) })
	t.Run("postgres", func(t *testing.T) { goesByItself(t, openAt(t, storetest.PostgresSchema(t)).planned()) })
}

func goesByItself(t *testing.T, w *work) {
	announced := w.ask(w.announce.ID)
	start, end := w.ask(w.start.ID), w.ask(w.end.ID) // behind what is not published yet
	w.signed(end, desk.Approved)                     // in any order
	w.signed(announced, desk.Published)
	w.signed(start, desk.Approved)
	v, err := w.Look(w.ctx, w.drafter(), end.ID)
	if err != nil || v.Obstacle != nil || v.Ahead == nil || v.Ahead.Update != start.ID {
		t.Fatalf("the end follows %+v, obstacle %v: %v", v.Ahead, v.Obstacle, err)
	}
	agenda, err := w.Agenda(w.ctx, w.drafter())
	if err != nil {
		t.Fatal(err)
	}
	if len(agenda.Approved) != 2 || agenda.Approved[0].Update.ID != start.ID || !agenda.Approved[1].At.Equal(monday.Add(26*time.Hour)) {
		t.Errorf("the agenda shows %+v", agenda.Approved)
	}

	w.wait(24*time.Hour - time.Microsecond)
	w.release()
	if got := w.head(); got != 2 {
		t.Fatalf("publication %d went out before its time", got)
	}
	w.wait(time.Microsecond)
	w.release()
	w.is(start.ID, desk.Published, "")
	if got := w.states(); got[w.component(0)] != comms.Maintenance || got[w.component(1)] != comms.Maintenance {
		t.Errorf("while the work goes on customers see %v", got)
	}
	w.wait(2 * time.Hour)
	var replicas sync.WaitGroup
	for range 4 {
		replicas.Go(func() {
			if err := w.Release(w.ctx); err != nil {
				t.Error(err)
			}
		})
	}
	replicas.Wait()
	w.is(end.ID, desk.Published, "")
	if got := w.states(); len(got) != 0 || w.head() != 4 {
		t.Errorf("after the work customers see %v, at publication %d", got, w.head())
	}
}

// TestLate: after an outage what is signed goes out while its signatures live,
// and is parked later, with all that was to follow it.
func TestLate(t *testing.T) {
	all := open(t).planned().allSigned()
	for name, c := range map[string]struct {
		late time.Duration
		want desk.UpdateState
		note string
	}{
		"a little": {14 * time.Minute, desk.Published, ""},
		"too late": {15*time.Minute + time.Second, desk.Parked, "has passed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := all.copy(t)
			w.wait(24*time.Hour + c.late)
			w.release()
			w.is(w.start.ID, c.want, c.note)
			if c.want == desk.Parked {
				w.is(w.end.ID, desk.Parked, "was to follow")
			} else {
				w.is(w.end.ID, desk.Approved, "")
			}
		})
	}
}

// TestUnsignedIsParked: what nobody signed in time does not wait for ever.
func TestUnsignedIsParked(t *testing.T) {
	w := open(t).planned()
	w.signed(w.ask(w.announce.ID), desk.Published)
	start := w.ask(w.start.ID)
	end := w.signed(w.ask(w.end.ID), desk.Approved)
	w.wait(24*time.Hour + 10*time.Minute)
	w.release()
	w.is(start.ID, desk.InReview, "")
	w.wait(10 * time.Minute)
	w.release()
	w.is(start.ID, desk.Parked, "has passed")
	w.is(end.ID, desk.Parked, "was to follow")
}

// TestCancelling tells everybody who was told, and takes back what was to come.
func TestCancelling(t *testing.T) {
	w := open(t).planned()
	w.signed(w.ask(w.announce.ID), desk.Published)
	// The second announcement leaves a component out; who follows it was told of the first.
	again, err := w.Begin(w.ctx, w.drafter(), w.incident.ID, comms.PhaseScheduled, "")
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.Look(w.ctx, w.drafter(), again.ID)
	if err != nil {
		t.Fatal(err)
	}
	text := v.Latest.Draft.Clone()
	text.Claims = text.Claims[:1]
	if _, err := w.Save(w.ctx, w.drafter(), again.ID, v.Latest.Number, text); err != nil {
		t.Fatal(err)
	}
	w.compose(again.ID)
	start := w.signed(w.ask(w.start.ID), desk.Approved)
	w.signed(w.ask(again.ID), desk.Published)
	w.is(start.ID, desk.Parked, "something newer") // signed for what was announced first
	start = w.signed(w.ask(start.ID), desk.Approved)
	end := w.ask(w.end.ID)

	cancel, err := w.Begin(w.ctx, w.drafter(), w.incident.ID, comms.PhaseCancelled, "")
	if err != nil {
		t.Fatal(err)
	}
	w.compose(cancel.ID)
	out := w.signed(w.ask(cancel.ID), desk.Published)
	w.is(start.ID, desk.Withdrawn, "is over")
	w.is(end.ID, desk.Withdrawn, "is over")
	pub, err := w.store.Publication(w.ctx, out.Publication)
	if err != nil {
		t.Fatal(err)
	}
	if got := pub.Message().Audience.Components; !slices.Contains(got, w.component(0)) || !slices.Contains(got, w.component(1)) {
		t.Errorf("the cancellation is for followers of %v", got)
	}
	if told := w.notices(desk.NoticeWithdrawn); told != 2 {
		t.Errorf("%d notices of what is withdrawn, want 2", told)
	}
	w.wait(48 * time.Hour)
	w.release()
	if got := w.head(); got != out.Publication {
		t.Errorf("publication %d came after the cancellation", got)
	}
	if got := w.states(); len(got) != 0 {
		t.Errorf("after the cancellation customers see %v", got)
	}
}

// notices counts the mails of a kind to the desk's people.
func (o *office) notices(kind desk.NoticeKind) int {
	o.t.Helper()
	var n int
	if err := o.store.DB().QueryRow(`SELECT COUNT(*) FROM notices WHERE kind = $1`, string(kind)).Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

// TestWhatMovesUnderApproved: whatever happens to an approved update or to
// what it follows, it does not go out, and people are told why at once.
func TestWhatMovesUnderApproved(t *testing.T) {
	all := open(t).planned().allSigned()
	for name, c := range map[string]struct {
		move       func(w *work)
		start, end desk.UpdateState
	}{
		"its text is changed": {func(w *work) {
			v, _ := w.Look(w.ctx, w.drafter(), w.start.ID)
			text := v.Latest.Draft.Clone()
			text.Slots.Set("en", "impact", "People cannot open a report at all.")
			if _, err := w.Save(w.ctx, w.drafter(), w.start.ID, v.Latest.Number, text); err != nil {
				w.t.Fatal(err)
			}
		}, desk.Draft, desk.Parked},
		"changes are asked for": {func(w *work) {
			v, _ := w.Look(w.ctx, w.drafter(), w.start.ID)
			if _, err := w.AskChanges(w.ctx, signer(w.holder(plan.IncidentLead)), w.start.ID, v.Update.Digest, "Too early"); err != nil {
				w.t.Fatal(err)
			}
		}, desk.ChangesRequested, desk.Parked},
		"it is withdrawn": {func(w *work) {
			if _, err := w.Withdraw(w.ctx, w.drafter(), w.start.ID, "Not needed"); err != nil {
				w.t.Fatal(err)
			}
		}, desk.Withdrawn, desk.Parked},
		"a signer's password is reset": {func(w *work) {
			if err := w.TakeBack(w.ctx, w.holder(plan.IncidentLead), "the password was reset"); err != nil {
				w.t.Fatal(err)
			}
		}, desk.InReview, desk.InReview},
		"customers are told something else": {func(w *work) {
			u, err := w.Begin(w.ctx, w.drafter(), w.incident.ID, comms.PhaseScheduled, "")
			if err != nil {
				w.t.Fatal(err)
			}
			w.compose(u.ID)
			w.signed(w.ask(u.ID), desk.Published)
		}, desk.Parked, desk.Parked},
		"the plan names its component otherwise": {func(w *work) {
			name := w.plan.Catalogue.Components()[0].Name["en"]
			w.replan("en: "+name+",", "en: Front door,")
		}, desk.Parked, desk.Parked},
		"the rules of the plan change": {func(w *work) {
			w.replan("approval_life: 15m", "approval_life: 14m")
		}, desk.Approved, desk.Approved},
		"it is moved to another plan": {func(w *work) {
			w.replan("approval_life: 15m", "approval_life: 14m")
			_, pub, _ := w.Plan(w.ctx)
			if err := w.Move(w.ctx, w.drafter(), w.incident.ID, pub.Number()); err != nil {
				w.t.Fatal(err)
			}
		}, desk.Parked, desk.Parked},
		"nothing": {func(*work) {}, desk.Approved, desk.Approved},
	} {
		t.Run(name, func(t *testing.T) {
			w := all.copy(t)
			before := w.notices(desk.NoticeParked)
			c.move(w)
			w.is(w.start.ID, c.start, "")
			w.is(w.end.ID, c.end, "")
			if c.end == desk.Parked && w.notices(desk.NoticeParked) == before {
				t.Error("nobody is told that the end is parked")
			}
			head := w.head()
			w.wait(24 * time.Hour)
			w.release()
			if went := w.head() > head; went != (c.start == desk.Approved) {
				t.Errorf("a publication followed: %v", went)
			}
		})
	}
}

// TestMovedStatesPark: an incident that began meanwhile changes what customers
// would see; what was signed is not what would happen.
func TestMovedStatesPark(t *testing.T) {
	w := open(t).planned()
	w.signed(w.ask(w.announce.ID), desk.Published)
	start := w.signed(w.ask(w.start.ID), desk.Approved)
	w.signed(w.submitted(), desk.Published)
	v, err := w.Look(w.ctx, w.drafter(), start.ID)
	if err != nil || v.Obstacle == nil || !strings.Contains(v.Obstacle.Text, "has moved") {
		t.Fatalf("as things stand it could go out (%v, %v)", v.Obstacle, err)
	}
	w.wait(24 * time.Hour)
	w.release()
	w.is(start.ID, desk.Parked, "has moved")
}

func TestScheduleIsRefused(t *testing.T) {
	w := open(t).planned()
	if _, err := w.trySubmit(w.start.ID); err == nil || !strings.Contains(err.Error(), "has not been submitted yet") {
		t.Errorf("a start whose announcement is not submitted: %v", err)
	}
	at := func(s string) error {
		v, err := w.Look(w.ctx, w.drafter(), w.announce.ID)
		if err != nil {
			t.Fatal(err)
		}
		text := v.Latest.Draft.Clone()
		text.PublishAt = s
		if _, err := w.Save(w.ctx, w.drafter(), w.announce.ID, v.Latest.Number, text); err != nil {
			return err
		}
		_, err = w.trySubmit(w.announce.ID)
		return err
	}
	for s, want := range map[string]string{
		"tomorrow":                        "is not a time",
		"2026-11-23T14:00":                "has passed",
		draft.FormatTime(monday.Add(-1)):  "has passed",
		"2026-12-07T14:01":                "more than 14 days ahead",
		"2026-11-23T14:00\n":              "line break",
		"2026-11-23T15:00:00+00:00\u202e": "reverses the direction",
	} {
		err := at(s)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "publish_at: ") {
			t.Errorf("%q: %v, want publish_at and %q", s, err, want)
		}
	}
	if err := at("2026-12-07T14:00"); err == nil || !strings.Contains(err.Error(), "has not been submitted yet") {
		t.Errorf("an announcement after the end: %v", err)
	}
	if err := at("2026-11-24T13:59"); err != nil {
		t.Errorf("just before the start: %v", err)
	}
	if _, err := w.PrepareWork(w.ctx, w.drafter(), w.incident.ID); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("preparing the work again: %v", err)
	}
	other := w.planned()
	if _, err := other.PrepareWork(other.ctx, signer(other.holder(plan.CommsLead)), other.incident.ID); err == nil {
		t.Error("somebody else's unpublished announcement was taken over")
	}
}

// TestPreparedWorkOfAnotherAuthor: words that are not published are not taken
// over, so that their author still stands as one.
func TestPreparedWorkOfAnotherAuthor(t *testing.T) {
	o := open(t)
	opening := desk.Opening{
		Kind: comms.KindMaintenance, Name: "New disks", Severity: "maintenance", Claims: []comms.Claim{{Component: o.component(0), State: comms.Maintenance}},
		StartedAt: draft.FormatTime(monday.Add(time.Hour)), EndedAt: draft.FormatTime(monday.Add(2 * time.Hour)),
	}
	inc, u, err := o.Open(o.ctx, o.drafter(), opening)
	if err != nil {
		t.Fatal(err)
	}
	lead := desk.Actor{Person: o.holder(plan.CommsLead)}
	if _, err := o.PrepareWork(o.ctx, lead, inc.ID); comms.CodeOf(err) != comms.Forbidden {
		t.Fatalf("another author's announcement: %v", err)
	}
	o.compose(u.ID)
	o.signed(o.ask(u.ID), desk.Published)
	if _, err := o.PrepareWork(o.ctx, lead, inc.ID); err != nil {
		t.Errorf("once it is published: %v", err)
	}
	o.wait(2 * time.Hour)
	inc, _, err = o.Open(o.ctx, o.drafter(), opening)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.PrepareWork(o.ctx, o.drafter(), inc.ID); err == nil || !strings.Contains(err.Error(), "should have begun") {
		t.Errorf("work in the past: %v", err)
	}
	if _, err := o.PrepareWork(o.ctx, o.drafter(), o.incident().Incident); err == nil || !strings.Contains(err.Error(), "only planned work") {
		t.Errorf("an incident: %v", err)
	}
}

// TestRandomSchedules lets random things happen around planned work while the
// clock goes on in steps, and then holds every publication to its time, to
// what it was to follow and to the law.
func TestRandomSchedules(t *testing.T) {
	o := open(t)
	played := 0
	rapid.Check(t, func(rt *rapid.T) {
		if played++; played%6 != 1 {
			return // these take six times as long as those of TestRandomPeople
		}
		first := played == 1 // goes undisturbed, so that something waits for its time
		w := o.planned()
		updates := []comms.ID{w.announce.ID, w.start.ID, w.end.ID}
		for _, id := range updates {
			w.ask(id)
		}
		if first || rapid.IntRange(0, 3).Draw(rt, "all signed") > 0 {
			for _, id := range updates {
				w.giveOne(rt, id)
			}
		}
		for range rapid.IntRange(0, 6).Draw(rt, "steps") {
			if first {
				break
			}
			w.happens(rt, rapid.SampledFrom(updates).Draw(rt, "update"))
		}
		for _, id := range updates {
			w.until(rt, id, 0)
			w.release()
		}
	})
	o.examine()
	pubs, err := o.store.Publications(o.ctx, 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	waited, latest := 0, map[comms.ID]comms.Digest{}
	for _, pub := range pubs {
		m := pub.Message()
		if m.Incident == nil {
			continue
		}
		if m.PublishAt != nil {
			waited++
			if pub.At().Before(*m.PublishAt) || pub.At().Sub(*m.PublishAt) > o.plan.ApprovalLife {
				t.Errorf("publication %d was to go out at %s and did at %s", pub.Number(), m.PublishAt, pub.At())
			}
		}
		if !m.After.IsZero() && m.After != latest[m.Incident.ID] {
			t.Errorf("publication %d follows other words than it was signed to", pub.Number())
		}
		latest[m.Incident.ID] = pub.Digest()
	}
	if waited == 0 {
		t.Fatal("nothing that waited for its time was published: the property was not tried")
	}
	t.Logf("%d of %d publications waited for their time", waited, len(pubs))
}

// giveOne has somebody sign who may, if anybody does.
func (w *work) giveOne(rt *rapid.T, id comms.ID) {
	v, err := w.Look(w.ctx, w.drafter(), id)
	if err != nil {
		rt.Fatal(err)
	}
	if len(v.Signatures) == 1 && len(v.Signatures[0].May) > 0 {
		_, _ = w.sign(rapid.SampledFrom(v.Signatures[0].May).Draw(rt, "signer"), v.Update)
	}
}

// until lets time pass to when an update is to go out, and some more.
func (w *work) until(rt *rapid.T, id comms.ID, more time.Duration) {
	v, err := w.Look(w.ctx, w.drafter(), id)
	if err != nil {
		rt.Fatal(err)
	}
	if at := desk.Planned(v.Latest.Draft); at.After(w.clock()) {
		w.wait(at.Sub(w.clock()) + more)
	}
}

// happens does one random thing; whatever is refused is as good as not done.
func (w *work) happens(rt *rapid.T, id comms.ID) {
	v, err := w.Look(w.ctx, w.drafter(), id)
	if err != nil {
		rt.Fatal(err)
	}
	switch rapid.IntRange(0, 14).Draw(rt, "action") {
	case 0:
		text := v.Latest.Draft.Clone()
		text.Slots.Set("en", "impact", rapid.SampledFrom([]string{honest, "people cannot open a report at all"}).Draw(rt, "words"))
		_, _ = w.Save(w.ctx, w.drafter(), id, v.Latest.Number, text)
	case 1:
		text := v.Latest.Draft.Clone()
		text.PublishAt = draft.FormatTime(w.clock().Add(time.Duration(rapid.IntRange(1, 60).Draw(rt, "ahead")) * time.Minute))
		_, _ = w.Save(w.ctx, w.drafter(), id, v.Latest.Number, text)
	case 2:
		_, _ = w.Withdraw(w.ctx, w.drafter(), id, "Not needed")
	case 3:
		_, _ = w.AskChanges(w.ctx, signer(w.holder(plan.IncidentLead)), id, v.Update.Digest, "Say it more plainly")
	case 4:
		_ = w.TakeBack(w.ctx, w.holder(plan.IncidentLead), "the password was reset")
	case 5:
		if u, err := w.Begin(w.ctx, w.drafter(), w.incident.ID, rapid.SampledFrom(comms.Phases()).Draw(rt, "phase"), ""); err == nil {
			w.compose(u.ID)
			_, _ = w.trySubmit(u.ID)
			w.giveOne(rt, u.ID)
		}
	case 6, 7:
		_, _ = w.trySubmit(id)
	case 8, 9, 10:
		w.giveOne(rt, id)
	case 11:
		w.wait(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
	default: // until about the time of this one
		w.until(rt, id, time.Duration(rapid.IntRange(-2, 20).Draw(rt, "late"))*time.Minute)
	}
	if rapid.IntRange(0, 3).Draw(rt, "release") > 0 {
		if err := w.Release(w.ctx); err != nil {
			rt.Fatal(err)
		}
	}
}
