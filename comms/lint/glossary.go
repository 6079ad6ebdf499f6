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
	// instead is the suggestion; nil where the plain words would not fit in the
	// place of this form.
	instead *string
}

// compile reads the notes, too. Of what people write there it understands:
// "also: a, b" for further forms; "case-sensitive"; "only next to a/b"; "ok
// with a place name". Everything else in a note is for people.
//
// What somebody wrote down comes before what is derived: "deployed" with plain
// words of its own is not the past of "deploy".
func compile(terms []plan.Term, lang comms.Lang) *glossary {
	g := &glossary{}
	written := map[string]bool{}
	add := func(t term, form string, exact bool) {
		written[strings.ToLower(form)] = true
		g.add(len(g.terms), form, exact)
		g.terms = append(g.terms, t)
	}
	for _, t := range terms {
		// A zone is what every time needs: it is never jargon.
		if t.Lang != lang || t.Term == "" || zones[t.Term] {
			continue
		}
		add(termOf(t), t.Term, isExact(t))
		if _, list, ok := strings.Cut(t.Note, "also: "); ok {
			list, _, _ = strings.Cut(list, ";")
			for form := range strings.SplitSeq(list, ",") {
				also := termOf(t)
				also.instead = nil
				add(also, strings.TrimSpace(form), isExact(t))
			}
		}
	}
	for _, t := range terms {
		if t.Lang != lang || t.Term == "" || zones[t.Term] {
			continue
		}
		for _, form := range forms(t, lang) {
			if written[strings.ToLower(form)] {
				continue
			}
			derived := termOf(t)
			derived.instead = derived.derive(form, lang)
			add(derived, form, isExact(t))
		}
	}
	return g
}

func termOf(t plan.Term) term {
	plain := firstChoice(t.Plain)
	return term{Term: t, instead: &plain, beside: beside(t.Note), placed: strings.HasPrefix(t.Note, "ok with a place name")}
}

func isExact(t plan.Term) bool { return strings.Contains(t.Note, "case-sensitive") }

// derive says what the plain words are for another form of the term: for
// several of a thing, several of the plain one. The plain words of another
// form of a verb cannot be derived, and none are put in its place.
func (t term) derive(form string, lang comms.Lang) *string {
	if _, series := seriesOf(t.Term); series || t.Plain == "" {
		return t.instead
	}
	if lang == "en" && strings.EqualFold(form, pluralOf(t.Term.Term)) {
		if several, ok := severalOf(*t.instead); ok {
			return &several
		}
	}
	return nil
}

func pluralOf(written string) string {
	head, last := splitLast(written)
	if strings.ToLower(last) != last {
		return written + "s"
	}
	return head + plural(last)
}

// severalOf puts the noun of plain English words in the plural: the one before
// "of", "to", "for" or "in", else the last. It does not try what has a verb.
func severalOf(plain string) (string, bool) {
	words := strings.Fields(plain)
	noun := len(words) - 1
	for i, w := range words {
		switch w {
		case "that", "who", "which":
			return "", false
		case "of", "to", "for", "in":
			if i > 0 && noun == len(words)-1 {
				noun = i - 1
			}
		}
	}
	if noun < 0 || strings.HasPrefix(plain, "reduce") {
		return "", false
	}
	if !strings.HasSuffix(words[noun], "s") {
		words[noun] = plural(words[noun])
	}
	return strings.Join(words, " "), true
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
