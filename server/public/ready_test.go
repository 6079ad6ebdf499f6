package public_test

import (
	"net/http"
	"reflect"
	"testing"
)

// TestReadyPagesAreTheRouters compares pages that are answered before the
// router with what it says of them: it answers HEAD.
func TestReadyPagesAreTheRouters(t *testing.T) {
	i := install(t, true)
	for _, address := range []string{"/", "/en/", "/es/", "/history", "/es/history"} {
		for _, coding := range []string{"", "gzip", "br"} {
			header := http.Header{"Accept-Encoding": {coding}, "Accept-Language": {"es"}}
			got, head := i.ask(http.MethodGet, address, header, ""), i.ask(http.MethodHead, address, header, "")
			if got.StatusCode != head.StatusCode || !reflect.DeepEqual(got.Header, head.Header) {
				t.Errorf("GET %s in %q: %d %v\nHEAD: %d %v", address, coding, got.StatusCode, got.Header, head.StatusCode, head.Header)
			}
			header["If-None-Match"] = got.Header["Etag"]
			again := i.ask(http.MethodGet, address, header, "")
			for _, name := range []string{"Etag", "Cache-Control", "Vary"} {
				if !reflect.DeepEqual(again.Header[name], got.Header[name]) {
					t.Errorf("304 of %s: %s: %q, want %q", address, name, again.Header[name], got.Header[name])
				}
			}
			if again.StatusCode != http.StatusNotModified || len(again.Header) != 3 {
				t.Errorf("%s again: %d with %v", address, again.StatusCode, again.Header)
			}
		}
	}
}
