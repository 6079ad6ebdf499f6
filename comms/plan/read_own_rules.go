package plan

import (
	"regexp/syntax"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/countersign/countersign/comms"
)

// OwnRule is a language rule that the plan adds without code.
type OwnRule struct {
	ID    string // "OWN-REFUND"; the name under which findings and `rules` speak of it
	Level Level  // block or warn
	Lang  comms.Lang
	// Terms are found as the glossary's are: as words, in any case. Patterns
	// are RE2 and find what they match.
	Terms    []string
	Patterns []string
	// Message says to whoever writes what is wrong and what to do.
	Message comms.Words
	// Replace could stand instead, "" for no suggestion. LeaveOut suggests to
	// say nothing: the plan's replace is empty.
	Replace  string
	LeaveOut bool
	// Phases limits the rule to updates of these; empty for all of them.
	Phases []comms.Phase
	// Found must be found by the rule and Ignored must not; Check tries it.
	Found, Ignored []string
}

// The bounds of the rules of a plan's own.
const (
	mostOwnRules = 200
	mostOwnTerms = 1500
	ownPrefix    = "OWN-"
)

// ownRules reads the rules that the plan adds.
func (c *compiler) ownRules(v value) []OwnRule {
	var out []OwnRule
	seen := map[string]bool{}
	patterns, terms := 0, 0
	list := v.list()
	for _, item := range list {
		o := item.object("id", "level", "lang", "terms", "patterns", "message", "replace", "phases", "found", "not_found")
		r := OwnRule{ID: ownID(o.need("id")), Level: Warn, Terms: c.strings(o.get("terms"), 80), Message: c.words(o.need("message"), 300)}
		unique(seen, o.get("id"), r.ID)
		if level := o.get("level"); !level.missing() {
			r.Level = Level(level.choice(string(Block), string(Warn)))
		}
		if l := o.get("lang"); !l.missing() {
			r.Lang = comms.Lang(l.choice(c.langs...))
		}
		for _, p := range o.get("patterns").list() {
			r.Patterns = append(r.Patterns, ownPattern(p))
		}
		if instead := o.get("replace"); !instead.missing() {
			if n, isText := instead.node.(*ast.StringNode); isText && n.Value == "" {
				r.LeaveOut = true
			} else {
				r.Replace = instead.oneLine(160)
			}
		}
		for _, p := range o.get("phases").list() {
			r.Phases = append(r.Phases, comms.Phase(p.choice(texts(comms.Phases())...)))
		}
		r.Found, r.Ignored = samples(o, "found"), samples(o, "not_found")
		item.mark(ownPlace(r.ID))
		if len(r.Terms)+len(r.Patterns) == 0 {
			item.bad(fix("add terms or patterns"), "the rule %s looks for nothing", quote(r.ID))
		}
		patterns, terms = patterns+len(r.Patterns), terms+len(r.Terms)
		out = append(out, r)
	}
	switch {
	case len(list) > mostOwnRules:
		v.bad(fix("join those that say the same"), "the plan has %d rules of its own; it may have %d", len(list), mostOwnRules)
	case patterns > mostPatterns:
		v.bad(fix("join patterns with \"|\", or use terms"), "the plan's own rules have %d patterns; they may have %d", patterns, mostPatterns)
	case terms > mostOwnTerms:
		v.bad(fix("keep the terms that people use"), "the plan's own rules have %d terms; they may have %d", terms, mostOwnTerms)
	}
	return out
}

// ownID reads the name of a rule of the plan's own: it cannot be taken for one
// that ships with the program.
func ownID(v value) string {
	s := v.oneLine(40)
	if s != "" && (!rulePattern.MatchString(s) || !strings.HasPrefix(s, ownPrefix)) {
		v.bad(fix("begin it with OWN-, as in \"OWN-REFUND\""), "%s is no name for a rule of the plan's own", quote(s))
	}
	return s
}

// ownPattern reads a pattern that can be searched in time that grows with the
// text alone.
func ownPattern(v value) string {
	s := v.oneLine(longestPattern)
	if s == "" {
		return ""
	}
	parsed, err := syntax.Parse(s, syntax.Perl)
	switch {
	case err != nil:
		v.bad(fix("write it as RE2 does (github.com/google/re2/wiki/Syntax), without look-ahead and back-references"), "this pattern cannot be read: %v", err)
	case size(parsed) > largestPattern:
		v.bad(fix("repeat less: fewer and smaller {numbers}"), "this pattern stands for more than %d characters", largestPattern)
	case matchesNothing(parsed.Simplify()):
		v.bad(fix("say what must be there: use \"+\" rather than \"*\""), "this pattern matches where nothing stands, and so everywhere")
	}
	return s
}

// matchesNothing tells whether a pattern matches the empty text.
func matchesNothing(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return matchesNothing(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || matchesNothing(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !matchesNothing(sub) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if matchesNothing(sub) {
				return true
			}
		}
		return false
	}
	return true
}

// samples reads the texts beside a rule and remembers where each stands.
func samples(rule object, key string) []string {
	var out []string
	id, _ := rule.get("id").node.(*ast.StringNode)
	for n, item := range rule.get(key).list() {
		out = append(out, item.text(500))
		if id != nil {
			item.mark(samplePlace(strings.TrimSpace(id.Value), key, n))
		}
	}
	return out
}
