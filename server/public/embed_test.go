package public_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestEmbedded asks for what stands in other pages as browsers do from there.
func TestEmbedded(t *testing.T) {
	i := install(t, true)
	for _, test := range []struct{ path, accept, lang, media, want string }{
		{"/badge.svg", "image/avif,image/webp,*/*;q=0.8", "es", "image/svg+xml", "<title>Northwind status: Partly not working</title>"},
		{"/es/badge.svg", "", "en", "image/svg+xml", "<title>Estado de Northwind: Funciona en parte</title>"},
		{"/components/search/badge.svg", "text/html", "", "image/svg+xml", "<title>Search: Partly not working</title>"},
		{"/components/documents/badge.svg", "application/json", "", "image/svg+xml", "<title>Documents: Working</title>"},
		{"/embed.js", "*/*", "", "text/javascript; charset=utf-8", "attachShadow"},
		{"/es/embed.js", "*/*", "", "text/javascript; charset=utf-8", "attachShadow"},
		{"/embed.json", "*/*", "es", "application/json; charset=utf-8", `"language":"es"`},
		{"/embed.json?lang=en-GB", "*/*", "es", "application/json; charset=utf-8", `"language":"en"`},
		{"/es/embed.json", "*/*", "en", "application/json; charset=utf-8", `"status":"partial","calm":false`},
	} {
		for _, coding := range []string{"", "gzip", "br"} {
			got := i.ask(http.MethodGet, test.path, http.Header{"Accept": {test.accept}, "Accept-Language": {test.lang}, "Accept-Encoding": {coding}}, "")
			if body := read(t, got); got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != test.media || !strings.Contains(body, test.want) {
				t.Errorf("%s: %d, %q:\n%s", test.path, got.StatusCode, got.Header.Get("Content-Type"), body)
			}
			for name, want := range map[string]string{
				"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
				"Set-Cookie": "", "Content-Encoding": coding,
			} {
				if got.Header.Get(name) != want {
					t.Errorf("%s: %s is %q, want %q", test.path, name, got.Header.Get(name), want)
				}
			}
		}
	}
	for path, want := range map[string]string{
		"/components/teleport/badge.svg":    "<title>No such service here: Northwind status: Partly not working</title>",
		"/es/components/teleport/badge.svg": "<title>No hay tal servicio aquí: Estado de Northwind: Funciona en parte</title>",
		"/history/badge.svg":                "<title>No such service here: ",
	} {
		got := i.ask(http.MethodGet, path, nil, "")
		if body := read(t, got); got.StatusCode != http.StatusNotFound || got.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(body, want) {
			t.Errorf("%s: %d\n%s", path, got.StatusCode, body)
		}
	}
}
