package static_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/brand"
	"github.com/countersign/countersign/static"
)

// TestAccentIsJudgedOnTheseGrounds: the style sheet and the rule for the
// company's colour speak of the same grounds, and the colour that ships
// passes. What lies behind words has a name of its own in the sheet.
func TestAccentIsJudgedOnTheseGrounds(t *testing.T) {
	text, err := static.FS.ReadFile("tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, found := strings.Cut(string(text), "prefers-color-scheme: dark")
	if !found {
		t.Fatal("the sheet has no dark look")
	}
	dark, _, _ = strings.Cut(dark, "\n}")
	onLight, onDark := brand.Schemes()
	for _, look := range []struct {
		css    string
		scheme brand.Scheme
	}{{light, onLight}, {dark, onDark}} {
		names := regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(look.css, -1)
		var grounds []brand.Colour
		for _, m := range names {
			c, _ := brand.ParseColour(m[2])
			switch name := m[1]; {
			case name == "paper" || name == "raised" || name == "wash" || strings.HasSuffix(name, "-wash"):
				grounds = append(grounds, c)
			case name == "accent-ink" && c != look.scheme.Ink:
				t.Errorf("%s: words on the accent are %v in the sheet and %v in the rule", look.scheme.Name, c, look.scheme.Ink)
			case name == "accent":
				if err := look.scheme.Judge(c); err != nil {
					t.Errorf("the colour that ships: %v", err)
				}
			}
		}
		if !slices.Equal(grounds, look.scheme.Grounds) {
			t.Errorf("%s: the sheet has the grounds %v, the rule %v", look.scheme.Name, grounds, look.scheme.Grounds)
		}
	}
}
