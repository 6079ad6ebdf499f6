package lint

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// saidBefore finds an update that only repeats an earlier one of its incident:
// every sentence stood there, times and numbers aside, and no state changed.
func saidBefore(j *judge) []Finding {
	if j.Message.Kind != comms.MessageUpdate || len(j.History) == 0 || j.isWork(nil) {
		return nil
	}
	var out []Finding
	for _, lang := range j.langs() {
		said := sayings(cut(lang, j.Message.Forms[lang].Text))
		for _, earlier := range slices.Backward(j.History) {
			before := earlier.Forms[lang].Text
			if before == "" || !sameStates(earlier.Incident, j.Message.Incident) {
				continue
			}
			old := sayings(cut(lang, before))
			if len(said) == 0 || slices.ContainsFunc(said, func(s string) bool { return !slices.Contains(old, s) }) {
				continue
			}
			field := "text"
			if us, ok := j.slot(plan.SlotUs); ok {
				field = us.Name
			}
			out = append(out, j.about(lang, field, "SAME-TEXT"))
			break
		}
	}
	return out
}

func sameStates(a, b *comms.Incident) bool {
	return a != nil && b != nil && a.Phase == b.Phase && a.Severity == b.Severity && slices.Equal(a.Claims, b.Claims)
}

// sayings are the sentences of a text without their numbers.
func sayings(t *text) []string {
	t.parse()
	var out []string
	for _, s := range t.sentences {
		if said := t.saying(s); said != "" {
			out = append(out, said)
		}
	}
	return out
}

func (t *text) saying(s sentence) string {
	var b strings.Builder
	for i := s.first; i <= s.last; i++ {
		if w := t.words[i].low; strings.Trim(w, "0123456789z") != "" {
			b.WriteString(w)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// saidTwice finds a sentence of some length that stands twice in one text.
func saidTwice(_ *judge, t *text) []hit {
	const least = 8 // words
	var out []hit
	seen := map[string]bool{}
	for _, s := range t.sentences {
		if s.count() < least {
			continue
		}
		said := sameWords(t.s[s.start:s.end])
		if seen[said] {
			out = append(out, hit{span: s.span, reason: "SAME-TEXT.twice", replace: leaveOut()})
		}
		seen[said] = true
	}
	return out
}
