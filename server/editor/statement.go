package editor

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// termsView is a holding statement exactly as it is approved: what it may say
// of what, and its words for every choice and in every language.
type termsView struct {
	Rows     []factRow
	Wordings []wordingView
}

type wordingView struct {
	Choice string // what is chosen from its lists; "" when there is nothing to choose
	Texts  []wordsView
}

type wordsView struct {
	Lang    comms.Lang
	Heading string
	Title   string
	Body    template.HTML
	Forms   [][2]string // of the mail, the short message and so on
}

// terms shows a statement to those who approve it, or look at it later.
func (v *visit) terms(s comms.Statement) *termsView {
	out := &termsView{}
	add := func(label, text string) {
		out.Rows = append(out.Rows, factRow{Name: v.T("desk.holding." + label), After: text})
	}
	var severities, itself, gaps []string
	for _, id := range s.Severities {
		severities = append(severities, v.severity(id))
	}
	for _, i := range s.Itself {
		itself = append(itself, v.severity(i.Severity))
	}
	for _, g := range s.Gaps {
		gaps = append(gaps, "{"+g.Slot+"}: "+v.T("desk.holding.from_"+g.From))
	}
	add("phase", v.phase(s.Phase))
	add("severities", strings.Join(severities, ", "))
	for _, same := range alike(s.Components) {
		var states, names []string
		for _, state := range same[0].States {
			states = append(states, v.state(state).Label)
		}
		for _, c := range same {
			name, _ := c.Name.In(v.Lang(), v.plan.Catalogue.Source)
			names = append(names, name)
		}
		add("components", strings.Join(names, ", "))
		add("states", strings.Join(states, ", "))
	}
	add("audience", v.T("desk.holding.audience_text"))
	roles := make([]plan.RoleID, len(s.Publishers))
	for i, role := range s.Publishers {
		roles[i] = plan.RoleID(role)
	}
	add("publishers", roleNames(v.plan, v.Printer, roles))
	if len(itself) > 0 {
		add("itself", strings.Join(itself, ", "))
	} else {
		add("itself", v.T("desk.holding.never"))
	}
	add("expires", v.inFull(s.Expires))
	add("gaps", strings.Join(gaps, "; "))
	for _, w := range s.Wordings {
		out.Wordings = append(out.Wordings, v.wording(w, s))
	}
	return out
}

// alike puts components together of which the same may be said.
func alike(components []comms.Permitted) [][]comms.Permitted {
	var out [][]comms.Permitted
	for _, c := range components {
		i := slices.IndexFunc(out, func(same []comms.Permitted) bool { return slices.Equal(same[0].States, c.States) })
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], c)
	}
	return out
}

func (v *visit) wording(w comms.Wording, s comms.Statement) wordingView {
	view := wordingView{Choice: v.chosen(s, w.Choices)}
	for _, lang := range languagesOf(comms.Message{Forms: w.Forms}, v.plan.Catalogue) {
		f := w.Forms[lang]
		text := wordsView{Lang: lang, Heading: languageName(lang), Title: f.Title, Body: template.HTML(f.HTML)}
		for _, form := range [][2]string{{"subject", f.Subject}, {"short", f.Short}, {"in_product", f.InProduct}, {"support", f.Support}} {
			text.Forms = append(text.Forms, [2]string{v.T("desk.holding.form_" + form[0]), form[1]})
		}
		view.Texts = append(view.Texts, text)
	}
	return view
}

// chosen says what was chosen from a statement's lists.
func (v *visit) chosen(s comms.Statement, choices map[string]string) string {
	t, _ := v.plan.Template(s.Template)
	var out []string
	for _, slot := range t.Choices() {
		label := in(slot.Label, v.Printer, v.plan.Catalogue)
		text := v.T("desk.holding.left_out")
		for _, o := range slot.Options {
			if o.Key == choices[slot.Name] {
				text = in(o.Text, v.Printer, v.plan.Catalogue)
			}
		}
		out = append(out, label+" "+text)
	}
	return strings.Join(out, " · ")
}

// statementView is the page where the approval of a statement is asked for.
type statementView struct {
	page
	Update   desk.Update
	Base     int
	Lead     string
	Note     string
	Expires  field
	Terms    *termsView
	Verdict  string
	Blocked  bool
	Findings []finding
	Failed   string // why there is nothing to show
}

func (e *Editor) showStatement(v *visit, status int, look desk.View, w written) error {
	preview := look.Preview
	if v.Request().Method == http.MethodPost {
		var err error
		if preview, err = e.c.Desk.Try(v.Request().Context(), look.Update.ID, w.text, v.Lang()); err != nil {
			return err
		}
	}
	view := statementView{
		page: e.page(v, v.titleOf(look), "plan"), Update: look.Update, Base: w.base, Note: v.Stored(look.Update.Note),
		Lead: v.T("desk.holding.lead", "kinds", v.kindsOf(look.Signatures)),
	}
	if w.err != nil {
		view.Problems = v.problemsOf(w.err)
	}
	view.Expires = field{
		Name: "expires_at", Kind: "time", Label: v.T("desk.holding.expires"), Help: v.T("desk.holding.expires_help"),
		Value: w.text.ExpiresAt, Error: view.Problem("expires_at"),
	}
	if preview.Err != nil {
		view.Failed = v.problemsOf(preview.Err)[0].Text
	} else {
		view.Terms = v.terms(*preview.Message.Statement)
		view.Verdict, view.Blocked = v.verdict(preview, 0)
		for _, f := range preview.Report.Findings() {
			view.Findings = append(view.Findings, v.judgement(f))
		}
	}
	if w.live {
		return e.renderPart(v, status, "statement", "main", view)
	}
	return e.render(v, status, "statement", view)
}

// holdingView lists the plan's holding statements and how they stand.
type holdingView struct {
	page
	Statements []heldRow
}

type heldRow struct {
	ID, Name, State, Detail string
	Good                    bool
	Soon                    string // that it ends soon
	Severities, Publishers  string
	Itself                  string
	Path                    string // of the approval
	Number                  int64  // of the publication that may be withdrawn; 0 for none
	Pending                 string // path of an approval that is on its way
	Ask                     string // what the button says; "" for no button
}

func (e *Editor) holding(v *visit) error { return e.showHolding(v, http.StatusOK, nil) }

func (e *Editor) showHolding(v *visit, status int, refused error) error {
	all, err := e.c.Desk.Statements(v.Request().Context(), v.actor)
	if err != nil {
		return err
	}
	view := holdingView{page: e.page(v, v.T("desk.holding.title"), "plan")}
	if refused != nil {
		view.Problems = v.problemsOf(refused)
	}
	for _, h := range all {
		view.Statements = append(view.Statements, v.heldRow(h))
	}
	return e.render(v, status, "holding", view)
}

func (v *visit) heldRow(h desk.Held) heldRow {
	row := heldRow{
		ID: h.Statement.ID, Name: in(h.Template.Name, v.Printer, v.plan.Catalogue), State: v.T("desk.holding.state_" + string(h.State)),
		Publishers: roleNames(v.plan, v.Printer, h.Statement.Publishers), Itself: v.T("desk.holding.never"), Ask: v.T("desk.holding.ask"),
	}
	var severities, itself []string
	for _, id := range h.Statement.Severities {
		severities = append(severities, v.severity(id))
	}
	for _, id := range h.Statement.ByItself {
		itself = append(itself, v.severity(id))
	}
	if row.Severities = strings.Join(severities, ", "); len(itself) > 0 {
		row.Itself = strings.Join(itself, ", ")
	}
	if !h.Approved.IsZero() {
		s := h.Approved.Message().Statement
		var people []plan.PersonID
		for _, a := range h.Approved.Warrant().Approvals {
			people = append(people, a.Person)
		}
		row.Path = "/updates/" + string(h.Approved.Message().Update)
		row.Detail = v.T("desk.holding.approved_by", "people", v.people(people), "time", v.inFull(h.Approved.At()), "until", v.inFull(s.Expires))
		row.Ask = v.T("desk.holding.ask_again")
	}
	switch {
	case h.Ending != nil && h.Ending.Person == "":
		row.Detail = v.T("desk.holding.ended_by_plan", "time", v.inFull(h.Ending.At))
	case h.Ending != nil:
		row.Detail = v.T("desk.holding.ended_by", "person", v.plan.PersonNamed(h.Ending.Person), "time", v.inFull(h.Ending.At), "reason", h.Ending.Reason)
	case h.State == desk.HeldApproved:
		row.Good, row.Number = true, h.Approved.Number()
		if h.Soon {
			row.Soon = v.T("desk.holding.soon", "time", v.inFull(h.Approved.Message().Statement.Expires))
		}
	}
	if h.Pending != nil {
		row.Pending, row.Ask = "/updates/"+string(h.Pending.ID), ""
	}
	return row
}

// askStatement begins the approval of a statement.
func (e *Editor) askStatement(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	u, err := e.c.Desk.AskForStatement(v.Request().Context(), v.actor, v.Request().PostForm.Get("statement"))
	if err != nil {
		return e.again(v, err, e.showHolding)
	}
	return v.see("/updates/"+string(u.ID), "started")
}

// endStatement takes the approval of a statement back.
func (e *Editor) endStatement(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.Request().PostForm
	number, err := strconv.ParseInt(form.Get("publication"), 10, 64)
	if err != nil {
		err = comms.Refuse(comms.Invalid, "", "%s", v.T("desk.incident.no_publication"))
	} else {
		err = e.c.Desk.EndStatement(v.Request().Context(), v.actor, number, form.Get("reason"))
	}
	if err != nil {
		return e.again(v, err, e.showHolding)
	}
	return v.see("/holding", "ended")
}

// byHolding says that an update was made from a holding statement: who approved
// it in advance, and who published it.
func (v *visit) byHolding(look desk.View) string {
	if look.Statement.IsZero() {
		return ""
	}
	var people []plan.PersonID
	for _, a := range look.Statement.Warrant().Approvals {
		people = append(people, a.Person)
	}
	key := "desk.holding.was_itself"
	var by []plan.PersonID
	for _, s := range look.Signatures {
		if s.Approval != nil {
			key, by = "desk.holding.was", append(by, s.Approval.Person)
		}
	}
	return v.T(key, "approvers", v.people(people), "time", v.inFull(look.Statement.At()), "person", v.people(by))
}
