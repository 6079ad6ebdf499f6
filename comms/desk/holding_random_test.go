package desk_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/audit"
)

// holders are random people around one holding statement. What they did is
// noted in the order in which it was stored, which no clock decides: the number
// of the latest publication then.
type holders struct {
	*office
	incidents []comms.ID
	ended     map[int64]int64    // by the publication that approved a statement
	worse     map[comms.ID]int64 // when an incident was first said to be one of data
	seen      int64              // the latest publication that was judged
	done      map[string]int     // how often each thing happened
}

// TestRandomHolding asks for approvals of a holding statement, gives them,
// takes them back, worsens incidents and publishes, by hand and by itself, in
// random order and often in one instant of the clock.
func TestRandomHolding(t *testing.T) {
	h := &holders{office: open(t), ended: map[int64]int64{}, worse: map[comms.ID]int64{}, done: map[string]int{}}
	rapid.Check(t, func(rt *rapid.T) {
		h.incidents = nil
		h.opens(rt)
		for range rapid.SampledFrom([]int{3, 3, 3, 2, 0}).Draw(rt, "steps to the approval") {
			h.approves(rt)
		}
		for range rapid.IntRange(8, 14).Draw(rt, "steps") {
			h.step(rt)
		}
		h.judge(rt)
		if r, err := audit.Verify(h.ctx, h.store, h.keys, nil); err != nil || !r.Holds() {
			rt.Fatalf("the audit finds what the desk let through: %v\n%s", err, r)
		}
	})
	if h.done["published by hand"]+h.done["published by itself"] == 0 || h.done["approval ended"] == 0 || h.done["worsened"] == 0 || h.done["wording accepted"] == 0 {
		t.Error("something never happened: the property was not tried")
	}
	t.Logf("%v", h.done)
}

// step does one random thing; whatever is refused is as good as not done.
func (h *holders) step(rt *rapid.T) {
	switch rapid.SampledFrom([]int{0, 1, 1, 2, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 8}).Draw(rt, "action") {
	case 0:
		h.opens(rt)
	case 1:
		h.approves(rt)
	case 2:
		h.ends(rt)
	case 3:
		h.worsens(rt)
	case 4:
		h.publishes(rt)
	case 5:
		h.falls(rt)
	case 6:
		h.rewords(rt)
	case 7:
		_ = h.TakeBack(h.ctx, h.who(rt), "the password was reset")
	default:
		h.passes(rt)
	}
}

func (h *holders) who(rt *rapid.T) plan.PersonID {
	return rapid.SampledFrom(h.plan.People).Draw(rt, "person").ID
}

// passes lets time go by: none, less than the store can tell apart, or much.
func (h *holders) passes(rt *rapid.T) {
	steps := []time.Duration{0, time.Nanosecond, time.Microsecond, time.Second, time.Minute, 5 * time.Minute}
	if rapid.IntRange(0, 5).Draw(rt, "long") == 0 {
		steps = []time.Duration{91 * 24 * time.Hour} // approvals are over
	}
	h.wait(rapid.SampledFrom(steps).Draw(rt, "time"))
}

// incident is mostly the newest.
func (h *holders) incident(rt *rapid.T) comms.ID {
	last := len(h.incidents) - 1
	return h.incidents[rapid.SampledFrom([]int{last, last, rapid.IntRange(0, last).Draw(rt, "older")}).Draw(rt, "incident")]
}

func (h *holders) opens(rt *rapid.T) {
	severity := rapid.SampledFrom([]comms.Severity{"critical", "critical", "critical", "major", "major", "data"}).Draw(rt, "severity")
	inc := h.openedBy(h.drafter(), severity, h.component(0))
	if severity == "data" {
		h.worse[inc.ID] = h.head()
	}
	h.incidents = append(h.incidents, inc.ID)
}

// approves asks for an approval, or gives the next signature that one needs.
func (h *holders) approves(rt *rapid.T) {
	u, err := h.AskForStatement(h.ctx, h.drafter(), firstWords)
	if err != nil {
		rt.Fatal(err)
	}
	if v := h.look(u.ID); u.State != desk.InReview {
		if _, err := h.Submit(h.ctx, h.drafter(), u.ID, v.Latest.Number); err != nil { // it was asked for too long ago
			_, _ = h.Withdraw(h.ctx, h.drafter(), u.ID, "Too late")
		}
	} else {
		for _, s := range v.Signatures {
			if s.Approval == nil && len(s.May) > 0 {
				_, _ = h.Sign(h.ctx, signer(rapid.SampledFrom(s.May).Draw(rt, "signer")), desk.Signing{Update: u.ID, Digest: u.Digest, Requirement: s.Index, Languages: h.plan.Catalogue.Languages})
				return
			}
		}
	}
}

func (h *holders) ends(rt *rapid.T) {
	all, err := h.Statements(h.ctx, h.drafter())
	if err != nil {
		rt.Fatal(err)
	}
	number := all[0].Approved.Number()
	if err := h.EndStatement(h.ctx, desk.Actor{Person: h.who(rt)}, number, "It says too little"); err == nil {
		h.ended[number] = h.head()
		h.done["approval ended"]++
	}
}

// draft finds a text of an incident that is not out.
func (h *holders) draft(rt *rapid.T) (desk.View, bool) {
	v, err := h.LookIncident(h.ctx, h.drafter(), h.incident(rt))
	if err != nil {
		rt.Fatal(err)
	}
	for _, u := range v.Updates {
		if u.State == desk.Draft || u.State == desk.InReview {
			return h.look(u.ID), true
		}
	}
	return desk.View{}, false
}

func (h *holders) worsens(rt *rapid.T) {
	v, ok := h.draft(rt)
	if !ok {
		return
	}
	text := v.Latest.Draft.Clone()
	text.Severity = "data"
	if _, err := h.Save(h.ctx, h.drafter(), v.Update.ID, v.Latest.Number, text); err == nil {
		if _, before := h.worse[v.Incident.ID]; !before {
			h.worse[v.Incident.ID] = h.head()
			h.done["worsened"]++
		}
	}
}

// publishes looks at the statement and publishes it; in between, something else
// may happen.
func (h *holders) publishes(rt *rapid.T) {
	if rapid.Bool().Draw(rt, "of a new one") {
		h.opens(rt)
	}
	a := signer(rapid.SampledFrom([]plan.PersonID{h.drafter().Person, h.holder(plan.IncidentLead), h.who(rt)}).Draw(rt, "publisher"))
	f := desk.Filling{Incident: h.incident(rt)}
	v, err := h.LookHolding(h.ctx, a, f)
	if err != nil {
		return
	}
	switch rapid.IntRange(0, 5).Draw(rt, "between") {
	case 0:
		h.ends(rt)
	case 1:
		h.worsens(rt)
	}
	if _, err := h.Hold(h.ctx, a, v.Filling, v.Content.Digest()); err == nil {
		h.done["published by hand"]++
	}
}

// falls comes to the first update's deadline, to the instant or not quite.
func (h *holders) falls(rt *rapid.T) {
	h.wait(rapid.SampledFrom([]time.Duration{0, 10*time.Minute - time.Microsecond, 10 * time.Minute}).Draw(rt, "until it is due"))
	before := h.head()
	if err := h.HoldDue(h.ctx); err != nil {
		rt.Fatal(err)
	}
	h.done["published by itself"] += int(h.head() - before)
}

// rewords submits a text, has somebody suggest another wording, and accepts it.
func (h *holders) rewords(rt *rapid.T) {
	v, ok := h.draft(rt)
	if !ok {
		h.opens(rt)
		if v, ok = h.draft(rt); !ok {
			return
		}
	}
	if v.Update.State == desk.Draft {
		r := h.write(h.drafter(), v.Update.ID, honest)
		if _, err := h.Submit(h.ctx, h.drafter(), v.Update.ID, r.Number); err != nil {
			return
		}
		v = h.look(v.Update.ID)
	}
	words := plainer
	if v.Latest.Draft.Slots.Get("en", "impact") == words {
		words = honest
	}
	w := desk.Wording{Update: v.Update.ID, Digest: v.Update.Digest, Slots: draft.Slots{"en": {"impact": words}}}
	made, err := h.Suggest(h.ctx, signer(rapid.SampledFrom(v.Signatures[0].May).Draw(rt, "suggests")), w)
	if err != nil {
		return
	}
	if _, err := h.AcceptWording(h.ctx, h.drafter(), v.Update.ID, v.Latest.Number, v.Latest.Draft, made[0].ID); err == nil {
		h.done["wording accepted"]++
	}
}

// judge holds what was published since to the order in which things were stored.
func (h *holders) judge(rt *rapid.T) {
	for ; h.seen < h.head(); h.seen++ {
		pub := h.publication(h.seen + 1)
		if pub.Warrant().Kind != signoff.Holding {
			continue
		}
		if at, ended := h.ended[pub.Warrant().Grant.Number]; ended && at < pub.Number() {
			rt.Errorf("publication %d rests on the approval in publication %d, which had ended after publication %d", pub.Number(), pub.Warrant().Grant.Number, at)
		}
		if at, worse := h.worse[pub.Message().Incident.ID]; worse && at < pub.Number() {
			rt.Errorf("publication %d is of an incident that was one of data after publication %d", pub.Number(), at)
		}
	}
}
