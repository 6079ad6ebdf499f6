package editor

import (
	"net/http"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// planView is the plan in force, for people who are not engineers.
type planView struct {
	page
	Version    int
	Since      string
	Number     int64
	Digest     string
	Roster     []roleRow
	Severities []severityDetail
	Templates  []templateRow
	Claims     []claimGroup
	Values     []string
	Drafts     []itemRow
	Practice   []factRow
}

type roleRow struct{ Name, Holders, StandIns string }

type severityDetail struct{ Name, Meaning, First, Every, Signatures string }

type templateRow struct{ Name, Phase, Languages string }

func (e *Editor) plan(v *visit) error {
	p, pub, err := e.c.Desk.Plan(v.Request().Context())
	if err != nil {
		return err
	}
	agenda, err := e.c.Desk.Agenda(v.Request().Context(), v.actor)
	if err != nil {
		return err
	}
	view := planView{page: e.page(v, v.T("desk.plan.title"), "plan"), Number: pub.Number(), Version: pub.Message().PlanVersion.Version, Since: v.DateTime(pub.At()), Digest: pub.Digest().Short()}
	for _, r := range p.Roles {
		view.Roster = append(view.Roster, roleRow{in(r.Name, v.Printer, p.Catalogue), v.people(r.Holders), v.people(r.StandIns)})
	}
	view.Practice = v.practice(p, e.c.Now())
	for _, s := range p.Severities {
		view.Severities = append(view.Severities, v.severityDetail(p, s))
	}
	for _, t := range p.Templates {
		row := templateRow{Name: in(t.Name, v.Printer, p.Catalogue), Phase: v.phase(t.Phase)}
		if t.Phase == comms.PhaseNone {
			row.Phase = v.T("desk.message." + string(t.Message))
		}
		for _, l := range p.Catalogue.Languages {
			if _, ok := t.Forms[l]; ok {
				row.Languages = joinComma(row.Languages, languageName(l))
			}
		}
		view.Templates = append(view.Templates, row)
	}
	for _, g := range p.Catalogue.Groups {
		group := claimGroup{Name: in(g.Name, v.Printer, p.Catalogue)}
		for _, c := range g.Components {
			group.Rows = append(group.Rows, claimRow{Name: in(c.Name, v.Printer, p.Catalogue), Field: in(c.Description, v.Printer, p.Catalogue)})
		}
		view.Claims = append(view.Claims, group)
	}
	for _, w := range p.Values {
		view.Values = append(view.Values, in(w, v.Printer, p.Catalogue))
	}
	for _, i := range slices.Concat(agenda.ToSign, agenda.ToMend, agenda.Drafts, agenda.InReview) {
		if i.Update.Kind == comms.MessagePlan {
			view.Drafts = append(view.Drafts, v.items([]desk.Item{i}, e.c.Now())...)
		}
	}
	return e.render(v, http.StatusOK, "plan", view)
}

func (v *visit) severityDetail(p *plan.Plan, s plan.Severity) severityDetail {
	d := severityDetail{Name: in(s.Name, v.Printer, p.Catalogue), Meaning: in(s.Meaning, v.Printer, p.Catalogue), First: v.T("desk.plan.no_promise"), Every: v.T("desk.plan.no_promise")}
	if s.FirstUpdate > 0 {
		d.First = v.span(s.FirstUpdate)
	}
	if s.Every > 0 {
		d.Every = v.span(s.Every)
	}
	d.Signatures = v.signers(p, s.Approvals)
	return d
}

func joinComma(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}
