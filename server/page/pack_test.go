package page_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/server/page"
)

// TestPack: what was packed before leaves nothing in what is packed now, and
// every document comes out again as it went in.
func TestPack(t *testing.T) {
	words := rapid.SampledFrom([]string{"<p>", "</p>", "search", "is", "slow", " ", "é", "\x00", "2026-11-29"})
	document := rapid.Custom(func(t *rapid.T) []byte {
		part := bytes.Join(rapid.SliceOf(rapid.Map(words, func(s string) []byte { return []byte(s) })).Draw(t, "part"), nil)
		return append(bytes.Repeat(part, rapid.IntRange(0, 2000).Draw(t, "times")), part...)
	})
	for name, c := range map[string]struct {
		pack func([]byte) []byte
		read func(io.Reader) (io.Reader, error)
	}{
		"gzip":   {page.Zipped, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		"brotli": {page.Brotlied, func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			one, other := document.Draw(t, "one"), document.Draw(t, "other")
			packed := c.pack(one)
			c.pack(other)
			if !bytes.Equal(c.pack(one), packed) {
				t.Fatal("the same document was packed otherwise after another one")
			}
			plain, err := c.read(bytes.NewReader(packed))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(plain); err != nil || !bytes.Equal(got, one) {
				t.Fatalf("%d bytes came out of %d: %v", len(got), len(one), err)
			}
		}))
	}
}
