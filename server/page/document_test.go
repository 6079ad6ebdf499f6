package page

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestPackedIsTheSame asks a document and what is kept of it for each coding.
func TestPackedIsTheSame(t *testing.T) {
	text := strings.Repeat("Some people cannot open their documents. ", 400)
	for name, doc := range map[string]*Document{
		"a page":       newDocument("text/html; charset=utf-8", "en", []byte(text)),
		"an empty one": newDocument("text/html; charset=utf-8", "es", nil),
		"a picture":    newDocument("image/png", "en", []byte(text)).asItIs(),
	} {
		packed := doc.packed()
		if packed.Type != doc.Type || packed.Language != doc.Language {
			t.Errorf("%s: packed it is %q in %q", name, packed.Type, packed.Language)
		}
		for range 2 {
			for _, e := range []Encoding{Identity, Gzip, Brotli} {
				want, got := doc.In(e), packed.In(e)
				if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Form{})); diff != "" || !bytes.Equal(want.Bytes(), got.Bytes()) {
					t.Errorf("%s as %q differs when it is packed (-before +after):\n%s", name, e, diff)
				}
			}
		}
		if plain, err := io.ReadAll(brotli.NewReader(bytes.NewReader(packed.In(Brotli).Bytes()))); !doc.plain && (err != nil || !bytes.Equal(plain, doc.In(Identity).Bytes())) {
			t.Errorf("%s: brotli holds something else (%v)", name, err)
		}
		if size := packed.size(); size > 2*leastSize && !doc.plain {
			t.Errorf("%s: packed it counts for %d bytes", name, size)
		}
	}
	if none := (*Document)(nil).packed(); none != nil {
		t.Error("a document that is none becomes one")
	}
}
