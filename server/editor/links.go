package editor

import (
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/rise"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/visits"
)

// linksView is how often customers come from inside the product, and from
// where.
type linksView struct {
	page
	Rises   []riseRow
	Rule    string
	Links   []linkRow
	Unknown []unknownRow
	More    int    // unknown keys that are not shown
	Others  string // what was counted without a name; "" for nothing
	Bound   string
	Choices []option // what an unknown key may be about
}

// riseRow is a link that more people open than usual.
type riseRow struct {
	language.Printer
	ID         comms.ID
	Key, Text  string
	State      string // why nobody is asked for anything; "" while somebody is
	Path, More string // where an incident is started, and where the link's own page is
}

type linkRow struct {
	Key, Title, About string
	Hour, Day, Month  string
	Said              bool // whether something is published about its components
	Page              string
	Start             string // where an incident about it is started
	More              string // its own page
	Chart             chart
}

type unknownRow struct{ ID, Key, Counts, Page string }

// mostShown is how many unknown keys the page shows.
const mostShown = 50

func (e *Editor) links(v *visit) error {
	view, err := e.linksView(v)
	if err != nil {
		return err
	}
	return e.render(v, http.StatusOK, "links", view)
}

func (e *Editor) linksView(v *visit) (linksView, error) {
	view := linksView{page: e.page(v, v.T("desk.links.title"), "links"), Rule: v.rule(), Bound: v.T("desk.links.bound", "count", visits.MostUnknown)}
	ctx, now := v.Request().Context(), e.c.Now()
	counted, err := e.c.Links.LinkVisits(ctx, now)
	if err != nil {
		return view, err
	}
	told, err := e.c.Desk.Told(ctx)
	if err != nil {
		return view, err
	}
	d := spans[1].drawing(now)
	happened, err := e.past(v, d)
	if err != nil {
		return view, err
	}
	for _, l := range v.plan.Catalogue.Links {
		row := v.linkRow(l, visits.Of(counted, l), e.c.PublicURL)
		row.Said = told.Of(l)
		row.Chart = v.chart(d, happened.of(l), now)
		view.Links = append(view.Links, row)
	}
	for _, r := range happened.rises {
		if l, ok := v.plan.Catalogue.Link(r.Key); ok && r.EndedAt.IsZero() {
			view.Rises = append(view.Rises, v.riseRow(r, l))
		}
	}
	return view, e.unknownKeys(v, &view)
}

// unknownKeys lists the keys that nobody has mapped.
func (e *Editor) unknownKeys(v *visit, view *linksView) error {
	unknown, err := e.c.Links.UnknownLinks(v.Request().Context())
	if err != nil {
		return err
	}
	for _, u := range unknown {
		if u.Key == visits.Others {
			view.Others = v.tally(u.Tally)
			continue
		}
		if _, known := v.plan.Catalogue.Link(u.Key); known || !comms.LinkKey(u.Key) { // it may have come into the plan since
			continue
		}
		if len(view.Unknown) == mostShown {
			view.More++
			continue
		}
		view.Unknown = append(view.Unknown, unknownRow{"u-" + u.Key, u.Key, v.T("desk.links.unknown_counts", "visits", v.count("visits", u.Visits),
			"reports", v.count("reports", u.Reports), "first", v.DateTime(u.First), "last", v.DateTime(u.Last)), e.c.PublicURL + "/go/" + u.Key})
	}
	for _, c := range v.plan.Catalogue.Components() {
		view.Choices = append(view.Choices, option{Value: string(c.ID), Label: in(c.Name, v.Printer, v.plan.Catalogue)})
	}
	return nil
}

func (v *visit) linkRow(l comms.Link, t visits.Totals, public string) linkRow {
	return linkRow{
		Key: l.Key, Title: in(l.Title, v.Printer, v.plan.Catalogue), About: v.T("desk.links.about", "components", v.linked(l)),
		Hour: v.tally(t.Hour), Day: v.tally(t.Day), Month: v.tally(t.Month),
		Page: public + "/go/" + l.Key, Start: v.startOf(l), More: "/links/" + l.Key,
	}
}

// startOf is where an incident about a link is started.
func (v *visit) startOf(l comms.Link) string {
	q := url.Values{"name": {in(l.Title, v.Printer, v.plan.Catalogue)}}
	for _, c := range l.Components {
		q.Add("component", string(c))
	}
	return "/incidents/new?" + q.Encode()
}

func (v *visit) linked(l comms.Link) string {
	names := make([]string, len(l.Components))
	for i, c := range l.Components {
		names[i] = v.component(c)
	}
	return strings.Join(names, ", ")
}

// rule says in words when more people than usual come.
func (v *visit) rule() string {
	return v.T("desk.links.rule", "times", rise.Times, "visits", rise.LeastVisits, "reports", rise.LeastReports)
}

// riseRow says of a rise what came, and what is done about it.
func (v *visit) riseRow(r desk.Rise, l comms.Link) riseRow {
	row := riseRow{Printer: v.Printer, ID: r.ID, Key: r.Key, Path: v.startOf(l), More: "/links/" + r.Key}
	row.Text = v.T("desk.links.rise_text", "key", r.Key, "time", v.DateTime(r.BeganAt), "came", v.count(r.Kind(), r.Count), "minutes", int(r.Window/time.Minute),
		"usual", int(math.Round(r.Usual)), "components", v.linked(l))
	switch {
	case !r.EndedAt.IsZero():
		row.State = v.T("desk.links.rise_over", "time", v.DateTime(r.EndedAt))
	case !r.ToldAt.IsZero():
		row.State = v.T("desk.links.said")
	case !r.SeenAt.IsZero():
		row.State = v.T("desk.links.rise_seen", "person", v.plan.PersonNamed(r.SeenBy), "time", v.DateTime(r.SeenAt))
	}
	return row
}

func (v *visit) tally(t visits.Tally) string {
	return v.T("desk.links.counts", "visits", v.count("visits", t.Visits), "reports", v.count("reports", t.Reports))
}

func (v *visit) count(what string, n int64) string {
	return v.T("desk.links."+what, "count", int(n))
}
