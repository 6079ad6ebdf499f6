package editor

import (
	"cmp"
	"net/http"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

// nowView is what needs the reader now.
type nowView struct {
	page
	Clocks                                     []clockRow  // what was promised, most urgent first
	Silent                                     []silentRow // incidents for which a holding statement can go out
	Renew                                      []string    // holding statements that have to be approved anew
	Offers                                     []itemRow   // handovers that wait for an answer
	Holds                                      bool        // the reader holds something that could be handed over
	ToSign, ToMend, Drafts, InReview, Approved []itemRow
	Unmapped                                   *alertsView
	Rises                                      []riseRow // links that more people open than usual while nothing is published
	Drill                                      bool      // a drill is due in which the reader takes part
	Calm                                       bool
}

// itemRow is one line of a list of updates or incidents.
type itemRow struct {
	Path, Title, Detail string
	Due                 due
	Note                string
}

// silentRow is an incident of which customers were told nothing.
type silentRow struct {
	Name, Detail   string
	Incident, Path string // of it, and of what can be said at once
	Due            due
}

func (e *Editor) now(v *visit) error {
	agenda, err := e.c.Desk.Agenda(v.Request().Context(), v.actor)
	if err != nil {
		return err
	}
	now := e.c.Now()
	view := nowView{page: e.page(v, v.T("desk.now.title"), "now")}
	view.ToSign = v.items(agenda.ToSign, now)
	view.ToMend = v.items(agenda.ToMend, now)
	view.Drafts = v.items(agenda.Drafts, now)
	view.InReview = v.items(agenda.InReview, now)
	view.Approved = v.items(agenda.Approved, now)
	mine := false
	for _, c := range agenda.Clocks {
		row := v.clock(c, now)
		mine = mine || row.Mine
		view.Holds = view.Holds || c.Lead == v.actor.Person
		view.Clocks = append(view.Clocks, row)
	}
	view.Drill = agenda.Drill
	view.Unmapped = v.unmapped(agenda.Unmapped)
	for _, r := range agenda.Rises {
		if l, ok := v.plan.Catalogue.Link(r.Key); ok {
			view.Rises = append(view.Rises, v.riseRow(r, l))
		}
	}
	for _, i := range agenda.Silent {
		row := silentRow{Name: in(i.Title, v.Printer, v.plan.Catalogue), Incident: "/incidents/" + string(i.Incident.ID), Path: "/incidents/" + string(i.Incident.ID) + "/holding", Detail: v.severity(i.Incident.Severity), Due: v.due(i.Due, now)}
		if !i.At.IsZero() {
			row.Detail = v.T("desk.now.itself", "severity", row.Detail, "time", v.moment(i.At, now))
		}
		view.Silent = append(view.Silent, row)
	}
	for _, h := range agenda.Renew {
		row := v.heldRow(h)
		view.Renew = append(view.Renew, row.Name+": "+cmp.Or(row.Soon, row.State))
	}
	for _, h := range agenda.Offered {
		mine = mine || h.To == v.actor.Person
		view.Offers = append(view.Offers, itemRow{
			Path:   "/handovers/" + string(h.ID),
			Title:  v.T("desk.handover.of", "from", v.plan.PersonNamed(h.From), "to", v.plan.PersonNamed(h.To)),
			Detail: v.T("desk.handover.incidents", "count", len(h.Statement)) + " · " + v.ago(h.OfferedAt, now), Note: h.Note,
		})
	}
	view.Calm = len(view.ToSign)+len(view.ToMend)+len(view.Silent)+len(view.Rises) == 0 && !mine && !view.Drill
	return e.render(v, http.StatusOK, "now", view)
}

func (v *visit) items(list []desk.Item, now time.Time) []itemRow {
	var out []itemRow
	for _, i := range list {
		row := itemRow{Title: in(i.Title, v.Printer, v.plan.Catalogue), Due: v.due(i.Due, now)}
		row.Path, row.Note = "/updates/"+string(i.Update.ID), v.Stored(i.Update.Note)
		row.Detail = v.T("desk.now.by", "kind", v.kindOf(i.Update), "person", v.plan.PersonNamed(i.Author), "ago", v.ago(i.Update.CreatedAt, now))
		if n := len(i.Suggested); n > 0 {
			row.Note = v.T("desk.now.suggested", "person", v.plan.PersonNamed(i.Suggested[n-1].Person), "count", n)
		}
		if i.Signal {
			row.Detail = v.T("desk.now.signal", "detail", row.Detail)
		}
		if !i.At.IsZero() {
			row.Detail = v.T("desk.now.goes_out", "time", v.inFull(i.At), "detail", row.Detail)
		}
		if row.Title == "" {
			row.Title = v.kindOf(i.Update)
		}
		out = append(out, row)
	}
	return out
}

func (v *visit) kindOf(u desk.Update) string { return v.T("desk.message." + string(u.Kind)) }

// incidentsView lists incidents or maintenances.
type incidentsView struct {
	page
	Kind comms.Kind
	Open []itemRow
	Past []itemRow
}

// most is how many past incidents a list shows.
const most = 100

func (e *Editor) incidents(v *visit) error { return e.list(v, comms.KindIncident) }

func (e *Editor) maintenances(v *visit) error { return e.list(v, comms.KindMaintenance) }

func (e *Editor) list(v *visit, kind comms.Kind) error {
	all, err := e.c.Desk.Incidents(v.Request().Context(), v.actor, false, 0)
	if err != nil {
		return err
	}
	view := incidentsView{page: e.page(v, v.T("desk.list."+string(kind)), string(kind)), Kind: kind}
	for _, i := range all {
		if i.Kind != kind {
			continue
		}
		row := itemRow{
			Path: "/incidents/" + string(i.ID), Title: i.Name,
			Detail: v.phase(i.Phase) + " · " + v.severity(i.Severity) + " · " + v.DateTime(i.StartedAt),
		}
		switch {
		case !i.Phase.Closed():
			view.Open = append(view.Open, row)
		case len(view.Past) < most:
			view.Past = append(view.Past, row)
		}
	}
	return e.render(v, http.StatusOK, "incidents", view)
}
