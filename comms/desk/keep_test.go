package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// typist is a page in which somebody types.
type typist struct {
	o      *office
	actor  desk.Actor
	update comms.ID
	was    draft.Draft
	now    draft.Draft
}

func (o *office) typist(who plan.PersonID, update comms.ID) *typist {
	o.t.Helper()
	v, err := o.Look(o.ctx, desk.Actor{Person: who}, update)
	if err != nil {
		o.t.Fatal(err)
	}
	return &typist{o, desk.Actor{Person: who}, update, v.Latest.Draft, v.Latest.Draft.Clone()}
}

// types changes a slot and keeps it; the page then holds what was answered.
func (p *typist) types(slot, words string) desk.Kept {
	p.o.t.Helper()
	p.now = p.now.Clone()
	p.now.Slots.Set("en", slot, words)
	kept, err := p.o.Keep(p.o.ctx, p.actor, p.update, desk.Typing{Base: p.was, Text: p.now, Field: "slots.en." + slot})
	if err != nil {
		p.o.t.Fatal(err)
	}
	if len(kept.Conflicts) == 0 && !kept.Held {
		p.was, p.now = kept.Text.Draft, kept.Text.Draft.Clone()
	}
	return kept
}

func (o *office) revisions(update comms.ID) []desk.Revision {
	o.t.Helper()
	v, err := o.Look(o.ctx, o.drafter(), update)
	if err != nil {
		o.t.Fatal(err)
	}
	return v.Revisions
}

func TestTypingMakesOneRevisionForEachPerson(t *testing.T) {
	o := open(t)
	u := o.incident()
	o.write(o.drafter(), u.ID, honest)
	before := len(o.revisions(u.ID))
	dana, marta := o.typist(o.drafter().Person, u.ID), o.typist(o.holder(plan.CommsLead), u.ID)
	for i := range 20 {
		o.wait(time.Second)
		dana.types("impact", honest+" "+string(rune('a'+i)))
		marta.types("who", "about one in "+string(rune('a'+i))+" customers in Europe")
	}
	if n := len(o.revisions(u.ID)); n != before {
		t.Fatalf("typing made %d revisions", n-before)
	}
	settled, err := o.Settle(o.ctx, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	all := o.revisions(u.ID)
	if len(all) != before+2 || all[before].Author != dana.actor.Person || all[before+1].Author != marta.actor.Person {
		t.Fatalf("settling made %+v", all[before:])
	}
	for slot, want := range map[string]string{"impact": honest + " t", "who": "about one in t customers in Europe"} {
		if got := settled.Draft.Slots.Get("en", slot); got != want {
			t.Errorf("%s is %q, want %q", slot, got, want)
		}
	}
	if got := all[before].Draft.Slots.Get("en", "who"); got != "about one in s customers in Europe" {
		t.Errorf("the first one's revision holds %q, which is not what they last saw", got)
	}
}

func TestWhoeverTypedIsAnAuthor(t *testing.T) {
	o := open(t)
	u := o.incident()
	r := o.write(o.drafter(), u.ID, honest)
	lead := o.holder(plan.IncidentLead)
	o.typist(lead, u.ID).types("impact", honest+" Reports work.")

	_, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number)
	var stale *desk.Stale
	if !errors.As(err, &stale) || stale.Theirs.Author != lead {
		t.Fatalf("submitting past what somebody else typed gave %v", err)
	}
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, stale.Theirs.Number); err != nil {
		o.explain(u.ID, err)
		t.Fatal(err)
	}
	_, err = o.Sign(o.ctx, signer(lead), desk.Signing{Update: u.ID, Digest: u.Digest, Languages: o.plan.Catalogue.Languages})
	if comms.CodeOf(err) != comms.Forbidden {
		t.Errorf("somebody signed what they had typed: %v", err)
	}
}

func TestTheSameFieldTypedByTwo(t *testing.T) {
	o := open(t)
	u := o.incident()
	o.write(o.drafter(), u.ID, honest)
	dana, marta := o.typist(o.drafter().Person, u.ID), o.typist(o.holder(plan.CommsLead), u.ID)
	dana.types("impact", "the words of the first for what does not work")
	kept := marta.types("impact", "the words of the second for what does not work")
	if !slices.Equal(kept.Conflicts, []string{"slots.en.impact"}) || kept.Text.Draft.Slots.Get("en", "impact") != dana.now.Slots.Get("en", "impact") {
		t.Fatalf("the second one was told %+v", kept)
	}
	if !slices.Equal(kept.By, []plan.PersonID{dana.actor.Person}) {
		t.Errorf("the other words are said to be by %v", kept.By)
	}
	marta.was = kept.Text.Draft // decided: mine
	if kept = marta.types("impact", "the words of both for what does not work"); len(kept.Conflicts) > 0 {
		t.Fatalf("after the decision: %+v", kept)
	}
	settled, err := o.Settle(o.ctx, u.ID)
	if err != nil || settled.Author != marta.actor.Person || settled.Draft.Slots.Get("en", "impact") != "the words of both for what does not work" {
		t.Errorf("settled %+v: %v", settled, err)
	}
}

func TestTypingTakesNoSignatureBack(t *testing.T) {
	o := open(t)
	u := o.incident()
	r := o.write(o.drafter(), u.ID, honest)
	dana := o.typist(o.drafter().Person, u.ID)
	if _, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
		t.Fatal(err)
	}
	if kept := dana.types("impact", honest+" More."); !kept.Held {
		t.Errorf("typing into what is in review gave %+v", kept)
	}
	if v, _ := o.Look(o.ctx, o.drafter(), u.ID); v.Update.State != desk.InReview || v.Typed != nil {
		t.Errorf("the update is %s with %+v typed", v.Update.State, v.Typed)
	}
	saved, err := o.Save(o.ctx, o.drafter(), u.ID, r.Number, dana.now)
	if err != nil || saved.Draft.Slots.Get("en", "impact") != honest+" More." {
		t.Errorf("saving it on purpose gave %+v: %v", saved, err)
	}
	if _, err := o.Withdraw(o.ctx, o.drafter(), u.ID, "Not needed"); err != nil {
		t.Fatal(err)
	}
	_, err = o.Keep(o.ctx, dana.actor, u.ID, desk.Typing{Base: dana.was, Text: dana.now})
	if comms.CodeOf(err) != comms.Conflict {
		t.Errorf("typing into what was withdrawn gave %v", err)
	}
}

func TestSavingSettlesWhatWasTyped(t *testing.T) {
	o := open(t)
	u := o.incident()
	r := o.write(o.drafter(), u.ID, honest)
	dana, marta := o.typist(o.drafter().Person, u.ID), o.typist(o.holder(plan.CommsLead), u.ID)
	dana.types("impact", honest+" One.")

	// One's own typing is no other text.
	text := dana.now.Clone()
	text.Slots.Set("en", "impact", honest+" Two.")
	saved, err := o.Save(o.ctx, dana.actor, u.ID, r.Number, text)
	if err != nil || saved.Number != r.Number+2 {
		t.Fatalf("saving after typing gave %d: %v", saved.Number, err)
	}
	if v, _ := o.Look(o.ctx, dana.actor, u.ID); v.Typed != nil {
		t.Errorf("%+v is still being typed", v.Typed)
	}

	// Somebody else's is.
	marta.was, marta.now = saved.Draft, saved.Draft.Clone()
	marta.types("who", "about one in nine customers in Europe")
	text.Slots.Set("en", "impact", honest+" Three.")
	var stale *desk.Stale
	if _, err := o.Save(o.ctx, dana.actor, u.ID, saved.Number, text); !errors.As(err, &stale) || stale.Theirs.Author != marta.actor.Person {
		t.Fatalf("saving past what somebody else typed gave %v", err)
	}
	if last, err := o.Save(o.ctx, dana.actor, u.ID, stale.Theirs.Number, text); err != nil || last.Number != stale.Theirs.Number+1 {
		t.Errorf("saving in sight of both gave %d: %v", last.Number, err)
	}

	// What was typed is kept when the update is withdrawn.
	marta.was = text
	marta.now = text.Clone()
	marta.types("who", "about one in ten customers in Europe")
	if _, err := o.Withdraw(o.ctx, dana.actor, u.ID, "Not needed"); err != nil {
		t.Fatal(err)
	}
	all := o.revisions(u.ID)
	if got := all[len(all)-1].Draft.Slots.Get("en", "who"); got != "about one in ten customers in Europe" {
		t.Errorf("the last revision holds %q", got)
	}
}

func TestPeopleSeeEachOther(t *testing.T) {
	o := open(t)
	u := o.incident()
	o.write(o.drafter(), u.ID, honest)
	dana, marta := o.typist(o.drafter().Person, u.ID), o.typist(o.holder(plan.CommsLead), u.ID)
	if kept := dana.types("impact", honest+" One."); len(kept.Others) != 0 {
		t.Errorf("alone with %+v", kept.Others)
	}
	kept := marta.types("who", "about one in nine customers in Europe")
	if len(kept.Others) != 1 || kept.Others[0].Person != dana.actor.Person || kept.Others[0].Field != "slots.en.impact" {
		t.Errorf("the second sees %+v", kept.Others)
	}
	o.wait(time.Minute)
	if kept = marta.types("who", "about one in ten customers in Europe"); len(kept.Others) != 0 {
		t.Errorf("a minute later the second still sees %+v", kept.Others)
	}
}

func TestABadTextIsNotKept(t *testing.T) {
	o := open(t)
	u := o.incident()
	o.write(o.drafter(), u.ID, honest)
	dana := o.typist(o.drafter().Person, u.ID)
	bad := dana.was.Clone()
	bad.Slots.Set("en", "impact", "turned \u202e around")
	if _, err := o.Keep(o.ctx, dana.actor, u.ID, desk.Typing{Base: dana.was, Text: bad}); comms.CodeOf(err) != comms.Invalid {
		t.Errorf("a reversed text gave %v", err)
	}
	if _, err := o.Keep(o.ctx, dana.actor, u.ID, desk.Typing{Base: dana.was, Text: dana.was, Field: "slots.\x00"}); comms.CodeOf(err) != comms.Invalid {
		t.Errorf("a field with a control character gave %v", err)
	}
	if v, _ := o.Look(o.ctx, dana.actor, u.ID); v.Typed != nil {
		t.Errorf("%+v was kept", v.Typed)
	}
}
