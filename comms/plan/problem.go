package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
)

// Problem is one thing that is wrong with a plan: where, what, and what to do.
type Problem struct {
	File   string
	Line   int          // from 1
	Column int          // from 1, in characters
	Text   comms.Phrase // what is wrong
	Fix    comms.Phrase // what to do
	Level  Level        // Block keeps the plan from taking effect; Warn asks
	Kind   Mistake
}

// String writes "file:line:col: what is wrong. What to do."
func (p Problem) String() string { return p.In(comms.Phrase.String) }

// In is String in a language, which say speaks.
func (p Problem) In(say func(comms.Phrase) string) string {
	text := say(p.Text)
	if p.Level == Warn {
		text = say(comms.Say("warning: %s", text))
	}
	fix := capital(say(p.Fix))
	if !strings.HasSuffix(fix, "?") {
		fix += "."
	}
	return fmt.Sprintf("%s:%d:%d: %s. %s", p.File, p.Line, p.Column, text, fix)
}

// fix makes what to do about a problem.
func fix(format string, args ...any) comms.Phrase { return comms.Say(format, args...) }

// Problems is everything that is wrong with a plan, at once, so that nobody
// mends one mistake a time.
type Problems []Problem

// Error lists the problems, one a line.
func (ps Problems) Error() string { return ps.In(comms.Phrase.String) }

// In is Error in a language, which say speaks. Of no problems it says so.
func (ps Problems) In(say func(comms.Phrase) string) string {
	if len(ps) == 0 {
		return capital(say(comms.Say("the plan holds: nothing is wrong with it"))) + "."
	}
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.In(say)
	}
	return strings.Join(lines, "\n")
}

// Blocks tells whether any of them keeps the plan from taking effect.
func (ps Problems) Blocks() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Level == Block })
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Text.String(), b.Text.String()))
	})
}

func capital(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// quote shows text of the plan in an error.
func quote(s string) string {
	return fmt.Sprintf("%q", cut(s))
}

// cut shortens text, so that one bad line does not fill a screen.
func cut(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
