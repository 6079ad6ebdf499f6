package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page/pagetest"
)

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

func claim(state comms.State, ids ...comms.ComponentID) []comms.Claim {
	var out []comms.Claim
	for _, id := range ids {
		out = append(out, comms.Claim{Component: id, State: state})
	}
	return out
}

func words(en, es string) comms.Words {
	if es == "" {
		return comms.Words{"en": en}
	}
	return comms.Words{"en": en, "es": es}
}

func text(html string) comms.Words { return words("<p>"+html+"</p>", "<p>"+html+" (es)</p>") }

// all collects the elements that the test is true of.
func all(n *html.Node, is func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && is(d) {
			out = append(out, d)
		}
	}
	return out
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func content(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

// state finds what the front page says of a component, by its name.
func state(t *testing.T, root *html.Node, name string) string {
	t.Helper()
	for _, li := range all(root, func(n *html.Node) bool { return attr(n, "class") == "component" }) {
		if b := all(li, func(n *html.Node) bool { return n.Data == "b" }); content(b[0]) == name {
			return content(all(li, func(n *html.Node) bool { return strings.HasPrefix(attr(n, "class"), "state") })[0])
		}
	}
	t.Fatalf("the page has no component %q", name)
	return ""
}

func heading(root *html.Node) string {
	return content(all(root, func(n *html.Node) bool { return n.Data == "h1" })[0])
}

func TestComponentsShowTheWorstOpenClaim(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	step := func(wantSearch, wantHead string) {
		t.Helper()
		root := parse(t, source(t, build(t, p, now), "en", "/"))
		if got := state(t, root, "Search"); got != wantSearch {
			t.Errorf("Search is %q, want %q", got, wantSearch)
		}
		if got := heading(root); got != wantHead {
			t.Errorf("the page says %q, want %q", got, wantHead)
		}
	}
	publish := func(incident string, phase comms.Phase, hour int, claims []comms.Claim) {
		p.Publish(pagetest.Update{Incident: incident, Phase: phase, At: at(23, hour, 0), Claims: claims, Title: words(incident, ""), HTML: text("x")})
	}
	step("Working", "Everything is working")
	publish("one", comms.PhaseInvestigating, 8, claim(comms.Degraded, "search"))
	step("Slow", "Search may be slow or fail at times")
	publish("two", comms.PhaseInvestigating, 9, claim(comms.Major, "search", "exports"))
	step("Not working", "Search and Exports cannot be used right now")
	publish("one", comms.PhaseInvestigating, 9, claim(comms.Degraded, "search"))
	if text := source(t, build(t, p, now), "en", "/"); strings.Index(text, ">two</a></h2>") > strings.Index(text, ">one</a></h2>") {
		t.Error("the incident that is worst must stand first, whichever spoke last")
	}
	publish("two", comms.PhaseMonitoring, 10, claim(comms.Operational, "search", "exports"))
	step("Slow", "Search may be slow or fail at times")
	publish("one", comms.PhaseMonitoring, 11, claim(comms.Operational, "search"))
	step("Working", "Everything is working; we are still following 2 problems")
	publish("one", comms.PhaseResolved, 12, claim(comms.Major, "search"))
	publish("two", comms.PhaseResolved, 13, nil)
	step("Working", "Everything is working")
}

func TestPromises(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	next := at(23, 15, 0)
	p.Publish(pagetest.Update{
		Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 14, 30), Next: &next,
		Claims: claim(comms.Partial, "search"), Title: words("Search is down", ""), HTML: text("x"),
	})
	for _, test := range []struct {
		at              time.Time
		want, mustNotBe string
	}{
		{at(23, 14, 59), "Next update by 15:00 UTC.", "is late"},
		{at(23, 15, 0), "The update that was promised for 15:00 UTC is late.", "Next update by"},
	} {
		s := build(t, p, test.at)
		for _, path := range []string{"/", "/incidents/" + string(pagetest.ID("one"))} {
			got := content(parse(t, source(t, s, "en", path)))
			if !strings.Contains(got, test.want) || strings.Contains(got, test.mustNotBe) {
				t.Errorf("%s at %s: want %q and not %q", path, test.at.Format("15:04"), test.want, test.mustNotBe)
			}
		}
		if test.at.Before(next) && !s.Expires.Equal(next) {
			t.Errorf("the snapshot expires at %s, want %s", s.Expires, next)
		}
	}
	if got, want := build(t, p, at(23, 15, 0)).Expires, at(24, 0, 0); !got.Equal(want) {
		t.Errorf("the snapshot expires at %s, want midnight", got)
	}
	files := pagetest.New(t, at(1, 0, 0)).All()[0].Message().PlanVersion.Files
	for n := range files {
		files[n].Text = strings.Replace(files[n].Text, "show_overdue: true", "show_overdue: false", 1)
	}
	p.Replan(at(23, 15, 1), files...)
	if got := content(parse(t, source(t, build(t, p, at(23, 15, 2)), "en", "/"))); strings.Contains(got, "is late") || strings.Contains(got, "Next update by 15:00") {
		t.Error("the plan says not to show late promises, and the page does")
	}
}

func TestCorrectionsKeepTheOldWords(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	old := p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 9, 0), Title: words("In Asia", "En Asia"), HTML: text("Asia is slow"), Claims: claim(comms.Degraded, "search")})
	fresh := p.Publish(pagetest.Update{
		Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 9, 20), Corrects: old, Reason: words("We named the wrong place.", "Nombramos otro lugar."),
		Title: words("In Europe", "En Europa"), HTML: text("Europe is slow"), Claims: claim(comms.Degraded, "search"),
	})
	for _, path := range []string{"/", "/incidents/" + string(pagetest.ID("one"))} {
		root := parse(t, source(t, build(t, p, now), "en", path))
		article := func(id comms.ID) *html.Node {
			found := all(root, func(n *html.Node) bool { return attr(n, "id") == "u-"+string(id) })
			if len(found) != 1 {
				t.Fatalf("%s has %d updates %s", path, len(found), id)
			}
			return found[0]
		}
		links := func(n *html.Node) string {
			return attr(all(n, func(n *html.Node) bool { return n.Data == "a" })[0], "href")
		}
		before, after := article(old.Message().Update), article(fresh.Message().Update)
		for _, want := range []string{"Asia is slow", "These words were corrected on 23 Nov, 09:20 UTC.", "Why: We named the wrong place."} {
			if !strings.Contains(content(before), want) {
				t.Errorf("%s: the old update lacks %q", path, want)
			}
		}
		for _, want := range []string{"Correction", "Europe is slow", "This puts right the update of 23 Nov, 09:00 UTC.", "Why: We named the wrong place."} {
			if !strings.Contains(content(after), want) {
				t.Errorf("%s: the correction lacks %q", path, want)
			}
		}
		if links(before) != "#u-"+string(fresh.Message().Update) || links(after) != "#u-"+string(old.Message().Update) {
			t.Errorf("%s: the two do not lead to each other", path)
		}
		if path == "/" && !strings.Contains(content(root), "In Europe") {
			t.Error("the heading is not the corrected one")
		}
	}
}

func TestMissingLanguageIsLabelled(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 9, 0), Title: words("Only English", ""), HTML: words("<p>Just this.</p>", "")})
	root := parse(t, source(t, build(t, p, now), "es", "/"))
	if attr(all(root, func(n *html.Node) bool { return n.Data == "html" })[0], "lang") != "es" {
		t.Error("the Spanish page does not say that it is")
	}
	bodies := all(root, func(n *html.Node) bool { return n.Data == "div" && attr(n, "lang") == "en" })
	if len(bodies) != 1 || !strings.Contains(content(bodies[0]), "Just this.") {
		t.Error("the English words are not marked as English")
	}
	if !strings.Contains(content(root), "Este texto todavía no está en español") {
		t.Error("the page does not say that the text is missing in Spanish")
	}
}

func TestOlderUpdatesFold(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	for n := range 7 {
		p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 9, n), Title: words("One", ""), HTML: text(fmt.Sprintf("update %d", n))})
	}
	got := content(parse(t, source(t, build(t, p, now), "en", "/")))
	if !strings.Contains(got, "update 6") || !strings.Contains(got, "update 3") || strings.Contains(got, "update 2") || !strings.Contains(got, "3 earlier updates") {
		t.Error("the front page must show the four newest updates, and say how many came before")
	}
	long := strings.Repeat("many words ", 900)
	for n := range 2 {
		p.Publish(pagetest.Update{Incident: "two", Phase: comms.PhaseInvestigating, At: at(23, 10, n), Title: words("Two", ""), HTML: text(fmt.Sprint(n, long))})
	}
	got = content(parse(t, source(t, build(t, p, now), "en", "/")))
	if !strings.Contains(got, "1"+long) || strings.Contains(got, "0"+long) || !strings.Contains(got, "update 6") {
		t.Error("a long older update must fold, and every incident keep its newest")
	}
}

func TestDaysAndPlannedWork(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	end := at(19, 9, 50)
	for _, phase := range []comms.Phase{comms.PhaseInvestigating, comms.PhaseResolved} {
		p.Publish(pagetest.Update{Incident: "past", Phase: phase, At: at(19, 10, 0), Started: at(19, 9, 10), Ended: &end, Title: words("Exports were slow", ""), HTML: text("x")})
	}
	window := at(28, 3, 30)
	p.Publish(pagetest.Update{
		Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, At: at(20, 8, 0), Started: at(28, 2, 0), Ended: &window,
		Claims: claim(comms.Operational, "exports"), Title: words("Exports will pause", ""), HTML: text("y"),
	})
	root := parse(t, source(t, build(t, p, now), "en", "/"))
	got := content(root)
	for _, want := range []string{
		"Exports were slow Resolved, 09:10 UTC to 09:50 UTC", "Friday 20 November to Monday 23 NovemberNothing to report.",
		"Monday 9 November to Wednesday 18 November", "Sat 28 Nov02:00 UTC– 03:30 UTC", "Everything is working",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the front page lacks %q", want)
		}
	}
	if attr(all(root, func(n *html.Node) bool { return n.Data == "a" && content(n) == "Exports will pause" })[0], "href") != "/en/maintenances/"+string(pagetest.ID("work")) {
		t.Error("the planned work has another address")
	}
	if got := content(parse(t, source(t, build(t, p, now), "es", "/history"))); !strings.Contains(got, "noviembre de 2026") {
		t.Error("the history has no month in Spanish")
	}
}
