package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/links"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server"
)

// product is a code base with links to the page, and the plan beside it.
func product(t *testing.T) (code, agreedPlan string) {
	t.Helper()
	code, agreedPlan = t.TempDir(), filepath.Join(t.TempDir(), "plan")
	files := plan.Builtin()
	for n, f := range files {
		files[n].Text = strings.Replace(f.Text, "  - key: export\n", "  - key: export\n    former: [exporting]\n", 1)
	}
	if err := server.WritePlan(agreedPlan, files); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"src/login.js":            "const help = \"https://status.northwind.example/go/sign-in\"\nconst old = `https://status.northwind.example/es/go/exporting`\n",
		"src/pay.go":              "// see https://status.northwind.example/go/paymnt and https://status.northwind.example/go/\n",
		"docs.md":                 "[search](https://status.northwind.example/components/gone) [it](https://status.northwind.example/incidents/abc)",
		"made.js":                 "go(`https://status.northwind.example/go/${key}`)",
		"node_modules/x/other.js": "https://status.northwind.example/go/nobody",
		"logo.png":                "\x89PNG\x00https://status.northwind.example/go/nobody",
	} {
		name = filepath.Join(code, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, name, text)
	}
	return code, agreedPlan
}

func runLinks(t *testing.T, c linksCheckCmd) (out string, code int, message string) {
	t.Helper()
	if c.Skip == nil {
		c.Skip = []string{".git", "node_modules"}
	}
	var b bytes.Buffer
	err := c.Run(t.Context(), &b)
	var e *exitError
	switch {
	case errors.As(err, &e):
		return b.String(), e.Code, e.Error()
	case err != nil:
		return b.String(), exitUsage, err.Error()
	}
	return b.String(), 0, ""
}

func TestLinksCheckByThePlan(t *testing.T) {
	code, agreedPlan := product(t)
	out, exit, _ := runLinks(t, linksCheckCmd{Scan: code, agreed: agreed{Plan: agreedPlan}})
	for _, want := range []string{
		`docs.md:1:10: dead: https://status.northwind.example/components/gone`,
		`src/login.js:2:14: renamed: https://status.northwind.example/es/go/exporting: the plan calls it "export" now`,
		`src/pay.go:1:8: unknown: https://status.northwind.example/go/paymnt: the plan has no link "paymnt"; did you mean "payment"?`,
		"7 links in 4 files: 1 unknown, 1 renamed, 1 dead; 1 is put together while the program runs and not checked; 1 can only be checked with --base",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if exit != exitFinding {
		t.Errorf("exit code %d", exit)
	}
	out, exit, _ = runLinks(t, linksCheckCmd{Scan: filepath.Join(code, "src/login.js"), JSON: true, agreed: agreed{Plan: agreedPlan}})
	var got []sight
	if err := json.Unmarshal([]byte(out), &got); err != nil || len(got) != 2 || exit != exitFinding {
		t.Fatalf("exit %d, %v: %s", exit, err, out)
	}
	if got[0].Verdict != links.Fine || got[1].Instead != "export" || got[1].Line != 2 {
		t.Errorf("got %+v", got)
	}
	out, exit, _ = runLinks(t, linksCheckCmd{Scan: "-", Input: strings.NewReader("https://status.northwind.example/go/export\n"), agreed: agreed{Plan: agreedPlan}})
	if exit != 0 || !strings.HasPrefix(out, "1 link in 1 file: 0 unknown") {
		t.Errorf("a list without a mistake: exit %d, %s", exit, out)
	}
}

func TestLinksCheckReadsWhatACodeBaseHolds(t *testing.T) {
	const wrong = "https://status.northwind.example/go/nobody"
	_, agreedPlan := product(t)
	code := t.TempDir()
	utf16 := []byte{0xff, 0xfe}
	for _, b := range []byte("// " + wrong) {
		utf16 = append(utf16, b, 0)
	}
	write(t, filepath.Join(code, "windows.cs"), string(utf16))
	write(t, filepath.Join(code, "latin1.c"), "/* caf\xe9 */ \""+wrong+"\"\r\n")
	write(t, filepath.Join(code, "film.mp4"), "\x00"+strings.Repeat("film ", largestScanned/5)+wrong)
	outside := filepath.Join(t.TempDir(), "shared.py")
	write(t, outside, wrong)
	root := filepath.Join(t.TempDir(), "code")
	for link, to := range map[string]string{
		root: code, filepath.Join(code, "shared.py"): outside,
		filepath.Join(code, "circle"): code, filepath.Join(code, "gone"): "nowhere",
	} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	out, exit, message := runLinks(t, linksCheckCmd{Scan: root, agreed: agreed{Plan: agreedPlan}})
	for _, want := range []string{
		filepath.Join(root, "windows.cs") + ":1:4: unknown", filepath.Join(root, "latin1.c") + ":1:", filepath.Join(root, "shared.py") + ":1:1: unknown",
		"3 links in 3 files: 3 unknown, 0 renamed, 0 dead; 1 folder behind a symbolic link not followed\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if exit != exitFinding {
		t.Errorf("exit code %d: %s", exit, message)
	}
}

func TestLinksCheckByADeployedPage(t *testing.T) {
	code, _ := product(t)
	counted := 0
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") {
			counted++
		}
		switch strings.TrimPrefix(r.URL.Path, "/es") {
		case "/":
			w.Write([]byte(`<link rel="alternate" hreflang="en" href="/en/"><link rel="alternate" hreflang=es href="/es/">`))
		case "/go/sign-in.json":
			w.Write([]byte(`{"key":"sign-in","known":true}`))
		case "/go/exporting.json":
			w.Write([]byte(`{"key":"export","known":true}`))
		case "/go/paymnt.json":
			w.Write([]byte(`{"key":null,"known":false}`))
		case "/go", "/incidents/abc":
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer page.Close()
	for _, name := range []string{"src/login.js", "src/pay.go", "docs.md", "made.js"} {
		name = filepath.Join(code, name)
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, name, strings.ReplaceAll(string(text), "https://status.northwind.example", page.URL))
	}
	out, exit, message := runLinks(t, linksCheckCmd{Scan: code, Base: page.URL + "/"})
	if exit != exitFinding || !strings.Contains(out, "7 links in 4 files: 1 unknown, 1 renamed, 1 dead; 1 is put together") || strings.Contains(out, "only be checked") {
		t.Errorf("exit %d %s:\n%s", exit, message, out)
	}
	if counted > 0 {
		t.Errorf("%d questions count as visits", counted)
	}
	page.Close()
	if out, exit, message := runLinks(t, linksCheckCmd{Scan: code, Base: page.URL}); exit != exitUnreachable || !strings.Contains(message, "does not answer") {
		t.Errorf("a page that is gone: exit %d, %q, %s", exit, message, out)
	}
}

func TestLinksCheckNamesWhatIsWrong(t *testing.T) {
	_, agreedPlan := product(t)
	empty, large := t.TempDir(), t.TempDir()
	write(t, filepath.Join(large, "large.txt"), strings.Repeat("text\n", largestScanned/5+1))
	for name, test := range map[string]struct {
		cmd  linksCheckCmd
		want string
	}{
		"no such folder":   {linksCheckCmd{Scan: "nowhere", agreed: agreed{Plan: agreedPlan}}, "there is no nowhere"},
		"bad pattern":      {linksCheckCmd{Scan: ".", Skip: []string{"[a"}, agreed: agreed{Plan: agreedPlan}}, `"[a" is not a pattern`},
		"no address":       {linksCheckCmd{Scan: ".", Base: "status.example.com"}, "is not the address of a page"},
		"nothing to read":  {linksCheckCmd{Scan: empty, agreed: agreed{Plan: agreedPlan}}, "there is no text in " + empty},
		"a text too large": {linksCheckCmd{Scan: large, agreed: agreed{Plan: agreedPlan}}, "--skip large.txt"},
		"no plan":          {linksCheckCmd{Scan: ".", agreed: agreed{Plan: "nowhere"}}, "nowhere"},
	} {
		if _, exit, message := runLinks(t, test.cmd); exit != exitUsage || !strings.Contains(message, test.want) {
			t.Errorf("%s: exit %d, %q", name, exit, message)
		}
	}
}

func TestLinksList(t *testing.T) {
	_, agreedPlan := product(t)
	var b bytes.Buffer
	if err := (linksListCmd{agreed: agreed{Plan: agreedPlan}}).Run(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(b.String()), " "); !strings.Contains(got, "https://status.northwind.example/go/export Exporting your work exports exporting") {
		t.Errorf("it lists:\n%s", b.String())
	}
}
