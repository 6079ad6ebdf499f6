package card

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// Shape is the mark of a state, as on the page.
type Shape string

// The shapes: working, planned work, slow, partly not working, not working.
const (
	OK       Shape = "ok"
	Work     Shape = "work"
	Degraded Shape = "degraded"
	Partial  Shape = "partial"
	Major    Shape = "major"
)

// colours are those of the light page: the state's word has a contrast of more
// than 4.5 to 1 on paper.
var colours = map[Shape]color.RGBA{
	OK:       {0x1c, 0x7a, 0x4a, 0xff},
	Work:     {0x34, 0x55, 0xa4, 0xff},
	Degraded: {0x8a, 0x61, 0x00, 0xff},
	Partial:  {0xb0, 0x4a, 0x00, 0xff},
	Major:    {0xb3, 0x26, 0x1e, 0xff},
}

// colour is the state's, or a soft one where there is no state.
func (s Shape) colour() color.RGBA {
	if c, ok := colours[s]; ok {
		return c
	}
	return soft
}

// pen draws on a field of 16 by 16 that lies somewhere on a picture.
type pen struct {
	r     *vector.Rasterizer
	scale float64
}

// draw puts the shape into a square of so many pixels.
func (s Shape) draw(img draw.Image, x, y, size int) {
	box := image.Rect(x, y, x+size, y+size)
	fill := func(c color.Color, path func(p pen)) {
		p := pen{vector.NewRasterizer(size, size), float64(size) / 16}
		path(p)
		p.r.Draw(img, box, image.NewUniform(c), image.Point{})
	}
	mark := s.colour()
	switch s {
	case OK:
		fill(mark, func(p pen) { p.circle(8, 8, 7) })
		fill(paper, func(p pen) { p.stroke(1.8, 4.6, 8.3, 6.9, 10.6, 11.4, 5.6) })
	case Work:
		fill(mark, func(p pen) { p.circle(8, 8, 7) })
		fill(paper, func(p pen) { p.stroke(1.7, 8, 4, 8, 8.3, 10.7, 10) })
	case Degraded:
		fill(mark, func(p pen) { p.stroke(5, 4, 4, 12, 4, 12, 12, 4, 12, 4, 4); p.polygon(4, 4, 12, 4, 12, 12, 4, 12) })
		fill(paper, func(p pen) { p.stroke(1.9, 4.5, 8, 11.5, 8) })
	case Partial:
		fill(mark, func(p pen) { p.polygon(8, .8, 15.4, 14.6, .6, 14.6) })
		fill(paper, func(p pen) { p.stroke(1.8, 8, 5.8, 8, 9.8); p.circle(8, 12.2, 1) })
	case Major:
		fill(mark, func(p pen) { p.polygon(5, .9, 11, .9, 15.1, 5, 15.1, 11, 11, 15.1, 5, 15.1, .9, 11, .9, 5) })
		fill(paper, func(p pen) { p.stroke(1.8, 5.4, 5.4, 10.6, 10.6) })
		fill(paper, func(p pen) { p.stroke(1.8, 10.6, 5.4, 5.4, 10.6) })
	}
}

// polygon adds a closed line through points, x and y in turn.
func (p pen) polygon(points ...float64) {
	for n := 0; n < len(points); n += 2 {
		x, y := float32(points[n]*p.scale), float32(points[n+1]*p.scale)
		if n == 0 {
			p.r.MoveTo(x, y)
		} else {
			p.r.LineTo(x, y)
		}
	}
	p.r.ClosePath()
}

// circle is a polygon of so many sides that nobody sees them.
func (p pen) circle(x, y, radius float64) {
	const sides = 72
	var points []float64
	for n := range sides {
		angle := 2 * math.Pi * float64(n) / sides
		points = append(points, x+radius*math.Cos(angle), y+radius*math.Sin(angle))
	}
	p.polygon(points...)
}

// stroke is a line of a width through points, with round ends and corners. Its
// parts turn the same way, so that they add up where they overlap.
func (p pen) stroke(width float64, points ...float64) {
	half := width / 2
	for n := 0; n+3 < len(points); n += 2 {
		x, y, toX, toY := points[n], points[n+1], points[n+2], points[n+3]
		length := math.Hypot(toX-x, toY-y)
		dx, dy := (toX-x)/length*half, (toY-y)/length*half
		p.polygon(x+dy, y-dx, toX+dy, toY-dx, toX-dy, toY+dx, x-dy, y+dx)
	}
	for n := 0; n < len(points); n += 2 {
		p.circle(points[n], points[n+1], half)
	}
}
