package page_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/language/languagetest"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/static"
	"github.com/countersign/countersign/templates"
)

// kinds is one page of each kind, of a day that does not move, in English,
// Spanish and two languages that nobody speaks.
func kinds(t *testing.T) (s *page.Snapshot, pages map[comms.Lang]map[string]string) {
	t.Helper()
	cat, err := language.New(languagetest.With(t, templates.FS))
	if err != nil {
		t.Fatal(err)
	}
	b, err := page.NewBuilder(cat, templates.FS, static.FS)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = b.Build(story(t).All(), now); err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{
		"front": "/", "history": "/history", "month": "/history/2026-11", "component": "/components/search", "day": "/days/2026-11-23", "how": "/how-we-publish", "link": "/go/export",
		"incident": "/incidents/" + string(pagetest.ID("slow search")), "work": "/maintenances/" + string(pagetest.ID("new disks")), "over": "/incidents/" + string(pagetest.ID("no mails")),
	}
	pages = map[comms.Lang]map[string]string{}
	for _, lang := range s.Languages() {
		pages[lang] = map[string]string{}
		for kind, path := range paths {
			pages[lang][kind] = source(t, s, lang, path)
		}
		keep := func(kind string, doc *page.Document, err error) {
			if err != nil {
				t.Fatal(err)
			}
			pages[lang][kind] = string(doc.In(page.Identity).Bytes())
		}
		doc, err := s.Missing(lang, "/nothing")
		keep("missing", doc, err)
		doc, err = s.Subscribe(lang, page.Signup{What: page.All})
		keep("subscribe", doc, err)
	}
	return s, pages
}

// story is a company with a look of its own, an incident under way, one that
// is over, and work ahead; some of it is said in English alone.
func story(t *testing.T) *pagetest.Press {
	t.Helper()
	files := pagetest.BrandedPlan(t)
	for n, f := range files {
		if f.Name == "organisation.yaml" {
			files[n].Text = strings.Replace(f.Text, "optional: [es]", "optional: [es, en-XA, ar-XB]", 1)
		}
	}
	p := pagetest.New(t, at(1, 0, 0), files...)
	next, ended, till := at(23, 15, 10), at(12, 10, 25), at(26, 4, 0)
	say := func(en, es string) (comms.Words, comms.Words) {
		html := func(s string) string { return "<p>" + s + "</p>" }
		if es == "" {
			return comms.Words{"en": en}, comms.Words{"en": html(en)}
		}
		return comms.Words{"en": en, "es": es}, comms.Words{"en": html(en), "es": html(es)}
	}
	publish := func(u pagetest.Update, en, es string) {
		u.Title, u.HTML = say(en, es)
		p.Publish(u)
	}
	search := claim(comms.Partial, "search", "documents")
	publish(pagetest.Update{Incident: "no mails", Phase: comms.PhaseInvestigating, At: at(12, 9, 0), Claims: claim(comms.Degraded, "notifications")}, "Mails arrive late", "Los correos llegan tarde")
	publish(pagetest.Update{Incident: "no mails", Phase: comms.PhaseResolved, At: at(12, 10, 30), Started: at(12, 9, 0), Ended: &ended}, "Mails arrive late", "Los correos llegan tarde")
	publish(pagetest.Update{Incident: "slow search", Phase: comms.PhaseInvestigating, At: at(23, 14, 0), Claims: search}, "Search finds nothing", "La búsqueda no encuentra nada")
	publish(pagetest.Update{Incident: "slow search", Phase: comms.PhaseIdentified, At: at(23, 14, 30), Started: at(23, 14, 0), Claims: search, Next: &next}, "Search finds nothing", "")
	publish(pagetest.Update{Incident: "new disks", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, At: at(20, 9, 0), Started: at(26, 2, 0), Ended: &till, Claims: claim(comms.Maintenance, "exports")}, "New disks for exports", "Discos nuevos para las exportaciones")
	return p
}

// latinWord is what the accented language has nowhere.
var latinWord = regexp.MustCompile(`[A-Za-z]{2,}`)

// untranslated are names, addresses and seals.
var untranslated = regexp.MustCompile(`Northwind|English|Español|[\w.]+@[\w.]+|https?://\S+|/\S+|[0-9a-f]{4}·[0-9a-f]{4}`)

// signed knows the words of the company that sentences of the catalogue hold.
func signed(t *testing.T) *strings.Replacer {
	t.Helper()
	c := story(t).All()[0].Message().PlanVersion.Catalogue
	words := []string{"Search finds nothing", "New disks for exports", "Mails arrive late", c.Texts.Title["en"]}
	for _, w := range c.States {
		words = append(words, w["en"])
	}
	for _, w := range c.Phases {
		words = append(words, w["en"])
	}
	for _, one := range c.Components() {
		words = append(words, one.Name["en"])
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) }) // "Partly not working" before "Not working"
	var out []string
	for _, w := range words {
		out = append(out, w, "")
	}
	return strings.NewReplacer(out...)
}

// TestNoWordGoesPastTheCatalogue reads every kind of page in a language whose
// catalogue is one generated file: what is said in plain letters is either
// signed words, labelled with their language, or was written into the program.
func TestNoWordGoesPastTheCatalogue(t *testing.T) {
	s, pages := kinds(t)
	company := signed(t)
	for _, lang := range []comms.Lang{languagetest.Accented, languagetest.Mirrored} {
		for kind, text := range pages[lang] {
			checkStructure(t, string(lang)+" "+kind, text, s.Policy)
			root := parse(t, text)
			want := map[comms.Lang]string{languagetest.Accented: "ltr", languagetest.Mirrored: "rtl"}[lang]
			if dir := attr(all(root, func(n *html.Node) bool { return n.Data == "html" })[0], "dir"); dir != want {
				t.Errorf("%s in %s is written %q", kind, lang, dir)
			}
			feed, err := s.Page(lang, "/feed.atom")
			if err != nil || !strings.Contains(string(feed.In(page.Identity).Bytes()), `lang="`+string(lang)+`" dir="`+want+`"`) {
				t.Errorf("the feed in %s does not say that it is written %q (%v)", lang, want, err)
			}
			for _, said := range unlabelled(root) {
				if m := latinWord.FindString(untranslated.ReplaceAllString(company.Replace(said), "")); m != "" {
					t.Errorf("%s in %s says %q", kind, lang, said)
				}
			}
		}
	}
}

// unlabelled lists what a page says in its own language: texts, and attributes
// that are read.
func unlabelled(n *html.Node) (out []string) {
	if n.Type == html.ElementNode && n.Data != "html" && attr(n, "lang") != "" || slices.Contains([]string{"style", "script"}, n.Data) && n.Type == html.ElementNode {
		return nil
	}
	if n.Type == html.TextNode {
		return []string{n.Data}
	}
	for _, a := range n.Attr {
		if slices.Contains([]string{"aria-label", "title", "alt", "placeholder", "data-local", "data-renewed"}, a.Key) && n.Data != "link" {
			out = append(out, a.Val)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && c.Data == "title" && n.Data == "head" {
			continue // the window's title holds signed words, which no attribute can label
		}
		out = append(out, unlabelled(c)...)
	}
	return out
}

// TestAlternates: each page names itself and its other languages, and whoever
// lacks all of them.
func TestAlternates(t *testing.T) {
	s, pages := kinds(t)
	const base = "https://status.northwind.example"
	for kind, text := range pages["es"] {
		got := map[string]string{}
		for _, n := range all(parse(t, text), func(n *html.Node) bool { return n.Data == "link" }) {
			got[attr(n, "rel")+" "+attr(n, "hreflang")] = attr(n, "href")
		}
		if strings.Contains(text, `name="robots"`) {
			if got["canonical "] != "" {
				t.Errorf("%s is not for search engines, and names itself as %s", kind, got["canonical "])
			}
			continue
		}
		path := strings.TrimPrefix(got["canonical "], base+"/es")
		for _, lang := range s.Languages() {
			if got["alternate "+string(lang)] != base+"/"+string(lang)+path {
				t.Errorf("%s at %q leads to %q in %s", kind, path, got["alternate "+string(lang)], lang)
			}
		}
		if got["alternate x-default"] != base+path || path == "" {
			t.Errorf("%s leads others to %q", kind, got["alternate x-default"])
		}
	}
}

// TestKindsAreLaidOut puts the pages where the browser's tests look at them.
func TestKindsAreLaidOut(t *testing.T) {
	s, pages := kinds(t)
	dir := os.Getenv("COUNTERSIGN_PAGES")
	if dir == "" {
		dir = t.TempDir()
	}
	put := func(name string, text []byte) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for lang, byKind := range pages {
		for kind, text := range byKind {
			put(fmt.Sprintf("%s/%s.html", lang, kind), []byte(text))
		}
	}
	put("policy", []byte(s.Policy))
	put(strings.TrimPrefix(s.LogoPath(), "/"), s.Logo(s.LogoPath()).In(page.Identity).Bytes())
	if n, err := filepath.Glob(filepath.Join(dir, "*", "*.html")); err != nil || len(n) != 4*12 {
		t.Errorf("%d pages were laid out (%v)", len(n), err)
	}
}
