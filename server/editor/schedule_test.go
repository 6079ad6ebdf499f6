package editor_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
)

// says fails unless the answer has the status and its page every text.
func says(t *testing.T, got answer, status int, texts ...string) {
	t.Helper()
	body := html.UnescapeString(got.body)
	if got.status != status {
		t.Errorf("status %d, want %d\n%s", got.status, status, words(body))
	}
	for _, want := range texts {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q:\n%s", want, words(body))
		}
	}
}

func TestAnUpdateWaitsForItsTime(t *testing.T) {
	in := install(t, "dana", "ines", "carlos")
	before := in.publications()
	_, id := in.opened("dana")
	path, dana := "/updates/"+string(id), in.as("dana")
	form := func(publishAt string) url.Values {
		f := in.complete(1)
		f.Set("publish_at", publishAt)
		f.Set("slots.next_update", "2026-11-22T14:35")
		return f
	}
	for typed, want := range map[string]string{
		"2026-11-22T13:59": "has passed; choose a later one",
		"2026-12-22T13:59": "more than 14 days ahead",
		"at noon":          `"at noon" is not a time`,
	} {
		form := form(typed)
		form.Set("base", hidden(t, dana.get(path).body, "base"))
		got := dana.post(path+"/submit", form)
		says(t, got, http.StatusUnprocessableEntity, want, `href="#f-publish_at"`, `value="`+typed+`"`, "about one in five customers in Europe")
	}
	last := form("2026-11-22T14:10")
	last.Set("base", hidden(t, dana.get(path).body, "base"))
	if got := dana.post(path+"/submit", last); got.status != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", got.status, words(got.body))
	}
	ines := in.as("ines")
	page := ines.get(path)
	says(t, page, http.StatusOK, "Goes out", "Sunday 22 November 2026, 14:10 UTC (Sun 22 Nov, 15:10 in Europe/Madrid)", "Sign for its time")
	form2 := url.Values{"digest": {hidden(t, page.body, "digest")}, "requirement": {"0"}, "languages": {"en"}, "password": {password}}
	if got := ines.post(path+"/sign", form2); got.status != http.StatusSeeOther || !strings.HasSuffix(got.where, "said=approved") {
		t.Fatalf("sign: %d %s\n%s", got.status, got.where, words(got.body))
	}
	says(t, ines.get(path), http.StatusOK, "Everything is signed. It goes out by itself")
	says(t, ines.post(path+"/sign", form2), http.StatusConflict, "very signature is given already")
	carlos := in.as("carlos")
	says(t, carlos.get("/"), http.StatusOK, "Firmado, sale solo a su hora", "Sale el domingo 22 de noviembre de 2026, 14:10 UTC")
	if in.publications() != before {
		t.Fatal("it went out before its time")
	}

	// Something else happens to the same component meanwhile.
	other, digest := in.submitted("dana")
	if got := ines.post("/updates/"+string(other)+"/sign", signature(digest)); !strings.HasSuffix(got.where, "said=published") {
		t.Fatalf("%d %s", got.status, got.where)
	}
	says(t, ines.get(path), http.StatusOK, "As things stand now it could not go out", "has moved since this was submitted")
	says(t, carlos.get(path), http.StatusOK, "Tal como están las cosas ahora no podría salir", "ha cambiado desde que se pidieron las firmas")
	in.pass(10 * time.Minute)
	must(t, in.desk.Release(context.Background()))
	says(t, dana.get(path), http.StatusOK, "Why it came back", "has moved since this was submitted")
	says(t, dana.get("/"), http.StatusOK, "To mend", path)
}

func TestPlannedWorkIsPrepared(t *testing.T) {
	in := install(t, "dana", "carlos")
	inc, _, err := in.desk.Open(context.Background(), desk.Actor{Person: "dana"}, desk.Opening{
		Kind: comms.KindMaintenance, Name: "New disks", Severity: "maintenance", Claims: []comms.Claim{{Component: "exports", State: comms.Maintenance}},
		StartedAt: draft.FormatTime(in.clock().Add(time.Hour)), EndedAt: draft.FormatTime(in.clock().Add(2 * time.Hour)),
	})
	must(t, err)
	path, dana, carlos := "/incidents/"+string(inc.ID), in.as("dana"), in.as("carlos")
	says(t, carlos.post(path+"/work", url.Values{}), http.StatusForbidden, "Dana Whitfield escribió el anuncio")
	says(t, dana.get(path), http.StatusOK, "Prepare both")
	if got := dana.post(path+"/work", url.Values{}); got.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", got.status, words(got.body))
	}
	page := dana.get(path)
	says(t, page, http.StatusOK, "Under way: being written", "Finished: being written", "Goes out Sunday 22 November 2026, 15:00 UTC", "Goes out Sunday 22 November 2026, 16:00 UTC")
	if strings.Contains(page.body, "Prepare both") {
		t.Error("what is prepared can be prepared again")
	}
	says(t, dana.post(path+"/work", url.Values{}), http.StatusConflict, "is being written already")
}
