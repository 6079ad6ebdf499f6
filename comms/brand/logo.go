package brand

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"

	"golang.org/x/image/webp"

	"github.com/countersign/countersign/comms"
)

// The bounds of a logo. It is shown 40 pixels high; four times that, in the
// sharpest form, is far below.
const (
	MaxBytes  = 64 << 10  // of the picture without what is no pixel
	MaxFile   = 1 << 20   // of the file that somebody brings
	maxPixels = 1_000_000 // so that no small file becomes a large picture
	maxSide   = 4000
	minSide   = 16
)

// format is a kind of picture that is taken.
type format struct {
	media  string
	is     func([]byte) bool
	strip  func([]byte) []byte
	head   func([]byte) (image.Config, error)
	decode func([]byte) (image.Image, error)
}

var formats = []format{
	{
		"image/png", func(d []byte) bool { return bytes.HasPrefix(d, []byte(pngHead)) }, stripPNG,
		func(d []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(d)) },
		func(d []byte) (image.Image, error) { return png.Decode(bytes.NewReader(d)) },
	},
	{
		"image/webp", func(d []byte) bool { return len(d) > 12 && string(d[:4]) == "RIFF" && string(d[8:12]) == "WEBP" }, stripWebP,
		func(d []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(d)) },
		func(d []byte) (image.Image, error) { return webp.Decode(bytes.NewReader(d)) },
	},
}

// ReadLogo takes a PNG or WebP file and returns the picture in it, without
// anything that is no pixel. The error is a *comms.Refusal.
func ReadLogo(data []byte) (comms.Logo, error) {
	var none comms.Logo
	if len(data) > MaxFile {
		return none, comms.Refuse(comms.Invalid, "logo", "the picture's file has %d bytes; it may have %d", len(data), MaxFile)
	}
	f, ok := formatOf(data)
	if !ok {
		return none, comms.Refuse(comms.Invalid, "logo", "this is %s; save the logo as PNG or WebP", looksLike(data))
	}
	pixels := f.strip(data)
	if pixels == nil {
		return none, broken()
	}
	if len(pixels) > MaxBytes {
		return none, comms.Refuse(comms.Invalid, "logo", "the picture has %d bytes; it may have %d: make it smaller, 300 pixels wide are enough", len(pixels), MaxBytes)
	}
	head, err := guarded(func() (image.Config, error) { return f.head(pixels) })
	if err != nil {
		return none, broken()
	}
	w, h := head.Width, head.Height
	if w < minSide || h < minSide || w > maxSide || h > maxSide || w*h > maxPixels {
		return none, comms.Refuse(comms.Invalid, "logo", "the picture is %d by %d pixels; it may have %d in all, at least %d and at most %d on each side", w, h, maxPixels, minSide, maxSide)
	}
	img, err := guarded(func() (image.Image, error) { return f.decode(pixels) })
	if err != nil {
		return none, broken()
	}
	logo := comms.Logo{Type: f.media, Width: w, Height: h, Data: pixels}
	logo.LightGround, logo.DarkGround = grounds(img)
	return logo, nil
}

func broken() error {
	return comms.Refuse(comms.Invalid, "logo", "the picture is cut short or broken; save it again as PNG or WebP")
}

// guarded turns a panic of a decoder into an error: a picture comes from
// outside, and no input may end the program.
func guarded[T any](read func() (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it cannot be decoded")
		}
	}()
	return read()
}

func formatOf(data []byte) (format, bool) {
	for _, f := range formats {
		if f.is(data) {
			return f, true
		}
	}
	return format{}, false
}

// looksLike names what people try instead of a picture that is taken.
func looksLike(data []byte) comms.Phrase {
	start := strings.ToLower(string(bytes.TrimSpace(data[:min(len(data), 300)])))
	switch {
	case len(data) == 0:
		return comms.Say("an empty file")
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return comms.Say("a JPEG picture")
	case strings.HasPrefix(start, "gif8"):
		return comms.Say("a GIF picture")
	case strings.Contains(start, "<svg"):
		return comms.Say("an SVG drawing, which can hold scripts")
	}
	return comms.Say("no picture that can be read here")
}

// grounds tells whether the picture needs a light ground of its own where the
// page is dark, and a dark one where it is light: it lets the page through and
// is drawn in colours that would vanish there.
func grounds(img image.Image) (light, dark bool) {
	const sampled = 200 // on each side
	onLight, onDark := Schemes()
	b := img.Bounds()
	var visible, through, lostOnLight, lostOnDark int
	for y := b.Min.Y; y < b.Max.Y; y += max(1, b.Dy()/sampled) {
		for x := b.Min.X; x < b.Max.X; x += max(1, b.Dx()/sampled) {
			r, g, bl, a := img.At(x, y).RGBA()
			if a < 0x8000 {
				through++
				continue
			}
			visible++
			c := Colour{uint8(r * 255 / a), uint8(g * 255 / a), uint8(bl * 255 / a)} // without its transparency
			if Contrast(c, onLight.Grounds[0]) < faint {
				lostOnLight++
			}
			if Contrast(c, onDark.Grounds[0]) < faint {
				lostOnDark++
			}
		}
	}
	if through == 0 {
		return false, false
	}
	return lostOnDark > visible/4 && lostOnDark > lostOnLight, lostOnLight > visible/4 && lostOnLight > lostOnDark
}

// faint is the contrast below which a shape is hard to make out.
const faint = 2
