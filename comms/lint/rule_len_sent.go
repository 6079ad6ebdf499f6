package lint

import (
	"strconv"
	"strings"
)

// The words that a sentence may have before a reader under stress loses it.
// Spanish needs more of them to say the same.
const (
	longEnglish = 30
	longSpanish = 35
)

// longSentences counts words. A name of the company's own counts as one, an
// address as none, and an enumeration is no sentence. Where spaces do not part
// the words, as in Japanese or Thai, there is nothing to count.
func longSentences(_ *judge, t *text) []hit {
	most := longEnglish
	if base(t.lang) == "es" {
		most = longSpanish
	}
	var out []hit
	for _, s := range t.sentences {
		if s.count() <= most || isEnumeration(t, s) {
			continue
		}
		n := s.count()
		for i := s.first; i <= s.last; i++ {
			if inURL(t, t.words[i].start) || i > s.first && t.owned(span{t.words[i-1].start, t.words[i].end}) || t.gap(i-1) == "." || t.gap(i-1) == ":" || t.gap(i-1) == "'" || t.gap(i-1) == "’" {
				n--
			}
		}
		if n > most && t.spaced(s) {
			out = append(out, hit{span: s.span, args: []string{"count", strconv.Itoa(n), "limit", strconv.Itoa(most)}})
		}
	}
	return out
}

// isEnumeration tells whether a sentence is mostly a list of things.
func isEnumeration(t *text, s sentence) bool {
	commas := strings.Count(t.s[s.start:s.end], ",") + strings.Count(t.s[s.start:s.end], ";")
	return commas >= 5 && s.count() <= commas*6
}
