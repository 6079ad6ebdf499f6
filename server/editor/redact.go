package editor

import (
	"html"
	"html/template"
	"net/http"
	"strconv"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
	"github.com/countersign/countersign/comms/signoff"
)

// redactView is the page where the reason for a redaction is written.
type redactView struct {
	page
	Live    liveView
	Update  desk.Update
	Base    int // the revision that the form was filled from
	SavedAt string
	Lead    string
	Note    string // why changes were asked for, or why it is parked
	Stale   string // who saved meanwhile
	Fields  []field
	Old     *oldWords
	Preview previewView
	Begun   bool // nothing was written yet, so there is nothing to preview
	Verdict string
}

// oldWords is what a redaction takes away, while it is still there.
type oldWords struct {
	Heading string
	Lang    comms.Lang
	Title   string
	Body    template.HTML
	Path    string // of the update that it is
}

// redact starts a redaction of something that was published.
func (e *Editor) redact(v *visit) error {
	return e.start(v, func(comms.ID) (desk.Update, error) {
		number, err := strconv.ParseInt(v.Request().PostForm.Get("publication"), 10, 64)
		if err != nil {
			return desk.Update{}, comms.Refuse(comms.Invalid, "", "%s", v.T("desk.incident.no_publication"))
		}
		return e.c.Desk.Redact(v.Request().Context(), v.actor, number)
	})
}

func (e *Editor) showRedact(v *visit, status int, look desk.View, w written) error {
	preview := look.Preview
	if v.Request().Method == http.MethodPost || look.Update.Waits() {
		var err error
		if preview, err = e.c.Desk.Try(v.Request().Context(), look.Update.ID, w.text, v.Lang()); err != nil {
			return err
		}
	}
	view := redactView{
		page:   e.page(v, v.T("desk.redact.title", "name", look.Incident.Name), ""),
		Update: look.Update, Base: w.base, Note: v.Stored(look.Update.Note), Old: v.oldWords(look),
		SavedAt: savedAt(look, w), Live: v.liveOf(look, w),
		Lead: v.T("desk.redact.lead", "kinds", v.kindsOf(look.Signatures)),
	}
	if w.err != nil {
		view.Problems = v.problemsOf(w.err)
	}
	if w.stale != nil {
		view.Stale = v.T("desk.write.stale", "person", look.Plan.PersonNamed(w.stale.Theirs.Author), "time", v.Time(w.stale.Theirs.At))
		view.Problems = nil
	}
	s := sheet{v: v, here: v.typists(w.kept.Others), disputed: w.disputed, by: v.theirs(w.kept.By)}
	if w.stale != nil {
		s.by = v.theirs([]plan.PersonID{w.stale.Theirs.Author})
	}
	view.Begun = true
	for _, lang := range look.Plan.Catalogue.Languages {
		name := draft.SlotField(lang, render.Reason)
		f := field{
			Name: name, Lang: lang, Kind: "area", Rows: 3, Max: signoff.MaxReason, Value: readable(w.text.Slots[lang][render.Reason]),
			Label: v.T("desk.redact.reason", "language", languageName(lang)), Error: view.Problem(name),
			Help: v.T("desk.redact.reason_help", "most", signoff.MaxReason),
		}
		for _, one := range preview.Report.In(lang, render.Reason) {
			f.Findings = append(f.Findings, v.finding(one))
		}
		if w.stale != nil {
			f.Theirs = w.stale.Theirs.Draft.Slots[lang][render.Reason]
			f.HasTheirs = f.Theirs != f.Value
		}
		view.Begun = view.Begun && f.Value == ""
		view.Fields = append(view.Fields, s.beside(f))
	}
	if !view.Begun {
		view.Preview = e.preview(v, preview, withMarks(preview.Report))
		view.Verdict, _ = v.verdict(preview, 0)
	}
	if w.live {
		return e.renderPart(v, status, "redact", "main", view)
	}
	return e.render(v, status, "redact", view)
}

// oldWords are those that a redaction takes away; nil once they are gone.
func (v *visit) oldWords(look desk.View) *oldWords {
	old := look.Withdraws
	if old.IsZero() || old.Redacted() != nil {
		return nil
	}
	f, lang := old.Message().In(v.Lang(), v.plan.Catalogue.Source)
	return &oldWords{
		Heading: v.T("desk.review.publication_of", "number", old.Number(), "time", v.DateTime(old.At())), Lang: lang,
		Title: f.Title, Body: template.HTML(f.HTML), Path: "/updates/" + string(old.Message().Update),
	}
}

// removed says that words are gone, by what and why.
func (v *visit) removed(r signoff.Removal) string {
	return v.T("desk.redact.removed", "number", r.Number, "time", v.DateTime(r.At), "reason", in(r.Reason, v.Printer, v.plan.Catalogue))
}

// removals is how the page reads where words were removed, in each language.
func (e *Editor) removals(v *visit, reason comms.Words, m comms.Message, put dress) previewView {
	var view previewView
	view.Forms = []choice{{Key: "page", Label: v.T("desk.form.page"), Class: "f-page", Chosen: true}}
	for i, lang := range languagesOf(m, v.plan.Catalogue) {
		say := e.c.Languages.For(lang)
		why := comms.Forms{HTML: "<p>" + html.EscapeString(say.T("public.reason", "reason", reason[lang])) + "</p>"}
		view.Languages = append(view.Languages, choice{Key: string(lang), Label: languageName(lang), Lang: lang, Class: "l-" + digit(i), Chosen: i == 0})
		view.Texts = append(view.Texts, previewText{
			Lang: lang, Class: "l-" + digit(i) + " f-page", Heading: v.T("desk.form.page") + ", " + languageName(lang),
			Title: template.HTML(html.EscapeString(say.T("public.removed", "time", say.DateTime(e.c.Now())))),
			Body:  put(lang, why, func(f comms.Forms) string { return f.HTML }),
		})
	}
	return view
}

// redacted says which publication a redaction takes the words of, and why, in
// each language.
func (v *visit) redacted(look desk.View) []factRow {
	r := look.Preview.Message.Redaction
	if r == nil {
		return nil
	}
	text := v.T("desk.review.publication", "number", r.Publication)
	if !look.Withdraws.IsZero() {
		text = v.T("desk.review.publication_of", "number", r.Publication, "time", v.inFull(look.Withdraws.At()))
	}
	rows := []factRow{{Name: v.T("desk.redact.takes"), After: text, Link: "/updates/" + string(r.Remains.Update)}}
	for _, lang := range look.Preview.Message.Languages() {
		rows = append(rows, factRow{Name: v.T("desk.review.correction_reason", "language", languageName(lang)), After: r.Reason[lang], Lang: lang})
	}
	return rows
}
