package brand

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// Colour is a colour in sRGB, 8 bits a channel.
type Colour struct{ R, G, B uint8 }

// Pattern is how a colour is written, as a regular expression.
const Pattern = `^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`

var hex = regexp.MustCompile(Pattern)

// ParseColour reads #rrggbb or #rgb.
func ParseColour(s string) (Colour, bool) {
	if !hex.MatchString(s) {
		return Colour{}, false
	}
	if s = s[1:]; len(s) == 3 {
		s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
	}
	n, err := strconv.ParseUint(s, 16, 32)
	return Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, err == nil
}

// String writes the colour as #rrggbb.
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Contrast is the contrast ratio of two colours, from 1 to 21 (WCAG 2.2,
// definition of "contrast ratio").
func Contrast(a, b Colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// luminance is the relative luminance of WCAG 2.2, from 0 to 1.
func (c Colour) luminance() float64 {
	return .2126*linear(c.R) + .7152*linear(c.G) + .0722*linear(c.B)
}

func linear(channel uint8) float64 {
	v := float64(channel) / 255
	if v <= .04045 {
		return v / 12.92
	}
	return math.Pow((v+.055)/1.055, 2.4)
}

// nearest is the colour of the same hue that passes and is closest in
// lightness, as strong as the screen can show it. Black and white are tried
// last; c itself comes back when nothing passes.
func nearest(c Colour, passes func(Colour) bool) Colour {
	l, a, b := c.oklab()
	for step := range 1001 {
		for _, way := range []float64{-1, 1} {
			to := l + way*float64(step)/1000
			if to < 0 || to > 1 {
				continue
			}
			if found := shown(to, a, b); passes(found) {
				return found
			}
		}
	}
	return c
}

// shown is the colour of a lightness and hue, paler where the screen cannot
// show it.
func shown(l, a, b float64) Colour {
	full, pale := 1.0, 0.0
	if c, ok := fromOKLab(l, a, b); ok {
		return c
	}
	for range 16 {
		if half := (full + pale) / 2; inGamut(l, a*half, b*half) {
			pale = half
		} else {
			full = half
		}
	}
	c, _ := fromOKLab(l, a*pale, b*pale)
	return c
}

func inGamut(l, a, b float64) bool {
	_, ok := fromOKLab(l, a, b)
	return ok
}

// oklab gives the colour in the OKLab space (CSS Color 4 section 9.2), in
// which equal steps look equally far.
func (c Colour) oklab() (l, a, b float64) {
	r, g, bl := linear(c.R), linear(c.G), linear(c.B)
	x := math.Cbrt(.4122214708*r + .5363325363*g + .0514459929*bl)
	y := math.Cbrt(.2119034982*r + .6806995451*g + .1073969566*bl)
	z := math.Cbrt(.0883024619*r + .2817188376*g + .6299787005*bl)
	return .2104542553*x + .7936177850*y - .0040720468*z,
		1.9779984951*x - 2.4285922050*y + .4505937099*z,
		.0259040371*x + .7827717662*y - .8086757660*z
}

// fromOKLab is the way back; not ok where no screen shows the colour.
func fromOKLab(l, a, b float64) (Colour, bool) {
	cube := func(v float64) float64 { return v * v * v }
	x, y, z := cube(l+.3963377774*a+.2158037573*b), cube(l-.1055613458*a-.0638541728*b), cube(l-.0894841775*a-1.2914855480*b)
	r, okR := gamma(4.0767416621*x - 3.3077115913*y + .2309699292*z)
	g, okG := gamma(-1.2684380046*x + 2.6097574011*y - .3413193965*z)
	bl, okB := gamma(-.0041960863*x - .7034186147*y + 1.7076147010*z)
	return Colour{r, g, bl}, okR && okG && okB
}

func gamma(v float64) (uint8, bool) {
	const slack = .0005 // of rounding
	ok := v >= -slack && v <= 1+slack
	if v = min(max(v, 0), 1); v <= .0031308 {
		v *= 12.92
	} else {
		v = 1.055*math.Pow(v, 1/2.4) - .055
	}
	return uint8(math.Round(v * 255)), ok
}
