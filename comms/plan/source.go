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
		r.add(f.Name, 1, 1, "the plan is larger than any that people could read and sign", "remove what is no part of a plan")
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
		r.add(f.Name, line, column, "this is not YAML that can be read: "+text, "mend the line; put text that holds \": \" or begins with \"{\" in quotes")
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			line, column := position(doc.Body)
			r.add(f.Name, line, column, "a second YAML document begins here", "keep one document in a file and remove the line \"---\"")
			return nil
		}
		body = doc.Body
	}
	if body == nil {
		r.add(f.Name, 1, 1, "the file is empty", "write the part of the plan that it is for, or remove the file")
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
		r.add(f.Name, 1, 1, fmt.Sprintf("the file has %d bytes; a file of a plan has at most %d", len(f.Text), maxFile), "split it, or remove what is no part of a plan")
		return false
	}
	ok := true
	line, column := 1, 1
	for i, c := range f.Text {
		text, fix := "", ""
		switch {
		case c == utf8.RuneError && !strings.HasPrefix(f.Text[i:], "\uFFFD"):
			text, fix = "this is not UTF-8", "save the file as UTF-8"
		case c == '\t':
			text, fix = "a tab stands here", "indent and separate with spaces"
		case c == '\r' && strings.HasPrefix(f.Text[i+1:], "\n"):
			continue
		case c != '\n' && unicode.IsControl(c):
			text, fix = fmt.Sprintf("an invisible control character (U+%04X) stands here", c), "remove it"
		case reversing(c):
			text, fix = fmt.Sprintf("a character that changes the direction of writing (U+%04X) stands here", c), "remove it"
		}
		if text != "" {
			r.add(f.Name, line, column, text, fix)
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

// reversing covers the marks, embeddings, overrides and isolates of UAX #9,
// and the byte order mark, which people cannot see either.
func reversing(c rune) bool {
	return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0x200E || c == 0x200F || c == 0x061C || c == 0xFEFF
}

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
		what := ""
		switch t.Type {
		case token.AnchorType:
			what = "an anchor (&)"
		case token.AliasType:
			what = "an alias (*)"
		case token.MergeKeyType:
			what = "a merge key (<<)"
		case token.TagType:
			what = "a tag (!)"
		case token.DirectiveType:
			what = "a directive (%)"
		case token.MappingKeyType:
			what = "an explicit key (?)"
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			entries++
		}
		if what != "" {
			ok = false
			r.add(file, t.Position.Line, t.Position.Column, what+" stands here; a plan is read by people, and says everything where it stands", "write the text out, or put it in quotes if the character belongs to it")
		}
		if depth > maxDepth || entries > maxDepth || indent > 4*maxDepth {
			r.add(file, t.Position.Line, t.Position.Column, fmt.Sprintf("more than %d lists or mappings stand inside one another", maxDepth), "write the plan as the built-in one is written; see `countersign plan show`")
			return false
		}
	}
	return ok
}
