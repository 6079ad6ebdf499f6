package page_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

// picture is what a badge is made of.
type picture struct {
	Width   float64 `xml:"width,attr"`
	ViewBox string  `xml:"viewBox,attr"`
	Role    string  `xml:"role,attr"`
	Label   string  `xml:"aria-label,attr"`
	Lang    string  `xml:"lang,attr"`
	Title   string  `xml:"title"`
	Rects   []struct {
		X     float64 `xml:"x,attr"`
		Width float64 `xml:"width,attr"`
		Fill  string  `xml:"fill,attr"`
	} `xml:"g>rect"`
	Texts []struct {
		X      float64 `xml:"x,attr"`
		Length float64 `xml:"textLength,attr"`
		Words  string  `xml:",chardata"`
	} `xml:"g>text"`
}

func badge(t *testing.T, doc *page.Document, err error) picture {
	t.Helper()
	if err != nil || doc == nil || doc.Type != "image/svg+xml" {
		t.Fatalf("no badge: %v", err)
	}
	var p picture
	if err := xml.Unmarshal(doc.In(page.Identity).Bytes(), &p); err != nil {
		t.Fatalf("%v\n%s", err, doc.In(page.Identity).Bytes())
	}
	if p.Role != "img" || p.Title == "" || p.Label != p.Title || p.ViewBox != fmt.Sprintf("0 0 %v 28", p.Width) || len(p.Texts) != 2 || len(p.Rects) < 2 {
		t.Errorf("%+v is no picture with a text of its own", p)
	}
	for n, text := range p.Texts { // words stay on their ground
		ground := p.Rects[n]
		if text.X < ground.X || text.X+text.Length > ground.X+ground.Width || ground.X+ground.Width > p.Width {
			t.Errorf("%q stands from %v for %v on a ground from %v for %v", text.Words, text.X, text.Length, ground.X, ground.Width)
		}
		if got := contrast(t, ground.Fill); got < 4.5 {
			t.Errorf("white on %s has a contrast of %.1f", ground.Fill, got)
		}
	}
	return p
}

// contrast is that of white on a colour (WCAG 2.2, contrast ratio).
func contrast(t *testing.T, colour string) float64 {
	t.Helper()
	var rgb [3]int
	if _, err := fmt.Sscanf(colour, "#%2x%2x%2x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
		t.Fatal(err)
	}
	luminance := 0.0
	for n, weight := range []float64{.2126, .7152, .0722} {
		c := float64(rgb[n]) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		luminance += weight * c
	}
	return 1.05 / (luminance + .05)
}

// TestBadges reads the badge of everything and of each component, in each
// state and language.
func TestBadges(t *testing.T) {
	for state, want := range map[comms.State][2]string{
		comms.Operational: {"Search: Working", "Northwind status: Everything is working; we are still following one problem"},
		comms.Maintenance: {"Search: Planned work", "Northwind status: Planned work"},
		comms.Degraded:    {"Search: Slow", "Northwind status: Slow"},
		comms.Partial:     {"Search: Partly not working", "Northwind status: Partly not working"},
		comms.Major:       {"Search: Not working", "Northwind status: Not working"},
	} {
		p := pagetest.New(t, at(1, 0, 0))
		p.Publish(pagetest.Update{
			Incident: "one", Phase: comms.PhaseInvestigating, At: at(2, 0, 0), Claims: []comms.Claim{{Component: "search", State: state}},
			Title: both("Title", "Título"), HTML: both("<p>.</p>", "<p>.</p>"),
		})
		s := build(t, p, now)
		for path, want := range map[string]string{"/components/search/badge.svg": want[0], "/badge.svg": want[1]} {
			doc, err := s.Page("en", path)
			if got := badge(t, doc, err); got.Title != want || got.Lang != "en" {
				t.Errorf("%s is %q in %q, want %q", path, got.Title, got.Lang, want)
			}
			doc, err = s.Page("es", path)
			if got := badge(t, doc, err); got.Lang != "es" || got.Title == want || !strings.Contains(got.Title, ": ") {
				t.Errorf("%s in Spanish is %q", path, got.Title)
			}
		}
		doc, err := s.BadgeMissing("es")
		if got := badge(t, doc, err); !strings.HasPrefix(got.Title, "No hay tal servicio aquí: Estado de Northwind: ") {
			t.Errorf("what is not there is %q", got.Title)
		}
		for _, path := range []string{"/components/nothing/badge.svg", "/components/badge.svg", "/incidents/search/badge.svg", "/history/badge.svg"} {
			if doc, err := s.Page("en", path); doc != nil || err != nil {
				t.Errorf("%s: %v, %v", path, doc, err)
			}
		}
	}
}

// TestBanner reads what the banner in other pages says, and weighs its script.
func TestBanner(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	said := func(lang comms.Lang) string {
		doc, err := build(t, p, now).EmbedData(lang)
		if err != nil {
			t.Fatal(err)
		}
		return string(doc.In(page.Identity).Bytes())
	}
	if got := said("en"); !strings.Contains(got, `"status":"operational","calm":true,"sentence":"Everything is working"`) {
		t.Errorf("all is well: %s", got)
	}
	p.Publish(pagetest.Update{
		Incident: "one", Phase: comms.PhaseInvestigating, At: at(2, 0, 0), Claims: []comms.Claim{{Component: "search", State: comms.Partial}},
		Title: both("Title", "Título"), HTML: both("<p>.</p>", "<p>.</p>"),
	})
	for lang, want := range map[comms.Lang]string{
		"en": `{"language":"en","status":"partial","calm":false,"sentence":"Parts of Search are not working","more":"See what is happening","url":"https://status.northwind.example/en/"}`,
		"es": `"sentence":"Hay partes de Búsqueda que no funcionan"`,
	} {
		if got := said(lang); !strings.Contains(got, want) {
			t.Errorf("in %s: %s", lang, got)
		}
	}
	script := build(t, p, now).EmbedScript().In(page.Identity).Bytes()
	t.Logf("the banner's script takes %d bytes", len(script))
	if len(script) >= 2048 {
		t.Errorf("the banner's script takes %d bytes, 2 KB or more", len(script))
	}
	for _, never := range []string{"innerHTML", "cookie", "localStorage", "eval(", ".style"} {
		if strings.Contains(string(script), never) {
			t.Errorf("the banner's script uses %s", never)
		}
	}
}
