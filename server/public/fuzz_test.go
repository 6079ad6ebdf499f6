package public

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
)

func FuzzEncoding(f *testing.F) {
	for _, s := range []string{"", "gzip", "br;q=0, *", "gzip;q=0.000,br;q=1", ";;,,q=", "GZIP ; Q=0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		if e := encoding(accept); !slices.Contains([]page.Encoding{page.Identity, page.Gzip, page.Brotli}, e) {
			t.Errorf("%q gives %q", accept, e)
		}
	})
}

func FuzzChoose(f *testing.F) {
	for _, s := range []string{"", "es", "es-MX,es;q=0.9", "*", "x-;q=9", "de;q=0,es;q=0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		if l := choose(accept, []comms.Lang{"en", "es"}, "en"); l != "en" && l != "es" {
			t.Errorf("%q gives %q", accept, l)
		}
	})
}
