package desk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
	"github.com/countersign/countersign/comms/signoff"
)

// SuggestionAnswer is what became of a suggestion.
type SuggestionAnswer string

// The answers. A suggestion that waits for one has none.
const (
	WordingAccepted SuggestionAnswer = "accepted"
	WordingDeclined SuggestionAnswer = "declined"
)

// Suggestion is another wording of one slot, from somebody who may sign the
// update and wrote nothing of it. It changes nothing by itself: an author who
// accepts it takes the words as theirs, and stands for them; who suggested them
// has not written them, and may still sign. It is kept for good and answered
// once; a redaction empties its words.
type Suggestion struct {
	ID     comms.ID
	Update comms.ID
	Digest comms.Digest // of what was in review
	Person plan.PersonID
	Lang   comms.Lang
	Slot   string
	Before string // what stood in the slot
	Text   string
	At     time.Time

	Answer     SuggestionAnswer // "" while it waits
	AnsweredBy plan.PersonID
	AnsweredAt time.Time
	Word       string // why it was declined
	Revision   int    // in which it was accepted; 0 for none
}

// Field names the form field of its slot.
func (s Suggestion) Field() string { return draft.SlotField(s.Lang, s.Slot) }

// Fits tells whether it waits for an answer and a text still holds what it
// would take the place of.
func (s Suggestion) Fits(d draft.Draft) bool {
	return s.Answer == "" && d.Slots[s.Lang][s.Slot] == s.Before
}

// Redacted tells whether a redaction took its words away.
func (s Suggestion) Redacted() bool { return s.Text == "" }

// Wording is how a person who may sign would say it: each slot as it should
// read. Slots that it leaves out, or leaves as they are, stay.
type Wording struct {
	Update comms.ID
	Digest comms.Digest // of what the person saw
	Slots  draft.Slots
}

// MaySuggest tells whether whoever looked may suggest another wording.
func (v View) MaySuggest() bool {
	return v.Update.State == InReview && rewordable(v.Update.Kind) && slices.ContainsFunc(v.Signatures, func(s Signature) bool {
		return s.Why != WhyAuthor && s.Why != WhyRole && s.Why != WhyBarred
	})
}

// rewordable tells whether a message has slots that a plan's template names.
func rewordable(k comms.MessageKind) bool {
	return k == comms.MessageUpdate || k == comms.MessageCorrection
}

// Suggest keeps another wording of an update that is in review, and tells its
// authors. Its text, its state and its signatures stay as they are.
func (d *Desk) Suggest(ctx context.Context, a Actor, w Wording) ([]Suggestion, error) {
	var out []Suggestion
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		out = nil
		u, err := tx.Update(ctx, w.Update)
		if err != nil {
			return err
		}
		b, err := d.bench(ctx, tx, u)
		if err != nil {
			return err
		}
		if err := b.maySuggest(a, w); err != nil {
			return err
		}
		if out, err = b.reword(w.Slots); err != nil {
			return err
		}
		for i := range out {
			s := &out[i]
			s.ID, s.Update, s.Digest, s.Person, s.At = comms.NewID(), u.ID, u.Digest, a.Person, d.c.Now()
			if err := tx.AddSuggestion(ctx, *s); err != nil {
				return err
			}
			if err := d.log(ctx, tx, a, "wording.suggested", u.ID, "suggestion", string(s.ID), "field", s.Field()); err != nil {
				return err
			}
		}
		return tx.Notify(ctx, Notice{Kind: NoticeSuggested, Update: u.ID, Digest: u.Digest, To: b.authors, By: a.Person})
	})
	return out, err
}

// maySuggest refuses whoever may not sign, and whoever saw other words.
func (b bench) maySuggest(a Actor, w Wording) error {
	_, barred := b.barred[a.Person]
	switch {
	case a.Token != "":
		return comms.Refuse(comms.Forbidden, "", "a token suggests no wording; sign in as yourself")
	case !rewordable(b.message.Kind):
		return comms.Refuse(comms.Invalid, "", "this has no fields of its own to word; ask for changes instead")
	case b.place.update.State != InReview:
		return comms.Refuse(comms.Conflict, "", "every signature is given already; ask for changes instead")
	case w.Digest != b.content.Digest():
		return comms.Refuse(comms.Conflict, "digest", "the text has changed since you saw it; read it again")
	case slices.Contains(b.authors, a.Person):
		return comms.Refuse(comms.Forbidden, "", "you wrote this text; change it yourself instead of suggesting")
	case barred, !slices.ContainsFunc(b.requirements, func(r plan.Requirement) bool { return signoff.MayFill(b.place.plan, r, a.Person) }):
		return comms.Refuse(comms.Forbidden, "", "only those who may sign can suggest a wording; write to the author instead")
	}
	return nil
}

// reword lists the slots that would read otherwise.
func (b bench) reword(slots draft.Slots) ([]Suggestion, error) {
	t, _ := b.place.plan.Template(b.text.Template)
	known := map[string]plan.Slot{}
	var out []Suggestion
	var bad comms.Refusals
	for _, f := range render.Fields(t, b.place.plan.Catalogue.Languages) {
		field, text := draft.SlotField(f.Lang, f.Slot.Name), strings.TrimSpace(slots[f.Lang][f.Slot.Name])
		known[field] = f.Slot
		before := b.text.Slots[f.Lang][f.Slot.Name]
		_, said := slots[f.Lang][f.Slot.Name]
		switch refusal := draft.CheckText(field, text, true); {
		case !said || text == strings.TrimSpace(before):
		case refusal != nil:
			bad = append(bad, refusal)
		case !Reworded(f.Slot):
			bad = append(bad, comms.Refuse(comms.Invalid, field, "this field holds no words of its own; ask for changes instead"))
		case text == "":
			bad = append(bad, comms.Refuse(comms.Invalid, field, "say how it should read instead; to have it left out, ask for changes"))
		case f.Slot.Max > 0 && utf8.RuneCountInString(text) > f.Slot.Max:
			bad = append(bad, comms.Refuse(comms.Invalid, field, "this wording has more than %d characters; shorten it", f.Slot.Max))
		default:
			out = append(out, Suggestion{Lang: f.Lang, Slot: f.Slot.Name, Before: before, Text: text})
		}
	}
	for lang, values := range slots {
		for name := range values {
			if _, ok := known[draft.SlotField(lang, name)]; !ok {
				bad = append(bad, comms.Refuse(comms.Invalid, draft.SlotField(lang, name), "this text has no such field; suggest a wording for one that it has"))
			}
		}
	}
	switch {
	case len(bad) > 0:
		return nil, bad
	case len(out) == 0:
		return nil, comms.Refuse(comms.Invalid, "", "nothing is worded otherwise than it stands; change a field, then suggest it")
	}
	return out, nil
}

// Reworded tells whether a slot holds words of people.
func Reworded(s plan.Slot) bool {
	switch s.Type {
	case plan.SlotImpact, plan.SlotWho, plan.SlotAction, plan.SlotUs, plan.SlotCause, plan.SlotText:
		return s.From == ""
	}
	return false
}

// AcceptWording saves a text with a suggestion taken over in it, as the
// revision of the author who accepts; base and typed are those of Save, whose
// ways it goes. It refuses, and saves nothing, when the slot reads otherwise
// than the suggestion saw it.
func (d *Desk) AcceptWording(ctx context.Context, a Actor, update comms.ID, base int, typed draft.Draft, suggestion comms.ID) (Revision, error) {
	var saved Revision
	var stale *Stale
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		stale = nil
		s, latest, err := d.answerable(ctx, tx, a, update, suggestion)
		if err != nil {
			return err
		}
		workings, err := tx.Workings(ctx, update)
		if err != nil {
			return err
		}
		if !s.Fits(typed) || !s.Fits(newest(latest, workings).Draft) {
			return comms.Refuse(comms.Conflict, s.Field(), "this field reads otherwise now than when the wording was suggested; compare the two, and take over by hand what is better")
		}
		text := typed.Clone()
		text.Slots.Set(s.Lang, s.Slot, s.Text)
		if saved, stale, err = d.save(ctx, tx, a, update, base, text); err != nil || stale != nil {
			return err
		}
		s.Answer, s.AnsweredBy, s.AnsweredAt, s.Revision = WordingAccepted, a.Person, d.c.Now(), saved.Number
		if err := tx.AnswerSuggestion(ctx, s); err != nil {
			return err
		}
		return d.log(ctx, tx, a, "wording.accepted", update, "suggestion", string(s.ID), "field", s.Field(), "from", string(s.Person))
	})
	if err == nil && stale != nil {
		return Revision{}, stale
	}
	return saved, err
}

// DeclineWording keeps the text as it stands, with a word to whoever suggested
// another.
func (d *Desk) DeclineWording(ctx context.Context, a Actor, update, suggestion comms.ID, word string) error {
	word = strings.TrimSpace(word)
	return d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		s, _, err := d.answerable(ctx, tx, a, update, suggestion)
		if err != nil {
			return err
		}
		const field = "word"
		if word == "" {
			return comms.Refuse(comms.Invalid, field, "say why the wording stays, in a few words for whoever suggested another")
		}
		if r := draft.CheckText(field, word, true); r != nil {
			return r
		}
		if utf8.RuneCountInString(word) > maxReason {
			return comms.Refuse(comms.Invalid, field, "this has more than %d characters; shorten it", maxReason)
		}
		s.Answer, s.AnsweredBy, s.AnsweredAt, s.Word = WordingDeclined, a.Person, d.c.Now(), word
		if err := tx.AnswerSuggestion(ctx, s); err != nil {
			return err
		}
		n := Notice{Kind: NoticeKept, Update: update, To: []plan.PersonID{s.Person}, By: a.Person}
		if err := tx.Notify(ctx, n); err != nil {
			return err
		}
		return d.log(ctx, tx, a, "wording.declined", update, "suggestion", string(s.ID), "field", s.Field(), "from", string(s.Person))
	})
}

// answerable finds a suggestion that waits, with the latest revision of its
// update, and refuses whoever is no author of that.
func (d *Desk) answerable(ctx context.Context, tx Tx, a Actor, update, suggestion comms.ID) (Suggestion, Revision, error) {
	s, err := tx.Suggestion(ctx, suggestion)
	if err != nil {
		return s, Revision{}, err
	}
	if s.Update != update {
		return s, Revision{}, comms.Refuse(comms.NotFound, "", "this update has no such suggestion; look at it again")
	}
	_, latest, err := editable(ctx, tx, update)
	if err != nil {
		return s, latest, err
	}
	authors, err := tx.Authors(ctx, update)
	switch {
	case err != nil:
	case a.Token != "":
		err = comms.Refuse(comms.Forbidden, "", "a token answers no suggestion; sign in as yourself")
	case s.Answer != "":
		err = comms.Refuse(comms.Conflict, "", "this suggestion is answered already; look at the text again")
	case s.Person == a.Person:
		err = comms.Refuse(comms.Forbidden, "", "you suggested this wording yourself; another author answers it")
	case !slices.Contains(authors, a.Person):
		err = comms.Refuse(comms.Forbidden, "", "only those who wrote the text answer a suggestion; write a text of your own instead")
	}
	return s, latest, err
}

// unanswered lists the suggestions for an update that wait for its authors.
func unanswered(ctx context.Context, tx Tx, u Update) ([]Suggestion, error) {
	if u.Over() {
		return nil, nil
	}
	all, err := tx.Suggestions(ctx, u.ID)
	return slices.DeleteFunc(all, func(s Suggestion) bool { return s.Answer != "" }), err
}

// Suggested is a suggestion as somebody at the desk sees it.
type Suggested struct {
	Suggestion
	Label comms.Words // of its field
	Fits  bool        // it could be accepted now
	You   bool        // the actor may answer it
}

// suggested shows suggestions for an update to an actor.
func suggested(ctx context.Context, tx Tx, a Actor, u Update, p *plan.Plan, list []Suggestion) ([]Suggested, error) {
	if len(list) == 0 {
		return nil, nil
	}
	latest, err := tx.Latest(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	workings, err := tx.Workings(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	authors, err := tx.Authors(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	text := newest(latest, workings).Draft
	t, _ := p.Template(text.Template)
	var out []Suggested
	for _, s := range list {
		one := Suggested{Suggestion: s, Fits: !u.Over() && s.Fits(text)}
		if slot, ok := t.Slot(s.Slot); ok {
			one.Label = slot.Label
		}
		one.You = !u.Over() && s.Answer == "" && a.Token == "" && s.Person != a.Person && slices.Contains(authors, a.Person)
		out = append(out, one)
	}
	return out, nil
}
