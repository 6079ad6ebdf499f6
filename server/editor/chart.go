package editor

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/visits"
)

// span is a stretch of time that a chart shows, and how finely.
type span struct {
	Name  string // in addresses
	Step  time.Duration
	Steps int
	tick  time.Duration // between the labels below
}

var spans = []span{{"day", time.Hour, 24, 6 * time.Hour}, {"week", time.Hour, 7 * 24, 24 * time.Hour}, {"month", 6 * time.Hour, 30 * 4, 6 * 24 * time.Hour}}

// chart is a picture of the visits over time with what was published in it. Its
// places are parts of a hundred from the left, so that it is as wide as there is
// room and its words keep their size; time goes to the right in every language.
type chart struct {
	language.Printer
	ID, Title, Text string // Text says in a sentence what is to be seen
	Steps           int    // width of the bars' own picture
	Visits, Reports string // paths of the bars, above and below the line
	MostVisits      int64
	MostReports     int64
	Bands           []band
	Marks           []moment
	Ticks           []tick
}

// band is an incident or planned work.
type band struct {
	X, Width string
	Class    string
	Number   int // under which it is listed
}

// moment is when something was published, or a rise was noticed.
type moment struct{ X, Class string }

type tick struct{ X, Text string }

// Heights of the two halves of the bars' own picture.
const (
	above = 100
	below = 40
)

// drawing is what a chart is drawn from.
type drawing struct {
	span
	from time.Time
}

func (s span) drawing(now time.Time) drawing {
	end := now.UTC().Truncate(s.Step).Add(s.Step)
	return drawing{s, end.Add(-time.Duration(s.Steps) * s.Step)}
}

// place is where a moment lies, in parts of a hundred; ok is false outside.
func (d drawing) place(t time.Time) (x float64, ok bool) {
	x = 100 * float64(t.Sub(d.from)) / float64(d.Step*time.Duration(d.Steps))
	return min(100, max(0, x)), x >= 0 && x <= 100
}

func percent(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) + "%" }

// chart draws what happened at one key.
func (v *visit) chart(d drawing, of passed, now time.Time) chart {
	c := chart{Printer: v.Printer, ID: "chart-" + of.key, Steps: d.Steps, Title: v.T("desk.links.chart", "key", of.key, "span", v.T("desk.links.span."+d.Name))}
	var all visits.Tally
	for _, r := range of.rows {
		c.MostVisits, c.MostReports = max(c.MostVisits, r.Visits), max(c.MostReports, r.Reports)
		all.Visits += r.Visits
		all.Reports += r.Reports
	}
	c.Visits, c.Reports = bars(of.rows, c.MostVisits, c.MostReports)
	c.Text = v.T("desk.links.chart_text", "counts", v.tally(all), "visits", v.count("visits", c.MostVisits), "reports", v.count("reports", c.MostReports),
		"step", v.T("desk.links.step."+d.Name), "said", v.T("desk.links.chart_said", "count", len(of.said)))
	for i, s := range of.said {
		from, _ := d.place(s.From)
		until, _ := d.place(now)
		if !s.Until.IsZero() {
			until, _ = d.place(s.Until)
		}
		class := "incident"
		if s.Kind == comms.KindMaintenance {
			class = "maintenance"
		}
		c.Bands = append(c.Bands, band{percent(from), percent(max(0.4, until-from)), class, i + 1})
		for _, at := range s.Published {
			if x, ok := d.place(at); ok {
				c.Marks = append(c.Marks, moment{percent(x), "published"})
			}
		}
	}
	for _, r := range of.rises {
		if x, ok := d.place(r.BeganAt); ok {
			c.Marks = append(c.Marks, moment{percent(x), "risen"})
		}
	}
	c.Ticks = v.ticks(d)
	return c
}

// ticks stand where an hour or a day begins, and keep room for their words.
func (v *visit) ticks(d drawing) (out []tick) {
	for at := d.from.Truncate(d.tick); ; at = at.Add(d.tick) {
		x, ok := d.place(at)
		switch {
		case x > 94:
			return out
		case !ok:
			continue
		}
		text := at.Format("15:04")
		if d.Name != "day" {
			text = v.T("desk.links.tick", "day", at.Day(), "month", int(at.Month()))
		}
		out = append(out, tick{percent(x), text})
	}
}

// bars are the paths of visits, which go up from the line, and of reports,
// which go down: they are told apart without their colours.
func bars(rows []visits.Tally, mostVisits, mostReports int64) (up, down string) {
	var u, d strings.Builder
	for i, r := range rows {
		if r.Visits > 0 {
			high := float64(above) * float64(r.Visits) / float64(mostVisits)
			fmt.Fprintf(&u, "M%d %dv-%.1fh.8v%.1fz", i, above, high, high)
		}
		if r.Reports > 0 {
			deep := float64(below) * float64(r.Reports) / float64(mostReports)
			fmt.Fprintf(&d, "M%d %dv%.1fh.8v-%.1fz", i, above, deep, deep)
		}
	}
	return u.String(), d.String()
}
