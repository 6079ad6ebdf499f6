package page_test

import (
	"bytes"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/static"
	"github.com/countersign/countersign/templates"
)

var now = time.Date(2026, 11, 23, 14, 40, 0, 0, time.UTC)

func builder(t testing.TB) *page.Builder {
	t.Helper()
	cat, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	b, err := page.NewBuilder(cat, templates.FS, static.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func build(t testing.TB, p *pagetest.Press, at time.Time) *page.Snapshot {
	t.Helper()
	s, err := builder(t).Build(p.All(), at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func source(t testing.TB, s *page.Snapshot, lang comms.Lang, path string) string {
	t.Helper()
	doc, err := s.Page(lang, path)
	if err != nil {
		t.Fatal(err)
	}
	if doc == nil {
		t.Fatalf("there is no page %s in %q", path, lang)
	}
	return string(doc.In(page.Identity).Bytes())
}

func parse(t testing.TB, text string) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// TestOneFlight holds the promise that the front page fits what a fresh
// connection carries at once.
func TestOneFlight(t *testing.T) {
	const most = 14 * 1024
	s := build(t, pagetest.Large(t, now, 5, 20), now)
	for _, lang := range s.Languages() {
		doc, err := s.Page(lang, "/")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []page.Encoding{page.Gzip, page.Brotli} {
			size := len(doc.In(e).Bytes())
			t.Logf("%s %s: %d bytes of %d", lang, e, size, len(doc.In(page.Identity).Bytes()))
			if size > most {
				t.Errorf("the front page in %q takes %d bytes as %s, more than %d", lang, size, e, most)
			}
		}
	}
}
