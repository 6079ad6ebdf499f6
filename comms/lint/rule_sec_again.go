package lint

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
)

// secAgain finds in the reason for a redaction what the removed words may have
// been removed for: names and words with digits in them that stood there too.
func secAgain(j *judge) []Finding {
	removed := removedWords(j.Subject)
	if len(removed) == 0 {
		return nil
	}
	var out []Finding
	reason := j.Message.Redaction.Reason
	for _, lang := range sortedKeys(reason) {
		t := j.read(lang, reason[lang])
		for i, w := range t.words {
			if removed[w.low] && telling(t, i, true) && !t.owned(w.span) {
				f := j.about(lang, "reason", "SEC-AGAIN", "span", t.raw(i))
				f.Start, f.End, f.Span = w.start, w.end, t.raw(i)
				out = append(out, f)
			}
		}
	}
	return out
}

// removedWords lists the telling words of the message that a redaction takes
// away, in lower case; nothing for other messages.
func removedWords(s Subject) map[string]bool {
	r := s.Message.Redaction
	if r == nil || r.Remains == nil {
		return nil
	}
	out := map[string]bool{}
	add := func(lang comms.Lang, words string) {
		t := cut(lang, words)
		for i, w := range t.words {
			if telling(t, i, false) {
				out[w.low] = true
			}
		}
	}
	for _, m := range s.History {
		if m.Update != r.Remains.Update {
			continue
		}
		for lang, f := range m.Forms {
			for _, words := range []string{f.Title, f.Text, f.Short, f.Support, f.InProduct} {
				add(lang, words)
			}
		}
	}
	return out
}

// telling tells whether a word is a name, or has letters and digits, or is a
// long number. A capital at the start of a sentence is none of a name, unless
// it is one elsewhere.
func telling(t *text, i int, anywhere bool) bool {
	raw := t.raw(i)
	digits := strings.IndexFunc(raw, unicode.IsDigit) >= 0
	switch letters := strings.IndexFunc(raw, unicode.IsLetter) >= 0; {
	case digits && letters:
		return true
	case digits:
		return len(raw) >= 5
	}
	first, _ := utf8.DecodeRuneInString(raw)
	if !unicode.IsUpper(first) || utf8.RuneCountInString(raw) < 3 || raw == "UTC" {
		return false
	}
	return anywhere || i > 0 && !strings.ContainsAny(t.gap(i-1), ".!?:\n¡¿")
}
