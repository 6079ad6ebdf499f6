package lint

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// glossary is the terms of one language with every form in which they are
// written.
type glossary struct {
	lexicon
	terms []term
}

// term is a glossary entry with the conditions that its note sets.
type term struct {
	plan.Term
	beside []string // counts only next to one of these words
	placed bool     // does not count next to the name of a place
}

// compile reads the notes, too. Of what people write there it understands:
// "also: a, b" for further forms; "case-sensitive"; "only next to a/b"; "ok
// with a place name". Everything else in a note is for people.
func compile(terms []plan.Term, lang comms.Lang) *glossary {
	g := &glossary{}
	for _, t := range terms {
		// A zone is what every time needs: it is never jargon.
		if t.Lang != lang || t.Term == "" || zones[t.Term] {
			continue
		}
		n := len(g.terms)
		g.terms = append(g.terms, term{Term: t, beside: beside(t.Note), placed: strings.HasPrefix(t.Note, "ok with a place name")})
		exact := strings.Contains(t.Note, "case-sensitive")
		for _, form := range forms(t, lang) {
			g.add(n, form, exact)
		}
		if _, list, ok := strings.Cut(t.Note, "also: "); ok {
			list, _, _ = strings.Cut(list, ";")
			for form := range strings.SplitSeq(list, ",") {
				g.add(n, strings.TrimSpace(form), exact)
			}
		}
	}
	return g
}

func beside(note string) []string {
	_, list, ok := strings.Cut(note, "only next to ")
	if !ok {
		return nil
	}
	list, _, _ = strings.Cut(list, ";")
	return strings.Split(strings.TrimSpace(list), "/")
}

// forms lists how a term is written: itself, its inflections, and the whole
// series for a label such as SEV1 that is to be left out.
func forms(t plan.Term, lang comms.Lang) []string {
	if stem, ok := seriesOf(t); ok {
		var out []string
		for d := range 10 {
			digit := string(rune('0' + d))
			out = append(out, stem+digit)
			if len(stem) > 1 {
				out = append(out, stem+"-"+digit)
			}
		}
		return out
	}
	if lang == "es" {
		return spanish(t.Term)
	}
	return english(t.Term)
}

// seriesOf tells labels such as SEV1 and P0, which stand for all their numbers.
func seriesOf(t plan.Term) (string, bool) {
	if t.Plain != "" || len(t.Term) < 2 {
		return "", false
	}
	stem, last := t.Term[:len(t.Term)-1], t.Term[len(t.Term)-1]
	return stem, isUpper(stem) && '0' <= last && last <= '9'
}

// fits tells whether the term means here what the glossary means.
func (t term) fits(x *text, i, n int) bool {
	if t.beside != nil && !oneOf(t.beside, x.low(i-1)) && !oneOf(t.beside, x.low(i+n)) {
		return false
	}
	return !t.placed || !(isLoose(x.gap(i-1)) && isPlace(x, i-1)) && !(isLoose(x.gap(i+n-1)) && isPlace(x, i+n))
}

func oneOf(list []string, w string) bool {
	for _, v := range list {
		if w != "" && (w == v || w == v+"s") {
			return true
		}
	}
	return false
}

// isPlace takes a name with a capital letter, or one with a number in it, for a
// place: "the Frankfurt region", "region eu-west-1".
func isPlace(t *text, i int) bool {
	if i < 0 || i >= len(t.words) {
		return false
	}
	if first, _ := utf8.DecodeRuneInString(t.raw(i)); unicode.IsUpper(first) {
		return t.words[i].low != "the" && t.words[i].low != "our"
	}
	return strings.ContainsAny(t.around(t.words[i].start).s, "0123456789")
}

// firstChoice takes the first of several plain wordings: "release, put live".
func firstChoice(plain string) string {
	if at := strings.IndexByte(plain, '('); at > 0 {
		return plain
	}
	plain, _, _ = strings.Cut(plain, ", ")
	plain, _, _ = strings.Cut(plain, " / ")
	return plain
}
