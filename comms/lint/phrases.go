package lint

import (
	"strings"
	"sync"

	"github.com/countersign/countersign/comms"
)

// phrases are what a rule looks for, by language: one phrase a line. After
// "=>" stands what could be said instead; "-" is to leave it out.
type phrases map[comms.Lang]string

// phrasebook is the phrases of all rules in one language, so that a text is
// searched once.
type phrasebook struct {
	lexicon
	entries []entry
}

// entry is a phrase's rule and suggestion.
type entry struct {
	rule    Rule
	replace *string
}

// match is a phrase in a text, by its words.
type match struct{ entry, first, n int }

// phrasebooks are made of constants alone, once.
var phrasebooks = sync.OnceValue(func() map[comms.Lang]*phrasebook {
	out := map[comms.Lang]*phrasebook{}
	add := func(id Rule, list phrases) {
		for lang, lines := range list {
			if out[lang] == nil {
				out[lang] = &phrasebook{}
			}
			out[lang].read(id, lines)
		}
	}
	for _, r := range table() {
		add(r.id, r.phrases)
	}
	for id, list := range signs {
		add(id, list)
	}
	return out
})

func (b *phrasebook) read(id Rule, lines string) {
	for line := range strings.Lines(lines) {
		written, instead, has := strings.Cut(strings.TrimSpace(line), " => ")
		if written == "" {
			continue
		}
		e := entry{rule: id}
		if has {
			instead = strings.TrimPrefix(instead, "-")
			e.replace = &instead
		}
		b.add(len(b.entries), written, false)
		b.entries = append(b.entries, e)
	}
}

// find lists the phrases in a text by their rules; of those of one rule that
// begin at one word, the longest.
func (b *phrasebook) find(t *text) map[Rule][]match {
	if b == nil {
		return nil
	}
	var out map[Rule][]match
	for i := range t.words {
		for _, p := range b.byFirst[t.words[i].low] {
			n := len(p.low)
			if i+n > len(t.words) || !p.matches(t, i) || !standsAlone(t, i, n) {
				continue
			}
			id := b.entries[p.entry].rule
			if got := out[id]; len(got) > 0 && got[len(got)-1].first+got[len(got)-1].n > i {
				continue // within a longer one
			}
			if out == nil {
				out = map[Rule][]match{}
			}
			out[id] = append(out[id], match{p.entry, i, n})
		}
	}
	return out
}

// span is where the words of a match stand.
func (t *text) span(first, n int) span { return span{t.words[first].start, t.words[first+n-1].end} }

// matched is the hit of a phrase, its suggestion written as the words are.
func (t *text) matched(m match) hit {
	h := hit{span: t.span(m.first, m.n)}
	if instead := t.book.entries[m.entry].replace; instead != nil {
		h.replace = t.likeWritten(m.first, *instead)
		h.args = []string{"replace", *h.replace}
	}
	return h
}

// likeWritten begins a suggestion with a capital where the words do.
func (t *text) likeWritten(i int, s string) *string {
	if s != "" && isCapitalised(t.raw(i)) {
		s = capitalise(s)
	}
	return &s
}

// has tells whether a sign stands in the text.
func (t *text) has(sign Rule) bool { return len(t.found[sign]) > 0 }

// base is the language of a regional form: "es" of "es-MX".
func base(lang comms.Lang) comms.Lang {
	short, _, _ := strings.Cut(string(lang), "-")
	return comms.Lang(short)
}
