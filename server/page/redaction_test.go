package page_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

const secret = "Zanzibar"

var why = words("It named a customer.", "Nombraba a un cliente.")

// secretive is a page on which an update, a correction of it and planned work
// hold words that must go.
func secretive(t *testing.T) (p *pagetest.Press, first, correction, work signoff.Publication) {
	t.Helper()
	p = pagetest.New(t, at(1, 0, 0))
	first = p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 9, 0), Title: words(secret+" is slow", secret+" va lento"), HTML: text(secret), Claims: claim(comms.Degraded, "search")})
	correction = p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 9, 20), Corrects: first, Reason: words("Not in "+secret, ""), Title: words("Search is slow", "La búsqueda va lenta"), HTML: text(secret), Claims: claim(comms.Degraded, "search")})
	work = p.Publish(pagetest.Update{Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, At: at(23, 10, 0), Started: at(28, 2, 0), Title: words(secret, ""), HTML: text(secret)})
	return p, first, correction, work
}

// TestRedactedWordsAreNowhere redacts one after the other, and looks for the
// words on everything that a page has.
func TestRedactedWordsAreNowhere(t *testing.T) {
	p, first, correction, work := secretive(t)
	b := builder(t)
	before, err := b.Build(p.All(), now)
	if err != nil {
		t.Fatal(err)
	}
	if got := holding(t, before); len(got) < 10 {
		t.Fatalf("the words are on %v alone: the test proves nothing", got)
	}
	for _, old := range []signoff.Publication{first, correction, work} {
		p.Redact(old, at(23, 11, 0), why)
	}
	after, err := b.Build(p.All(), now)
	if err != nil {
		t.Fatal(err)
	}
	if got := holding(t, after); len(got) > 0 {
		t.Errorf("the words are still on %v", got)
	}
	for path, wants := range map[string][]string{
		"/": {"These words were removed on 23 Nov, 11:00 UTC. Why: It named a customer.", "Search", "Incident", "Planned work"},
		"/incidents/" + string(pagetest.ID("one")): {
			"Publication 2 · " + first.Digest().Short() + " · removed by publication 5", "Publication 3 · " + correction.Digest().Short(),
			"These words were corrected on 23 Nov, 09:20 UTC. Read the new words", "This puts right the update of 23 Nov, 09:00 UTC. See the old words", "Investigating",
		},
		"/maintenances/" + string(pagetest.ID("work")): {"removed by publication 7", "Starts"},
	} {
		got := content(parse(t, source(t, after, "en", path)))
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", path, want, got)
			}
		}
	}
	if want := "Motivo: Nombraba a un cliente."; !strings.Contains(content(parse(t, source(t, after, "es", "/"))), want) {
		t.Errorf("the Spanish page lacks %q", want)
	}
}

// holding lists the documents of a page that have the secret.
func holding(t *testing.T, s *page.Snapshot) []string {
	t.Helper()
	paths := s.Paths()
	for _, of := range []string{"", "/components/search"} {
		for _, file := range []string{"/feed.atom", "/feed.rss", "/feed.json", "/calendar.ics"} {
			paths = append(paths, of+file)
		}
	}
	var out []string
	for _, lang := range s.Languages() {
		for _, path := range paths {
			if strings.Contains(source(t, s, lang, path), secret) {
				out = append(out, string(lang)+path)
			}
		}
	}
	return out
}

// TestRedactionMovesNothing compares what the page says besides words.
func TestRedactionMovesNothing(t *testing.T) {
	p, first, _, _ := secretive(t)
	before := parse(t, source(t, build(t, p, now), "en", "/"))
	p.Redact(first, at(23, 11, 0), why)
	after := parse(t, source(t, build(t, p, now), "en", "/"))
	states := func(root *html.Node) (out string) {
		for _, n := range all(root, func(n *html.Node) bool {
			return strings.HasPrefix(attr(n, "class"), "state ") || n.Data == "svg" || n.Data == "h1"
		}) {
			out += content(n) + attr(n, "aria-label") + "\n"
		}
		return out
	}
	if got, want := states(after), states(before); got != want {
		t.Errorf("it said\n%s\nand says\n%s", want, got)
	}
}

// TestTheKeeperForgets redacts what was loaded long before.
func TestTheKeeperForgets(t *testing.T) {
	p, first, correction, work := secretive(t)
	k := page.NewKeeper(builder(t), p, nil, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	if err := k.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n, old := range []signoff.Publication{work, correction, first} {
		p.Redact(old, at(23, 12, n), why)
		if err := k.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseIdentified, At: at(23, 13, 0), Title: words("We found it", ""), HTML: text("x"), Claims: claim(comms.Degraded, "search")})
	if err := k.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := holding(t, k.Snapshot()); len(got) > 0 {
		t.Errorf("the words are still on %v", got)
	}
	if !strings.Contains(content(parse(t, source(t, k.Snapshot(), "en", "/"))), "We found it") {
		t.Error("what was published after the redactions is not shown")
	}
}

// TestManyCorrections corrects one update twice, and its correction once.
func TestManyCorrections(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	publish := func(minute int, title string, corrects signoff.Publication) signoff.Publication {
		return p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 9, minute), Corrects: corrects, Reason: words("Why "+title, "Por qué"), Title: words(title, title), HTML: text(title), Claims: claim(comms.Degraded, "search")})
	}
	old := publish(0, "first", signoff.Publication{})
	second := publish(10, "second", old)
	third := publish(20, "third", old)
	fourth := publish(30, "fourth", third)
	for _, path := range []string{"/", "/incidents/" + string(pagetest.ID("one"))} {
		root := parse(t, source(t, build(t, p, now), "en", path))
		for _, c := range []struct {
			of     signoff.Publication
			marked []signoff.Publication // in their order
		}{{old, []signoff.Publication{second, third}}, {second, []signoff.Publication{old}}, {third, []signoff.Publication{fourth, old}}, {fourth, []signoff.Publication{third}}} {
			articles := all(root, func(n *html.Node) bool { return attr(n, "id") == "u-"+string(c.of.Message().Update) })
			if len(articles) != 1 {
				t.Fatalf("%s has %d updates of publication %d", path, len(articles), c.of.Number())
			}
			var got, want []string
			for _, a := range all(articles[0], func(n *html.Node) bool { return n.Data == "a" }) {
				got = append(got, attr(a, "href"))
			}
			for _, m := range c.marked {
				want = append(want, "#u-"+string(m.Message().Update))
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s: publication %d leads to %v, want %v", path, c.of.Number(), got, want)
			}
		}
		heading := all(root, func(n *html.Node) bool { return n.Data == "h1" || n.Data == "h2" })
		if !strings.Contains(content(heading[0])+content(heading[1]), "fourth") {
			t.Errorf("%s: the heading is not the one that was corrected last", path)
		}
	}
}
