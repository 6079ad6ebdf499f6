package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// incident is an incident or maintenance as the desk has it.
type incident struct {
	ID          comms.ID       `json:"id"`
	Kind        comms.Kind     `json:"kind"`
	Name        string         `json:"name"`
	Severity    comms.Severity `json:"severity"`
	Phase       *comms.Phase   `json:"phase"`       // as customers know it; null before the first publication
	Publication *int64         `json:"publication"` // number of the latest; null before the first
	StartedAt   *time.Time     `json:"started_at"`
	OpenedAt    *time.Time     `json:"opened_at"`
	OpenedBy    plan.PersonID  `json:"opened_by"`
	URL         string         `json:"url"` // at the desk, for people
}

func (a *api) incidentOf(i desk.Incident) incident {
	out := incident{
		ID: i.ID, Kind: i.Kind, Name: i.Name, Severity: i.Severity, StartedAt: at(i.StartedAt),
		OpenedAt: at(i.OpenedAt), OpenedBy: i.OpenedBy, URL: a.c.DeskURL + "/incidents/" + string(i.ID),
	}
	if i.Head != 0 {
		out.Phase, out.Publication = &i.Phase, &i.Head
	}
	return out
}

// The bounds of a page of a list.
const (
	usualLimit = 50
	mostLimit  = 200
)

// incidents lists them newest first, a page at a time.
func (a *api) incidents(v *visit) error {
	query, err := v.query("open", "limit", "before")
	if err != nil {
		return err
	}
	ctx, limit := v.Request().Context(), usualLimit
	if s := query.Get("limit"); s != "" {
		if limit, err = strconv.Atoi(s); err != nil || limit < 1 || limit > mostLimit {
			return comms.Refuse(comms.Invalid, "?limit", "%q is not a number from 1 to %d", s, mostLimit)
		}
	}
	openOnly := query.Get("open") == "true"
	if s := query.Get("open"); !openOnly && s != "" && s != "false" {
		return comms.Refuse(comms.Invalid, "?open", "%q is neither true nor false", s)
	}
	var list []desk.Incident
	if s := query.Get("before"); s != "" {
		last, err := comms.ParseID(s)
		if err != nil {
			return comms.Refuse(comms.Invalid, "?before", "%q is no incident; take the address of the next page from the page before it", s)
		}
		list, err = a.c.Desk.IncidentsBehind(ctx, v.actor, last, openOnly, limit+1)
		if comms.CodeOf(err) == comms.NotFound {
			return comms.Refuse(comms.Invalid, "?before", "%q is no incident; take the address of the next page from the page before it", s)
		} else if err != nil {
			return err
		}
	} else if list, err = a.c.Desk.Incidents(ctx, v.actor, openOnly, limit+1); err != nil {
		return err
	}
	page := struct {
		Incidents []incident `json:"incidents"`
		Next      string     `json:"next,omitempty"` // address of the next page
	}{Incidents: []incident{}}
	if len(list) > limit {
		list = list[:limit]
		next := url.Values{"limit": {strconv.Itoa(limit)}, "before": {string(list[limit-1].ID)}}
		if openOnly {
			next.Set("open", "true")
		}
		page.Next = Root + "/incidents?" + next.Encode()
	}
	for _, i := range list {
		page.Incidents = append(page.Incidents, a.incidentOf(i))
	}
	return v.answer(http.StatusOK, page)
}

// query reads the query and refuses parameters that nobody reads.
func (v *visit) query(known ...string) (url.Values, error) {
	query, err := url.ParseQuery(v.Request().URL.RawQuery)
	if err != nil {
		return nil, damaged(comms.Say("the part of the address behind the question mark is damaged; encode it again"))
	}
	var bad comms.Refusals
	for name := range query {
		if !slices.Contains(known, name) {
			bad = append(bad, comms.Refuse(comms.Invalid, "?"+name, "no parameter is called %q; those that are read here are: %s", name, strings.Join(known, ", ")))
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	return query, nil
}

// incident shows one with everything that was and will be said of it.
func (a *api) incident(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	look, err := a.c.Desk.LookIncident(v.Request().Context(), v.actor, id)
	if err != nil {
		return err
	}
	type publication struct {
		Number int64        `json:"number"`
		At     *time.Time   `json:"at"`
		Update comms.ID     `json:"update"`
		Phase  comms.Phase  `json:"phase"`
		Digest comms.Digest `json:"digest"`
		Title  string       `json:"title"`
		// Holding is the holding statement that it was made from; null for none.
		Holding *string `json:"holding"`
	}
	type brief struct {
		ID          comms.ID          `json:"id"`
		Kind        comms.MessageKind `json:"kind"`
		State       desk.UpdateState  `json:"state"`
		CreatedAt   *time.Time        `json:"created_at"`
		CreatedBy   plan.PersonID     `json:"created_by"`
		Publication *int64            `json:"publication"`
	}
	out := struct {
		incident
		Next         []comms.Phase `json:"next"` // that the plan allows from here
		Updates      []brief       `json:"updates"`
		Publications []publication `json:"publications"`
	}{incident: a.incidentOf(look.Incident), Next: append([]comms.Phase{}, look.Next...), Updates: []brief{}, Publications: []publication{}}
	for _, u := range look.Updates {
		out.Updates = append(out.Updates, brief{u.ID, u.Kind, u.State, at(u.CreatedAt), u.CreatedBy, number(u.Publication)})
	}
	for _, p := range look.History {
		m := p.Message()
		forms, _ := m.In(v.Lang(), look.Plan.Catalogue.Source)
		one := publication{p.Number(), at(p.At()), m.Update, m.Incident.Phase, p.Digest(), forms.Title, nil}
		if m.Holding != nil {
			one.Holding = &m.Holding.ID
		}
		out.Publications = append(out.Publications, one)
	}
	return v.answer(http.StatusOK, out)
}

// number is the number of a publication, nil for none.
func number(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

// keyHeader names the header by which a program says that a request is the
// same as one before.
const keyHeader = "Idempotency-Key"

// once takes the key of a request that may be repeated.
func (v *visit) once(body []byte) (desk.Actor, error) {
	actor, key := v.actor, v.Request().Header.Get(keyHeader)
	if key == "" {
		return actor, nil
	}
	if len(key) > 255 || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return actor, comms.Refuse(comms.Invalid, "idempotency_key", "a key has at most 255 visible characters of ASCII; a random one of 32 is best")
	}
	actor.Request = desk.Request{Key: key, Digest: comms.DigestOf(append([]byte(v.Request().URL.Path+"\n"), body...))}
	return actor, nil
}

// open starts an incident or planned work with the draft of its first update.
func (a *api) open(v *visit) error {
	o, body, err := v.object(false)
	if err != nil {
		return err
	}
	opening := desk.Opening{Kind: comms.Kind(o.text("kind")), Name: o.text("name")}
	if opening.Kind == "" {
		opening.Kind = comms.KindIncident
	}
	text := o.draft(v.plan)
	opening.Severity, opening.Claims, opening.Template, opening.Slots = text.Severity, text.Claims, text.Template, text.Slots
	opening.StartedAt, opening.EndedAt, opening.PublishAt = text.StartedAt, text.EndedAt, text.PublishAt
	if err := o.end(); err != nil {
		return err
	}
	actor, err := v.once(body)
	if err != nil {
		return err
	}
	inc, u, err := a.c.Desk.Open(v.Request().Context(), actor, opening)
	if err != nil {
		return err
	}
	look, err := a.c.Desk.Look(v.Request().Context(), v.actor, u.ID)
	if err != nil {
		return err
	}
	v.Response().Header().Set(echo.HeaderLocation, Root+"/incidents/"+string(inc.ID))
	return v.answer(http.StatusCreated, map[string]any{"incident": a.incidentOf(inc), "update": a.updateOf(v, look)})
}

// begin starts the next update of an incident.
func (a *api) begin(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	o, body, err := v.object(false)
	if err != nil {
		return err
	}
	phase := comms.Phase(o.text("phase"))
	over := o.draft(v.plan)
	t, known := v.plan.Template(over.Template)
	switch {
	case over.Template != "" && !known:
		o.refuse("/template", "the plan has no template %q; GET /api/v1/templates lists them", over.Template)
	case phase == "" && known:
		phase = t.Phase
	case phase == "":
		o.refuse("/phase", "say what phase comes next, or which template; GET the incident to see what the plan allows")
	}
	if _, known := v.plan.Severity(over.Severity); over.Severity != "" && !known {
		o.refuse("/severity", "the plan has no severity %q; GET /api/v1/severities lists them", over.Severity)
	}
	if err := o.end(); err != nil {
		return err
	}
	actor, err := v.once(body)
	if err != nil {
		return err
	}
	u, err := a.c.Desk.BeginWith(v.Request().Context(), actor, id, phase, over.Template, over)
	if err != nil {
		return err
	}
	v.Response().Header().Set(echo.HeaderLocation, Root+"/updates/"+string(u.ID))
	return a.show(v, http.StatusCreated, u.ID)
}
