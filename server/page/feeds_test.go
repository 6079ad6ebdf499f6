package page_test

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page/pagetest"
)

// TestFeedsOfAComponentThatIsGone keeps what was followed while it was listed.
func TestFeedsOfAComponentThatIsGone(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	brief(p, "Slow on the 5th", at(5, 9, 0), at(5, 10, 0), claim(comms.Degraded, "search")...)
	end := at(28, 3, 0)
	p.Publish(pagetest.Update{
		Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, At: at(20, 9, 0), Started: at(28, 2, 0), Ended: &end,
		Claims: claim(comms.Maintenance, "search"), Title: words("Search will pause", "La búsqueda se detendrá"), HTML: text("x"),
	})
	files := p.All()[0].Message().PlanVersion.Files
	for n := range files {
		files[n].Text = strings.ReplaceAll(files[n].Text, "id: search\n        name: { en: Search, es: Búsqueda }", "id: lookup\n        name: { en: Lookup, es: Consultas }")
	}
	p.Replan(at(23, 14, 30), files...)
	s := build(t, p, now)
	for path, want := range map[string]string{
		"/components/search/feed.atom": "Slow on the 5th", "/components/search/feed.rss": "Búsqueda · ",
		"/components/search/feed.json": "La búsqueda se detendrá", "/components/search/calendar.ics": "SUMMARY:La búsqueda se detendrá",
		"/components/lookup/feed.rss": "Consultas · ", "/components/lookup/calendar.ics": "X-WR-CALNAME:Trabajos programados · Consultas",
	} {
		if got := source(t, s, "es", path); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", path, want, got)
		}
	}
	for _, path := range []string{"/components/nothing/feed.rss", "/components/nothing/calendar.ics", "/components//feed.rss", "/incidents/feed.rss"} {
		if doc, err := s.Page("en", path); doc != nil || err != nil {
			t.Errorf("%s exists (%v)", path, err)
		}
	}
}

// TestCalendarAndTheClock lets planned work go ninety days after it ended, and
// changes no byte before.
func TestCalendarAndTheClock(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	end := at(9, 3, 0)
	p.Publish(pagetest.Update{
		Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, At: at(2, 9, 0), Started: at(9, 2, 0), Ended: &end,
		Claims: claim(comms.Maintenance, "search"), Title: words("Search will pause", ""), HTML: text("x"),
	})
	calendar := func(when time.Time) string { return source(t, build(t, p, when), "en", "/calendar.ics") }
	first := calendar(at(2, 9, 1))
	if !strings.Contains(first, "SUMMARY:Search will pause") {
		t.Fatalf("the work is not in:\n%s", first)
	}
	ended := at(9, 0, 0)
	for days, kept := range map[int]bool{0: true, 45: true, 90: true, 91: false} {
		if got := calendar(ended.AddDate(0, 0, days).Add(23 * time.Hour)); (got == first) != kept || strings.Contains(got, "VEVENT") != kept {
			t.Errorf("%d days after its end, want it kept: %t:\n%s", days, kept, got)
		}
	}
}
