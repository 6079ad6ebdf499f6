package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/draft"
)

// deskWithToken is a running service, with a token of dana's in the environment.
func deskWithToken(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "status")
	run := func(args ...string) string {
		t.Helper()
		code, out := command(t, append(args, "--dir", dir)...)
		if code != 0 {
			t.Fatalf("%v: exit %d\n%s", args, code, out)
		}
		return out
	}
	run("init", "--page", "https://status.example.com")
	run("person", "add", "dana")
	run("person", "add", "ines")
	token := strings.TrimSpace(run("token", "create", "dana", "--name", "monitoring"))
	serving := start(t, "serve", "--dir", dir, "--public", "127.0.0.1:0", "--desk", "127.0.0.1:0")
	at := serving.await(`public=(\S+) desk=(\S+)`)
	res, err := http.Get("http://" + at[1] + "/api/v1/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("the public listener answers for the desk's interface: %s", res.Status)
	}
	t.Setenv("COUNTERSIGN_SERVER", "http://"+at[2])
	t.Setenv("COUNTERSIGN_TOKEN", token)
	return dir
}

var updateLine = regexp.MustCompile(`update ([a-z0-9]{12}), revision (\d+): ([a-z ]+)`)

func TestDraft(t *testing.T) {
	deskWithToken(t)
	say := func(code int, args []string, want ...string) string {
		t.Helper()
		got, out := command(t, append([]string{"draft"}, args...)...)
		if got != code {
			t.Errorf("draft %v: exit %d, want %d\n%s", args, got, code, out)
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("draft %v does not say %q:\n%s", args, w, out)
			}
		}
		return out
	}
	say(0, []string{"templates"}, "template investigating", "impact*", "severity major", "component sign-in")

	words := []string{"--severity", "major", "--component", "sign-in=partial", "--template", "investigating",
		"--slot", "headline=Some customers cannot sign in", "--slot", "who=about one in five customers in Europe",
		"--slot", "action_us=looking at the sign-in service step by step", "--slot", "action_customer=stay signed in if you are"}
	blocked := append([]string{"new", "--submit", "--key", "alert 1", "--slot", "impact=Customers cannot sign in since db-prod-03 is down."}, words...)
	out := say(1, blocked, "/updates/", "en:impact: block: SEC-HOST", ": draft")
	id := updateLine.FindStringSubmatch(out)[1]
	if again := say(1, blocked, "SEC-HOST"); updateLine.FindStringSubmatch(again)[1] != id {
		t.Errorf("the same request opened another incident:\n%s", again)
	}
	incident := regexp.MustCompile(`incident ([a-z0-9]{12})`).FindStringSubmatch(out)[1]
	say(0, []string{"edit", id, "--submit", "--slot", "impact=Customers in Europe cannot sign in with a password.",
		"--slot", "next_update=" + draft.FormatTime(time.Now().Add(25*time.Minute))}, "revision 2: in review")
	say(3, []string{"submit", id}, "asked for already", "the draft is kept")
	say(0, []string{"show", id}, "== en, title\nSome customers cannot sign in", "== en, short", "in review")
	var shown draftResult
	if err := json.Unmarshal([]byte(say(0, []string{"show", "--json", id})), &shown); err != nil || shown.Update.ID != id || !shown.Preview.Ready {
		t.Errorf("--json: %v %+v", err, shown)
	}
	say(0, []string{"update", incident, "--phase", "investigating"}, ": draft")

	say(2, []string{"new", "--severity", "major", "--component", "sign-in"}, "NAME=STATE")
	say(2, append([]string{"new", "--slot", "impakt=x"}, words...), "slots/en/impakt", "impact")
	say(2, []string{"new", "--severity", "huge", "--component", "nothing=major", "--name", "x"}, "components/nothing")
	say(3, []string{"show", "aaaaaaaaaaaa"}, "There is no update")
	say(2, []string{"new", "--server", "desk.example.com"}, "--server")
	say(2, []string{"new", "--token-file", "/does/not/exist"}, "token")
	twoLines := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(twoLines, []byte("cs_one\ncs_two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	say(2, []string{"new", "--token-file", twoLines}, "not one line")
	t.Setenv("COUNTERSIGN_TOKEN", "cs_wrong")
	say(3, []string{"show", id}, "does not count")
	t.Setenv("COUNTERSIGN_TOKEN", "")
	say(2, []string{"show", id}, "COUNTERSIGN_TOKEN")
	t.Setenv("COUNTERSIGN_TOKEN", "cs_wrong")
	say(4, []string{"show", id, "--server", "http://127.0.0.1:1"}, "nothing answers")
}

// TestDraftInAnEditor: what was typed is saved, or kept in a file that is named.
func TestDraftInAnEditor(t *testing.T) {
	deskWithToken(t)
	t.Setenv("VISUAL", "")
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	editor := func(script string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "editor")
		if err := os.WriteFile(path, []byte("#!/bin/sh\nset -e\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("EDITOR", path+" ") // with an argument to come, as EDITOR may have
	}
	files := func() []string {
		found, err := filepath.Glob(filepath.Join(temp, "countersign-*.txt"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	editor(`grep -q "What can customers not do" "$1"; sed -i 's/^\[en:impact\]/[en:impact]\nNobody can sign in.\nNot even us./; s/^\[es:impact\]/&\nNadie puede entrar./' "$1"`)
	code, out := command(t, "draft", "new", "--severity", "major", "--component", "sign-in=partial", "--edit")
	if code != 0 || !strings.Contains(out, "revision 2: draft") || len(files()) != 0 {
		t.Fatalf("exit %d, %v left\n%s", code, files(), out)
	}
	id := updateLine.FindStringSubmatch(out)[1]
	_, out = command(t, "draft", "show", "--json", id)
	if !strings.Contains(out, `Nobody can sign in.\nNot even us.`) || !strings.Contains(out, "Nadie puede entrar.") {
		t.Errorf("what was typed is not there:\n%s", out)
	}
	editor(`: > "$1"`)
	if code, out = command(t, "draft", "edit", id, "--edit"); code != 0 || !strings.Contains(out, "revision 2") {
		t.Errorf("an empty file: exit %d\n%s", code, out)
	}
	for script, want := range map[string]string{
		`echo "[en:impakt]" >> "$1"`:                       "the template has no [en:impakt]",
		`printf 'words\n[en:impact]\n' > "$1"`:             ":1: these words stand under no heading",
		`printf '[en:who]\nx\n[en:who]\ny\n' > "$1"`:       ":3: [en:who] stands there twice",
		`printf '[en:who]\n\033\n' > "$1"`:                 "slots/en/who",
		`printf '[en:who]\nthe lost ones\n' > "$1"; false`: "ended with an error",
	} {
		editor(script)
		code, out = command(t, "draft", "edit", id, "--edit")
		left := files()
		if code != 2 || !strings.Contains(out, want) || len(left) != 1 || !strings.Contains(out, "is kept in "+left[0]) {
			t.Errorf("%s: exit %d, %v left; it should say %q\n%s", script, code, left, want, out)
		}
		for _, f := range left {
			os.Remove(f)
		}
	}
	// Somebody else saves meanwhile.
	editor(`"` + binary(t) + `" draft edit ` + id + ` --slot "who=everybody" >/dev/null; sed -i 's/^\[en:who\]/&\nnobody/' "$1"`)
	code, out = command(t, "draft", "edit", id, "--edit")
	if code != 3 || len(files()) != 1 || !strings.Contains(out, "dana saved this meanwhile") || !strings.Contains(out, "en:who=everybody") {
		t.Errorf("a stale text: exit %d, %v left\n%s", code, files(), out)
	}
}

// FuzzDraftText: whatever was typed is taken in or refused, and what was laid
// out comes back as it was, but for space at the ends of lines.
func FuzzDraftText(f *testing.F) {
	slots, languages := []draftSlot{{Name: "impact"}, {Name: "next_update", Shared: true}}, []string{"en", "es"}
	f.Add("[en:impact]\nx\n# y\n[next_update]\n2026-11-23T15:00Z\n", "a", "b")
	f.Add("x", "[en:impact]\n\\x", "# no")
	f.Fuzz(func(t *testing.T, typed, impact, next string) {
		text := draftText{Slots: map[string]map[string]string{"en": {"impact": impact}, sharedSlots: {"next_update": next}}}
		_, _, _ = takeIn(typed, text, slots, languages)
		got, _, err := takeIn(layOut(draftUpdate{Text: text}, slots, languages), text, slots, languages)
		if err != nil {
			t.Fatal(err)
		}
		same := func(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }
		if !same(got.Slots["en"]["impact"], impact) || !same(got.Slots[sharedSlots]["next_update"], next) {
			t.Fatalf("%q and %q became %q", impact, next, got.Slots)
		}
	})
}

// TestTheScriptInTheReadme runs what the README tells people to run.
func TestTheScriptInTheReadme(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("the script of the README needs %s", tool)
			}
			t.Skipf("the script of the README needs %s", tool)
		}
	}
	deskWithToken(t)
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	script := regexp.MustCompile("(?s)<!-- script: draft -->\n+```sh\n(.*?)```").FindSubmatch(readme)
	if script == nil {
		t.Fatal("the README has no script marked <!-- script: draft -->")
	}
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", string(script[1]))
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary(t))+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "in_review") || !strings.Contains(string(out), "in review") {
		t.Errorf("%v\n%s", err, out)
	}
}
