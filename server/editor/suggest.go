package editor

import (
	"html"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/render"
)

// suggestForm is where somebody who may sign words the text otherwise.
type suggestForm struct {
	Languages []languageFields
	Open      bool // something was typed into it and refused
}

// suggestionCard is another wording beside the one that stands.
type suggestionCard struct {
	Path       string // of the answers, without its last part
	Who        string
	Lang       comms.Lang
	Difference template.HTML
	Said       string // how it was answered, or why it cannot be accepted
	Accept     string // the button that accepts it; "" where the reader may not
	Decline    string // the button that keeps what stands
	Word       *field // why it stays; nil where the reader does not answer
}

// suggesting fills in the form with the words as they stand, or as they were
// typed when they were refused.
func (e *Editor) suggesting(v *visit, look desk.View, typed signTyped, p page) *suggestForm {
	if !look.MaySuggest() || v.actor.Token != "" {
		return nil
	}
	s := sheet{v: v, view: look, text: look.Latest.Draft, report: lint.Report{}, page: p}
	out := &suggestForm{Open: holds(typed.form, slotPrefix)}
	if out.Open {
		s.text = decodeDraft(typed.form, s.text, look.Plan)
	}
	for i, lang := range look.Plan.Catalogue.Languages {
		one := languageFields{Lang: lang, Name: languageName(lang), Needed: i == 0}
		for _, f := range render.Fields(look.Template, []comms.Lang{lang}) {
			if f.Lang == lang && desk.Reworded(f.Slot) {
				one.Fields = append(one.Fields, s.field(f))
			}
		}
		out.Languages = append(out.Languages, one)
	}
	return out
}

// wordField is where an author says why the wording stays.
func wordField(suggestion comms.ID) string { return "word." + string(suggestion) }

// suggest keeps another wording from somebody who may sign.
func (e *Editor) suggest(v *visit) error {
	return e.turn(v, "suggested", func(id comms.ID) error {
		form := v.Request().PostForm
		w := desk.Wording{Update: id}
		var err error
		if w.Digest, err = comms.ParseDigest(form.Get("digest")); err != nil {
			return v.damaged()
		}
		w.Slots = draft.Slots{}
		for name := range form {
			if slot, ok := strings.CutPrefix(name, slotPrefix); ok {
				lang, slot := slotName(slot, v.plan)
				w.Slots.Put(lang, slot, lines(form.Get(name)))
			}
		}
		_, err = e.c.Desk.Suggest(v.Request().Context(), v.actor, w)
		return err
	})
}

// suggestions shows what was suggested for an update, and who answered how.
func (v *visit) suggestions(list []desk.Suggested, p page, form url.Values) []suggestionCard {
	var out []suggestionCard
	for _, s := range list {
		out = append(out, v.suggestion(s, p, form))
	}
	return out
}

func (v *visit) suggestion(s desk.Suggested, p page, form url.Values) suggestionCard {
	label := in(s.Label, v.Printer, v.plan.Catalogue)
	if label == "" {
		label = s.Slot
	}
	out := suggestionCard{
		Path: "/updates/" + string(s.Update) + "/suggestions/" + string(s.ID), Lang: s.Lang,
		Who: v.T("desk.suggest.who", "person", v.plan.PersonNamed(s.Person), "field", label, "language", languageName(s.Lang)),
	}
	if out.Difference = difference(html.EscapeString(s.Before), html.EscapeString(s.Text)); s.Redacted() {
		out.Difference, out.Said = "", v.T("desk.suggest.gone")
		return out
	}
	switch {
	case s.Answer != "":
		out.Said = v.T("desk.suggest."+string(s.Answer), "person", v.plan.PersonNamed(s.AnsweredBy), "time", v.DateTime(s.AnsweredAt), "word", s.Word)
	case !s.Fits:
		out.Said = v.T("desk.suggest.moved")
	case !s.You:
		out.Said = v.T("desk.suggest.waits")
	}
	if !s.You {
		return out
	}
	if out.Decline = v.T("desk.suggest.decline"); s.Fits {
		out.Accept = v.T("desk.suggest.accept")
	}
	name := wordField(s.ID)
	out.Word = &field{Name: name, Kind: "line", Label: v.T("desk.suggest.word"), Value: readable(form.Get(name)), Max: 300, Error: p.Problem(name)}
	return out
}

// answering reads an answer to a suggestion, with the text of the form that it
// came in, if it came in one.
func (e *Editor) answering(v *visit) (suggestion comms.ID, look desk.View, w written, err error) {
	id, err := v.id()
	if err == nil {
		suggestion, err = comms.ParseID(v.Param("suggestion"))
	}
	if err != nil {
		return "", look, w, comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
	}
	if err = v.form(); err != nil {
		return "", look, w, err
	}
	form := v.Request().PostForm
	if look, err = e.c.Desk.Look(v.Request().Context(), v.actor, id); err != nil {
		return "", look, w, err
	}
	w = written{me: v.actor.Person, whole: true, reasons: reasonsIn(form)}
	if !form.Has("base") { // from a page that shows no text to write in
		look, w.text, w.base, err = e.settled(v, look)
		return suggestion, look, w, err
	}
	w.text, w.base = decodeDraft(form, look.Latest.Draft, look.Plan), base(form)
	return suggestion, look, w, nil
}

// unanswered shows the page again on which a suggestion was answered.
func (e *Editor) unanswered(v *visit, look desk.View, w written, err error) error {
	if look.Update.Over() || look.Update.Waits() && !v.Request().PostForm.Has("base") {
		return e.again(v, err, e.unsigned)
	}
	return e.refused(v, look, w, err, e.showWrite)
}

// acceptWording takes a suggestion over. What waited for signatures asks for
// them again at once, unless another suggestion waits or the words must change.
func (e *Editor) acceptWording(v *visit) error {
	suggestion, look, w, err := e.answering(v)
	if err != nil {
		return err
	}
	ctx, id := v.Request().Context(), look.Update.ID
	if err := v.theirOwn(v.Request().PostForm); err != nil {
		return e.unanswered(v, look, w, err)
	}
	saved, err := e.c.Desk.AcceptWording(ctx, v.actor, id, w.base, w.text, suggestion)
	if err != nil {
		return e.unanswered(v, look, w, err)
	}
	said := "reworded"
	open := slices.ContainsFunc(look.Suggestions, func(s desk.Suggested) bool { return s.Fits && s.ID != suggestion })
	if look.Update.State == desk.InReview && !open {
		if _, err := e.c.Desk.SubmitWith(ctx, v.actor, id, saved.Number, w.reasons); err == nil {
			said = "resubmitted"
		} else if statusOf(err) == 0 {
			return err
		}
	}
	return v.see("/updates/"+string(id), said)
}

// declineWording keeps the wording that stands. What else was typed is saved
// where that takes no signature back, and shown again where it does.
func (e *Editor) declineWording(v *visit) error {
	suggestion, look, w, err := e.answering(v)
	if err != nil {
		return err
	}
	ctx, id, form := v.Request().Context(), look.Update.ID, v.Request().PostForm
	writing := form.Has("base")
	if err := v.theirOwn(form); err != nil {
		return e.unanswered(v, look, w, err)
	}
	waits := look.Update.Waits()
	if writing && !waits {
		saved, err := e.c.Desk.Save(ctx, v.actor, id, w.base, w.text)
		if err != nil {
			return e.unanswered(v, look, w, err)
		}
		w.base = saved.Number
	}
	if err := e.c.Desk.DeclineWording(ctx, v.actor, id, suggestion, form.Get(wordField(suggestion))); err != nil {
		var one *comms.Refusal
		if asError(err, &one) && one.Field == "word" {
			one.Field = wordField(suggestion)
		}
		return e.unanswered(v, look, w, err)
	}
	if !writing || !waits {
		return v.see("/updates/"+string(id), "kept")
	}
	if look, err = e.c.Desk.Look(ctx, v.actor, id); err != nil {
		return err
	}
	return e.showWrite(v, http.StatusOK, look, w)
}
