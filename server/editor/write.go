package editor

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// writeView is the page where an update is written.
type writeView struct {
	page
	Live      liveView
	Update    desk.Update
	Base      int // the revision that the form was filled from
	SavedAt   string
	Lead      string
	Note      string // why changes were asked for, or why it is parked
	Stale     string // who saved meanwhile
	Template  field
	Severity  field
	Claims    claimsView
	Times     []field
	PublishAt *field // nil where nothing can wait for its time
	Fold      bool   // something is wrong among the settings
	GoesOut   string // when it goes out, if that is not at once
	Source    languageFields
	Others    []languageFields
	Rest      []finding
	Decide    []field // what stands, and wants a reason
	Preview   previewView
	Verdict   string
	Blocked   bool
	Due       due
	Signers   string
	Alerts    *alertsView
	Cause     *causeCard
}

// languageFields are the fields of one language.
type languageFields struct {
	Lang   comms.Lang
	Name   string
	Needed bool
	Filled bool
	Fields []field
}

// update shows an update where it stands: to write, to sign, or as it went out.
func (e *Editor) update(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	look, err := e.c.Desk.Look(v.Request().Context(), v.actor, id)
	if err != nil {
		return err
	}
	w := written{me: v.actor.Person}
	if look, w.text, w.base, err = e.settled(v, look); err != nil {
		return err
	}
	switch look.Update.State {
	case desk.Published, desk.Withdrawn:
		return e.showReview(v, http.StatusOK, look, signTyped{}, nil)
	case desk.InReview, desk.Approved:
		if v.QueryParam("edit") == "" {
			return e.showReview(v, http.StatusOK, look, signTyped{}, nil)
		}
	}
	if look.Update.Kind == comms.MessagePlan {
		return e.showPlanForm(v, http.StatusOK, look, w)
	}
	if look.Update.Kind == comms.MessageRedaction {
		return e.showRedact(v, http.StatusOK, look, w)
	}
	if look.Update.Kind == comms.MessageStatement {
		return e.showStatement(v, http.StatusOK, look, w)
	}
	return e.showWrite(v, http.StatusOK, look, w)
}

// settled makes a revision of what is being typed, so that the form is filled
// from one and its number says exactly from which. If that cannot be done now,
// the text is shown all the same, under no number: saving it will show both.
func (e *Editor) settled(v *visit, look desk.View) (desk.View, draft.Draft, int, error) {
	if look.Typed == nil {
		return look, look.Latest.Draft, look.Latest.Number, nil
	}
	ctx, id := v.Request().Context(), look.Update.ID
	if _, err := e.c.Desk.Settle(ctx, id); err != nil {
		e.c.Log.ErrorContext(ctx, "what was typed could not become a revision", "update", id, "error", err)
		return look, look.Typed.Draft, 0, nil
	}
	look, err := e.c.Desk.Look(ctx, v.actor, id)
	return look, look.Latest.Draft, look.Latest.Number, err
}

// written is what a form holds: the text, the revision that it began with, and
// what was wrong with it.
type written struct {
	text     draft.Draft
	base     int
	me       plan.PersonID // who typed it
	err      error
	reasons  desk.Reasons // why findings may stand
	stale    *desk.Stale
	live     bool      // asked for by the page's script, which takes the parts that it needs
	kept     desk.Kept // of a live text
	disputed []string  // fields in which the reader typed something else than the live text holds
	whole    bool      // says of empty fields too that they are empty
}

func (e *Editor) showWrite(v *visit, status int, look desk.View, w written) error {
	preview := look.Preview
	ctx := v.Request().Context()
	if v.Request().Method == http.MethodPost || look.Update.Waits() {
		// the form holds something else than what is saved, or than what is in review
		var err error
		if preview, err = e.c.Desk.Try(ctx, look.Update.ID, w.text, v.Lang()); err != nil {
			return err
		}
		if t, ok := look.Plan.Template(w.text.Template); ok {
			look.Template = t // else the fields stay those of the last one that exists
		}
	}
	title := v.T("desk.write.title", "name", look.Incident.Name)
	view := writeView{page: e.page(v, title, ""), Live: v.liveOf(look, w), Update: look.Update, Base: w.base, Note: v.Stored(look.Update.Note)}
	view.SavedAt = savedAt(look, w)
	if w.err != nil {
		view.Problems = v.problemsOf(w.err)
	}
	s := sheet{v: v, view: look, text: w.text, report: preview.Report, page: view.page, begun: v.Request().Method == http.MethodGet || w.live && !w.whole}
	s.typed = v.Request().PostForm
	s.here, s.disputed, s.by = v.typists(w.kept.Others), w.disputed, v.theirs(w.kept.By)
	if w.stale != nil {
		s.theirs, s.by = &w.stale.Theirs.Draft, v.theirs([]plan.PersonID{w.stale.Theirs.Author})
		view.Stale = v.T("desk.write.stale", "person", look.Plan.PersonNamed(w.stale.Theirs.Author), "time", v.Time(w.stale.Theirs.At))
		view.Problems = nil
	}
	e.fillWrite(v, &view, s)
	view.Decide = v.undecided(openIn(w, preview.Report), w.reasons, "desk.waive.secret", view.page)
	if len(view.Problems) > 0 {
		for _, f := range view.Decide { // far below what is wrong
			if f.Value == "" {
				view.Problems = append(view.Problems, problem{f.Name, f.Label})
			}
		}
	}
	view.Preview, view.Cause = e.preview(v, preview, withMarks(preview.Report)), v.cause(look)
	view.Verdict, view.Blocked = v.verdict(preview, s.waiting())
	if w.live {
		return e.renderPart(v, status, "write", "main", view)
	}
	return e.render(v, status, "write", view)
}

// savedAt is when the text that is shown was saved last.
func savedAt(look desk.View, w written) string {
	at := look.Latest.At
	if !w.kept.Text.At.IsZero() {
		at = w.kept.Text.At
	}
	return at.UTC().Format("15:04:05") + " UTC"
}

// fillWrite fills in the parts of the form.
func (e *Editor) fillWrite(v *visit, view *writeView, s sheet) {
	look, c := s.view, s.view.Plan.Catalogue
	view.Template = field{Name: "template", Kind: "select", Label: v.T("desk.write.template"), Help: v.T("desk.write.template_help"), Value: s.text.Template, Error: view.Problem("template")}
	offered := look.Templates
	if t, ok := look.Plan.Template(s.text.Template); ok && !slices.ContainsFunc(offered, func(o plan.Template) bool { return o.ID == t.ID }) {
		offered = append(slices.Clone(offered), t) // it does not fit now, and stays until another one is chosen
	}
	for _, t := range offered {
		label := in(t.Name, v.Printer, c)
		if t.Phase != comms.PhaseNone && !strings.EqualFold(label, v.phase(t.Phase)) {
			label = v.phase(t.Phase) + ": " + label
		}
		view.Template.Options = append(view.Template.Options, option{t.ID, label, t.ID == s.text.Template})
	}
	view.Template, view.Alerts = s.beside(view.Template), v.alerts(look.Signals, textAt(look))
	view.Lead = v.T("desk.write.lead", "template", in(look.Template.Name, v.Printer, c), "kinds", v.kindsOf(look.Signatures))
	view.Severity = s.beside(v.severityField(look.Incident.Kind, s.text.Severity, view.Problem("severity")))
	view.Claims = v.claims(look.Incident.Kind, s.text.Claims, view.Problem("components"))
	view.Claims.Findings = s.about("components", "claims")
	if s.theirs != nil && v.listed(s.theirs.Claims) != v.listed(s.text.Claims) {
		view.Claims.Theirs = v.listed(s.theirs.Claims)
	}
	view.Claims.Disputed = s.disputedClaims(view.Claims)
	for _, f := range v.times(s) {
		view.Times = append(view.Times, s.beside(f))
	}
	if view.PublishAt = v.publishAt(s); view.PublishAt != nil {
		*view.PublishAt = s.beside(*view.PublishAt)
	}
	view.Fold = slices.ContainsFunc(view.Times, field.Invalid) || view.PublishAt != nil && view.PublishAt.Invalid()
	if at := desk.Planned(s.text); !at.IsZero() {
		view.GoesOut = v.T("desk.write.goes_out", "time", v.inFull(at))
	}
	for i, lang := range c.Languages {
		one := languageFields{Lang: lang, Name: languageName(lang), Needed: i == 0, Fields: s.fields(lang), Filled: len(s.text.Slots[lang]) > 0}
		for _, r := range look.Plan.Required {
			one.Needed = one.Needed || r == lang
		}
		if i == 0 {
			view.Source = one
			continue
		}
		view.Others = append(view.Others, one)
	}
	view.Rest = s.rest()
	view.Due = v.due(look.Due, e.c.Now())
}

// publishAt is the time at which an update goes out.
func (v *visit) publishAt(s sheet) *field {
	if s.text.Kind != comms.MessageUpdate {
		return nil
	}
	f := &field{Name: "publish_at", Kind: "time", Label: v.T("desk.write.publish_at"), Help: v.T("desk.write.publish_at_help"), Value: readable(s.text.PublishAt), Error: s.page.Problem("publish_at")}
	if at := desk.Planned(s.text); !at.IsZero() {
		f.Note = v.inFull(at)
	}
	if s.theirs != nil {
		f.Theirs, f.HasTheirs = s.theirs.PublishAt, s.theirs.PublishAt != s.text.PublishAt
	}
	return f
}

// times are the start and, where the template or the kind needs it, the end.
func (v *visit) times(s sheet) []field {
	start := field{Name: "started_at", Kind: "time", Label: v.T("desk.write.started"), Value: readable(s.text.StartedAt), Error: s.page.Problem("started_at"), Findings: s.about("started_at")}
	end := field{Name: "ended_at", Kind: "time", Label: v.T("desk.write.ended"), Value: readable(s.text.EndedAt), Error: s.page.Problem("ended_at"), Findings: s.about("ended_at")}
	if s.theirs != nil {
		start.Theirs, start.HasTheirs = s.theirs.StartedAt, s.theirs.StartedAt != s.text.StartedAt
		end.Theirs, end.HasTheirs = s.theirs.EndedAt, s.theirs.EndedAt != s.text.EndedAt
	}
	if s.view.Incident.Kind == comms.KindMaintenance {
		start.Label, end.Label = v.T("desk.write.window_start"), v.T("desk.write.window_end")
		return []field{start, end}
	}
	for _, slot := range s.view.Template.Slots {
		if slot.From == "ended" || slot.From == "duration" || slot.Type == plan.SlotDuration {
			return []field{start, end}
		}
	}
	return []field{start}
}

func (v *visit) severityField(kind comms.Kind, chosen comms.Severity, problem string) field {
	f := field{Name: "severity", Kind: "select", Label: v.T("desk.open.severity"), Value: string(chosen), Error: problem}
	for _, s := range v.plan.Severities {
		if s.Kind == kind {
			f.Options = append(f.Options, option{string(s.ID), in(s.Name, v.Printer, v.plan.Catalogue), s.ID == chosen})
		}
	}
	return f
}

// kindsOf says which signatures are asked for: "facts and wording".
func (v *visit) kindsOf(signatures []desk.Signature) string {
	var kinds []string
	for _, s := range signatures {
		kinds = append(kinds, v.T("desk.kind."+string(s.Requirement.Kind)))
	}
	if len(kinds) == 0 {
		return v.T("desk.kind.none")
	}
	return strings.Join(kinds, ", ")
}

// verdict sums up what the language rules say. waiting fields are empty and
// only counted.
func (v *visit) verdict(p desk.Preview, waiting int) (string, bool) {
	if p.Err != nil {
		return v.T("desk.verdict.none"), true
	}
	blocks := 0
	for _, f := range p.Report.Blocks() {
		if !f.Confirm { // that is somebody else's to settle
			blocks++
		}
	}
	if waiting > 0 {
		return v.T("desk.verdict.waiting", "count", waiting), true
	}
	warns := len(p.Report.Findings()) - blocks
	var said []string
	if blocks > 0 {
		said = append(said, v.T("desk.verdict.block", "count", blocks))
	}
	if warns > 0 {
		said = append(said, v.T("desk.verdict.warn", "count", warns))
	}
	if len(said) == 0 {
		return v.T("desk.verdict.clean", "count", p.Report.Rules()), false
	}
	return strings.Join(said, " "), blocks > 0
}

// save keeps what was typed, shows it as it would go out, or takes a
// suggestion over, as the button says.
func (e *Editor) save(v *visit) error { return e.keepText(v, false) }

// submit saves and asks for the signatures.
func (e *Editor) submit(v *visit) error { return e.keepText(v, true) }

// typed reads a form of a text that is being written, and finds the update.
func (e *Editor) typed(v *visit) (desk.View, url.Values, error) {
	id, err := v.id()
	if err == nil {
		err = v.form()
	}
	if err != nil {
		return desk.View{}, nil, err
	}
	look, err := e.c.Desk.Look(v.Request().Context(), v.actor, id)
	return look, v.Request().PostForm, err
}

func (e *Editor) keepText(v *visit, submit bool) error {
	look, form, err := e.typed(v)
	if err != nil {
		return err
	}
	ctx, id := v.Request().Context(), look.Update.ID
	w := written{base: base(form), me: v.actor.Person, whole: true, reasons: reasonsIn(form)}
	show := e.showWrite
	if look.Update.Kind == comms.MessagePlan {
		w.text, show = decodePlan(form, look.Latest.Draft), e.showPlanForm
	} else {
		w.text = decodeDraft(form, look.Latest.Draft, look.Plan)
	}
	if look.Update.Kind == comms.MessageRedaction {
		show = e.showRedact
	}
	if look.Update.Kind == comms.MessageStatement {
		show = e.showStatement
	}
	if form.Get("do") == "preview" {
		return show(v, http.StatusOK, look, w)
	}
	if err := v.theirOwn(form); err != nil {
		w.me = plan.PersonID(form.Get(typedBy))
		return e.refused(v, look, w, err, show)
	}
	if key := form.Get("replace"); key != "" {
		w.text = e.replaced(ctx, v, look, w.text, key)
	}
	saved, err := e.c.Desk.Save(ctx, v.actor, id, w.base, w.text)
	if err == nil {
		w.base = saved.Number
		if !submit {
			return v.see("/updates/"+string(id), "saved")
		}
		if look, err = e.c.Desk.Look(ctx, v.actor, id); err != nil {
			return err
		}
		_, err = e.c.Desk.SubmitWith(ctx, v.actor, id, saved.Number, w.reasons)
	}
	if err == nil {
		return v.see("/updates/"+string(id), "submitted")
	}
	return e.refused(v, look, w, err, show)
}

// refused shows the form again with what was typed and what is wrong.
func (e *Editor) refused(v *visit, look desk.View, w written, err error, show func(*visit, int, desk.View, written) error) error {
	return e.again(v, err, func(v *visit, status int, refused error) error {
		w.err = refused
		if asError(refused, &w.stale) {
			w.base = w.stale.Theirs.Number // saving now is a decision, made in sight of both texts
		}
		return show(v, status, look, w)
	})
}

func (e *Editor) replaced(ctx context.Context, v *visit, look desk.View, text draft.Draft, key string) draft.Draft {
	preview, err := e.c.Desk.Try(ctx, look.Update.ID, text, v.Lang())
	if err != nil || preview.Err != nil {
		return text
	}
	text, _ = replace(text, preview.Report, key)
	return text
}
