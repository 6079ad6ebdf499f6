package plan

import (
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// text reads a string of at most limit characters; "" for a missing value.
func (v value) text(limit int) string {
	s, ok := "", true
	switch n := v.node.(type) {
	case nil:
		return ""
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	default:
		ok = false
	}
	s = strings.TrimSpace(s)
	switch {
	case !ok:
		v.bad(fix("write text; put numbers, dates, yes and no in quotes, and text that begins with \"{\" or \"[\" as well"), "%s is not text", v.name())
	case s == "":
		v.bad(fix("write the text, or remove the key"), "%s is empty", v.name())
	case hidden(s) != 0:
		v.bad(fix("remove it"), "an invisible character (U+%04X) is hidden in %s", hidden(s), v.name())
	case len([]rune(s)) > limit:
		v.bad(fix("shorten it to %d characters", limit), "%s has %d characters", v.name(), len([]rune(s)))
	}
	return s
}

// oneLine reads a string without line breaks.
func (v value) oneLine(limit int) string {
	s := v.text(limit)
	if strings.Contains(s, "\n") {
		v.bad(fix("write it on one line, or fold it with \">-\""), "%s has more than one line", v.name())
	}
	return s
}

var (
	namePattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	slotPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// id reads a name of lower-case letters, digits and hyphens.
func (v value) id() string {
	s := v.text(64)
	if s != "" && !namePattern.MatchString(s) {
		v.bad(fix("use lower-case letters, digits and hyphens, as in \"sign-in\""), "%s is no identifier", quote(s))
	}
	return s
}

// choice reads one of the given texts.
func (v value) choice(known ...string) string {
	s := v.text(64)
	if s != "" && !contains(known, s) {
		v.bad(didYouMean(s, known), "%s is not possible as %s", quote(s), v.name())
	}
	return s
}

// duration reads "15m", "72h" or "1h30m".
func (v value) duration() time.Duration {
	s := v.text(20)
	if s == "" {
		return 0
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		v.bad(fix("write it in hours and minutes, as in \"15m\", \"1h30m\" or \"72h\""), "%s is not a duration", quote(s))
	case d <= 0 || d > maxDuration:
		v.bad(fix("write a duration above 0 and of at most 2160h"), "%s is out of bounds", quote(s))
	case d%time.Minute != 0:
		v.bad(fix("write whole minutes"), "%s is not in whole minutes", quote(s))
	default:
		return d
	}
	return 0
}

const maxDuration = 90 * 24 * time.Hour

// number reads a whole number between the bounds.
func (v value) number(low, high int) int {
	if v.missing() {
		return 0
	}
	n, ok := v.node.(*ast.IntegerNode)
	if ok {
		switch i := n.Value.(type) {
		case uint64:
			if i <= uint64(high) && int(i) >= low {
				return int(i)
			}
		case int64:
			if i >= int64(low) && i <= int64(high) {
				return int(i)
			}
		}
	}
	v.bad(fix("write a whole number from %d to %d", low, high), "%s is not such a number", v.name())
	return 0
}

// flag reads true or false; fallback for a missing value.
func (v value) flag(fallback bool) bool {
	if v.missing() {
		return fallback
	}
	if n, ok := v.node.(*ast.BoolNode); ok {
		return n.Value
	}
	v.bad(fix("write true or false"), "%s is neither true nor false", v.name())
	return fallback
}
