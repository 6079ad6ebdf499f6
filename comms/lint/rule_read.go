package lint

import (
	"math"
	"strconv"
	"strings"

	"github.com/countersign/countersign/comms"
)

// fewWords is the least that a text must have for its ease to be measured: of
// less, one long name decides.
const fewWords = 40

// readingEase measures how easily a text reads, from 0 (hard) to 100 (easy),
// and points at its hardest sentence when that is below the plan's floor. The
// formulas are of Latin letters: sentences in others are not measured.
func readingEase(j *judge, t *text) []hit {
	floor, known := j.Plan.ReadingFloor(t.lang)
	if !known || len(t.words) < fewWords {
		return nil
	}
	var all measure
	hardest, worst := sentence{}, 1000.0
	for _, s := range t.sentences {
		m := t.measure(s)
		if m.words < 4 || isEnumeration(t, s) || !t.spaced(s) {
			continue
		}
		all.words, all.syllables, all.sentences = all.words+m.words, all.syllables+m.syllables, all.sentences+1
		if ease := m.ease(t.lang); ease < worst && m.words >= 8 {
			hardest, worst = s, ease
		}
	}
	if all.words < fewWords {
		return nil
	}
	ease := all.ease(t.lang)
	if ease >= float64(floor) || hardest.count() < 2 {
		return nil
	}
	return []hit{{span: hardest.span, args: []string{"ease", strconv.Itoa(int(math.Round(ease))), "floor", strconv.Itoa(floor)}}}
}

// measure is what the formulas count.
type measure struct{ words, syllables, sentences int }

// measure counts a sentence without names, numbers, acronyms and addresses,
// which nobody can make easier.
func (t *text) measure(s sentence) measure {
	m := measure{sentences: 1}
	for i := s.first; i <= s.last; i++ {
		w := t.words[i]
		if isDigits(w.low) || isAcronym(t.raw(i)) || zones[t.raw(i)] || t.owned(w.span) || inURL(t, w.start) {
			continue
		}
		m.words++
		m.syllables += syllables(t.lang, w.low)
	}
	return m
}

// ease is Flesch's formula (1948), and for Spanish that of Fernández Huerta
// (1959) with both of its terms by word.
func (m measure) ease(lang comms.Lang) float64 {
	perSentence := float64(m.words) / float64(max(m.sentences, 1))
	perWord := float64(m.syllables) / float64(max(m.words, 1))
	if base(lang) == "es" {
		return 206.84 - 60*perWord - 1.02*perSentence
	}
	return 206.835 - 84.6*perWord - 1.015*perSentence
}

// syllables counts those of a word in lower case.
func syllables(lang comms.Lang, w string) int {
	if base(lang) == "es" {
		return spanishSyllables(w)
	}
	n, vowel := 0, false
	for i := range len(w) {
		v := strings.IndexByte("aeiouy", w[i]) >= 0
		if v && !vowel {
			n++
		}
		vowel = v
	}
	switch {
	case n > 1 && endsIn(w, "es", "ed") && !endsIn(w, "ses", "zes", "ches", "shes", "ces", "ges", "ted", "ded", "ies"):
		n--
	case n > 1 && strings.HasSuffix(w, "e") && !(strings.HasSuffix(w, "le") && len(w) > 2 && strings.IndexByte("aeiouy", w[len(w)-3]) < 0):
		n--
	}
	return max(n, 1)
}

// spanishSyllables takes weak vowels beside others for one sound.
func spanishSyllables(w string) int {
	n, last := 0, 'x'
	for _, r := range w {
		switch {
		case strings.ContainsRune("aeoáéó", r):
			if !strings.ContainsRune("iuü", last) || n == 0 {
				n++
			}
		case strings.ContainsRune("íú", r):
			n++
		case strings.ContainsRune("iuü", r):
			if !strings.ContainsRune("aeoáéóiuü", last) {
				n++
			}
		}
		last = r
	}
	return max(n, 1)
}
