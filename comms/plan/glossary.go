package plan

import (
	_ "embed"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/countersign/countersign/comms"
)

// builtinTerms is a table of language, term, plain words and note, one a line,
// separated by tabs. Plain words in brackets mean: leave the term out.
//
//go:embed builtin/glossary.tsv
var builtinTerms string

// builtin is how a plan asks for the glossary that ships with the program.
const builtin = "builtin"

// glossary reads "builtin", a list of terms, or both: {base: builtin, terms: […]}.
// A plan's own entry takes the place of the built-in one.
func (c *compiler) glossary(v value) []Term {
	if v.missing() {
		return nil
	}
	if _, isText := v.node.(*ast.StringNode); isText {
		v.choice(builtin)
		return c.baseTerms()
	}
	if _, isList := v.node.(*ast.SequenceNode); isList {
		return c.terms(v)
	}
	o := v.object("base", "terms")
	own := c.terms(o.need("terms"))
	if base := o.get("base"); base.missing() || base.choice(builtin) == "" {
		return own
	}
	said := map[Term]bool{}
	for _, t := range own {
		said[Term{Lang: t.Lang, Term: strings.ToLower(t.Term)}] = true
	}
	out := own
	for _, t := range c.baseTerms() {
		if !said[Term{Lang: t.Lang, Term: strings.ToLower(t.Term)}] {
			out = append(out, t)
		}
	}
	return out
}

func (c *compiler) terms(v value) []Term {
	seen := map[string]bool{}
	var out []Term
	for _, item := range v.list() {
		o := item.object("lang", "term", "plain", "note")
		t := Term{
			Lang: comms.Lang(o.need("lang").choice(c.langs...)), Term: o.need("term").oneLine(80),
			Plain: o.get("plain").oneLine(160), Note: o.get("note").oneLine(200),
		}
		unique(seen, o.get("term"), string(t.Lang)+" "+strings.ToLower(t.Term))
		out = append(out, t)
	}
	if len(out) > 1500 {
		v.bad(fix("keep the terms that people use"), "the glossary has %d terms; it may have 1500", len(out))
	}
	return out
}

// baseTerms lists the built-in terms in the plan's languages.
func (c *compiler) baseTerms() []Term {
	var out []Term
	for line := range strings.Lines(builtinTerms) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) < 3 || !contains(c.langs, f[0]) {
			continue
		}
		t := Term{Lang: comms.Lang(f[0]), Term: f[1], Plain: f[2]}
		if strings.HasPrefix(t.Plain, "(") {
			t.Note, t.Plain = strings.Trim(t.Plain, "()"), ""
		}
		if len(f) > 3 && f[3] != "" {
			t.Note = f[3]
		}
		out = append(out, t)
	}
	return out
}
