package lint

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentence is a run of words that ends with a full stop, a line or the text.
type sentence struct {
	span
	first, last int // its words
}

// count is the number of its words.
func (s sentence) count() int { return s.last - s.first + 1 }

// parse divides the words into sentences.
func (t *text) parse() {
	if len(t.words) == 0 {
		return
	}
	t.sentences = make([]sentence, 0, len(t.words)/12+1)
	first := 0
	for i := range t.words {
		if i < len(t.words)-1 && !t.breaks(i) {
			continue
		}
		t.sentences = append(t.sentences, sentence{span{t.words[first].start, t.words[i].end}, first, i})
		first = i + 1
	}
}

// breaks tells whether a sentence ends after word i. A line that goes on with
// a small letter is the same sentence, folded; a full stop before one belongs
// to a short form.
func (t *text) breaks(i int) bool {
	g := t.gap(i)
	next, _ := utf8.DecodeRuneInString(t.raw(i + 1))
	if at := strings.IndexByte(g, '\n'); at >= 0 {
		return strings.Count(g, "\n") > 1 || strings.TrimSpace(g) != "" || !unicode.IsLower(next)
	}
	if strings.ContainsAny(g, "!?…¡¿。！？") {
		return true
	}
	at := strings.IndexByte(g, '.')
	return at >= 0 && strings.ContainsAny(g[at:], " \t\u00a0\"”»)") && !unicode.IsLower(next) && !shortForms[t.low(i)]
}

// shortForms end with a full stop that ends no sentence.
var shortForms = wordSet("mr mrs dr sr sra dra st vs no núm nº approx aprox eg ie g e")

// spaced tells whether the words of a sentence can be counted by the spaces
// between them and their sounds by their vowels: whether it is written in Latin
// letters. Foreign letters say more each, so one in five is a sentence of
// theirs; fewer are a name or a quoted label.
func (t *text) spaced(s sentence) bool {
	letters, foreign := 0, 0
	for _, r := range t.s[s.start:s.end] {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		if r >= utf8.RuneSelf && !unicode.Is(unicode.Latin, r) {
			foreign++
		}
	}
	return foreign*5 < letters || foreign == 0
}

// sentenceAt is the sentence of word i.
func (t *text) sentenceAt(i int) sentence {
	n := sort.Search(len(t.sentences), func(k int) bool { return t.sentences[k].last >= i })
	if n == len(t.sentences) {
		return sentence{}
	}
	return t.sentences[n]
}

// any finds the first word of a set between two words, -1 for none.
func (t *text) any(first, last int, set map[string]bool) int {
	for i := max(first, 0); i <= last && i < len(t.words); i++ {
		if set[t.words[i].low] {
			return i
		}
	}
	return -1
}

// within tells whether a sign or a phrase of a rule stands in the sentence.
func (t *text) within(s sentence, id Rule) bool {
	for _, m := range t.found[id] {
		if m.first >= s.first && m.first <= s.last {
			return true
		}
	}
	return false
}

// vocabulary is sets of words by language.
type vocabulary map[string]map[string]bool

func (v vocabulary) of(t *text) map[string]bool { return v[string(base(t.lang))] }
