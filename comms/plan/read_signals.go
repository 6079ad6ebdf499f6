package plan

import (
	"regexp"
	"regexp/syntax"
	"slices"

	"github.com/countersign/countersign/comms"
)

// The bounds of what is asked about each alert.
const (
	mostSignals  = 500
	mostPatterns = 200

	longestPattern = 1024 // characters
	largestPattern = 5000 // characters of text that a pattern stands for when its repetitions are written out
)

var labelPattern = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// signals reads what alerts mean. It comes after the catalogue, the severities
// and the templates, which they name.
func (c *compiler) signals(v value) {
	patterns, seen := 0, map[string]bool{}
	list := v.list()
	for n, item := range list {
		o := item.object("labels", "patterns", "ignore", "components", "severity", "template")
		s := Signal{Labels: c.labels(o.get("labels")), Patterns: c.patterns(o.get("patterns")), Ignore: o.get("ignore").flag(false)}
		if patterns += len(s.Patterns); patterns > mostPatterns && patterns-len(s.Patterns) <= mostPatterns {
			item.bad(fix("join patterns with \"|\", or match labels exactly"), "the signals have more than %d patterns", mostPatterns)
		}
		if o.get("labels").missing() && o.get("patterns").missing() && n < len(list)-1 {
			item.bad(fix("say which labels it is for, or move it to the end"), "this signal matches every alert, so none comes to those below it")
		}
		if s.Ignore {
			for _, key := range []string{"components", "severity", "template"} {
				if f := o.get(key); !f.missing() {
					f.bad(fix("remove it, or remove ignore"), "what is ignored has no %s", key)
				}
			}
		} else {
			s.Claims = c.claimed(o.need("components"))
			s.Severity, s.Template = c.signalled(o)
		}
		if seen[s.Name()] {
			item.bad(fix("remove it, or change what it matches"), "another signal above is for the same alerts")
		}
		seen[s.Name()] = true
		c.plan.Signals = append(c.plan.Signals, s)
	}
	if len(list) > mostSignals {
		v.bad(fix("join those that say the same"), "the plan has %d signals; it may have %d", len(list), mostSignals)
	}
}

func (c *compiler) labels(v value) map[string]string {
	out := map[string]string{}
	for _, e := range v.entries() {
		c.label(e)
		out[e.key] = e.value.oneLine(longestPattern)
	}
	return out
}

func (c *compiler) label(e entry) {
	if !labelPattern.MatchString(e.key) {
		e.value.in.complain(e.value.file, e.line, e.column, comms.Say("%s is no name of a label", quote(e.key)), fix("use letters, digits and \"_\", as in \"alertname\""))
	}
}

func (c *compiler) patterns(v value) map[string]string {
	out := map[string]string{}
	for _, e := range v.entries() {
		c.label(e)
		pattern := e.value.oneLine(longestPattern)
		parsed, err := syntax.Parse(pattern, syntax.Perl)
		switch {
		case pattern == "":
			continue
		case err != nil:
			e.value.bad(fix("write it as RE2 does (github.com/google/re2/wiki/Syntax); it must match the whole value"), "this pattern cannot be read: %v", err)
			continue
		case size(parsed) > largestPattern:
			e.value.bad(fix("repeat less: fewer and smaller {numbers}"), "this pattern stands for more than %d characters", largestPattern)
			continue
		}
		out[e.key] = pattern
	}
	return out
}

// size is how large a pattern is when its repetitions are written out.
func size(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n += size(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(1, re.Min, re.Max)
	}
	return min(n, largestPattern+1)
}

// claimed reads the states of the components that alerts mean.
func (c *compiler) claimed(v value) []comms.Claim {
	states := map[comms.ComponentID]comms.State{}
	var known []string
	for _, comp := range c.plan.Catalogue.Components() {
		known = append(known, string(comp.ID))
	}
	for _, e := range v.entries() {
		if !contains(known, e.key) {
			v.in.complain(v.file, e.line, e.column, comms.Say("the plan has no component %s", quote(e.key)), didYouMean(e.key, known))
			continue
		}
		states[comms.ComponentID(e.key)] = comms.State(e.value.choice(texts(Troubled())...))
	}
	var out []comms.Claim
	for _, comp := range c.plan.Catalogue.Components() {
		if state, ok := states[comp.ID]; ok {
			out = append(out, comms.Claim{Component: comp.ID, State: state})
		}
	}
	if len(out) == 0 && !v.missing() {
		v.bad(fix("name what customers have trouble with, or write ignore: true"), "this signal is about no component")
	}
	return out
}

// Troubled lists the states of components that an alert can mean.
func Troubled() []comms.State {
	return slices.DeleteFunc(slices.Clone(comms.States()), func(s comms.State) bool { return s == comms.Operational || s == comms.Maintenance })
}

// signalled reads with which severity and template a draft starts.
func (c *compiler) signalled(o object) (comms.Severity, string) {
	var known []string
	for _, s := range c.plan.Severities {
		if s.Kind == comms.KindIncident {
			known = append(known, string(s.ID))
		}
	}
	severity := comms.Severity(o.need("severity").choice(known...))
	at := o.get("template")
	if at.missing() {
		return severity, ""
	}
	var fitting []string
	for _, t := range c.plan.Openings(severity) {
		fitting = append(fitting, t.ID)
	}
	return severity, at.choice(fitting...)
}
