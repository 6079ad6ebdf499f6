package page_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

func both(en, es string) comms.Words { return comms.Words{"en": en, "es": es} }

func lineOf(t *testing.T, s *page.Snapshot, lang comms.Lang, key string) string {
	t.Helper()
	doc, err := s.LinkData(lang, key)
	if err != nil {
		t.Fatal(err)
	}
	var d struct{ Line, Status string }
	if err := json.Unmarshal(doc.In(page.Identity).Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return d.Status + ": " + d.Line
}

func linkPage(t *testing.T, s *page.Snapshot, lang comms.Lang, key string) string {
	t.Helper()
	doc, err := s.Link(lang, key, page.NotReported)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc.In(page.Identity).Bytes())
}

// TestLinkFollowsWhatIsPublished walks a day of the sign-in's two components:
// the worst for them comes first, work in progress counts, planned work is
// announced, other components stay out, and the end is the end.
func TestLinkFollowsWhatIsPublished(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	clock := now.Add(-time.Hour)
	publish := func(u pagetest.Update) {
		clock = clock.Add(time.Minute)
		u.At, u.HTML = clock, both("<p>Words.</p>", "<p>Palabras.</p>")
		p.Publish(u)
	}
	check := func(what, want string) *page.Snapshot {
		t.Helper()
		s := build(t, p, now)
		if got := lineOf(t, s, "en", "sign-in"); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		return s
	}
	claim := func(c comms.ComponentID, s comms.State) []comms.Claim {
		return []comms.Claim{{Component: c, State: s}}
	}
	check("at first", "operational: ")
	publish(pagetest.Update{Incident: "other", Phase: comms.PhaseInvestigating, Claims: claim("exports", comms.Major), Title: both("Exports fail", "Las exportaciones fallan")})
	if s := check("another component", "operational: "); !strings.Contains(linkPage(t, s, "en", "sign-in"), "Exports cannot be used right now") {
		t.Error("the page does not say that something else is wrong")
	}
	publish(pagetest.Update{Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, Started: now.Add(time.Hour), Claims: claim("sign-in", comms.Operational), Title: both("Planned work on Sign-in", "Trabajos en Inicio de sesión")})
	if s := check("planned work", "operational: "); !strings.Contains(linkPage(t, s, "en", "sign-in"), "Planned work on Sign-in") {
		t.Error("the page does not announce planned work")
	}
	publish(pagetest.Update{Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseInProgress, Started: now.Add(-time.Minute), Claims: claim("sign-in", comms.Maintenance), Title: both("We are working on Sign-in", "Estamos trabajando")})
	check("work in progress", "maintenance: We are working on Sign-in")
	publish(pagetest.Update{Incident: "slow", Phase: comms.PhaseInvestigating, Claims: claim("company-sign-in", comms.Degraded), Title: comms.Words{"en": "Company sign-in is slow"}})
	s := check("something worse", "degraded: Company sign-in is slow")
	text := linkPage(t, s, "es", "sign-in")
	for _, want := range []string{`lang="en" dir="auto"><span>Company sign-in is slow</span></h1>`, "todavía no está en español", "Estamos trabajando</h2>", "Lento"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page in Spanish does not hold %q", want)
		}
	}
	publish(pagetest.Update{Incident: "slow", Phase: comms.PhaseMonitoring, Claims: claim("company-sign-in", comms.Operational), Title: both("Company sign-in is fast again", "Ya va rápido")})
	s = check("a fix that is watched comes after the work", "maintenance: We are working on Sign-in")
	if !strings.Contains(linkPage(t, s, "en", "sign-in"), "Company sign-in is fast again") {
		t.Error("what is watched is not on the page")
	}
	end := now.Add(-time.Minute)
	publish(pagetest.Update{Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseCompleted, Started: now.Add(-time.Minute), Ended: &end, Title: both("Done", "Hecho")})
	publish(pagetest.Update{Incident: "slow", Phase: comms.PhaseResolved, Ended: &end, Title: both("Resolved", "Resuelto")})
	check("after the end", "operational: ")
}

// TestLinksFitOneFlight holds that a phone on a bad connection gets the answer
// with the first packets.
func TestLinksFitOneFlight(t *testing.T) {
	const most = 14 * 1024
	s := build(t, pagetest.Large(t, now, 5, 20), now)
	for _, lang := range s.Languages() {
		for _, key := range []string{"open", "nobody-knows"} {
			doc, err := s.Link(lang, key, page.NotReported)
			if err != nil {
				t.Fatal(err)
			}
			if size := len(doc.In(page.Gzip).Bytes()); size > most {
				t.Errorf("the link %s in %q takes %d bytes, more than %d", key, lang, size, most)
			} else {
				t.Logf("the link %s in %q takes %d bytes", key, lang, size)
			}
		}
	}
}

func TestLinkBeforeTheFirstPublication(t *testing.T) {
	s, err := builder(t).Build(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, known := s.KnowsLink("sign-in"); known {
		t.Error("a key is known before there is a plan")
	}
	if text := linkPage(t, s, "en", "sign-in"); !strings.Contains(text, "Nothing has been published yet") {
		t.Errorf("the page is %.500s", text)
	}
	if doc, err := s.LinkData("en", "sign-in"); doc != nil || err != nil {
		t.Errorf("data before the first publication: %v, %v", doc, err)
	}
}
