package plan

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/countersign/countersign/comms"
)

// The bounds of a plan. A real one has a dozen files of a few kilobytes.
const (
	maxFiles = 50
	maxFile  = 1 << 20 // bytes of one file
	maxPlan  = 4 << 20 // bytes of all files
	maxDepth = 32      // nested lists and mappings
	maxParts = 30_000  // words and signs of YAML in all files; the built-in plan has 3,100
)

// parse reads one file into its top-level mapping, nil if it cannot be read.
func (r *reading) parse(f comms.PlanFile) ast.Node {
	if !r.plain(f) {
		return nil
	}
	tokens := lexer.Tokenize(f.Text)
	if r.tokens += len(tokens); r.tokens > maxParts {
		r.complain(f.Name, 1, 1, comms.Say("the plan is larger than any that people could read and sign"), fix("remove what is no part of a plan"))
		return nil
	}
	if !r.simple(f.Name, tokens) {
		return nil
	}
	file, err := parseTokens(tokens)
	if err != nil {
		line, column, text := 1, 1, err.Error()
		var e yaml.Error
		if errors.As(err, &e) {
			text = e.GetMessage()
			if t := e.GetToken(); t != nil && t.Position != nil {
				line, column = t.Position.Line, t.Position.Column
			}
		}
		r.complain(f.Name, line, column, comms.Say("this is not YAML that can be read: %s", text), fix("mend the line; put text that holds \": \" or begins with \"{\" in quotes"))
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			line, column := position(doc.Body)
			r.complain(f.Name, line, column, comms.Say("a second YAML document begins here"), fix("keep one document in a file and remove the line \"---\""))
			return nil
		}
		body = doc.Body
	}
	if body == nil {
		r.complain(f.Name, 1, 1, comms.Say("the file is empty"), fix("write the part of the plan that it is for, or remove the file"))
	}
	return body
}

// parseTokens turns a panic of the YAML library into an error: a plan comes
// from outside, and no input may end the program.
func parseTokens(tokens token.Tokens) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			file, err = nil, fmt.Errorf("its structure cannot be made out")
		}
	}()
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// plain checks the bytes: size, encoding, and characters that no honest
// keyboard sends.
func (r *reading) plain(f comms.PlanFile) bool {
	if len(f.Text) > maxFile {
		r.complain(f.Name, 1, 1, comms.Say("the file has %d bytes; a file of a plan has at most %d", len(f.Text), maxFile), fix("split it, or remove what is no part of a plan"))
		return false
	}
	ok := true
	line, column := 1, 1
	for i, c := range f.Text {
		var said, mend comms.Phrase
		switch {
		case c == utf8.RuneError && !strings.HasPrefix(f.Text[i:], "\uFFFD"):
			said, mend = comms.Say("this is not UTF-8"), fix("save the file as UTF-8")
		case c == '\t':
			said, mend = comms.Say("a tab stands here"), fix("indent and separate with spaces")
		case c == '\r' && strings.HasPrefix(f.Text[i+1:], "\n"):
			continue
		case c != '\n' && unicode.IsControl(c):
			said, mend = comms.Say("an invisible control character (U+%04X) stands here", c), fix("remove it")
		case reversing(c):
			said, mend = comms.Say("a character that changes the direction of writing (U+%04X) stands here", c), fix("remove it")
		}
		if said.Format != "" {
			r.complain(f.Name, line, column, said, mend)
			if ok = false; len(r.problems) >= maxProblems {
				return false
			}
		}
		if column++; c == '\n' {
			line, column = line+1, 1
		}
	}
	return ok
}

// reversing tells which characters change the direction of writing (UAX #9),
// and the byte order mark, which people cannot see either.
func reversing(c rune) bool { return unicode.Is(unicode.Bidi_Control, c) || c == 0xFEFF }

// hidden finds a character that people cannot see and that an escape can put
// into a text; 0 for none.
func hidden(s string) rune {
	for _, c := range s {
		if reversing(c) || unicode.IsControl(c) && c != '\n' {
			return c
		}
	}
	return 0
}

// simple refuses what makes YAML say other than it shows (anchors, aliases,
// merge keys, tags, directives) and nesting that no plan has, before anything
// is built from it.
func (r *reading) simple(file string, tokens token.Tokens) bool {
	ok := true
	depth, line, entries, indent := 0, 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, entries, indent = t.Position.Line, 0, t.Position.Column
		}
		var what comms.Phrase
		switch t.Type {
		case token.AnchorType:
			what = comms.Say("an anchor (&)")
		case token.AliasType:
			what = comms.Say("an alias (*)")
		case token.MergeKeyType:
			what = comms.Say("a merge key (<<)")
		case token.TagType:
			what = comms.Say("a tag (!)")
		case token.DirectiveType:
			what = comms.Say("a directive (%%)")
		case token.MappingKeyType:
			what = comms.Say("an explicit key (?)")
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			entries++
		}
		if what.Format != "" {
			ok = false
			r.complain(file, t.Position.Line, t.Position.Column, comms.Say("%s stands here; a plan is read by people, and says everything where it stands", what), fix("write the text out, or put it in quotes if the character belongs to it"))
		}
		if depth > maxDepth || entries > maxDepth || indent > 4*maxDepth {
			r.complain(file, t.Position.Line, t.Position.Column, comms.Say("more than %d lists or mappings stand inside one another", maxDepth), fix("write the plan as the built-in one is written; see `countersign plan show`"))
			return false
		}
	}
	return ok
}
