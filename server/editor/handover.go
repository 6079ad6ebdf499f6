package editor

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// offerView is the page on which somebody hands over what they hold.
type offerView struct {
	page
	Held []statedCard
	To   []option // who may take over
	Note string
}

// statedCard is what is known of one incident at a handover.
type statedCard struct {
	ID     string
	Name   string
	Chosen bool
	Rows   []figure
}

// handoverView is one handover.
type handoverView struct {
	page
	ID       string
	Lead     string
	Note     string
	Reason   string
	Stated   []statedCard
	Mine     bool // it waits for the reader's answer
	Offering bool // it waits for somebody else's, and the reader may take it back
}

func (e *Editor) newHandover(v *visit) error {
	return e.showOffer(v, http.StatusOK, nil)
}

// showOffer shows the form, with what was typed when it was refused.
func (e *Editor) showOffer(v *visit, status int, refused error) error {
	held, to, err := e.c.Desk.Held(v.Request().Context(), v.actor)
	if err != nil {
		return err
	}
	view := offerView{page: e.page(v, v.T("desk.handover.title"), "now")}
	typed := v.Request().PostForm
	for _, s := range held {
		card, err := e.stated(v, s)
		if err != nil {
			return err
		}
		card.Chosen = typed == nil || slices.Contains(typed["incidents"], card.ID)
		if only := v.QueryParam("incident"); typed == nil && only != "" {
			card.Chosen = card.ID == only
		}
		view.Held = append(view.Held, card)
	}
	for _, id := range to {
		view.To = append(view.To, option{string(id), v.plan.PersonNamed(id) + " · " + roleNames(v.plan, v.Printer, v.plan.RolesOf(id)), typed.Get("to") == string(id)})
	}
	view.Note = typed.Get("note")
	if refused != nil {
		view.Problems = v.problemsOf(refused)
	}
	return e.render(v, status, "offer", view)
}

// stated is what a handover says of an incident, in the reader's language.
func (e *Editor) stated(v *visit, s desk.Stated) (statedCard, error) {
	look, err := e.c.Desk.LookIncident(v.Request().Context(), v.actor, s.Incident)
	if err != nil {
		return statedCard{}, err
	}
	return v.card(look.Incident.Name, s, e.c.Now()), nil
}

func (v *visit) card(name string, s desk.Stated, now time.Time) statedCard {
	card := statedCard{ID: string(s.Incident), Name: name}
	add := func(label string, text ...string) {
		if len(text) == 0 {
			text = []string{v.T("desk.handover.none")}
		}
		card.Rows = append(card.Rows, figure{v.T("desk.handover." + label), strings.Join(text, "; ")})
	}
	phase := v.phase(s.Phase)
	if s.Phase == comms.PhaseNone {
		phase = v.T("desk.handover.untold")
	}
	add("facts", phase+" · "+v.severity(s.Severity)+" · "+v.DateTime(s.StartedAt))
	var claims, clocks, drafts []string
	for _, c := range s.Claims {
		claims = append(claims, v.component(c.Component)+": "+v.state(c.State).Label)
	}
	add("claims", claims...)
	for _, c := range s.Promises {
		clocks = append(clocks, v.T("desk.clock.kind."+string(c.Kind))+": "+v.moment(c.Due, now))
	}
	if len(s.Promises) > 0 {
		add("deadline", v.moment(s.Promises[0].Due, now))
	} else {
		add("deadline")
	}
	add("promises", clocks...)
	for _, d := range s.Drafts {
		drafts = append(drafts, v.T("desk.handover.draft", "kind", v.T("desk.message."+string(d.Kind)), "person", v.plan.PersonNamed(d.Author), "state", v.T("desk.state."+string(d.State))))
	}
	add("drafts", drafts...)
	return card
}

func (e *Editor) offer(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.Request().PostForm
	var incidents []comms.ID
	for _, raw := range form["incidents"] {
		id, err := comms.ParseID(raw)
		if err != nil {
			return comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
		}
		if !slices.Contains(incidents, id) {
			incidents = append(incidents, id)
		}
	}
	h, err := e.c.Desk.Offer(v.Request().Context(), v.actor, plan.PersonID(form.Get("to")), incidents, form.Get("note"))
	if err != nil {
		return e.again(v, err, e.showOffer)
	}
	return v.see("/handovers/"+string(h.ID), "offered")
}

func (e *Editor) handover(v *visit) error { return e.showHandover(v, http.StatusOK, nil) }

func (e *Editor) showHandover(v *visit, status int, refused error) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	h, incidents, err := e.c.Desk.Handover(v.Request().Context(), v.actor, id)
	if err != nil {
		return err
	}
	view := handoverView{
		page: e.page(v, v.T("desk.handover.of", "from", v.plan.PersonNamed(h.From), "to", v.plan.PersonNamed(h.To)), "now"), ID: string(h.ID),
		Lead: v.T("desk.handover.state."+string(h.State), "offered", v.DateTime(h.OfferedAt), "closed", v.DateTime(h.ClosedAt)),
		Note: h.Note, Reason: h.Reason,
		Mine: h.State == desk.Offered && h.To == v.actor.Person, Offering: h.State == desk.Offered && h.From == v.actor.Person,
	}
	if refused != nil {
		view.Problems = v.problemsOf(refused)
	}
	for _, s := range h.Statement {
		view.Stated = append(view.Stated, v.card(incidents[s.Incident].Name, s, e.c.Now()))
	}
	return e.render(v, status, "handover", view)
}

func (e *Editor) accept(v *visit) error {
	return e.answer(v, "accepted", func(id comms.ID) error {
		_, err := e.c.Desk.Accept(v.Request().Context(), v.actor, id)
		return err
	})
}

func (e *Editor) decline(v *visit) error {
	return e.answer(v, "declined", func(id comms.ID) error {
		_, err := e.c.Desk.Decline(v.Request().Context(), v.actor, id, v.Request().PostForm.Get("reason"))
		return err
	})
}

func (e *Editor) answer(v *visit, said string, do func(comms.ID) error) error {
	return e.act(v, func(id comms.ID) (acted, error) { return acted{"/handovers/" + string(id), said}, do(id) }, e.showHandover)
}

// assume lets the reader hold an incident without being asked.
func (e *Editor) assume(v *visit) error {
	return e.act(v, func(id comms.ID) (acted, error) {
		return acted{"/incidents/" + string(id), "assumed"}, e.c.Desk.Assume(v.Request().Context(), v.actor, id)
	}, e.showIncident)
}
