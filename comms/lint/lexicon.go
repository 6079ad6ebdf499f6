package lint

import (
	"slices"
	"strings"
)

// lexicon finds phrases of one or more words in a text, the longest first.
type lexicon struct{ byFirst map[string][]phrase }

// phrase is one written form of an entry.
type phrase struct {
	low   []string // words in lower case
	gaps  []string // what stands between them, one less
	exact []string // as written, when upper and lower case count; else nil
	entry int      // whose form it is
}

func (l *lexicon) add(entry int, written string, exact bool) {
	t := cut("", written)
	if len(t.words) == 0 {
		return
	}
	p := phrase{entry: entry}
	for i := range t.words {
		p.low = append(p.low, t.words[i].low)
		if i > 0 {
			p.gaps = append(p.gaps, t.gap(i-1))
		}
		if exact {
			p.exact = append(p.exact, t.raw(i))
		}
	}
	if l.byFirst == nil {
		l.byFirst = map[string][]phrase{}
	}
	first := p.low[0]
	at, _ := slices.BinarySearchFunc(l.byFirst[first], p, func(a, b phrase) int { return len(b.low) - len(a.low) })
	l.byFirst[first] = slices.Insert(l.byFirst[first], at, p)
}

// at returns the longest phrase that begins at word i, and its number of
// words; accept may refuse a candidate.
func (l *lexicon) at(t *text, i int, accept func(p phrase, n int) bool) (phrase, int, bool) {
	for _, p := range l.byFirst[t.words[i].low] {
		n := len(p.low)
		if i+n <= len(t.words) && p.matches(t, i) && (accept == nil || accept(p, n)) {
			return p, n, true
		}
	}
	return phrase{}, 0, false
}

// begin is at without a condition; an absent lexicon has no phrases.
func (l *lexicon) begin(t *text, i int) (phrase, int, bool) {
	if l == nil {
		return phrase{}, 0, false
	}
	return l.at(t, i, nil)
}

func (p phrase) matches(t *text, i int) bool {
	for k, w := range p.low {
		if t.words[i+k].low != w {
			return false
		}
		if p.exact != nil && t.raw(i+k) != p.exact[k] && t.raw(i+k) != strings.ToUpper(p.exact[k]) {
			return false
		}
		if k > 0 && !sameGap(p.gaps[k-1], t.gap(i+k-1)) {
			return false
		}
	}
	return true
}

// sameGap takes a hyphen for a space and the other way round: "rate-limited"
// and "rate limited" are one term.
func sameGap(want, got string) bool {
	if isLoose(want) {
		return isLoose(got)
	}
	return want == got || want == "'" && got == "’"
}

func isLoose(gap string) bool {
	if gap == "-" || gap == "‑" {
		return true
	}
	return gap != "" && strings.TrimSpace(gap) == "" && strings.Count(gap, "\n") < 2
}

// all lists the stretches of every phrase in the text.
func (l *lexicon) all(t *text) []span {
	if len(l.byFirst) == 0 {
		return nil
	}
	var out []span
	for i := range t.words {
		if _, n, ok := l.begin(t, i); ok {
			out = append(out, span{t.words[i].start, t.words[i+n-1].end})
		}
	}
	return out
}
