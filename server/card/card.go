// Package card draws the picture that stands for a page where a link to it is
// shared: what it is called and how it is, in words, a shape and a colour.
package card

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Width and Height are those of every picture, in pixels: what places that
// show links ask for.
const (
	Width  = 1200
	Height = 630
)

// Card is what a picture says. Of several texts it shows the first that the
// font can write, and none if it can write none: no box ever stands in the
// place of a letter. ASCII can always be written.
type Card struct {
	Site  string
	Title []string
	State []string
	Shape Shape
	Note  string
}

// Artist draws pictures, one at a time. It is safe for use by several
// goroutines.
type Artist struct {
	mu            sync.Mutex
	bold, regular *opentype.Font
	faces         map[faceKey]font.Face
}

type faceKey struct {
	bold bool
	size float64
}

// NewArtist reads the fonts that ship with the program.
func NewArtist() (*Artist, error) {
	bold, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the bold font of pictures: %w", err)
	}
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the font of pictures: %w", err)
	}
	return &Artist{bold: bold, regular: regular, faces: map[faceKey]font.Face{}}, nil
}

// The colours of the light page; those of states are in shapes.
var (
	paper = color.RGBA{0xfc, 0xfc, 0xfa, 0xff}
	ink   = color.RGBA{0x1b, 0x1d, 0x1f, 0xff}
	soft  = color.RGBA{0x5a, 0x60, 0x66, 0xff}
)

// The layout, in pixels.
const (
	margin   = 80
	band     = 28 // of the state's colour, along the top
	siteLine = 122
	titleTop = 168
	markTop  = 462
	markSize = 56
	noteLine = 572
	room     = Width - 2*margin
)

// PNG draws a card. The same card gives the same bytes.
func (a *Artist) PNG(c Card) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	img := image.NewRGBA(image.Rect(0, 0, Width, Height))
	draw.Draw(img, img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	mark := c.Shape.colour()
	draw.Draw(img, image.Rect(0, 0, Width, band), image.NewUniform(mark), image.Point{}, draw.Src)

	c.Shape.draw(img, margin, markTop, markSize)
	err := errors.Join(
		a.line(img, a.first(c.Site), true, 38, margin, siteLine, ink),
		a.title(img, a.first(c.Title...)),
		a.line(img, a.first(c.State...), true, 42, margin+markSize+22, markTop+43, mark),
		a.line(img, a.first(c.Note), false, 32, margin, noteLine, soft),
	)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, paletted(img)); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	return out.Bytes(), nil
}

// first is the first text that can be written; "" for none.
func (a *Artist) first(texts ...string) string {
	for _, text := range texts {
		if text, ok := a.writable(text); ok {
			return text
		}
	}
	return ""
}

// title writes the title as large as it fits.
func (a *Artist) title(img draw.Image, text string) error {
	const bottom = markTop - 24
	for _, size := range []float64{76, 66, 56, 48} {
		face, err := a.face(true, size)
		if err != nil {
			return err
		}
		step := int(size * 1.18)
		most := (bottom - titleTop) / step
		lines := wrap(face, text, room)
		if len(lines) > most && size > 48 {
			continue
		}
		if len(lines) > most {
			lines = lines[:most]
			lines[most-1] = shorten(face, lines[most-1]+" …", room)
		}
		for n, l := range lines {
			write(img, face, l, margin, titleTop+int(size)+n*step, ink)
		}
		return nil
	}
	return nil
}

// line writes one line, cut to what there is up to the margin.
func (a *Artist) line(img draw.Image, text string, bold bool, size float64, x, y int, c color.Color) error {
	face, err := a.face(bold, size)
	if err == nil {
		write(img, face, shorten(face, text, Width-margin-x), x, y, c)
	}
	return err
}

func write(img draw.Image, face font.Face, text string, x, y int, c color.Color) {
	d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(text)
}

func (a *Artist) face(bold bool, size float64) (font.Face, error) {
	key := faceKey{bold, size}
	if f := a.faces[key]; f != nil {
		return f, nil
	}
	of := a.regular
	if bold {
		of = a.bold
	}
	f, err := opentype.NewFace(of, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("size the font of pictures: %w", err)
	}
	a.faces[key] = f
	return f, nil
}

// paletted is the picture with at most 256 colours, which is a third of the
// bytes: there are few, and the shades at the edges of letters.
func paletted(img *image.RGBA) *image.Paletted {
	const fine = 0xf0 // the bits of a shade that are kept
	index := map[[3]uint8]uint8{}
	out := image.NewPaletted(img.Rect, nil)
	last, at := [4]uint8{}, uint8(0)
	for n := 0; n < len(img.Pix); n += 4 {
		px := [4]uint8(img.Pix[n : n+4])
		if n == 0 || px != last {
			last = px
			key := [3]uint8{px[0] & fine, px[1] & fine, px[2] & fine}
			known, ok := index[key]
			if !ok {
				if len(out.Palette) == 256 {
					known = uint8(out.Palette.Index(color.RGBA{px[0], px[1], px[2], 0xff}))
				} else {
					known = uint8(len(out.Palette))
					out.Palette = append(out.Palette, color.RGBA{px[0], px[1], px[2], 0xff})
				}
				index[key] = known
			}
			at = known
		}
		out.Pix[n/4] = at
	}
	return out
}
