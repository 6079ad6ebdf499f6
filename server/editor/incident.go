package editor

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/comms/signoff"
)

// incidentView is one incident or maintenance: what was said, what is being
// written, and what can come next.
type incidentView struct {
	page
	Incident  desk.Incident
	Phase     string
	Severity  string
	Lead      string
	Holder    string // who holds it
	Offered   string // the handover that waits for an answer
	Mine      bool   // the reader holds it
	Open      bool   // it goes on, so somebody can hold it
	Clocks    []clockRow
	Long      string   // whether it may come to longer intervals
	Kept      []figure // how its promises were kept
	Drafts    []itemRow
	Alerts    *alertsView
	Suggested []suggestionCard // that wait for an answer
	Stand     []standing       // what the language rules found and people let stand
	History   []spoken
	Next      []option
	Work      bool   // the start and the end of planned work can be prepared
	Report    string // by when one is promised
	Address   string // on the public page
	Plan      planStanding
	Hold      bool // a holding statement can go out
}

// planStanding is which version of the plan an incident goes by.
type planStanding struct {
	Now     string   // the version, and since when
	Before  []string // earlier ones
	Move    string   // what to press to put it under the one in force; "" when it is
	Number  int64    // of the publication of the one in force
	Changes string   // where to see what that changes
}

// spoken is one publication in the history of an incident.
type spoken struct {
	Number   int64
	Title    string
	When     string
	Kind     string
	Body     template.HTML
	Lang     comms.Lang
	Path     string // of the update that it was
	Seal     string
	Removed  string // that the words are gone, and why
	Corrects bool   // may be corrected
	Redacts  bool   // its words may be removed
	Held     bool   // made from a holding statement
}

func (e *Editor) incident(v *visit) error { return e.showIncident(v, http.StatusOK, nil) }

func (e *Editor) showIncident(v *visit, status int, refused error) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	look, err := e.c.Desk.LookIncident(v.Request().Context(), v.actor, id)
	if err != nil {
		return err
	}
	now, i := e.c.Now(), look.Incident
	view := incidentView{page: e.page(v, i.Name, string(i.Kind)), Incident: i, Phase: v.phase(i.Phase), Severity: v.severity(i.Severity)}
	if refused != nil {
		view.Problems = v.problemsOf(refused)
	}
	view.Lead = v.T("desk.incident.lead", "person", v.plan.PersonNamed(i.OpenedBy), "time", v.DateTime(i.OpenedAt))
	for _, c := range look.Clocks {
		view.Clocks = append(view.Clocks, v.clock(c, now))
	}
	if look.Offered != nil {
		view.Offered = string(look.Offered.ID)
	}
	view.Mine, view.Open = look.Lead == v.actor.Person, !i.Phase.Closed()
	view.Holder, view.Long, view.Kept = v.people([]plan.PersonID{look.Lead}), v.longMode(look, now), v.figures(look, now)
	view.Work, view.Alerts = look.Work, v.alerts(look.Signals, time.Time{})
	slices.SortStableFunc(look.Updates, func(a, b desk.Update) int {
		return desk.Planned(look.Texts[a.ID]).Compare(desk.Planned(look.Texts[b.ID]))
	})
	for _, u := range look.Updates {
		if u.State == desk.Published || u.State == desk.Withdrawn {
			continue
		}
		what := v.kindOf(u)
		if u.Kind == comms.MessageUpdate {
			what = v.phase(look.Texts[u.ID].Phase)
		}
		row := itemRow{
			Path: "/updates/" + string(u.ID), Title: what + ": " + v.T("desk.state."+string(u.State)),
			Detail: v.plan.PersonNamed(u.CreatedBy) + ", " + v.ago(u.CreatedAt, now), Note: v.Stored(u.Note),
		}
		if at := desk.Planned(look.Texts[u.ID]); !at.IsZero() {
			row.Detail = v.T("desk.now.goes_out", "time", v.inFull(at), "detail", row.Detail)
		}
		view.Drafts = append(view.Drafts, row)
		view.Suggested = append(view.Suggested, v.suggestions(look.Suggestions[u.ID], view.page, nil)...)
	}
	for _, pub := range slices.Backward(look.History) {
		m := pub.Message()
		lang := v.plan.Catalogue.Source
		if _, ok := m.Forms[v.Lang()]; ok {
			lang = v.Lang()
		}
		f := m.Forms[lang]
		view.History = append(view.History, spoken{
			Number: pub.Number(), Title: f.Title, When: v.DateTime(pub.At()), Kind: v.phase(m.Incident.Phase),
			Body: template.HTML(f.HTML), Lang: lang, Path: "/updates/" + string(m.Update), Seal: pub.Digest().Short(),
			Corrects: pub.Redacted() == nil && m.Redaction == nil, Redacts: signoff.Redactable(pub) == nil,
		})
		last := &view.History[len(view.History)-1]
		last.Held = m.Holding != nil
		switch r := pub.Redacted(); {
		case r != nil:
			last.Title, last.Lang, last.Removed = v.T("public.removed_title"), v.Lang(), v.removed(*r)
		case m.Redaction != nil:
			last.Title, last.Lang, last.Kind = v.kindOf(desk.Update{Kind: m.Kind}), v.Lang(), v.T("desk.review.publication", "number", m.Redaction.Publication)
			last.Removed = in(m.Redaction.Reason, v.Printer, v.plan.Catalogue)
		}
	}
	for _, p := range look.Next {
		view.Next = append(view.Next, option{string(p), v.phase(p), false})
	}
	view.Plan, view.Stand, view.Hold = v.planStanding(look), v.standings(look), look.Hold
	view.Report = v.reportDue(look)
	if e.c.PublicURL != "" && i.Head > 0 {
		view.Address = e.c.PublicURL + map[comms.Kind]string{comms.KindIncident: "/incidents/", comms.KindMaintenance: "/maintenances/"}[i.Kind] + string(i.ID)
	}
	return e.render(v, status, "incident", view)
}

func (v *visit) planStanding(look desk.IncidentView) planStanding {
	var out planStanding
	for i, s := range look.Standings {
		said := v.T("desk.incident.plan_first", "version", s.Version)
		switch {
		case i > 0 && s.Person != "":
			said = v.T("desk.incident.plan_moved", "version", s.Version, "person", v.plan.PersonNamed(s.Person), "time", v.DateTime(s.At))
		case i > 0:
			said = v.T("desk.incident.plan_followed", "version", s.Version, "time", v.DateTime(s.At))
		}
		if i < len(look.Standings)-1 {
			out.Before = append(out.Before, said)
			continue
		}
		out.Now = said
		if now := look.InForce; now.Number() != s.Plan {
			version := now.Message().PlanVersion.Version
			out.Move, out.Number = v.T("desk.incident.plan_move", "version", version), now.Number()
			out.Changes = "/plan/changes/" + strconv.Itoa(version) + "?from=" + strconv.Itoa(s.Version)
		}
	}
	return out
}

// move puts an incident under the plan in force.
func (e *Editor) move(v *visit) error {
	return e.act(v, func(id comms.ID) (acted, error) {
		seen := number64(v.Request().PostForm.Get("plan"))
		return acted{"/incidents/" + string(id), "moved"}, e.c.Desk.Move(v.Request().Context(), v.actor, id, seen)
	}, e.showIncident)
}

// reportDue says by when a report is promised that customers do not have yet;
// "" if none is.
func (v *visit) reportDue(look desk.IncidentView) string {
	for _, p := range look.Promises {
		if p.Kind == promise.Report && p.Waits() {
			return v.T("desk.incident.report_due", "time", v.inFull(p.Due))
		}
	}
	return ""
}

// begin starts the next update of an incident.
func (e *Editor) begin(v *visit) error {
	return e.start(v, func(id comms.ID) (desk.Update, error) {
		return e.c.Desk.Begin(v.Request().Context(), v.actor, id, comms.Phase(v.Request().PostForm.Get("phase")), "")
	})
}

// prepare starts the updates at the start and at the end of planned work.
func (e *Editor) prepare(v *visit) error {
	return e.act(v, func(id comms.ID) (acted, error) {
		_, err := e.c.Desk.PrepareWork(v.Request().Context(), v.actor, id)
		return acted{"/incidents/" + string(id), "prepared"}, err
	}, e.showIncident)
}

// correct starts a correction of something that was published.
func (e *Editor) correct(v *visit) error {
	return e.start(v, func(comms.ID) (desk.Update, error) {
		number, err := strconv.ParseInt(v.Request().PostForm.Get("publication"), 10, 64)
		if err != nil {
			return desk.Update{}, comms.Refuse(comms.Invalid, "", "%s", v.T("desk.incident.no_publication"))
		}
		return e.c.Desk.Correct(v.Request().Context(), v.actor, number)
	})
}

func (e *Editor) start(v *visit, begin func(comms.ID) (desk.Update, error)) error {
	return e.act(v, func(id comms.ID) (acted, error) {
		u, err := begin(id)
		return acted{"/updates/" + string(u.ID), "started"}, err
	}, e.showIncident)
}
