package editor

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

// reviewView is the page where an update is signed, or shown as it went out.
type reviewView struct {
	page
	Update     desk.Update
	Incident   *desk.Incident
	Lead       string
	Due        due
	Changes    []changeRow
	Facts      []factRow
	Goes       string // to whom
	Preview    previewView
	Compared   bool
	Old        *oldWords    // of a redaction: what goes
	Plan       []planChange // of a plan: what changes
	Terms      *termsView   // of a holding statement: what is approved
	Held       string       // that it was made from a holding statement
	Judged     judgedPlan   // of a plan: what would go wrong with it
	Signatures []signatureRow
	Verdict    string
	Blocked    bool
	Findings   []finding
	Stand      []string // what was let stand, by whom and why
	Digest     string   // in full, for the form
	Short      string   // for the eye
	Sign       *signForm
	MayAsk     bool // for changes
	Cause      *causeCard
	Suggest    *suggestForm
	Suggested  []suggestionCard
	Reason     string
	Why        string // why the reader cannot sign
	State      string // a sentence on where the update stands
	Obstacle   string // why it could not go out at its time as things stand
	Open       bool   // may still be changed or withdrawn
	Published  int64
	Alerts     *alertsView
}

// changeRow is what customers see change of one component.
type changeRow struct {
	Name          string
	Before, After state
	Same          bool
}

// stateChanges says what becomes of each component that is named.
func (v *visit) stateChanges(cs []comms.Change) []changeRow {
	var out []changeRow
	for _, c := range cs {
		out = append(out, changeRow{v.component(c.Component), v.state(c.Before), v.state(c.After), c.Before == c.After})
	}
	return out
}

// signatureRow is one signature, given or missing.
type signatureRow struct {
	Kind, Text string
	Given      bool
}

// signForm is what a signer fills in.
type signForm struct {
	Requirements []option
	Languages    []languageBox
	Secrets      []field // why words that a rule keeps back are no secret
	Code         bool    // asks for a one-time code
	Last         bool    // this signature publishes
	Later        string  // when it goes out, if that is not at once
}

type languageBox struct {
	Lang    comms.Lang
	Label   string
	Checked bool
}

// signTyped is what came with a refused signature.
type signTyped struct {
	languages   []string
	requirement string
	reason      string
	reasons     desk.Reasons // why words are no secret
	form        url.Values   // all of it
}

func typedBySigner(form url.Values) signTyped {
	return signTyped{form["languages"], form.Get("requirement"), form.Get("reason"), reasonsIn(form), form}
}

func (e *Editor) showReview(v *visit, status int, look desk.View, typed signTyped, refused error) error {
	m := look.Preview.Message
	title := v.titleOf(look)
	view := reviewView{page: e.page(v, title, ""), Update: look.Update, Incident: look.Incident, Reason: readable(typed.reason), Published: look.Update.Publication}
	if refused != nil {
		view.Problems = v.problemsOf(refused)
	}
	view.Lead, view.State = v.standing(look, e)
	view.Open = look.Update.State != desk.Published && look.Update.State != desk.Withdrawn
	view.Alerts = v.alerts(look.Signals, textAt(look))
	view.Digest, view.Short = look.Update.Digest.String(), look.Update.Digest.Short()
	if m.Incident != nil {
		e.fillChanges(v, &view, look)
	}
	if look.Update.Kind == comms.MessagePlan {
		view.Plan = v.planChanges(look)
		if look.Proposed != nil && view.Open {
			var err error
			if view.Judged, err = e.judged(v, look.Proposed.Files); err != nil {
				return err
			}
		}
	} else if s := m.Statement; s != nil {
		e.fillTerms(v, &view, look, *s)
	} else if look.Redacted != nil {
		view.State = v.removed(*look.Redacted)
	} else {
		previous := previousOf(look)
		view.Old = v.oldWords(look)
		view.Compared = previous != nil && len(previous.Forms) > 0 && look.Update.Kind != comms.MessageRedaction
		view.Preview = e.preview(v, look.Preview, withChanges(previous))
		if look.Preview.Report.Judged() {
			view.Verdict, view.Blocked = v.verdict(look.Preview, 0)
		}
		for _, f := range look.Preview.Report.Findings() {
			view.Findings = append(view.Findings, v.judgement(f))
		}
	}
	view.Stand = v.stand(look.Waivers)
	view.Suggest, view.Suggested = e.suggesting(v, look, typed, view.page), v.suggestions(look.Suggestions, view.page, typed.form)
	view.Held, view.Cause = v.byHolding(look), v.cause(look)
	for _, s := range look.Signatures {
		view.Signatures = append(view.Signatures, v.signature(s))
	}
	if look.Obstacle != nil {
		view.Obstacle = v.T("desk.review.obstacle", "reason", v.Refusal(look.Obstacle))
	}
	if look.Update.Waits() {
		if err := e.fillSign(v, &view, look, typed); err != nil {
			return err
		}
	}
	return e.render(v, status, "review", view)
}

// fillTerms shows a holding statement that is to be approved, or was.
func (e *Editor) fillTerms(v *visit, view *reviewView, look desk.View, s comms.Statement) {
	view.Terms = v.terms(s)
	if look.Preview.Report.Judged() {
		view.Verdict, view.Blocked = v.verdict(look.Preview, 0)
	}
	for _, f := range look.Preview.Report.Findings() {
		view.Findings = append(view.Findings, v.judgement(f))
	}
	if look.Ending != nil {
		view.State = v.T("desk.holding.ended_note", "time", v.inFull(look.Ending.At), "reason", look.Ending.Reason)
	} else if look.Update.State == desk.Published {
		view.State = v.T("desk.holding.approved_note", "number", look.Update.Publication, "until", v.inFull(s.Expires))
	}
}

// titleOf names an update for people at the desk.
func (v *visit) titleOf(look desk.View) string {
	c := v.plan.Catalogue
	switch {
	case look.Update.Kind == comms.MessagePlan:
		return v.T("desk.review.plan_title")
	case look.Update.Kind == comms.MessageStatement:
		return v.T("desk.holding.review_title", "name", in(look.Template.Name, v.Printer, c))
	case look.Update.Kind == comms.MessageRedaction, look.Redacted != nil:
		return v.kindOf(look.Update) + ": " + look.Incident.Name
	case look.Preview.Message.Incident != nil:
		f := look.Preview.Message.Forms[c.Source]
		if own, ok := look.Preview.Message.Forms[v.Lang()]; ok && own.Title != "" {
			f = own
		}
		return v.T("desk.review.title", "title", f.Title, "phase", v.phase(look.Preview.Message.Incident.Phase))
	case look.Incident != nil:
		return look.Incident.Name
	}
	return string(look.Update.ID)
}

// standing says who wrote an update and where it stands.
func (v *visit) standing(look desk.View, e *Editor) (lead, state string) {
	var authors []plan.PersonID
	for _, r := range look.Revisions {
		if !slices.Contains(authors, r.Author) {
			authors = append(authors, r.Author)
		}
	}
	if len(authors) > 0 {
		lead = v.T("desk.review.lead", "people", v.people(authors), "ago", v.ago(look.Latest.At, e.c.Now()))
	}
	switch look.Update.State {
	case desk.Published:
		state = v.T("desk.review.published", "number", look.Update.Publication)
	case desk.Approved:
		state = v.T("desk.review.approved", "time", v.inFull(*look.Preview.Message.PublishAt))
	case desk.Withdrawn:
		state = v.T("desk.review.withdrawn", "reason", v.Stored(look.Update.Note))
	}
	return lead, state
}

func (e *Editor) fillChanges(v *visit, view *reviewView, look desk.View) {
	i := look.Preview.Message.Incident
	view.Changes = v.stateChanges(i.Changes)
	out := look.Preview.Message.NotBefore(e.c.Now())
	for _, pub := range look.History {
		if pub.Number() == look.Update.Publication {
			out = pub.At()
		}
	}
	view.Goes = v.goes(look.Preview.Message, look.Reach, out)
	view.Facts = v.facts(look)
	if look.Update.State == desk.InReview {
		view.Due = v.due(look.Due, e.c.Now())
	}
}

// judgement is a finding as a signer sees it: with its words, without a button.
func (v *visit) judgement(f lint.Finding) finding {
	out := v.finding(f)
	out.Button, out.Value = "", ""
	return out
}

func (v *visit) signature(s desk.Signature) signatureRow {
	row := signatureRow{Kind: v.T("desk.kind." + string(s.Requirement.Kind))}
	if a := s.Approval; a != nil {
		row.Given = true
		var langs []string
		for _, l := range a.Languages {
			langs = append(langs, languageName(l))
		}
		row.Text = v.T("desk.review.given", "person", v.people([]plan.PersonID{a.Person}), "time", v.Time(a.At))
		if len(langs) > 0 {
			row.Text += ", " + v.T("desk.review.read", "languages", strings.Join(langs, ", "))
		}
		return row
	}
	if len(s.May) == 0 {
		row.Text = v.T("desk.review.nobody")
		return row
	}
	row.Text = v.T("desk.review.may", "people", v.reachable(s.May))
	return row
}

// fillSign offers the signatures that the reader may give, or says why none.
func (e *Editor) fillSign(v *visit, view *reviewView, look desk.View, typed signTyped) error {
	missing := 0
	var form signForm
	for _, s := range look.Signatures {
		if s.Approval == nil {
			missing++
		}
		if s.You {
			value := strconv.Itoa(s.Index)
			form.Requirements = append(form.Requirements, option{value, v.T("desk.kind." + string(s.Requirement.Kind)), typed.requirement == value || len(form.Requirements) == 0})
		} else if s.Why != "" && s.Approval == nil {
			view.Why = v.T("desk.why." + s.Why)
		}
		view.MayAsk = view.MayAsk || holdsOne(v.plan, s.Requirement.Roles, v.actor.Person)
	}
	view.MayAsk = view.MayAsk && v.actor.Token == ""
	if look.Update.State == desk.Approved {
		view.Why = ""
		return nil
	}
	if len(form.Requirements) == 0 {
		if view.Why == "" {
			view.Why = v.T("desk.why." + desk.WhyGiven)
		}
		return nil
	}
	view.Why = ""
	if at := look.Preview.Message.PublishAt; at != nil && at.After(e.c.Now()) {
		form.Later = v.inFull(*at)
	}
	for _, l := range languagesOf(look.Preview.Message, v.plan.Catalogue) {
		form.Languages = append(form.Languages, languageBox{l, v.T("desk.sign.read", "language", languageName(l)), slices.Contains(typed.languages, string(l))})
	}
	form.Secrets = v.undecided(look.Secrets, typed.reasons, "desk.waive.secret_yours", view.page)
	form.Last = missing == 1
	var err error
	form.Code, err = e.c.Auth.HasTOTP(v.Request().Context(), v.actor.Person)
	view.Sign = &form
	return err
}

func holdsOne(p *plan.Plan, roles []plan.RoleID, person plan.PersonID) bool {
	return slices.ContainsFunc(roles, func(r plan.RoleID) bool { return p.Holds(person, r) })
}
