package rewrite

import (
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// width is the longest line that is written where it can be broken.
const width = 110

// write gives the lines of a key and its value, which begin at a column.
func write(f Field, column int) []string {
	in := strings.Repeat(" ", column)
	head := in + f.Key + ":"
	switch v := f.Value.(type) {
	case []Field:
		if line := head + " " + flow(v); len(v) > 0 && fits(line) && flat(v) {
			return []string{line}
		}
		lines := []string{head}
		for _, one := range v {
			lines = append(lines, write(one, column+2)...)
		}
		return lines
	case []Entry:
		if len(v) == 0 {
			return []string{head + " []"}
		}
		lines := []string{head}
		for _, e := range v {
			lines = append(lines, writeEntry(e, column+2)...)
		}
		return lines
	case []string:
		if line := head + " " + scalar(v); len(v) == 0 || fits(line) {
			return []string{line}
		}
		lines := []string{head}
		for _, one := range v {
			lines = append(lines, in+"  - "+quoted(one))
		}
		return lines
	}
	return []string{head + " " + scalar(f.Value)}
}

// writeEntry gives the lines of an entry of a list.
func writeEntry(e Entry, column int) []string {
	var lines []string
	for _, f := range e {
		if f.Value != nil {
			lines = append(lines, write(f, column+2)...)
		}
	}
	if len(lines) > 0 {
		lines[0] = strings.Repeat(" ", column) + "- " + strings.TrimLeft(lines[0], " ")
	}
	return lines
}

func fits(line string) bool { return len([]rune(line)) <= width }

func flat(fields []Field) bool {
	for _, f := range fields {
		switch f.Value.(type) {
		case string, bool:
		default:
			return false
		}
	}
	return true
}

// flow writes a mapping in braces.
func flow(fields []Field) string {
	var parts []string
	for _, f := range fields {
		if f.Value != nil {
			parts = append(parts, f.Key+": "+scalar(f.Value))
		}
	}
	if len(parts) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return quoted(v)
	case bool:
		if v {
			return "true"
		}
		return "false"
	case []string:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = quoted(one)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []Field:
		return flow(v)
	}
	return "null"
}

// bare are texts that every reader of YAML takes as text without quotes,
// as far as a pattern can tell.
var bare = regexp.MustCompile(`^[\p{L}\p{N}/(¿¡«“][^,\[\]{}#"\\]*$`)

// words are texts that some readers of YAML take for something else.
var words = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null|nan|~)$`)

// quoted writes a text of one line so that it is read as the same text,
// without quotes if that is so.
func quoted(s string) string {
	if bare.MatchString(s) && !words.MatchString(s) && strings.TrimSpace(s) == s && reads(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// reads tells whether a text without quotes is read as itself, in braces and
// under a key.
func reads(s string) (ok bool) {
	defer func() {
		if recover() != nil { // the library panics on some broken YAML
			ok = false
		}
	}()
	for _, around := range [][2]string{{"k: { k: ", " }\n"}, {"k:\n  k: ", "\n"}} {
		file, err := parser.ParseBytes([]byte(around[0]+s+around[1]), 0)
		if err != nil || len(file.Docs) != 1 {
			return false
		}
		outer, found := child(file.Docs[0].Body, "k")
		if !found {
			return false
		}
		inner, found := child(outer.Value, "k")
		if !found {
			return false
		}
		n, isText := inner.Value.(*ast.StringNode)
		if !isText || n.Value != s {
			return false
		}
	}
	return true
}
