package public_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/countersign/countersign/server/page/pagetest"
)

func TestLogoIsServedAsAPictureAndNothingElse(t *testing.T) {
	i := install(t, true)
	i.press.Replan(i.now.Add(-time.Minute), pagetest.BrandedPlan(t)...)
	if err := i.keep.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := i.keep.Snapshot().LogoPath()
	r := i.ask(http.MethodGet, path, http.Header{"Accept-Encoding": {"br, gzip"}}, "")
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Encoding": "",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cache-Control": "public, max-age=31536000, immutable",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if body := read(t, r); r.StatusCode != http.StatusOK || !bytes.Equal([]byte(body), pagetest.Picture(t, 160, 40)) {
		t.Errorf("%s gives %d with %d bytes", path, r.StatusCode, len(body))
	}
	for address, want := range map[string]int{path: http.StatusOK, "/es" + path: http.StatusNotFound, "/logo/0000000000000000/logo.png": http.StatusNotFound, "/logo/": http.StatusNotFound} {
		if r := i.ask(http.MethodHead, address, nil, ""); r.StatusCode != want {
			t.Errorf("HEAD %s gives %d, want %d", address, r.StatusCode, want)
		}
	}
}
