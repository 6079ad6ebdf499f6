package desk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

const plainer = "customers who sign in with a password get no further"

// wording suggests other words for the English impact.
func wording(u desk.Update, text string) desk.Wording {
	return desk.Wording{Update: u.ID, Digest: u.Digest, Slots: draft.Slots{"en": {"impact": text}}}
}

// TestASuggestionIsAcceptedAndItsGiverSigns takes another wording from who may
// sign to the publication that they sign.
func TestASuggestionIsAcceptedAndItsGiverSigns(t *testing.T) {
	o := open(t)
	u := o.submitted()
	lead := o.holder(plan.IncidentLead)
	made, err := o.Suggest(o.ctx, signer(lead), wording(u, plainer))
	if err != nil || len(made) != 1 || made[0].Before != honest {
		t.Fatalf("suggested: %+v (%v)", made, err)
	}
	v, err := o.Look(o.ctx, o.drafter(), u.ID)
	if err != nil || v.Update.State != desk.InReview || v.Update.Digest != u.Digest || len(v.Suggestions) != 1 || !v.Suggestions[0].You || !v.Suggestions[0].Fits {
		t.Fatalf("the author sees %s %+v (%v)", v.Update.State, v.Suggestions, err)
	}
	if a, err := o.Agenda(o.ctx, o.drafter()); err != nil || len(a.ToMend) != 1 || len(a.ToMend[0].Suggested) != 1 {
		t.Errorf("what needs the author now is %+v (%v)", a.ToMend, err)
	}
	typed := v.Latest.Draft.Clone()
	typed.Slots.Set("en", "who", "everybody in Europe")
	r, err := o.AcceptWording(o.ctx, o.drafter(), u.ID, v.Latest.Number, typed, made[0].ID)
	if err != nil || r.Author != o.drafter().Person || r.Draft.Slots.Get("en", "impact") != plainer || r.Draft.Slots.Get("en", "who") != "everybody in Europe" {
		t.Fatalf("accepted: %+v (%v)", r, err)
	}
	if _, err := o.sign(lead, u); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("the old words were signed: %v", err)
	}
	u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number)
	if err != nil {
		o.explain(u.ID, err)
	}
	if u, err = o.sign(lead, u); err != nil || u.State != desk.Published {
		t.Fatalf("who suggested signs: %s %q (%v)", u.State, u.Note, err)
	}
	v, err = o.Look(o.ctx, o.drafter(), u.ID)
	if s := v.Suggestions[0]; err != nil || s.Person != lead || s.Answer != desk.WordingAccepted || s.AnsweredBy != o.drafter().Person || s.Revision != r.Number {
		t.Errorf("the record says %+v (%v)", s, err)
	}
}

// TestWhoMaySuggestAndAnswer tries everybody and everything else.
func TestWhoMaySuggestAndAnswer(t *testing.T) {
	o := open(t)
	u := o.submitted()
	author, lead := o.drafter(), signer(o.holder(plan.IncidentLead))
	token := lead
	token.Token = "ci"
	unseen, nothing, unknown, shared, gone := wording(u, plainer), wording(u, honest), wording(u, plainer), wording(u, plainer), wording(u, " ")
	unseen.Digest = comms.DigestOf([]byte("other words"))
	unknown.Slots = draft.Slots{"en": {"weather": plainer}}
	shared.Slots = draft.Slots{draft.Shared: {"next_update": "2026-11-23T15:30"}}
	for name, c := range map[string]struct {
		by   desk.Actor
		w    desk.Wording
		code comms.Code
	}{
		"its author":         {author, wording(u, plainer), comms.Forbidden},
		"a token":            {token, wording(u, plainer), comms.Forbidden},
		"a stranger":         {desk.Actor{Person: "nobody"}, wording(u, plainer), comms.Forbidden},
		"of other words":     {lead, unseen, comms.Conflict},
		"the same words":     {lead, nothing, comms.Invalid},
		"no such field":      {lead, unknown, comms.Invalid},
		"a time":             {lead, shared, comms.Invalid},
		"nothing at all":     {lead, gone, comms.Invalid},
		"an invisible sign":  {lead, wording(u, "a\u0007"), comms.Invalid},
		"more than the slot": {lead, wording(u, strings.Repeat("word ", 200)), comms.Invalid},
	} {
		if _, err := o.Suggest(o.ctx, c.by, c.w); codeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	made, err := o.Suggest(o.ctx, lead, wording(u, plainer))
	if err != nil {
		t.Fatal(err)
	}
	id := made[0].ID
	v, err := o.Look(o.ctx, author, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	accept := func(a desk.Actor, base int, text draft.Draft, id comms.ID) error {
		_, err := o.AcceptWording(o.ctx, a, u.ID, base, text, id)
		return err
	}
	other := v.Latest.Draft.Clone()
	other.Slots.Set("en", "impact", "something else")
	for name, c := range map[string]struct {
		err  error
		code comms.Code
	}{
		"who suggested accepts":   {accept(lead, v.Latest.Number, v.Latest.Draft, id), comms.Forbidden},
		"there is none":           {accept(author, v.Latest.Number, v.Latest.Draft, comms.NewID()), comms.NotFound},
		"the field was retyped":   {accept(author, v.Latest.Number, other, id), comms.Conflict},
		"declined without a word": {o.DeclineWording(o.ctx, author, u.ID, id, " "), comms.Invalid},
		"declined without end":    {o.DeclineWording(o.ctx, author, u.ID, id, strings.Repeat("word ", 200)), comms.Invalid},
		"a stranger declines":     {o.DeclineWording(o.ctx, lead, u.ID, id, "no"), comms.Forbidden},
	} {
		if codeOf(c.err) != c.code {
			t.Errorf("%s: %v, want %s", name, c.err, c.code)
		}
	}
	var stale *desk.Stale
	if err := accept(author, v.Latest.Number-1, v.Latest.Draft, id); !errors.As(err, &stale) {
		t.Errorf("accepted into an old text: %v", err)
	}
	if v, err := o.Look(o.ctx, author, u.ID); err != nil || v.Update.State != desk.InReview || v.Suggestions[0].Answer != "" {
		t.Errorf("what was refused changed %s %+v (%v)", v.Update.State, v.Suggestions, err)
	}
	if err := o.DeclineWording(o.ctx, author, u.ID, id, "our customers say it so"); err != nil {
		t.Fatal(err)
	}
	if err := accept(author, v.Latest.Number, v.Latest.Draft, id); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("accepted what was declined: %v", err)
	}
	if u, err := o.sign(lead.Person, u); err != nil || u.State != desk.Published {
		t.Errorf("signed as it stood: %s (%v)", u.State, err)
	}
}

// TestASuggestionOutlivesOtherChangesAlone saves other words into the slot.
func TestASuggestionOutlivesOtherChangesAlone(t *testing.T) {
	o := open(t)
	u := o.submitted()
	made, err := o.Suggest(o.ctx, signer(o.holder(plan.IncidentLead)), wording(u, plainer))
	if err != nil {
		t.Fatal(err)
	}
	fits := func(field, text string) bool {
		t.Helper()
		v, err := o.Look(o.ctx, o.drafter(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		d := v.Latest.Draft.Clone()
		d.Slots.Set("en", field, text)
		if _, err = o.Save(o.ctx, o.drafter(), u.ID, v.Latest.Number, d); err != nil {
			t.Fatal(err)
		}
		if v, err = o.Look(o.ctx, o.drafter(), u.ID); err != nil {
			t.Fatal(err)
		}
		return v.Suggestions[0].Fits
	}
	if !fits("who", "everybody in Europe") || fits("impact", "nobody can open a report in the web app") {
		t.Error("it fits where its slot changed, or not where another did")
	}
	v, err := o.Look(o.ctx, o.drafter(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.AcceptWording(o.ctx, o.drafter(), u.ID, v.Latest.Number, v.Latest.Draft, made[0].ID); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("accepted over other words: %v", err)
	}
}

// codeOf is the code of the first refusal.
func codeOf(err error) comms.Code {
	var many comms.Refusals
	if errors.As(err, &many) {
		return many[0].Code
	}
	return comms.CodeOf(err)
}
