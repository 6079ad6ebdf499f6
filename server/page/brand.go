package page

import (
	"html/template"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/brand"
)

// logoView is the company's picture at the top of a page. It stands beside the
// page's name, so that it has no words of its own.
type logoView struct {
	Src           string
	Width, Height int
	Ground        string // class of the ground that it needs; "" for none
}

func markOf(l comms.Logo) *logoView {
	v := &logoView{Src: l.Path(), Width: l.Width, Height: l.Height}
	switch {
	case l.LightGround:
		v.Ground = " lit"
	case l.DarkGround:
		v.Ground = " unlit"
	}
	return v
}

// LogoPath is the address of the company's picture; "" if it has none.
func (s *Snapshot) LogoPath() string {
	if s.mark == nil {
		return ""
	}
	return s.mark.Src
}

// Logo returns the company's picture if it has this address, else nil.
func (s *Snapshot) Logo(path string) *Document {
	if path == "" || path != s.LogoPath() {
		return nil
	}
	return s.logo
}

// brand gives the snapshot the colour and the picture of its plan.
func (s *Snapshot) brand() {
	accent := ""
	if c := s.facts.catalogue; c != nil {
		if c.Accent != nil {
			accent = accentCSS(*c.Accent)
		}
		if c.Logo != nil {
			s.logo, s.mark = newDocument(c.Logo.Type, "", c.Logo.Data).asItIs(), markOf(*c.Logo)
		}
	}
	s.style, s.Policy = s.builder.styled(accent)
}

// accentCSS puts the company's colour in the place of the one that ships. What
// is no colour changes nothing.
func accentCSS(a comms.Accent) string {
	light, okLight := brand.ParseColour(a.Light)
	dark, okDark := brand.ParseColour(a.Dark)
	if !okLight || !okDark {
		return ""
	}
	return ":root{--accent:" + light.String() + "}@media (prefers-color-scheme:dark){:root{--accent:" + dark.String() + "}}"
}

// styled is the style sheet of all pages with more at its end, and the policy
// that lets it in.
func (b *Builder) styled(more string) (template.HTML, string) {
	css := b.css + more
	return template.HTML("<style>" + css + "</style>"), policyOf(css, b.js)
}
