package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is one thing that is wrong with a plan: where, what, and what to do.
type Problem struct {
	File   string
	Line   int // from 1
	Column int // from 1, in characters
	Text   string
	Fix    string
	Level  Level // Block keeps the plan from taking effect; Warn asks
	Kind   Mistake
}

// String writes "file:line:col: what is wrong. What to do."
func (p Problem) String() string {
	level := ""
	if p.Level == Warn {
		level = "warning: "
	}
	fix := capital(p.Fix)
	if !strings.HasSuffix(fix, "?") {
		fix += "."
	}
	return fmt.Sprintf("%s:%d:%d: %s%s. %s", p.File, p.Line, p.Column, level, p.Text, fix)
}

// Problems is everything that is wrong with a plan, at once, so that nobody
// mends one mistake a time.
type Problems []Problem

// Error lists the problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Blocks tells whether any of them keeps the plan from taking effect.
func (ps Problems) Blocks() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Level == Block })
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Text, b.Text))
	})
}

func capital(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// quote shows text of the plan in an error, cut so that one bad line does not
// fill a screen.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
