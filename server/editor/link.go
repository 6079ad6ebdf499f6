package editor

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/visits"
)

// linkView is one link over time.
type linkView struct {
	page
	Rule  string
	Spans []option
	Row   linkRow
	Rises []riseRow
	Told  []saidRow
	Steps []stepRow
}

// saidRow is an incident or planned work beside the chart.
type saidRow struct {
	Number            int
	Path, Title, Text string
}

// stepRow is one line of the table: what a bar of the chart says.
type stepRow struct{ When, Visits, Reports, Published string }

func (e *Editor) link(v *visit) error {
	l, ok := v.plan.Catalogue.Link(v.Param("key"))
	if !ok {
		return comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
	}
	now := e.c.Now()
	s := spans[1]
	for _, one := range spans {
		if one.Name == v.QueryParam("span") {
			s = one
		}
	}
	d := s.drawing(now)
	all, err := e.past(v, d)
	if err != nil {
		return err
	}
	here := all.of(l)
	view := linkView{page: e.page(v, in(l.Title, v.Printer, v.plan.Catalogue), "links"), Rule: v.rule(), Row: v.linkRow(l, visits.Totals{}, e.c.PublicURL)}
	view.Row.Chart = v.chart(d, here, now)
	view.Steps = v.steps(d, here)
	for _, one := range spans {
		view.Spans = append(view.Spans, option{"/links/" + l.Key + "?span=" + one.Name, v.T("desk.links.span." + one.Name), one.Name == s.Name})
	}
	for i, one := range here.said {
		view.Told = append(view.Told, v.saidRow(i+1, one))
	}
	for _, r := range here.rises {
		view.Rises = append(view.Rises, v.riseRow(r, l))
	}
	return e.render(v, http.StatusOK, "link", view)
}

// saidRow says when something began, when customers were told, and when it was over.
func (v *visit) saidRow(number int, s desk.Said) saidRow {
	row := saidRow{Number: number, Path: "/incidents/" + string(s.Incident), Title: in(s.Title, v.Printer, v.plan.Catalogue)}
	over := v.T("desk.links.goes_on")
	if !s.Until.IsZero() {
		over = v.T("desk.links.over", "time", v.DateTime(s.Until))
	}
	row.Text = v.T("desk.links.told", "began", v.DateTime(s.From), "first", v.DateTime(s.Published[0]), "count", len(s.Published), "over", over)
	return row
}

// steps lists the bars that are not empty, the latest first.
func (v *visit) steps(d drawing, of passed) (out []stepRow) {
	for i, r := range of.rows {
		from := d.from.Add(time.Duration(i) * d.Step)
		published := ""
		for n, s := range of.said {
			for _, at := range s.Published {
				if !at.Before(from) && at.Before(from.Add(d.Step)) {
					published = joinComma(published, strconv.Itoa(n+1)+": "+v.Time(at))
				}
			}
		}
		if r != (visits.Tally{}) || published != "" {
			out = append(out, stepRow{v.DateTime(from), strconv.FormatInt(r.Visits, 10), strconv.FormatInt(r.Reports, 10), published})
		}
	}
	slices.Reverse(out)
	return out
}

// seen notes that somebody knows why more people come.
func (e *Editor) seen(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	id, err := comms.ParseID(v.Request().PostForm.Get("rise"))
	if err != nil {
		return comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
	}
	if err := e.c.Desk.SeeRise(v.Request().Context(), v.actor, id); err != nil {
		return err
	}
	return v.see("/links", "seen")
}
