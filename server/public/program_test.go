package public_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/server/statuspage"
)

// programs are the addresses that clients of other status pages ask.
func programs() []string {
	return append(statuspage.Paths(), "/history.json", "/history.json?page=2", "/incidents/"+string(pagetest.ID("open"))+".json", "/incidents/"+string(pagetest.ID("work"))+".json")
}

// TestProgramsAreAnsweredAsTheyKnowIt asks as clients of other status pages
// do: by GET and HEAD, from scripts of any origin, with what they have.
func TestProgramsAreAnsweredAsTheyKnowIt(t *testing.T) {
	i := install(t, true)
	for _, path := range programs() {
		for _, accept := range []string{"", "*/*", "application/json", "text/html", "image/png;q=0.1"} {
			got := i.ask(http.MethodGet, path, http.Header{"Accept": {accept}, "Accept-Language": {"es"}, "Origin": {"https://example.com"}}, "")
			body := read(t, got)
			if got.StatusCode != http.StatusOK || got.Header.Get("Content-Language") != "en" {
				t.Errorf("%s for %q: %d in %q", path, accept, got.StatusCode, got.Header.Get("Content-Language"))
			}
			for name, want := range map[string]string{
				"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Accept-Encoding",
				"Cache-Control": "max-age=10, public, s-maxage=10, stale-while-revalidate=20, stale-if-error=3600", "X-Content-Type-Options": "nosniff",
				"Link": `</openapi.json>; rel="service-desc"; type="application/json"`,
			} {
				if got.Header.Get(name) != want {
					t.Errorf("%s: %s is %q, want %q", path, name, got.Header.Get(name), want)
				}
			}
			if data := strings.Contains(path, ".json"); data && (got.Header.Get("Content-Type") != "application/json; charset=utf-8" || !json.Valid([]byte(body))) {
				t.Errorf("%s is %q:\n%s", path, got.Header.Get("Content-Type"), body)
			}
		}
		for _, coding := range []string{"", "gzip", "br", "gzip, deflate, br, zstd"} {
			header := http.Header{"Accept-Encoding": {coding}}
			got := i.ask(http.MethodGet, path, header, "")
			header.Set("If-None-Match", "W/"+got.Header.Get("ETag")+`, "other"`)
			again := i.ask(http.MethodGet, path, header, "")
			if again.StatusCode != http.StatusNotModified || again.Header.Get("ETag") != got.Header.Get("ETag") || again.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s in %q: %d when it is known", path, coding, again.StatusCode)
			}
		}
	}
	if es := read(t, i.ask(http.MethodGet, "/es/api/v2/summary.json", nil, "")); !strings.Contains(es, `"Título de open"`) || !strings.Contains(es, `/es/incidents/`) || !strings.Contains(es, "Outage") {
		t.Errorf("in Spanish: %s", es)
	}
}

// TestWorkLiesWhereProgramsLook knows one kind of address, as they do.
func TestWorkLiesWhereProgramsLook(t *testing.T) {
	i := install(t, true)
	id := string(pagetest.ID("work"))
	for prefix, want := range map[string]string{"": "/maintenances/" + id, "/es": "/es/maintenances/" + id} {
		if got := i.ask(http.MethodGet, prefix+"/incidents/"+id, nil, ""); got.StatusCode != http.StatusPermanentRedirect || got.Header.Get("Location") != want {
			t.Errorf("%s/incidents/ of work: %d to %q", prefix, got.StatusCode, got.Header.Get("Location"))
		}
	}
}

// TestProblems asks for what is not there, as programs do: the answer is data,
// says what is wrong and how everything stands.
func TestProblems(t *testing.T) {
	i := install(t, true)
	for _, test := range []struct {
		method, path, accept string
		status               int
	}{
		{"GET", "/api/v2/nothing.json", "", 404},
		{"GET", "/api", "application/json", 404},
		{"GET", "/es/api/v1/pages", "", 404},
		{"GET", "/incidents/aaaaaaaaaaaa.json", "text/html", 404},
		{"HEAD", "/incidents/aaaaaaaaaaaa.json", "", 404},
		{"GET", "/nothing", "application/problem+json", 404},
		{"POST", "/api/v2/summary.json", "", 405},
		{"DELETE", "/incidents/" + string(pagetest.ID("open")) + ".json", "", 405},
		{"GET", "/api/v2/" + strings.Repeat("x", 3000), "", 414},
		{"POST", "/", "application/json", 405},
		{"GET", "/history/1999-01.json", "", 404},
		{"GET", "/components/teleport.json", "*/*", 404},
		{"GET", "/days/2026-11-23.ics", "text/calendar", 404},
		{"GET", "/feed.xml", "application/rss+xml, */*;q=0.1", 404},
		{"HEAD", "/es/components/teleport/feed.rss", "", 404},
		{"POST", "/es/calendar.ics", "", 405},
		{"GET", "/components/teleport", "application/json, text/plain, */*", 404},
		{"GET", "/components/teleport", "text/html;q=0.5, application/ld+json", 404},
		{"GET", "/feed.atom?" + strings.Repeat("x", 100<<10), "", 414},
	} {
		got := i.ask(test.method, test.path, http.Header{"Accept": {test.accept}}, "")
		body := read(t, got)
		if got.StatusCode != test.status || got.Header.Get("Content-Type") != "application/problem+json" || got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("ETag") != "" {
			t.Errorf("%s %.40s: %d, %q", test.method, test.path, got.StatusCode, got.Header.Get("Content-Type"))
		}
		if test.status == 405 && !strings.Contains(got.Header.Get("Allow"), "GET") {
			t.Errorf("%s %s: Allow is %q", test.method, test.path, got.Header.Get("Allow"))
		}
		if test.method == http.MethodHead {
			continue
		}
		var p struct {
			Type, Title, Detail string
			Status              int
			Now                 struct{ Status, Sentence, URL string }
		}
		if err := json.Unmarshal([]byte(body), &p); err != nil || p.Status != test.status || p.Type != "about:blank" || p.Title == "" || p.Detail == "" ||
			p.Now.Status != "partial" || p.Now.Sentence == "" || !strings.HasPrefix(p.Now.URL, "https://") {
			t.Errorf("%s %.40s: %v\n%s", test.method, test.path, err, body)
		}
	}
	for _, accept := range []string{"", "*/*", "text/html,application/json;q=0.9", "image/webp", browser, "text/*", "application/json;q=0", "application/json;q=many", ";;,,", strings.Repeat("application/json;", 6000)} {
		got := i.ask(http.MethodGet, "/nothing", http.Header{"Accept": {accept}}, "")
		if got.StatusCode != http.StatusNotFound || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") || !slices.Contains(got.Header.Values("Vary"), "Accept") {
			t.Errorf("a person who takes %q gets %d, %q", accept, got.StatusCode, got.Header.Get("Content-Type"))
		}
	}
	if got := install(t, false).ask(http.MethodGet, "/api/v2/summary.json", nil, ""); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("before the first snapshot: %d", got.StatusCode)
	}
}

// TestOptionsEverywhere asks every route what it takes.
func TestOptionsEverywhere(t *testing.T) {
	i := install(t, true)
	for _, path := range append(i.addresses(), programs()...) {
		for _, prefix := range []string{"", "/es"} {
			got := i.ask(http.MethodOptions, prefix+path, http.Header{"Origin": {"https://example.com"}, "Access-Control-Request-Method": {"GET"}}, "")
			allow := strings.Split(got.Header.Get("Allow"), ", ")
			if got.StatusCode != http.StatusNoContent || read(t, got) != "" || !slices.Contains(allow, "GET") || !slices.Contains(allow, "HEAD") || !slices.Contains(allow, "OPTIONS") {
				t.Errorf("OPTIONS %s%s: %d, %q", prefix, path, got.StatusCode, allow)
			}
			if shared := got.Header.Get("Access-Control-Allow-Origin"); slices.Contains(programs(), path) && (shared != "*" || got.Header.Get("Access-Control-Allow-Methods") != "GET, HEAD") {
				t.Errorf("OPTIONS %s%s lets nobody read it", prefix, path)
			}
		}
	}
}
