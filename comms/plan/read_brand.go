package plan

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/brand"
)

// LogoFile is the file of a plan that holds the logo and nothing else. A plan
// is signed as its files stand, and those are texts: a picture that lies
// beside them is taken as this file.
const LogoFile = "logo.yaml"

// logoLine is how many characters of base64 stand in a line.
const logoLine = 100

// PackLogo writes a picture as the file LogoFile. What is no pixel is left
// out, so that nobody signs and keeps where a photograph was taken.
func PackLogo(picture []byte) (comms.PlanFile, error) {
	logo, err := brand.ReadLogo(picture)
	if err != nil {
		return comms.PlanFile{}, err
	}
	var out strings.Builder
	out.WriteString("# The company's logo, packed (base64).\nlogo: |-\n")
	for text := base64.StdEncoding.EncodeToString(logo.Data); text != ""; {
		n := min(logoLine, len(text))
		out.WriteString("  " + text[:n] + "\n")
		text = text[n:]
	}
	return comms.PlanFile{Name: LogoFile, Text: out.String()}, nil
}

// brand reads what makes the page the company's own.
func (c *compiler) brand(logo, accent value) {
	c.plan.Catalogue.Logo = readLogo(logo)
	c.plan.Catalogue.Accent = readAccent(accent)
}

func readLogo(v value) *comms.Logo {
	beside := fix("put the picture beside the plan's files as logo.png or logo.webp, or write here what \"base64 logo.png\" prints")
	s := v.text(brand.MaxFile * 3 / 2)
	if s == "" {
		return nil
	}
	if head, rest, ok := strings.Cut(s, ","); ok && strings.HasPrefix(head, "data:image/") {
		s = rest
	}
	picture, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		v.bad(beside, "the logo is not written in base64")
		return nil
	}
	logo, err := brand.ReadLogo(picture)
	if err != nil {
		v.bad(beside, "the logo cannot be shown: %s", said(err))
		return nil
	}
	return &logo
}

// readAccent reads one colour, for which the dark page gets the nearest that
// can be read there, or one for each.
func readAccent(v value) *comms.Accent {
	if v.missing() {
		return nil
	}
	light, dark := brand.Schemes()
	switch v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		o := v.object("light", "dark")
		l, okLight := colour(o.need("light"), light)
		d, okDark := colour(o.need("dark"), dark)
		if !okLight || !okDark {
			return nil
		}
		return &comms.Accent{Light: l.String(), Dark: d.String()}
	}
	l, ok := colour(v, light)
	if !ok {
		return nil
	}
	return &comms.Accent{Light: l.String(), Dark: dark.Nearest(l).String()}
}

// said is an error's sentence without its field.
func said(err error) comms.Phrase {
	var r *comms.Refusal
	if errors.As(err, &r) {
		return r.Phrase
	}
	return comms.Say("%s", err.Error())
}

func colour(v value, on brand.Scheme) (brand.Colour, bool) {
	if v.node != nil && v.node.Type() == ast.NullType {
		v.bad(fix("put the colour in quotes, as in \"#1f4fa3\"; without them # begins a comment"), "%s is empty", v.name())
		return brand.Colour{}, false
	}
	s := v.oneLine(20)
	if s == "" {
		return brand.Colour{}, false
	}
	c, ok := brand.ParseColour(s)
	if !ok {
		v.bad(fix("write it as \"#1f4fa3\", with its quotes"), "%s is no colour", quote(s))
		return c, false
	}
	var unreadable *brand.Unreadable
	if err := on.Judge(c); errors.As(err, &unreadable) {
		v.bad(fix("write %s, or another one", quote(unreadable.Nearest.String())), "%s", unreadable.Refusal("").Phrase)
		return c, false
	}
	return c, true
}
