package editor

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

// holdView is the page where a holding statement is published for an incident.
type holdView struct {
	page
	Incident desk.Incident
	Lead     string
	Due      due
	Itself   string
	Changes  []changeRow
	Facts    []factRow
	Claims   claimsView
	Choices  []field
	Next     field
	Preview  previewView
	Verdict  string
	Blocked  bool
	Findings []finding
	Filling  desk.Filling
	Sent     []hidden // what was shown, to be published as it is
	Digest   string
	Short    string
	You      bool
	Names    string // who may publish it
	Code     bool   // asks for a one-time code
	Obstacle string
}

type hidden struct{ Name, Value string }

// The prefix of a list's field.
const choicePrefix = "choices."

func (e *Editor) hold(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	return e.showHold(v, http.StatusOK, v.filling(id, v.Request().URL.Query()), nil)
}

// filling reads what was chosen. A form that was not shown yet leaves it to the
// desk.
func (v *visit) filling(incident comms.ID, form url.Values) desk.Filling {
	f := desk.Filling{Incident: incident, Statement: form.Get("statement"), Update: comms.ID(form.Get("update")), NextUpdate: strings.TrimSpace(form.Get("next_update"))}
	if !form.Has("claims") {
		return f
	}
	f.Claims, f.Choices = decodeClaims(form, v.plan), map[string]string{}
	if f.Claims == nil {
		f.Claims = []comms.Claim{}
	}
	for name := range form {
		if slot, ok := strings.CutPrefix(name, choicePrefix); ok {
			f.Choices[slot] = form.Get(name)
		}
	}
	return f
}

// publishHold publishes what was shown: the person is asked for again, and the
// digest says what they saw.
func (e *Editor) publishHold(v *visit) error {
	var f desk.Filling
	return e.act(v, func(id comms.ID) (acted, error) {
		form := v.Request().PostForm
		f = v.filling(id, form)
		seen, err := comms.ParseDigest(form.Get("digest"))
		if err != nil {
			return acted{}, v.damaged()
		}
		return acted{"/incidents/" + string(id), "held"}, e.proveHold(v, f, seen)
	}, func(v *visit, status int, refused error) error {
		if comms.CodeOf(refused) == comms.Conflict && f.Update != "" {
			f.Update = "" // what was seen is not what there is: the next try is another one
		}
		return e.showHold(v, status, f, refused)
	})
}

func (e *Editor) proveHold(v *visit, f desk.Filling, seen comms.Digest) error {
	ctx, form, actor := v.Request().Context(), v.Request().PostForm, v.actor
	proof, err := e.c.Auth.Prove(ctx, actor.Person, form.Get("password"), form.Get("code"))
	if err != nil {
		return err
	}
	actor.Proof = proof.Means
	if err := e.c.Auth.Stands(ctx, proof); err != nil {
		return err
	}
	_, err = e.c.Desk.Hold(ctx, actor, f, seen)
	return err
}

func (e *Editor) showHold(v *visit, status int, f desk.Filling, refused error) error {
	look, err := e.c.Desk.LookHolding(v.Request().Context(), v.actor, f)
	if err != nil && statusOf(err) != 0 { // nothing can be shown: say why on the incident's page
		if refused == nil {
			refused, status = err, statusOf(err)
		}
		return e.showIncident(v, status, refused)
	}
	if err != nil {
		return err
	}
	name := in(look.Held.Template.Name, v.Printer, v.plan.Catalogue)
	view := holdView{
		page: e.page(v, v.T("desk.hold.title", "name", look.Incident.Name), "incident"), Incident: look.Incident, Due: v.due(look.Due, e.c.Now()),
		Filling: look.Filling, You: look.You && v.actor.Token == "", Names: roleNames(v.plan, v.Printer, look.Held.Statement.Publishers),
		Lead: v.T("desk.hold.lead", "statement", name), Digest: look.Content.Digest().String(), Short: look.Content.Digest().Short(),
	}
	if refused != nil {
		view.Problems = v.problemsOf(refused)
	}
	if !look.Itself.IsZero() {
		view.Itself = v.T("desk.hold.itself", "time", v.inFull(look.Itself))
	}
	e.fillHold(v, &view, look)
	if look.Obstacle != nil {
		for _, p := range v.problemsOf(look.Obstacle) {
			view.Obstacle += p.Text + " "
		}
	}
	view.Code, err = e.c.Auth.HasTOTP(v.Request().Context(), v.actor.Person)
	if err != nil {
		return err
	}
	return e.render(v, status, "hold", view)
}

// fillHold fills in what may be chosen, and what would go out.
func (e *Editor) fillHold(v *visit, view *holdView, look desk.HoldView) {
	s := look.Held.Approved.Message().Statement
	view.Claims = v.permitted(*s, look.Filling.Claims)
	view.Sent = []hidden{{"claims", "1"}, {"statement", look.Filling.Statement}, {"update", string(look.Filling.Update)}, {"next_update", look.Filling.NextUpdate}}
	for _, c := range look.Filling.Claims {
		view.Sent = append(view.Sent, hidden{claimPrefix + string(c.Component), string(c.State)})
	}
	t, _ := v.plan.Template(s.Template)
	for _, slot := range t.Choices() {
		f := field{Name: choicePrefix + slot.Name, Kind: "select", Label: in(slot.Label, v.Printer, v.plan.Catalogue), Help: in(slot.Help, v.Printer, v.plan.Catalogue)}
		if !slot.Required {
			f.Options = append(f.Options, option{"", v.T("desk.holding.left_out"), look.Filling.Choices[slot.Name] == ""})
		}
		for _, o := range slot.Options {
			f.Options = append(f.Options, option{o.Key, in(o.Text, v.Printer, v.plan.Catalogue), o.Key == look.Filling.Choices[slot.Name]})
		}
		view.Choices = append(view.Choices, f)
		view.Sent = append(view.Sent, hidden{f.Name, look.Filling.Choices[slot.Name]})
	}
	if s.Has("next_update") {
		view.Next = field{Name: "next_update", Kind: "time", Label: v.T("desk.hold.next"), Value: look.Filling.NextUpdate}
	}
	if len(look.Message.Forms) == 0 {
		return
	}
	preview := desk.Preview{Message: look.Message, Content: look.Content, Report: look.Report}
	view.Preview = e.preview(v, preview, withMarks(look.Report))
	view.Verdict, view.Blocked = v.verdict(preview, 0)
	for _, f := range look.Report.Findings() {
		view.Findings = append(view.Findings, v.judgement(f))
	}
	i := look.Message.Incident
	add := func(key, text string) {
		view.Facts = append(view.Facts, factRow{Name: v.T(key), After: text})
	}
	view.Changes = v.stateChanges(i.Changes)
	add("desk.review.goes_to", v.goes(look.Message, look.Reach, look.Message.NotBefore(e.c.Now())))
	add("desk.review.phase", v.phase(i.Phase))
	add("desk.review.severity", v.severity(i.Severity))
	add("desk.review.began", v.when(&i.StartedAt))
	add("desk.review.promise", v.when(i.NextUpdate))
	add("desk.review.audience", v.audience(look.Message.Audience))
}

// permitted builds one select for each component that a statement may name.
func (v *visit) permitted(s comms.Statement, claimed []comms.Claim) claimsView {
	var view claimsView
	for _, g := range v.plan.Catalogue.Groups {
		group := claimGroup{Name: in(g.Name, v.Printer, v.plan.Catalogue)}
		for _, c := range g.Components {
			p, ok := s.Permits(c.ID)
			if !ok {
				continue
			}
			now := stateOf(claimed, c.ID)
			row := claimRow{Name: v.component(c.ID), Field: claimPrefix + string(c.ID), Claimed: now != "", Options: []option{{"", v.T("desk.claims.none"), now == ""}}}
			for _, state := range p.States {
				row.Options = append(row.Options, option{string(state), v.state(state).Label, state == now})
			}
			group.Rows = append(group.Rows, row)
		}
		if len(group.Rows) > 0 {
			view.Groups = append(view.Groups, group)
		}
	}
	return view
}
