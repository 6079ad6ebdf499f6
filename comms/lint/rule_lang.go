package lint

import (
	"strings"

	"github.com/countersign/countersign/comms/say"
)

// languagesDiffer compares what was typed in the source language with each
// other language: numbers, times, links, components, and whether something
// stands there at all. What one says and the other does not is one customer
// told something that another is not.
func languagesDiffer(j *judge) []Finding {
	var out []Finding
	source := j.Plan.Catalogue.Source
	if len(j.Free) > 0 {
		for _, lang := range sortedKeys(j.Free) {
			if _, both := j.Free[source]; both && lang != source {
				out = append(out, j.compare(field{source, "text", j.Free[source]}, field{lang, "text", j.Free[lang]})...)
			}
		}
		return out
	}
	if _, both := j.Message.Forms[source]; !both {
		return nil
	}
	for _, lang := range j.langs() {
		if lang == source {
			continue
		}
		for _, s := range j.template.Slots {
			if !perLanguage(s) {
				continue
			}
			a, b := field{source, s.Name, j.Draft.Slots[source][s.Name]}, field{lang, s.Name, j.Draft.Slots[lang][s.Name]}
			switch filled := [2]bool{strings.TrimSpace(a.s) != "", strings.TrimSpace(b.s) != ""}; {
			case filled[0] && filled[1]:
				out = append(out, j.compare(a, b)...)
			case filled[0] && !s.Required:
				out = append(out, j.about(lang, s.Name, "LANG.empty", "language", say.Language(j.Reader, source)))
			case filled[1] && !s.Required:
				out = append(out, j.about(source, s.Name, "LANG.empty", "language", say.Language(j.Reader, lang)))
			}
		}
	}
	return out
}

// compare points at what one of two texts says and the other does not.
func (j *judge) compare(a, b field) []Finding {
	in, other := j.facts(a.lang, a.s), j.facts(b.lang, b.s)
	var out []Finding
	for _, f := range other {
		if f.hard && !f.among(in) {
			out = append(out, j.at(b, f.span, "LANG.extra", "language", say.Language(j.Reader, a.lang)))
		}
	}
	for _, f := range in {
		if f.hard && !f.among(other) {
			out = append(out, j.at(a, f.span, "LANG.extra", "language", say.Language(j.Reader, b.lang)))
		}
	}
	return out
}
