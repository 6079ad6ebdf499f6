package language

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// Choice says in lines what somebody wants to be told of, by the names of the
// catalogue in a language; titles are those of incidents. What has no name any
// more is left out.
func (p Printer) Choice(c comms.Choice, catalogue comms.Catalogue, titles map[comms.ID]comms.Words, lang comms.Lang) []string {
	var names, lines []string
	for _, g := range catalogue.Groups {
		if name, _ := g.Name.In(lang, catalogue.Source); slices.Contains(c.Groups, g.ID) && name != "" {
			names = append(names, name)
		}
	}
	for _, comp := range catalogue.Components() {
		if name, _ := comp.Name.In(lang, catalogue.Source); slices.Contains(c.Components, comp.ID) && name != "" {
			names = append(names, name)
		}
	}
	if c.Everything {
		names = []string{p.T("language.choice.everything")}
	}
	if len(names) > 0 {
		kind := "both"
		if c.Kind != "" {
			kind = string(c.Kind)
		}
		lines = append(lines, p.T("language.choice."+kind, "names", strings.Join(names, p.T("language.comma"))))
	}
	for _, id := range c.Incidents {
		if title, _ := titles[id].In(lang, catalogue.Source); title != "" {
			lines = append(lines, p.T("language.choice.end", "title", title))
		}
	}
	return lines
}
