package brand

import (
	"fmt"
	"math"

	"github.com/countersign/countersign/comms"
)

// Scheme is one of the two looks of the page: the grounds on which words in
// the accent colour may stand, the page itself first, and the colour of words
// that stand on the accent.
type Scheme struct {
	Name    string // "light" or "dark"
	Grounds []Colour
	Ink     Colour
}

// Schemes are the page's two looks, light and dark. They repeat the style
// sheet (package static), and a test there holds them to it.
func Schemes() (light, dark Scheme) {
	return Scheme{"light", colours(0xfcfcfa, 0xffffff, 0xf2f3f0, 0xe9f4ee, 0xfbf3dd, 0xfdeee2, 0xfcebe9, 0xebf0fb), Colour{255, 255, 255}},
		Scheme{"dark", colours(0x131517, 0x1b1e21, 0x202428, 0x17291f, 0x2c2513, 0x301f13, 0x331b1a, 0x1a2237), Colour{0x10, 0x13, 0x1a}}
}

func colours(all ...uint32) []Colour {
	out := make([]Colour, len(all))
	for i, n := range all {
		out[i] = Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}
	}
	return out
}

// Enough is the contrast that text needs (WCAG 2.2, success criterion 1.4.3).
const Enough = 4.5

// Unreadable says that a colour cannot carry words in a scheme.
type Unreadable struct {
	Colour  Colour
	Scheme  string
	Ground  Colour  // where it is worst
	Ratio   float64 // there
	Nearest Colour  // of the same hue, and readable
}

func (u *Unreadable) Error() string { return u.Refusal("accent").Text }

// Refusal says the ratio, what it should be, and the colour that passes.
func (u *Unreadable) Refusal(field string) *comms.Refusal {
	where := comms.Say("the light page")
	if u.Scheme == "dark" {
		where = comms.Say("the dark page")
	}
	return comms.Refuse(comms.Invalid, field, "the colour %s has a contrast of %s to 1 on %s (%s), and words in it need %s to 1; the nearest that passes is %s",
		u.Colour, ratio(u.Ratio), where, u.Ground, ratio(Enough), u.Nearest)
}

// ratio is rounded down: 4.499 is not enough, and must not read as 4.5.
func ratio(r float64) string { return fmt.Sprintf("%.2f", math.Floor(r*100)/100) }

// Judge tells whether words can be read in the colour on every ground of the
// scheme, and the scheme's words on the colour. The error is *Unreadable.
func (s Scheme) Judge(c Colour) error {
	ground, worst := s.worst(c)
	if worst >= Enough {
		return nil
	}
	return &Unreadable{Colour: c, Scheme: s.Name, Ground: ground, Ratio: worst, Nearest: s.Nearest(c)}
}

// Nearest is the colour of the same hue that passes Judge; c if it does.
func (s Scheme) Nearest(c Colour) Colour {
	return nearest(c, func(c Colour) bool {
		_, worst := s.worst(c)
		return worst >= Enough
	})
}

func (s Scheme) worst(c Colour) (ground Colour, ratio float64) {
	ratio = math.Inf(1)
	for _, g := range append([]Colour{s.Ink}, s.Grounds...) {
		if r := Contrast(c, g); r < ratio {
			ground, ratio = g, r
		}
	}
	return ground, ratio
}
