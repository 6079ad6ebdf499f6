package editor

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/visits"
)

// linksView is how often customers come from inside the product, and from
// where.
type linksView struct {
	page
	Jumps   []jumpRow
	Links   []linkRow
	Unknown []unknownRow
	Others  string // what was counted without a name; "" for nothing
}

// jumpRow is a link that more people open than usual while customers are told
// nothing about it.
type jumpRow struct{ Text, Start string }

type linkRow struct {
	Key, Title, About string
	Hour, Day, Month  string
	Said              bool // whether something is published about its components
	Page              string
	Start             string // where an incident about it is started
}

type unknownRow struct{ ID, Key, Counts, YAML, Page string }

// When a link jumps: at least so many in the latest hours, and so many times
// what is usual. Fewer are chance: one person who opens a page again and again.
const (
	jumpReports = 3
	jumpVisits  = 20
	jumpTimes   = 4
)

// usualHours is how often the latest hours, which are two at most, fit into
// the week that tells what is usual.
const usualHours = 7 * 24 / 2

// jumps compares the latest hours with those of the week before.
func jumps(t visits.Totals) bool {
	return t.Hour.Reports >= jumpReports && t.Hour.Reports*usualHours > jumpTimes*t.Week.Reports ||
		t.Hour.Visits >= jumpVisits && t.Hour.Visits*usualHours > jumpTimes*t.Week.Visits
}

func (e *Editor) links(v *visit) error {
	ctx := v.Request().Context()
	counted, err := e.c.Links.LinkVisits(ctx, e.c.Now())
	if err != nil {
		return err
	}
	unknown, err := e.c.Links.UnknownLinks(ctx)
	if err != nil {
		return err
	}
	told, err := e.c.Desk.Told(ctx)
	if err != nil {
		return err
	}
	view := linksView{page: e.page(v, v.T("desk.links.title"), "links")}
	for _, l := range v.plan.Catalogue.Links {
		t := visits.Totals{Key: l.Key}
		if i := slices.IndexFunc(counted, func(t visits.Totals) bool { return t.Key == l.Key }); i >= 0 {
			t = counted[i]
		}
		row := v.linkRow(l, t, e.c.PublicURL)
		row.Said = slices.ContainsFunc(l.Components, func(c comms.ComponentID) bool { _, ok := told[c]; return ok })
		view.Links = append(view.Links, row)
		if !row.Said && jumps(t) {
			view.Jumps = append(view.Jumps, jumpRow{v.jump(l, t), row.Start})
		}
	}
	for _, u := range unknown {
		_, known := v.plan.Catalogue.Link(u.Key)
		switch {
		case u.Key == visits.Others:
			view.Others = v.tally(u.Tally)
		case !known: // it may have come into the plan since
			view.Unknown = append(view.Unknown, unknownRow{"u-" + u.Key, u.Key, v.T("desk.links.unknown_counts", "visits", v.count("visits", u.Visits),
				"reports", v.count("reports", u.Reports), "first", v.DateTime(u.First), "last", v.DateTime(u.Last)), e.linkYAML(v, u.Key), e.c.PublicURL + "/go/" + u.Key})
		}
	}
	return e.render(v, http.StatusOK, "links", view)
}

func (v *visit) linkRow(l comms.Link, t visits.Totals, public string) linkRow {
	title := in(l.Title, v.Printer, v.plan.Catalogue)
	q := url.Values{"name": {title}}
	for _, c := range l.Components {
		q.Add("component", string(c))
	}
	return linkRow{
		Key: l.Key, Title: title, About: v.T("desk.links.about", "components", v.linked(l)),
		Hour: v.tally(t.Hour), Day: v.tally(t.Day), Month: v.tally(t.Month),
		Page: public + "/go/" + l.Key, Start: "/incidents/new?" + q.Encode(),
	}
}

func (v *visit) linked(l comms.Link) string {
	names := make([]string, len(l.Components))
	for i, c := range l.Components {
		names[i] = v.component(c)
	}
	return strings.Join(names, ", ")
}

func (v *visit) jump(l comms.Link, t visits.Totals) string {
	usual := visits.Tally{Visits: t.Week.Visits / usualHours, Reports: t.Week.Reports / usualHours}
	return v.T("desk.links.jump_text", "key", l.Key, "visits", v.count("visits", t.Hour.Visits), "reports", v.count("reports", t.Hour.Reports),
		"usual", v.tally(usual), "components", v.linked(l))
}

func (v *visit) tally(t visits.Tally) string {
	return v.T("desk.links.counts", "visits", v.count("visits", t.Visits), "reports", v.count("reports", t.Reports))
}

func (v *visit) count(what string, n int64) string {
	return v.T("desk.links."+what, "count", int(n))
}

// linkYAML is what would put a key into the plan; its words are to be changed.
func (e *Editor) linkYAML(v *visit, key string) string {
	words := func(id string) string {
		var out []string
		for _, lang := range v.plan.Catalogue.Languages {
			out = append(out, string(lang)+": "+strconv.Quote(e.c.Languages.For(lang).T(id)))
		}
		return "{ " + strings.Join(out, ", ") + " }"
	}
	component := ""
	if all := v.plan.Catalogue.Components(); len(all) > 0 {
		component = string(all[0].ID)
	}
	return "  - key: " + strconv.Quote(key) + "\n    title: " + words("desk.links.yaml_title") + "\n    components: [" + component + "]\n    try:\n      - " + words("desk.links.yaml_try") + "\n"
}
