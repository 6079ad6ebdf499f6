package feed_test

import (
	"encoding/xml"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/feed"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

func pointer(t time.Time) *time.Time { return &t }

func press(t testing.TB) *pagetest.Press {
	t.Helper()
	p := pagetest.New(t, at(1, 0))
	old := p.Publish(pagetest.Update{
		Incident: "one", Phase: comms.PhaseInvestigating, At: at(2, 9), Claims: []comms.Claim{{Component: "search", State: comms.Degraded}},
		Title: comms.Words{"en": "Search & more is slow", "es": "La búsqueda va lenta"},
		HTML:  comms.Words{"en": "<p>Asia &amp; <strong>Europe</strong></p>", "es": "<p>Asia y Europa</p>"},
	})
	p.Publish(pagetest.Update{
		Incident: "one", Phase: comms.PhaseInvestigating, At: at(2, 10), Corrects: old, Claims: []comms.Claim{{Component: "search", State: comms.Degraded}},
		Reason: comms.Words{"en": "Asia was <never> slow.", "es": "Asia nunca fue lenta."},
		Title:  comms.Words{"en": "Search is slow in Europe", "es": "La búsqueda va lenta en Europa"},
		HTML:   comms.Words{"en": "<p>Europe alone</p>", "es": "<p>Solo Europa</p>"},
	})
	p.Publish(pagetest.Update{
		Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, At: at(3, 8), Started: at(9, 2), Ended: pointer(at(9, 3)),
		Claims: []comms.Claim{{Component: "exports", State: comms.Maintenance}},
		Title:  comms.Words{"en": "Exports will pause"}, HTML: comms.Words{"en": "<p>For an hour.</p>"},
	})
	return p
}

func catalogue(t testing.TB) *language.Catalogue {
	t.Helper()
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func record(t testing.TB, pubs []signoff.Publication, lang comms.Lang) *feed.Record {
	t.Helper()
	outlines, shelf := pagetest.Outlines(t, pubs)
	r, err := feed.Read(outlines, shelf, lang, catalogue(t).For(lang))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// since is before everything that these tests publish.
var since = at(1, 0)

// write encodes in the format that a file's name ends on.
func write(t testing.TB, r *feed.Record, component comms.ComponentID, format string) string {
	t.Helper()
	var out []byte
	var err error
	f, err := r.Feed(component)
	if err != nil {
		t.Fatal(err)
	}
	switch format {
	case "atom":
		out, err = f.Atom()
	case "rss":
		out, err = f.RSS()
	case "json":
		out, err = f.JSON()
	case "ics":
		out, err = r.Calendar(component, since)
	default:
		t.Fatalf("there is no format %q", format)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

var formats = []string{"atom", "rss", "json", "ics"}

func TestGolden(t *testing.T) {
	p := press(t)
	for _, lang := range []comms.Lang{"en", "es"} {
		for _, component := range []comms.ComponentID{"", "search"} {
			for _, format := range formats {
				name := "testdata/" + strings.Trim(string(lang)+"."+string(component), ".") + "." + format
				got := write(t, record(t, p.All(), lang), component, format)
				if *update {
					if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(string(want), got); d != "" {
					t.Errorf("%s differs; look, then run with -update:\n%s", name, d)
				}
			}
		}
	}
}

type parsed struct {
	Lang    string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      string `xml:"http://www.w3.org/2005/Atom id"`
	Updated string `xml:"http://www.w3.org/2005/Atom updated"`
	Entries []struct {
		ID      string `xml:"http://www.w3.org/2005/Atom id"`
		Updated string `xml:"http://www.w3.org/2005/Atom updated"`
		Content string `xml:"http://www.w3.org/2005/Atom content"`
	} `xml:"http://www.w3.org/2005/Atom entry"`
}

func decode(t *testing.T, text string) parsed {
	t.Helper()
	var f parsed
	if err := xml.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestEntriesArePermanent moves the page to another address and publishes on:
// readers must not be shown old entries again.
func TestEntriesArePermanent(t *testing.T) {
	p := press(t)
	before := decode(t, write(t, record(t, p.All(), "en"), "", "atom"))
	files := p.All()[0].Message().PlanVersion.Files
	for n := range files {
		files[n].Text = strings.ReplaceAll(files[n].Text, "status.northwind.example", "health.northwind.example")
	}
	p.Replan(at(4, 0), files...)
	p.Publish(pagetest.Update{
		Incident: "two", Phase: comms.PhaseInvestigating, At: at(5, 0),
		Title: comms.Words{"en": "New"}, HTML: comms.Words{"en": "<p>New</p>"},
	})
	after := decode(t, write(t, record(t, p.All(), "en"), "", "atom"))
	if len(before.Entries) != 3 || len(after.Entries) != 4 {
		t.Fatalf("%d and %d entries, want 3 and 4", len(before.Entries), len(after.Entries))
	}
	if before.ID != after.ID {
		t.Errorf("the feed was %s and is %s", before.ID, after.ID)
	}
	for n, e := range before.Entries {
		if got := after.Entries[n+1]; got.ID != e.ID || got.Updated != e.Updated {
			t.Errorf("entry %s became %s", e.ID, got.ID)
		}
	}
	if !strings.HasPrefix(after.Entries[0].ID, "tag:health.northwind.example,2026-11-05:") || after.Updated != "2026-11-05T00:00:00Z" {
		t.Errorf("the new entry is %s in a feed of %s", after.Entries[0].ID, after.Updated)
	}
}

func TestRefusesWhatWasNotSigned(t *testing.T) {
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for name, pubs := range map[string][]signoff.Publication{"a zero publication": append(press(t).All(), signoff.Publication{}), "no plan": nil} {
		outlines, shelf := pagetest.Outlines(t, pubs)
		if _, err := feed.Read(outlines, shelf, "en", words.For("en")); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}
