package card

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"
	"pgregory.net/rapid"
)

func artist(t testing.TB) *Artist {
	t.Helper()
	a, err := NewArtist()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func drawn(t testing.TB, a *Artist, c Card) image.Image {
	t.Helper()
	text, err := a.PNG(c)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds() != image.Rect(0, 0, Width, Height) {
		t.Fatalf("the picture is %v", img.Bounds())
	}
	if len(text) > 100_000 {
		t.Errorf("the picture takes %d bytes", len(text))
	}
	return img
}

// inked counts the pixels of a part that are not paper.
func inked(img image.Image, part image.Rectangle) int {
	n := 0
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); r>>8 != uint32(paper.R) || g>>8 != uint32(paper.G) || b>>8 != uint32(paper.B) {
				n++
			}
		}
	}
	return n
}

var (
	titlePart = image.Rect(0, titleTop, Width, markTop-8)
	rightPart = image.Rect(Width-margin+4, band+1, Width, Height)
)

func TestEachStateHasItsColourAndItsShape(t *testing.T) {
	a := artist(t)
	seen := map[string]Shape{}
	for shape, want := range colours {
		img := drawn(t, a, Card{Site: "Northwind status", Title: []string{"Exports"}, State: []string{"x"}, Shape: shape})
		if r, g, b, _ := img.At(600, band/2).RGBA(); uint8(r>>8) != want.R || uint8(g>>8) != want.G || uint8(b>>8) != want.B {
			t.Errorf("%s: the band has another colour", shape)
		}
		outline := ""
		for y := markTop; y < markTop+markSize; y += 2 {
			for x := margin; x < margin+markSize; x += 2 {
				outline += map[bool]string{true: "#", false: " "}[inked(img, image.Rect(x, y, x+1, y+1)) > 0]
			}
			outline += "\n"
		}
		if other, ok := seen[outline]; ok || strings.Count(outline, "#") < 200 {
			t.Errorf("%s looks like %s:\n%s", shape, other, outline)
		}
		seen[outline] = shape
	}
	if img := drawn(t, a, Card{Title: []string{"A component that is gone"}}); inked(img, image.Rect(margin, markTop, margin+markSize, markTop+markSize)) != 0 {
		t.Error("there is a shape without a state")
	}
}

func TestWhatTheFontCanWrite(t *testing.T) {
	a := artist(t)
	var buf sfnt.Buffer
	for _, r := range "áéíóúüñÁÉÍÓÚÜÑ¿¡«»“”‘’…–—·ºª€%&@çàèòïÇ" {
		for _, f := range []*sfnt.Font{a.bold, a.regular} {
			if glyph, err := f.GlyphIndex(&buf, r); err != nil || glyph == 0 {
				t.Errorf("there is no %q, which Spanish or English needs", r)
			}
		}
	}
	for text, want := range map[string]string{
		"Búsqueda":                  "Búsqueda",
		"Bu\u0301squeda":            "Búsqueda", // written with a combining mark
		"Все работает":              "Все работает",
		"Όλα λειτουργούν":           "Όλα λειτουργούν",
		"  two\n lines\t":           "two lines",
		"Planned work 🛠️ on Search": "Planned work on Search",
		"👩‍💻 only pictures":         "only pictures",
		"検索が遅い":                     "", "كل شيء يعمل": "", "הכול עובד": "", "सब कुछ चल रहा है": "", "half 検索": "", "🛠️": "", "": "", "\xff\xfe": "",
	} {
		if got := a.first(text); got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
	}
	if got := a.first("検索", "Search", "x"); got != "Search" {
		t.Errorf("the first that can be written is %q", got)
	}
	if img := drawn(t, a, Card{Title: []string{"検索が遅い"}}); inked(img, titlePart) != 0 {
		t.Error("there is something in the place of what cannot be written")
	}
}

func TestLongTitlesShrinkAndThenEnd(t *testing.T) {
	a := artist(t)
	for _, title := range []string{"Short", strings.Repeat("Some customers cannot open documents. ", 3), strings.Repeat("many words ", 200), strings.Repeat("W", 500), strings.Repeat("n\u0303", 300)} {
		img := drawn(t, a, Card{Site: strings.Repeat("Northwind ", 30), Title: []string{title}, State: []string{strings.Repeat("Working ", 30)}, Shape: OK, Note: strings.Repeat("note ", 90)})
		if inked(img, titlePart) == 0 {
			t.Errorf("there is no title of %d bytes", len(title))
		}
		if n := inked(img, rightPart); n != 0 {
			t.Errorf("%d pixels of %.20q stand in the margin", n, title)
		}
	}
	face, err := a.face(true, 48)
	if err != nil {
		t.Fatal(err)
	}
	if got := shorten(face, strings.Repeat("many words ", 20), room); !strings.HasSuffix(got, "…") || strings.HasSuffix(got, " …") || !fits(face, got, room) {
		t.Errorf("shortened to %q", got)
	}
}

// TestAnyWords draws whatever somebody may have signed: the same bytes each
// time, and nothing outside of its place.
func TestAnyWords(t *testing.T) {
	a := artist(t)
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if checks++; checks > 25 { // a picture takes a twentieth of a second
			return
		}
		c := Card{Site: text, Title: []string{text, "status.example.com"}, State: []string{text, "major"}, Shape: Major, Note: text}
		first, err := a.PNG(c)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := a.PNG(c); err != nil || !bytes.Equal(first, again) {
			t.Fatalf("the same words give another picture (%v)", err)
		}
	})
}

func BenchmarkPNG(b *testing.B) {
	a := artist(b)
	c := Card{Site: "Northwind status", Title: []string{"Some customers cannot open documents"}, State: []string{"Investigating"}, Shape: Major, Note: "Last update 28 Nov, 14:05 UTC"}
	for b.Loop() {
		if _, err := a.PNG(c); err != nil {
			b.Fatal(err)
		}
	}
}
