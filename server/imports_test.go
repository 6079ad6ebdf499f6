package server_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/countersign/countersign/"

type listed struct {
	ImportPath string
	Imports    []string
}

// TestWhoImportsWhom holds the shape of the pipeline: each rule names the
// packages that alone may, or that may not, import something.
func TestWhoImportsWhom(t *testing.T) {
	packages := list(t)
	in := func(path string, folders ...string) bool {
		return slices.ContainsFunc(folders, func(f string) bool {
			return path == module+f || strings.HasPrefix(path, module+f+"/")
		})
	}
	exactly := func(path string, folders ...string) bool {
		return slices.ContainsFunc(folders, func(f string) bool { return path == module+f })
	}
	rules := []struct {
		why    string
		breaks func(from, imported string) bool
	}{
		{"the domain knows nothing of what runs it", func(from, imported string) bool {
			return in(from, "comms") && in(imported, "server", "templates", "static", "cmd")
		}},
		{"the domain knows no HTTP, no SQL, no files", func(from, imported string) bool {
			return in(from, "comms") && slices.Contains([]string{"net/http", "database/sql", "os"}, imported)
		}},
		{"Echo stays at the rim", func(from, imported string) bool {
			return strings.HasPrefix(imported, "github.com/labstack/echo") && !exactly(from, "server", "server/public", "server/editor", "server/api")
		}},
		{"only the outbox knows the job library", func(from, imported string) bool {
			return strings.HasPrefix(imported, "github.com/riverqueue/") && !in(from, "server/outbox")
		}},
		{"what customers see comes from publications, never from drafts", func(from, imported string) bool {
			return in(from, "server/page", "server/feed", "server/statuspage", "server/mail", "server/hook", "server/public", "server/export") &&
				exactly(imported, "comms/draft", "comms/desk")
		}},
		{"customers never see what was counted", func(from, imported string) bool {
			return in(from, "server/page", "server/feed", "server/statuspage", "server/mail", "server/public", "server/export") && exactly(imported, "server/visits")
		}},
		{"visits are counted without knowing of whom or of what", func(from, imported string) bool {
			return in(from, "server/visits") && (in(imported, "server", "templates", "static") || imported == "net/http")
		}},
		{"commands run what server offers", func(from, imported string) bool {
			return in(from, "server", "comms") && in(imported, "cmd")
		}},
	}
	if len(packages) < 15 {
		t.Fatalf("only %d packages were listed", len(packages))
	}
	for _, p := range packages {
		for _, imported := range p.Imports {
			for _, rule := range rules {
				if rule.breaks(p.ImportPath, imported) {
					t.Errorf("%s imports %s: %s", strings.TrimPrefix(p.ImportPath, module), imported, rule.why)
				}
			}
		}
	}
}

// TestOnlyTheStoreRestores holds the second door to a publication, and SQL
// text, to one package.
func TestOnlyTheStoreRestores(t *testing.T) {
	for _, rule := range []struct {
		pattern string
		allowed []string
	}{
		{`signoff\.Restore\(`, []string{"server/store/"}},
		{`signoff\.Countersign\(`, []string{"comms/desk/"}},
		{`signoff\.Attest\(`, []string{"comms/desk/"}},
		{`\b(SELECT|INSERT INTO|DELETE FROM) +[a-z*]`, []string{"server/store/"}},
	} {
		out, err := exec.Command("git", "grep", "--untracked", "--full-name", "-nE", rule.pattern, "--", ":(top)*.go", ":(top,exclude)*_test.go", ":(top,exclude)*test/*.go").CombinedOutput()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 1 {
			t.Errorf("nothing matches %s: the rule has lost its object", rule.pattern)
			continue
		}
		if err != nil {
			t.Fatalf("git grep does not work here: %v: %s", err, out)
		}
		for line := range strings.Lines(string(out)) {
			if slices.ContainsFunc(rule.allowed, func(a string) bool { return strings.HasPrefix(line, a) }) {
				continue
			}
			t.Errorf("%s outside %s: %s", rule.pattern, strings.Join(rule.allowed, ", "), strings.TrimSpace(line))
		}
	}
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []listed
	dec := json.NewDecoder(out)
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return all
}
