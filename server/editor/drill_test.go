package editor_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/plan"
)

// A drill that is due stands on the first page of whoever takes part, until it
// is recorded on the page of the plan.
func TestADrillIsAskedForAndRecorded(t *testing.T) {
	files := plan.Builtin()
	for i, f := range files {
		files[i].Text = strings.Replace(f.Text, "every_days: 90", "every_days: 1", 1)
	}
	in := installWith(t, files, "dana", "omar")
	dana := in.as("dana")
	if page := dana.get("/plan").body; !strings.Contains(page, "Never yet") || strings.Contains(dana.get("/").body, `id="drill"`) {
		t.Error("a drill is due at once, or the plan's page says nothing of the last one")
	}
	in.pass(20 * time.Hour)
	dana = in.as("dana")
	if !strings.Contains(dana.get("/").body, `href="/plan#drills"`) {
		t.Error("the first page does not ask for the drill")
	}
	today := in.clock().UTC().Format(time.DateOnly)
	got := dana.post("/plan/drills", url.Values{"day": {"28.11.2026"}, "note": {"Dana and Ines took part."}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Dana and Ines took part.") || !strings.Contains(got.body, "write it like 2026-11-28") {
		t.Errorf("a wrong day is answered %d, or what was typed is gone", got.status)
	}
	if got := dana.post("/plan/drills", url.Values{"day": {today}, "note": {"Dana & Ines took part."}}); got.status != http.StatusSeeOther {
		t.Fatalf("the record is answered %d:\n%s", got.status, words(got.body))
	}
	if page := in.as("omar").get("/plan").body; !strings.Contains(page, "Dana &amp; Ines took part.") || !strings.Contains(page, "Recorded by Dana") {
		t.Error("others do not read the record")
	}
	if strings.Contains(dana.get("/").body, `id="drill"`) {
		t.Error("the first page still asks for it")
	}
}
