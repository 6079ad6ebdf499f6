package language_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

// TestEveryRefusalIsTranslated reads the program's own source: whatever the
// desk can be refused with has a translation with the same verbs, and no
// translation outlives its sentence.
func TestEveryRefusalIsTranslated(t *testing.T) {
	said := spoken(t, "../../comms", "../store", "../auth", "../editor", "../api")
	if len(said) < 80 {
		t.Fatalf("only %d phrases were found in the source; does the test still look for the right calls?", len(said))
	}
	c, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range c.Languages() {
		if lang == language.Fallback {
			continue
		}
		name := "messages/refusals/" + string(lang) + ".json"
		text, err := templates.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var phrases map[string]string
		if err := json.Unmarshal(text, &phrases); err != nil {
			t.Fatal(err)
		}
		for format, where := range said {
			translated, ok := phrases[format]
			switch {
			case !ok:
				t.Errorf("%s: %s lacks %q; add it", where, name, format)
			case !slices.Equal(verbs(format), verbs(translated)):
				t.Errorf("%s: %q has other verbs than %q", name, translated, format)
			}
		}
		for format := range phrases {
			if said[format] == "" {
				t.Errorf("%s: nothing says %q any more; take it out", name, format)
			}
		}
	}
}

// formats tells which argument of a call is the format of a phrase.
var formats = map[string]int{"Refuse": 2, "refuse": 1, "Say": 0, "fix": 0, "bad": 1, "ask": 1}

// spoken collects the formats that have words, with where they stand.
func spoken(t *testing.T, folders ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	files := token.NewFileSet()
	read := func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.Name() == "storetest" {
			return fs.SkipDir // a test suite, which speaks to nobody
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(files, path, source, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			at, ok := formats[called(call)]
			if !ok || len(call.Args) <= at {
				return true
			}
			where := files.Position(call.Pos()).String()
			literal, ok := call.Args[at].(*ast.BasicLit)
			if !ok {
				if passed, ok := call.Args[at].(*ast.Ident); !ok || passed.Name != "format" {
					t.Errorf("%s: the format is no literal, so that nobody can translate it; write it out", where)
				}
				return true
			}
			format, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Errorf("%s: %v", where, err)
			}
			if strings.ContainsFunc(verb.ReplaceAllString(format, ""), unicode.IsLetter) {
				out[format] = where
			}
			return true
		})
		return nil
	}
	for _, folder := range folders {
		if err := filepath.WalkDir(folder, read); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

var verb = regexp.MustCompile(`%([-+# 0-9.]*)(?:\[([0-9]+)\])?([a-zA-Z%])`)

// verbs lists "argument verb" for each gap, in the order of the arguments.
func verbs(format string) []string {
	var out []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[3] == "%" {
			continue
		}
		if m[2] != "" {
			next, _ = strconv.Atoi(m[2])
		}
		out = append(out, strconv.Itoa(next)+" "+m[1]+m[3])
		next++
	}
	slices.Sort(out)
	return out
}
