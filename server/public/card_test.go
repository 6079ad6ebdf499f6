package public_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/countersign/countersign/server/page/pagetest"
)

// TestPictures asks for pictures as programs do that show a link.
func TestPictures(t *testing.T) {
	i := install(t, true)
	for _, test := range []struct {
		path, accept string
		status       int
		media        string
	}{
		{"/card.png", "image/*", http.StatusOK, "image/png"},
		{"/es/card.png?as=7", "*/*", http.StatusOK, "image/png"},
		{"/days/2026-11-23/card.png", "", http.StatusOK, "image/png"},
		{"/days/1999-01-01/card.png", "text/html", http.StatusNotFound, "text/html; charset=utf-8"},
		{"/es/components/teleport/card.png", "application/json", http.StatusNotFound, "application/problem+json"},
		{"/card.png?" + strings.Repeat("x", 100<<10), "image/*", http.StatusRequestURITooLong, "text/html; charset=utf-8"},
	} {
		got := i.ask(http.MethodGet, test.path, http.Header{"Accept": {test.accept}, "Accept-Encoding": {"gzip, br"}}, "")
		body := read(t, got)
		if got.StatusCode != test.status || got.Header.Get("Content-Type") != test.media || test.status == http.StatusOK && !strings.HasPrefix(body, "\x89PNG") {
			t.Errorf("%.60s: %d, %q", test.path, got.StatusCode, got.Header.Get("Content-Type"))
		}
		if test.status != http.StatusOK {
			continue
		}
		for name, want := range map[string]string{"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*", "Set-Cookie": "", "Content-Encoding": ""} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", test.path, name, got.Header.Get(name), want)
			}
		}
		again := i.ask(http.MethodGet, test.path, http.Header{"If-None-Match": {got.Header.Get("ETag")}}, "")
		if again.StatusCode != http.StatusNotModified || !strings.Contains(got.Header.Get("Cache-Control"), "max-age=60") {
			t.Errorf("%s: asked again it answers %d", test.path, again.StatusCode)
		}
	}
}

// TestPicturesAreDrawnFewAtATime asks for every picture that there is, at one
// moment: the service says when to come again, and what is drawn stays there.
func TestPicturesAreDrawnFewAtATime(t *testing.T) {
	i := install(t, true)
	var busy *http.Response
	drawn := 0
	for _, prefix := range []string{"/en", "/es"} {
		for _, c := range []string{"sign-in", "company-sign-in", "web-app", "mobile-app", "documents", "search", "exports", "notifications", "payments", "public-api"} {
			for _, path := range []string{"/components/" + c, "/", "/days/2026-11-23", "/incidents/" + string(pagetest.ID("open"))} {
				got := i.ask(http.MethodGet, prefix+strings.TrimSuffix(path, "/")+"/card.png", nil, "")
				switch got.StatusCode {
				case http.StatusOK:
					drawn++
				case http.StatusServiceUnavailable:
					busy = got
				}
			}
		}
	}
	if busy == nil {
		t.Fatalf("%d pictures were drawn at one moment, and none was put off", drawn)
	}
	if body := read(t, busy); busy.Header.Get("Retry-After") == "" || !strings.Contains(body, "Hay partes de Búsqueda que no funcionan") {
		t.Errorf("what is put off, to come again after %q seconds, does not say how things are:\n%.3000s", busy.Header.Get("Retry-After"), body[strings.Index(body, "<main"):])
	}
	if got := i.ask(http.MethodGet, "/en/card.png", nil, ""); got.StatusCode != http.StatusOK {
		t.Errorf("a picture that was drawn answers %d", got.StatusCode)
	}
}
