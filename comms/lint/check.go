package lint

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// Check judges one subject by every rule that its plan does not switch off.
// Whoever judges many under one plan compiles it once: see Book.Check.
func Check(s Subject) Report { return Compile(s.Plan).Check(s) }

// Check judges a subject by the book's plan, whatever plan the subject names.
// The message is decoded from the content itself, so that the report is about
// what its digest names; content that cannot be decoded gives a Report that
// judged nothing.
func (b *Book) Check(s Subject) Report {
	if s.Content.Digest().IsZero() {
		return b.checkFree(s)
	}
	m, err := s.Content.Message()
	if err != nil {
		return Report{}
	}
	s.Message = m
	j, rules := b.judge(s), b.rules
	slots := j.judgeTexts(rules, j.slotTexts())
	found := append(slots, j.judgeMessage(rules)...)
	found = append(found, j.formFindings(rules, found)...)
	sortFindings(found)
	return NewReport(s.Content.Digest(), len(rules), found)
}

// checkFree judges text that belongs to no message: rules on words only.
func (b *Book) checkFree(s Subject) Report {
	j := b.judge(s)
	rules := slices.DeleteFunc(slices.Clone(b.rules), func(r rule) bool { return !r.onWords() && r.id != "LANG" })
	var texts []field
	for _, lang := range sortedKeys(s.Free) {
		texts = append(texts, field{lang, "text", s.Free[lang]})
	}
	found := j.judgeTexts(rules, texts)
	if len(texts) > 1 {
		found = append(found, j.judgeMessage(slices.DeleteFunc(slices.Clone(rules), func(r rule) bool { return r.id != "LANG" }))...)
	}
	sortFindings(found)
	return NewReport(comms.Digest{}, len(rules), found)
}

// field is one text and the place where people see it.
type field struct {
	lang comms.Lang
	name string
	s    string
}

// slotTexts lists the words that were typed and would go out.
func (j *judge) slotTexts() []field {
	var out []field
	for _, lang := range sortedKeys(j.Draft.Slots) {
		for _, name := range sortedKeys(j.Draft.Slots[lang]) {
			s, ok := j.template.Slot(name)
			if value := j.Draft.Slots[lang][name]; ok && perLanguage(s) && value != "" {
				out = append(out, field{lang, name, value})
			}
		}
	}
	return out
}

// formTexts lists every form of every language, and the reason of a correction
// or a redaction.
func (j *judge) formTexts() []field {
	var out []field
	for _, lang := range j.langs() {
		f := j.Message.Forms[lang]
		out = append(out,
			field{lang, "title", f.Title}, field{lang, "subject", f.Subject}, field{lang, "text", f.Text},
			field{lang, "short", f.Short}, field{lang, "support", f.Support}, field{lang, "in_product", f.InProduct})
	}
	var reasons comms.Words
	if c := j.Message.Correction; c != nil {
		reasons = c.Reason
	}
	if r := j.Message.Redaction; r != nil {
		reasons = r.Reason
	}
	for _, lang := range sortedKeys(reasons) {
		out = append(out, field{lang, "reason", reasons[lang]})
	}
	return out
}

func (j *judge) judgeTexts(rules []rule, texts []field) []Finding {
	var out []Finding
	for _, f := range texts {
		out = append(out, j.judgeText(rules, f)...)
	}
	return out
}

func (j *judge) judgeText(rules []rule, f field) []Finding {
	lang := f.lang
	if lang == draft.Shared {
		lang = j.Plan.Catalogue.Source
	}
	t := j.read(lang, f.s)
	found := map[Rule][]hit{}
	for _, r := range rules {
		if !r.onWords() {
			continue
		}
		hits := distinct(r.hits(j, t))
		if own[r.id] {
			hits = slices.DeleteFunc(hits, func(h hit) bool { return t.owned(h.span) })
		}
		if len(hits) > 0 {
			found[r.id] = hits
		}
	}
	var out []Finding
	for _, r := range rules {
		for _, h := range found[r.id] {
			if !overtaken(r.id, h.span, found) {
				out = append(out, j.finding(r, f, h))
			}
		}
	}
	return out
}

func (j *judge) finding(r rule, f field, h hit) Finding {
	said, level := f.s[h.start:h.end], r.level
	if h.mild {
		level = plan.Warn
	}
	reason := h.says
	if reason == "" {
		reason = j.sentence(j.Reader, cmp.Or(h.reason, string(r.id)), append([]string{"span", said}, h.args...)...)
	}
	return Finding{
		Rule: r.id, Level: level, Lang: f.lang, Field: f.name, Start: h.start, End: h.end, Span: said,
		Reason: reason, Replace: h.replace,
	}
}

// own are the rules that leave the company's own names alone.
var own = map[Rule]bool{
	"SEC-IP": true, "SEC-HOST": true, "SEC-TICKET": true, "SEC-SECRET": true, "SEC-EMAIL": true, "SEC-TRACE": true, "SEC-CODE": true,
	"JARGON": true, "ACR": true, "BLAME-NAME": true, "TONE-MARK": true,
}

// yields lists the rules that say more about the same words.
var yields = map[Rule][]Rule{
	"JARGON":   {"NONPLAIN", "TIME-VAGUE", "BLAME-3P", "TONE-CLICHE", "CAUSE-EARLY", "BLAME-HUMAN", "SEC-HOST", "SEC-TICKET", "SEC-SECRET", "SEC-TRACE", "SEC-CODE"},
	"ACR":      {"JARGON", "BLAME-NAME", "SEC-HOST", "SEC-TICKET", "SEC-SECRET", "SEC-CODE", "SLOT"},
	"NONPLAIN": {"TIME-VAGUE"},
}

// overtaken tells whether another rule says more about the words of a hit.
func overtaken(id Rule, s span, found map[Rule][]hit) bool {
	for _, other := range yields[id] {
		for _, h := range found[other] {
			if s.start < h.end && h.start < s.end {
				return true
			}
		}
	}
	return false
}

// distinct sorts hits and drops those that lie within another.
func distinct(hits []hit) []hit {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	out := hits[:0]
	for _, h := range hits {
		if n := len(out); n > 0 && h.end <= out[n-1].end {
			continue
		}
		out = append(out, h)
	}
	return out
}

func (j *judge) judgeMessage(rules []rule) []Finding {
	var out []Finding
	for _, r := range rules {
		// A redaction has no slots, and moves neither phase nor promise.
		if r.message == nil || j.Message.Redaction != nil && r.id != "SEC-AGAIN" {
			continue
		}
		for _, f := range r.message(j) {
			f.Rule, f.Level = r.id, r.level
			out = append(out, f)
		}
	}
	return slices.DeleteFunc(out, func(f Finding) bool { return (f.Rule == "REQ-ACTION" || f.Rule == "REQ-US") && isAsked(f, out) })
}

// isAsked tells whether a field is missed already because another language has
// it.
func isAsked(f Finding, all []Finding) bool {
	return slices.ContainsFunc(all, func(o Finding) bool {
		return o.Rule == "LANG" && o.Start == o.End && o.Lang == f.Lang && o.Field == f.Field
	})
}

// formFindings judges the forms and leaves out what a person already sees
// beside the field that it comes from.
func (j *judge) formFindings(rules []rule, shown []Finding) []Finding {
	type said struct {
		rule Rule
		span string
	}
	seen := map[said]bool{}
	for _, f := range shown {
		if f.Span != "" {
			seen[said{f.Rule, sameWords(f.Span)}] = true
		}
	}
	var out []Finding
	for _, f := range j.judgeTexts(rules, j.formTexts()) {
		words := sameWords(f.Span)
		if seen[said{f.Rule, words}] || f.Level == plan.Warn && containsShown(f, words, shown) {
			continue
		}
		if f.Level == plan.Warn {
			seen[said{f.Rule, words}] = true // once, whichever form shows it
		}
		if f.Rule == "SLOT" {
			f = j.toSlot(f)
			if isShown(f, shown) || isShown(f, out) {
				continue
			}
		}
		out = append(out, f)
	}
	return out
}

// containsShown tells whether the words of a shown finding of the rule are part
// of this one: a long sentence does not count twice because a template begins it.
func containsShown(f Finding, words string, shown []Finding) bool {
	return slices.ContainsFunc(shown, func(s Finding) bool {
		return s.Rule == f.Rule && s.Lang == f.Lang && s.Span != "" && strings.Contains(words, sameWords(s.Span))
	})
}

// sameWords compares spans as people do: a form may begin them with a capital
// or break their line elsewhere.
func sameWords(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// toSlot moves a {name} that was left in a form to the field where it is filled.
func (j *judge) toSlot(f Finding) Finding {
	name := strings.Trim(f.Span, "{?}")
	s, ok := j.template.Slot(name)
	if !ok || !strings.HasPrefix(f.Span, "{") {
		return f
	}
	lang, place := fieldOf(s, f.Lang)
	about := j.about(lang, place, "SLOT.empty", "span", f.Span)
	about.Rule, about.Level = f.Rule, f.Level
	return about
}

// isShown tells whether something that stops the message already stands at the
// same whole field.
func isShown(f Finding, shown []Finding) bool {
	if f.Start != f.End {
		return false
	}
	return slices.ContainsFunc(shown, func(s Finding) bool {
		return s.Lang == f.Lang && s.Field == f.Field && s.Start == s.End && s.Level == f.Level && (s.Rule == f.Rule || strings.HasPrefix(string(s.Rule), "REQ-"))
	})
}

func sortFindings(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Field, b.Field), a.Start-b.Start, a.End-b.End, cmp.Compare(a.Rule, b.Rule))
	})
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
