package page_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

// brief publishes an incident that is over: one update that opens it and one
// that ends it.
func brief(p *pagetest.Press, name string, from, to time.Time, claims ...comms.Claim) {
	u := pagetest.Update{Incident: name, Phase: comms.PhaseInvestigating, At: from, Started: from, Claims: claims, Title: words(name, ""), HTML: text("x")}
	p.Publish(u)
	u.Phase, u.At, u.Ended, u.Claims = comms.PhaseResolved, to, &to, nil
	p.Publish(u)
}

// section finds what stands under a heading.
func section(t *testing.T, root *html.Node, name string) string {
	t.Helper()
	for _, s := range all(root, func(n *html.Node) bool { return n.Data == "section" }) {
		if strings.HasPrefix(content(s), name) || attr(s, "aria-label") == name {
			return content(s)
		}
	}
	t.Fatalf("there is no section %q in:\n%s", name, content(root))
	return ""
}

func links(root *html.Node) []string {
	var out []string
	for _, a := range all(root, func(n *html.Node) bool { return n.Data == "a" }) {
		out = append(out, attr(a, "href"))
	}
	return out
}

func TestMonthsLeadToTheBeginning(t *testing.T) {
	month := func(m time.Month, day int) time.Time { return time.Date(2026, m, day, 9, 0, 0, 0, time.UTC) }
	p := pagetest.New(t, month(7, 20))
	brief(p, "Before the page", month(5, 2), month(5, 3))
	brief(p, "In August", month(8, 31), month(9, 1))
	wrong := p.Publish(pagetest.Update{Incident: "In October", Phase: comms.PhaseInvestigating, At: month(10, 5), Title: words("In Asia", ""), HTML: text("x")})
	p.Publish(pagetest.Update{Incident: "In October", Phase: comms.PhaseInvestigating, At: month(11, 1), Started: month(10, 5), Corrects: wrong, Reason: words("We named the wrong place.", ""), Title: words("In Europe", ""), HTML: text("x")})
	work := pagetest.Update{Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, At: month(11, 2), Started: month(12, 24), Title: words("Work at the holidays", ""), HTML: text("x")}
	p.Publish(work)
	early := work
	early.Incident, early.Title = "early", words("Work that began early", "")
	p.Publish(early)
	early.Phase, early.At = comms.PhaseInProgress, month(11, 3)
	p.Publish(early)
	s := build(t, p, now)

	for path, want := range map[string][]string{
		"/history/2026-07": {"Before the page"}, // it began before the page did
		"/history/2026-08": {"In August"},
		"/history/2026-09": {"Nothing was published about an incident or planned work in this month."},
		"/history/2026-10": {"In Europe", "Corrected on 1 Nov, 09:00 UTC. Why: We named the wrong place. Read the new words"},
		"/history/2026-11": {"Work that began early"}, // and not under the December that it was planned for
	} {
		got := content(parse(t, source(t, s, "en", path)))
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q:\n%s", path, w, got)
			}
		}
		if strings.Contains(got, "Work at the holidays") {
			t.Errorf("%s shows work that has not begun", path)
		}
	}
	for _, path := range []string{"/history/2026-06", "/history/2026-12", "/history/2026-11/1", "/history/2026-11/2", "/history/2026-11/x", "/history/2026-1", "/history/", "/history/2026-11/"} {
		if doc, err := s.Page("en", path); doc != nil || err != nil {
			t.Errorf("%s exists (%v)", path, err)
		}
	}

	// By "older" alone one comes from the newest month to the first.
	var walked []string
	for path := "/history/2026-11"; path != ""; {
		walked = append(walked, path[len("/history/"):])
		root := parse(t, source(t, s, "en", path))
		path = ""
		for _, a := range all(root, func(n *html.Node) bool { return attr(n, "rel") == "prev" }) {
			path = strings.TrimPrefix(attr(a, "href"), "/en")
		}
	}
	if want := []string{"2026-11", "2026-10", "2026-09", "2026-08", "2026-07"}; !slices.Equal(walked, want) {
		t.Errorf("older leads through %v, want %v", walked, want)
	}
	root := parse(t, source(t, s, "es", "/history"))
	for _, id := range walked {
		if !slices.Contains(links(root), "/es/history/"+id) {
			t.Errorf("the history does not lead to %s", id)
		}
	}
	if got := section(t, root, "Trabajos programados"); !strings.Contains(got, "Work at the holidays") {
		t.Errorf("planned work is %q", got)
	}
}

func TestALongMonthIsCut(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	for n := range 130 {
		p.Publish(pagetest.Update{Incident: fmt.Sprint(n), Phase: comms.PhaseInvestigating, At: at(2, 0, 0).Add(time.Duration(n) * time.Hour), Title: words(fmt.Sprintf("Number %d.", n), ""), HTML: text("x")})
	}
	s := build(t, p, now)
	count := func(path string) int { return strings.Count(source(t, s, "en", path), `class="day"`) }
	if got := []int{count("/history/2026-11"), count("/history/2026-11/2")}; !slices.Equal(got, []int{100, 30}) {
		t.Errorf("the parts hold %v entries", got)
	}
	history := parse(t, source(t, s, "en", "/history"))
	if !strings.Contains(content(history), "80 more in November 2026") {
		t.Error("the history does not say that there is more of the month")
	}
	first, second := content(parse(t, source(t, s, "en", "/history/2026-11"))), content(parse(t, source(t, s, "en", "/history/2026-11/2")))
	if !strings.Contains(first, "Number 129.") || !strings.Contains(second, "Number 0.") || !strings.Contains(second, "Part 2 of 2") {
		t.Error("the parts are not in order")
	}
	if doc, err := s.Page("en", "/history/2026-11/3"); doc != nil || err != nil {
		t.Error("there is a third part")
	}
}

func TestComponentPage(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	brief(p, "Slow on the 5th", at(5, 9, 0), at(5, 10, 0), claim(comms.Degraded, "search")...)
	brief(p, "Exports only", at(6, 9, 0), at(6, 10, 0), claim(comms.Major, "exports")...)
	page := func(when time.Time, lang comms.Lang, id string) *html.Node {
		return parse(t, source(t, build(t, p, when), lang, "/components/"+id))
	}
	got := content(page(now, "en", "search"))
	for _, want := range []string{"Your work", "Search", "Finding documents and people", "NowWorking", "Since5 Nov, 10:00 UTC", "uptime", "Slow on the 5th", "Resolved, 09:00 UTC to 10:00 UTC"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "Exports only") {
		t.Error("the page shows what was not about this component")
	}
	if got := content(page(now, "en", "payments")); !strings.Contains(got, "Listed since1 Nov, 00:00 UTC") || !strings.Contains(got, "Nothing else has been published about this.") {
		t.Errorf("a component without trouble says:\n%s", got)
	}

	p.Publish(pagetest.Update{Incident: "now", Phase: comms.PhaseInvestigating, At: at(23, 14, 0), Started: at(23, 13, 40), Claims: claim(comms.Degraded, "search", "exports"), Title: words("Search is slow", "La búsqueda va lenta"), HTML: text("x")})
	p.Publish(pagetest.Update{Incident: "now", Phase: comms.PhaseIdentified, At: at(23, 14, 20), Started: at(23, 13, 40), Claims: claim(comms.Partial, "search", "exports"), Title: words("Search is slow", "La búsqueda va lenta"), HTML: text("x")})
	root := page(now, "es", "search")
	if got := content(root); !strings.Contains(got, "Desde23 nov, 14:20 UTC") || !strings.Contains(section(t, root, "Qué ocurre ahora"), "La búsqueda va lenta") {
		t.Errorf("the open incident is not told of:\n%s", got)
	}
	for _, want := range []string{"/es/subscribe?component=search", "/es/components/exports", "/es/incidents/" + string(pagetest.ID("now"))} {
		if !slices.Contains(links(root), want) {
			t.Errorf("nothing leads to %s in %v", want, links(root))
		}
	}

	files := pagetest.New(t, at(1, 0, 0)).All()[0].Message().PlanVersion.Files
	for n := range files {
		files[n].Text = strings.ReplaceAll(files[n].Text, "id: search\n        name: { en: Search, es: Búsqueda }", "id: lookup\n        name: { en: Lookup, es: Consultas }")
	}
	p.Replan(at(23, 14, 30), files...)
	got = content(page(now, "en", "search"))
	for _, want := range []string{"Search", "It has not been listed on this page since 23 Nov, 14:30 UTC.", "Slow on the 5th", "Search is slow"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page of a component that is gone lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "NowWorking") || strings.Contains(got, "uptime") {
		t.Error("a component that is gone has a state")
	}
	if doc, err := build(t, p, now).Page("en", "/components/nothing"); doc != nil || err != nil {
		t.Error("a component that never was has a page")
	}
}

// TestFingerprintsOfComponentsAndMonths renders again exactly what changed.
func TestFingerprintsOfComponentsAndMonths(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0).AddDate(0, -2, 0))
	brief(p, "October", at(5, 9, 0).AddDate(0, -1, 0), at(5, 10, 0).AddDate(0, -1, 0), claim(comms.Degraded, "search")...)
	b := builder(t)
	paths := []string{"/components/search", "/components/exports", "/history/2026-10", "/history/2026-11", "/history"}
	docs := func(when time.Time) map[string]*page.Document {
		s, err := b.Build(p.All(), when)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]*page.Document{}
		for _, path := range paths {
			if out[path], err = s.Page("en", path); err != nil || out[path] == nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		return out
	}
	changed := func(before, after map[string]*page.Document) (out []string) {
		for _, path := range paths {
			if before[path] != after[path] {
				out = append(out, path)
			}
		}
		return out
	}
	first := docs(now)
	p.Publish(pagetest.Update{Incident: "new", Phase: comms.PhaseInvestigating, At: now, Claims: claim(comms.Major, "search"), Title: words("New", ""), HTML: text("x")})
	second := docs(now.Add(time.Minute))
	if got, want := changed(first, second), []string{"/components/search", "/history/2026-11", "/history"}; !slices.Equal(got, want) {
		t.Errorf("a publication changed %v, want %v", got, want)
	}
	third := docs(now.Add(24 * time.Hour))
	if got, want := changed(second, third), []string{"/components/search", "/components/exports"}; !slices.Equal(got, want) {
		t.Errorf("midnight changed %v, want %v", got, want)
	}
}

// TestPathsAreAllThereIs holds what a copy enumerates to what Page answers.
func TestPathsAreAllThereIs(t *testing.T) {
	s := build(t, pagetest.Large(t, now, 3, 20), now).Copy()
	paths := s.Paths()
	for _, lang := range s.Languages() {
		for _, path := range paths {
			doc, err := s.Page(lang, path)
			if err != nil || doc == nil {
				t.Fatalf("%s: %v", path, err)
			}
			if !strings.Contains(doc.Type, "html") {
				continue
			}
			for _, href := range links(parse(t, string(doc.In(page.Identity).Bytes()))) {
				href, _, _ = strings.Cut(href, "#")
				href, _, query := strings.Cut(href, "?")
				for _, l := range s.Languages() {
					href = strings.TrimPrefix(href, "/"+string(l))
				}
				if strings.HasPrefix(href, "/") && !query && !slices.Contains(paths, href) {
					t.Errorf("%s leads to %s, which is not listed", path, href)
				}
			}
		}
	}
}
