package page_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

// TestOldPublicationsReadTheSame compares what a keeper shows, who packs the
// old ones, with what is made of them as they were signed.
func TestOldPublicationsReadTheSame(t *testing.T) {
	p, first, _, _ := secretive(t)
	for n := range 260 {
		p.Publish(pagetest.Update{
			Incident: fmt.Sprint("incident ", n/4), Phase: comms.PhaseInvestigating, At: at(23, 12, 0).Add(time.Duration(n) * time.Second),
			Title: words(fmt.Sprintf("Trouble %d", n), fmt.Sprintf("Problema %d", n)), HTML: text(pagetest.Body(n)), Claims: claim(comms.Degraded, "search"),
		})
	}
	k := page.NewKeeper(builder(t), p, nil, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	compare := func() {
		t.Helper()
		if err := k.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		plain := build(t, p, now)
		paths := []string{"/", "/history", "/api/v2/incidents.json", "/components/search/feed.json", "/history/2026-11", "/incidents/" + string(pagetest.ID("one")) + ".json"}
		for _, incident := range []string{"one", "incident 0", "incident 3", "incident 64"} {
			paths = append(paths, "/incidents/"+string(pagetest.ID(incident)))
		}
		for _, path := range paths {
			for _, lang := range []comms.Lang{"en", "es"} {
				want, got := source(t, plain, lang, path), source(t, k.Snapshot(), lang, path)
				if want != got {
					t.Errorf("%s in %s differs", path, lang)
				}
			}
		}
	}
	compare()
	if !bytes.Contains([]byte(source(t, k.Snapshot(), "en", "/incidents/"+string(pagetest.ID("one")))), []byte(secret)) {
		t.Fatal("the words are not there: the test proves nothing")
	}
	p.Redact(first, at(23, 13, 0), why) // the one that all others were packed by
	compare()
	for n := range 300 { // many more, until the list of them has to grow
		p.Publish(pagetest.Update{Incident: "more", Phase: comms.PhaseInvestigating, At: at(23, 13, 1).Add(time.Duration(n) * time.Second), Title: words("More", ""), HTML: text(pagetest.Body(n))})
		if n%60 == 0 {
			compare()
		}
	}
	compare()
}
