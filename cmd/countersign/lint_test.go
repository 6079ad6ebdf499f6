package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func runLint(t *testing.T, c lintCmd) (out string, code int, message string) {
	t.Helper()
	var b bytes.Buffer
	err := c.Run(&b)
	if err == nil {
		return b.String(), 0, ""
	}
	var e *exitError
	if !errors.As(err, &e) {
		t.Fatalf("error without an exit code: %v", err)
	}
	return b.String(), e.Code, e.Error()
}

func writeText(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "update.md")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLintPrintsPlaces(t *testing.T) {
	name := writeText(t, "# Año\n\nSí: **db-prod-03** is down.\n")
	out, code, _ := runLint(t, lintCmd{File: name})
	if want := name + ":3:7: SEC-HOST: "; !strings.HasPrefix(out, want) || code != exitFinding {
		t.Errorf("exit %d, output %q, want it to begin %q", code, out, want)
	}
	out, code, _ = runLint(t, lintCmd{File: "-", Lang: "es", Input: strings.NewReader("Hubo latencia.")})
	if want := "<stdin>:1:6: JARGON: Puede que"; !strings.HasPrefix(out, want) || code != 0 {
		t.Errorf("exit %d, output %q, want it to begin %q", code, out, want)
	}
	if out, code, _ = runLint(t, lintCmd{File: "-", Input: strings.NewReader("All is well.")}); out != "" || code != 0 {
		t.Errorf("exit %d, output %q for a text without fault", code, out)
	}
}

func TestLintAsData(t *testing.T) {
	out, code, _ := runLint(t, lintCmd{File: "-", JSON: true, Input: strings.NewReader("\nNow OPS-4312 <b>.")})
	var got []map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil || len(got) != 1 || code != exitFinding {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	for key, want := range map[string]any{"file": "<stdin>", "line": 2.0, "column": 5.0, "rule": "SEC-TICKET", "level": "block", "span": "OPS-4312", "start": 5.0, "replace": ""} {
		if got[0][key] != want {
			t.Errorf("%s is %v, want %v", key, got[0][key], want)
		}
	}
	if out, _, _ = runLint(t, lintCmd{File: "-", JSON: true, Input: strings.NewReader("")}); strings.TrimSpace(out) != "[]" {
		t.Errorf("no findings are %q, want []", out)
	}
}

func TestLintRefusesWhatIsNoText(t *testing.T) {
	for name, c := range map[string]struct {
		cmd  lintCmd
		want string
	}{
		"invalid UTF-8":    {lintCmd{File: writeText(t, "ok\nab\xffc")}, ":2:3: this is not valid UTF-8"},
		"an override":      {lintCmd{File: writeText(t, "a\nb\u202ec")}, ":2:2: a character that nobody sees stands here (U+202E)"},
		"a soft hyphen":    {lintCmd{File: writeText(t, "a\nguar\u00adantee\u202e")}, ":2:5: a character that nobody sees stands here (U+00AD)"},
		"NUL":              {lintCmd{File: writeText(t, "a\x00b")}, ":1:2: a NUL byte"},
		"ten megabytes":    {lintCmd{File: writeText(t, strings.Repeat("a ", 5<<20))}, "is larger than 1048576 bytes"},
		"missing file":     {lintCmd{File: filepath.Join(t.TempDir(), "none.md")}, "there is no file"},
		"folder":           {lintCmd{File: t.TempDir()}, "is a folder"},
		"no file":          {lintCmd{}, "name the file"},
		"unknown language": {lintCmd{File: "-", Lang: "tlh", Input: strings.NewReader("")}, `no language "tlh"; choose one of [en es]`},
		"broken plan":      {lintCmd{File: "-", Plan: writeText(t, "a: [")}, "plan"},
		"no collection":    {lintCmd{Stats: "none.jsonl"}, "there is no file none.jsonl"},
		"bad collection":   {lintCmd{Stats: writeText(t, "{}\n[\n")}, "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			out, code, message := runLint(t, c.cmd)
			if code != exitUsage || !strings.Contains(message, c.want) || out != "" {
				t.Errorf("exit %d, %q, output %q; want exit %d and %q", code, message, out, exitUsage, c.want)
			}
		})
	}
}

func TestLintStats(t *testing.T) {
	name := writeText(t, `{"title":"a","body":"OPS-4312 and OPS-4313","lang":"en"}`+"\n"+`{"title":"b","body":"","lang":"es"}`+"\n")
	out, code, _ := runLint(t, lintCmd{Stats: name})
	if !strings.Contains(strings.Join(strings.Fields(out), " "), "SEC-TICKET block 1 50.0% 2 ") || !strings.Contains(out, "2 updates") || code != 0 {
		t.Errorf("exit %d:\n%s", code, out)
	}
}
