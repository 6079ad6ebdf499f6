package editor

import (
	"net/http"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
)

// openView is the form that starts an incident or planned work.
type openView struct {
	page
	Kind       comms.Kind
	Name       string
	Severities []severityRow
	Claims     claimsView
	Times      []field
}

// severityRow is one severity with what it means and promises.
type severityRow struct {
	Value, Name, Meaning, Promise string
	Chosen                        bool
}

func (e *Editor) newIncident(v *visit) error {
	o := desk.Opening{Kind: comms.KindIncident, StartedAt: draft.FormatTime(e.c.Now())}
	e.preselect(v, &o)
	return e.showOpening(v, http.StatusOK, o, nil)
}

// preselect takes a name and components from the address, as the links' page
// gives them. The mildest state stands for "affected": people choose.
func (e *Editor) preselect(v *visit, o *desk.Opening) {
	const longest = 120 // what the field takes
	name := []rune(strings.TrimSpace(v.QueryParam("name")))
	o.Name = string(name[:min(len(name), longest)])
	asked := v.QueryParams()["component"]
	for _, c := range v.plan.Catalogue.Components() {
		if slices.Contains(asked, string(c.ID)) {
			o.Claims = append(o.Claims, comms.Claim{Component: c.ID, State: comms.Degraded})
		}
	}
}

func (e *Editor) newMaintenance(v *visit) error {
	return e.showOpening(v, http.StatusOK, desk.Opening{Kind: comms.KindMaintenance}, nil)
}

func (e *Editor) showOpening(v *visit, status int, o desk.Opening, refused error) error {
	view := openView{page: e.page(v, v.T("desk.open.title."+string(o.Kind)), string(o.Kind)), Kind: o.Kind, Name: readable(o.Name)}
	if refused != nil {
		view.Problems = v.problemsOf(refused)
	}
	for _, s := range v.plan.Severities {
		if s.Kind != o.Kind {
			continue
		}
		row := severityRow{Value: string(s.ID), Name: in(s.Name, v.Printer, v.plan.Catalogue), Meaning: in(s.Meaning, v.Printer, v.plan.Catalogue), Chosen: s.ID == o.Severity}
		if s.Every > 0 {
			row.Promise = v.T("desk.open.promise", "first", v.length(s.FirstUpdate), "every", v.length(s.Every))
		}
		view.Severities = append(view.Severities, row)
	}
	if len(view.Severities) == 1 {
		view.Severities[0].Chosen = true
	}
	view.Claims = v.claims(o.Kind, o.Claims, view.Problem("components"))
	view.Times = []field{{Name: "started_at", Kind: "time", Label: v.T("desk.write.started"), Value: readable(o.StartedAt), Error: view.Problem("started_at")}}
	if o.Kind == comms.KindMaintenance {
		view.Times[0].Label = v.T("desk.write.window_start")
		view.Times = append(view.Times, field{Name: "ended_at", Kind: "time", Label: v.T("desk.write.window_end"), Value: readable(o.EndedAt), Error: view.Problem("ended_at")})
	}
	return e.render(v, status, "open", view)
}

// open starts an incident, or planned work under /maintenances.
func (e *Editor) open(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.Request().PostForm
	o := desk.Opening{
		Kind: comms.KindIncident, Name: form.Get("name"), Severity: comms.Severity(form.Get("severity")),
		Claims: decodeClaims(form, v.plan), StartedAt: strings.TrimSpace(form.Get("started_at")), EndedAt: strings.TrimSpace(form.Get("ended_at")),
	}
	if strings.HasPrefix(v.Path(), "/maintenances") {
		o.Kind = comms.KindMaintenance
	}
	_, u, err := e.c.Desk.Open(v.Request().Context(), v.actor, o)
	if err != nil {
		return e.again(v, err, func(v *visit, status int, refused error) error { return e.showOpening(v, status, o, refused) })
	}
	return v.see("/updates/"+string(u.ID), "started")
}
