package lint

import (
	"regexp"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// ownRules makes the rules ready that a plan adds.
func ownRules(p *plan.Plan) []rule {
	out := make([]rule, 0, len(p.OwnRules))
	for _, r := range p.OwnRules {
		own := newOwnRule(r, p.Catalogue)
		out = append(out, rule{id: Rule(r.ID), level: r.Level, words: own.find})
	}
	return out
}

// ownRule is a rule of the plan's own.
type ownRule struct {
	plan.OwnRule
	source   comms.Lang
	terms    map[comms.Lang]*glossary
	patterns []*regexp.Regexp
}

func newOwnRule(r plan.OwnRule, c comms.Catalogue) ownRule {
	own := ownRule{OwnRule: r, source: c.Source, terms: map[comms.Lang]*glossary{}}
	for _, lang := range c.Languages {
		if r.Lang != "" && r.Lang != lang {
			continue
		}
		terms := make([]plan.Term, len(r.Terms))
		for i, t := range r.Terms {
			terms[i] = plan.Term{Lang: lang, Term: t}
		}
		own.terms[lang] = compile(terms, lang)
	}
	for _, p := range r.Patterns {
		if re, err := regexp.Compile(p); err == nil { // the plan was read: it does compile
			own.patterns = append(own.patterns, re)
		}
	}
	return own
}

// find lists the terms and what the patterns match.
func (r ownRule) find(j *judge, t *text) []hit {
	g := r.terms[t.lang]
	if g == nil || !r.isFor(j) {
		return nil
	}
	says, _ := r.Message.In(j.Reader, r.source)
	var out []hit
	add := func(s span) { out = append(out, hit{span: s, says: says, replace: r.instead()}) }
	for i := 0; i < len(t.words); i++ {
		_, n, ok := g.at(t, i, func(_ phrase, n int) bool { return standsAlone(t, i, n) })
		if ok {
			add(t.span(i, n))
			i += n - 1
		}
	}
	for _, p := range r.patterns {
		for _, at := range p.FindAllStringIndex(t.s, -1) {
			if at[0] < at[1] {
				add(span{at[0], at[1]})
			}
		}
	}
	return out
}

func (r ownRule) instead() *string {
	if r.Replace == "" && !r.LeaveOut {
		return nil
	}
	return &r.Replace
}

// isFor tells whether the rule counts in the phase of the message; a text
// without a message is judged by all.
func (r ownRule) isFor(j *judge) bool {
	return len(r.Phases) == 0 || j.Message.Incident == nil || slices.Contains(r.Phases, j.Message.Incident.Phase)
}
