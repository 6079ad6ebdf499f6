package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// TestEveryTermOfTheGlossaryIsFound: each term that ships with the program, as
// it is written there and in each of its plural and verb forms, as words of a
// sentence.
func TestEveryTermOfTheGlossaryIsFound(t *testing.T) {
	p, err := plan.Read(plan.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	book := Compile(p)
	terms, inflected := 0, 0
	for _, term := range p.Glossary {
		if zones[term.Term] {
			continue
		}
		terms++
		all := append([]string{term.Term}, forms(term, term.Lang)...)
		inflected += len(all) - 1
		for _, form := range all {
			text := "1, " + form + ", 1"
			if next := beside(term.Note); len(next) > 0 {
				text = "1, " + next[0] + " " + form + ", 1"
			}
			if !foundAs(book, term.Lang, text, form) {
				t.Errorf("%s %q is not found in %q", term.Lang, form, text)
			}
		}
	}
	if terms < 300 || inflected < 300 {
		t.Errorf("only %d terms and %d other forms of them were looked for", terms, inflected)
	}
}

// foundAs tells whether something is found on a form, or on longer words that
// hold it: where two rules know the same words, one of them speaks, though it
// be of a part of them.
func foundAs(book *Book, lang comms.Lang, text, form string) bool {
	report := book.Check(Subject{Reader: "en", Free: map[comms.Lang]string{lang: text}})
	return slices.ContainsFunc(report.Findings(), func(f Finding) bool {
		span, form := strings.ToLower(f.Span), strings.ToLower(form)
		return strings.Contains(span, form) || f.Rule != "JARGON" && strings.Contains(form, span)
	})
}
