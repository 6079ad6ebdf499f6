package page_test

import (
	"bytes"
	"errors"
	"image/png"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

func always() bool { return true }

// TestPagesSayHowTheyAreShared holds what other places show for a link: words
// that make sense alone, and a picture that there is.
func TestPagesSayHowTheyAreShared(t *testing.T) {
	s := build(t, days(t), now)
	for path, picture := range map[string]bool{
		"/": true, "/days/2026-11-20": true, "/components/search": true, "/history": false, "/history/2026-11": false, "/how-we-publish": false,
		"/incidents/" + string(pagetest.ID("Going on")): true, "/maintenances/" + string(pagetest.ID("Work on exports")): true,
	} {
		for _, lang := range s.Languages() {
			said := map[string]string{}
			for _, n := range all(parse(t, source(t, s, lang, path)), func(n *html.Node) bool { return n.Data == "meta" }) {
				said[attr(n, "property")] = attr(n, "content")
			}
			at := "https://status.northwind.example/" + string(lang)
			if said["og:url"] != at+path || said["og:title"] == "" || said["og:description"] == "" || said["og:site_name"] == "" {
				t.Errorf("%s in %q is shared as %v", path, lang, said)
			}
			if (said["og:image"] != "") != picture {
				t.Errorf("%s has the picture %q", path, said["og:image"])
			}
			if !picture {
				continue
			}
			at = strings.TrimPrefix(said["og:image"], at)
			u, err := url.Parse(at)
			if err != nil || u.RawQuery == "" {
				t.Fatalf("the address %q does not change with what it shows (%v)", at, err)
			}
			doc, err := s.Card(lang, u.Path, always)
			if err != nil || doc == nil || doc.Type != "image/png" {
				t.Fatalf("%s: %v", u.Path, err)
			}
			for _, e := range []page.Encoding{page.Identity, page.Gzip, page.Brotli} {
				if img, err := png.Decode(bytes.NewReader(doc.In(e).Bytes())); err != nil || img.Bounds().Dx() != 1200 || img.Bounds().Dy() != 630 {
					t.Errorf("%s as %q is no picture of 1200 by 630 (%v)", u.Path, e, err)
				}
			}
		}
	}
	doc, err := s.Trouble("en", 404)
	if err != nil || strings.Contains(string(doc.In(page.Identity).Bytes()), "og:") {
		t.Error("an error page says how it is shared")
	}
}

func TestPicturesOfNothing(t *testing.T) {
	s := build(t, days(t), now)
	for _, path := range []string{"/card.pn", "/history/card.png", "/incidents/card.png", "/incidents/aaaaaaaaaaaa/card.png", "/components/nothing/card.png", "/components//card.png", "/components/search/x/card.png", "/days/2026-11-17/card.png", "/days/2026-11-24/card.png", "/days/x/card.png", "//card.png", "/go/open/card.png", "/incidents/" + string(pagetest.ID("Work on exports")) + "/card.png"} {
		if doc, err := s.Card("en", path, func() bool { t.Errorf("%s: something is drawn", path); return false }); doc != nil || err != nil {
			t.Errorf("%s is there (%v)", path, err)
		}
	}
	empty, err := builder(t).Build(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	if doc, err := empty.Card("en", "/card.png", always); doc != nil || err != nil {
		t.Errorf("there is a picture before the first publication (%v)", err)
	}
}

// TestPicturesAreDrawnOnce counts what is drawn: again only when a publication
// changed what the picture shows, and never more than may be.
func TestPicturesAreDrawnOnce(t *testing.T) {
	p, b := days(t), builder(t)
	paths := []string{"/card.png", "/components/search/card.png", "/components/sign-in/card.png", "/days/2026-11-20/card.png", "/incidents/" + string(pagetest.ID("Search over midnight")) + "/card.png"}
	ask := func() (drawn []string) {
		t.Helper()
		s, err := b.Build(p.All(), now)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			for range 3 {
				doc, err := s.Card("en", path, func() bool { drawn = append(drawn, path); return true })
				if err != nil || doc == nil {
					t.Fatalf("%s: %v", path, err)
				}
			}
		}
		return drawn
	}
	if got := ask(); len(got) != len(paths) {
		t.Errorf("drawn at first: %v", got)
	}
	if got := ask(); len(got) != 0 {
		t.Errorf("drawn again without a publication: %v", got)
	}
	p.Publish(pagetest.Update{Incident: "Going on", Phase: comms.PhaseMonitoring, At: now, Started: at(22, 19, 45), Claims: claim(comms.Degraded, "sign-in"), Title: words("Going on", ""), HTML: text("x")})
	if got, want := strings.Join(ask(), " "), "/card.png /components/sign-in/card.png"; got != want {
		t.Errorf("drawn after a publication: %s; want %s", got, want)
	}
	s, err := b.Build(p.All(), now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Card("es", paths[0], func() bool { return false }); !errors.Is(err, page.ErrBusy) {
		t.Errorf("what may not be drawn gives %v", err)
	}
	if doc, err := s.Card("en", paths[0], func() bool { return false }); doc == nil || err != nil {
		t.Errorf("what is drawn already is not given (%v)", err)
	}
}

// TestCardsAreDrawnOnce has eight ask at the same time for a picture that
// nobody has asked for.
func TestCardsAreDrawnOnce(t *testing.T) {
	s := build(t, days(t), now)
	var drawn atomic.Int32
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			doc, err := s.Card("en", "/card.png", func() bool { drawn.Add(1); return true })
			if doc == nil || err != nil {
				t.Error(err)
			}
		})
	}
	if asking.Wait(); drawn.Load() != 1 {
		t.Errorf("it was drawn %d times", drawn.Load())
	}
}
