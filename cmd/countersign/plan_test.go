package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestACompanyBeginsFromABuiltinPlan(t *testing.T) {
	for variant, want := range map[string]string{
		"small": "facts (incident-lead) and wording (communications-lead)", "standard": "facts (incident-lead) and legal (legal)", "regulated": "Mails wait",
	} {
		dir := filepath.Join(t.TempDir(), "status")
		if code, out := command(t, "init", "--dir", dir, "--plan", variant, "--page", "https://status.example.com"); code != 0 {
			t.Fatalf("%s: %d\n%s", variant, code, out)
		}
		_, inForce := command(t, "plan", "show", "--dir", dir)
		for _, form := range [][]string{{"plan", "show", "--builtin=" + variant}, {"plan", "show", "--builtin", variant}, {"plan", "show", variant}} {
			code, out := command(t, form...)
			if code != 0 || strings.Replace(out, "status.northwind.example", "status.example.com", 1) != inForce {
				t.Errorf("%v: %d, and in force is another plan:\n%s\n%s", form, code, out, inForce)
			}
		}
		if !strings.Contains(inForce, want) {
			t.Errorf("%s does not say %q:\n%s", variant, want, inForce)
		}
		if code, out := command(t, "plan", "check", variant); code != 0 || !strings.Contains(out, "nothing is wrong") {
			t.Errorf("%s: %d\n%s", variant, code, out)
		}
	}
}

func TestAFolderNamedLikeABuiltinPlanIsReachable(t *testing.T) {
	t.Chdir(t.TempDir())
	if code, out := command(t, "plan", "show", "--builtin=regulated", "--to", "small"); code != 0 {
		t.Fatalf("%d\n%s", code, out)
	}
	if _, out := command(t, "plan", "show", "./small"); !strings.Contains(out, "Mails wait") {
		t.Errorf("./small is not the folder:\n%s", out)
	}
	if _, out := command(t, "plan", "show", "small"); strings.Contains(out, "Mails wait") {
		t.Errorf("small is not the built-in plan:\n%s", out)
	}
	for _, wrong := range [][]string{{"plan", "show", "--builtin=huge"}, {"plan", "show", "--builtin=small", "./small"}, {"init", "--dir", "x", "--plan", "smal"}} {
		if code, out := command(t, wrong...); code != 2 {
			t.Errorf("%v ends with %d:\n%s", wrong, code, out)
		}
	}
}

// A plan that nobody could sign under would lock its company out of the page.
func TestNothingIsFoundedOnAPlanThatCannotWork(t *testing.T) {
	dir := t.TempDir()
	if code, out := command(t, "plan", "show", "--builtin=small", "--to", filepath.Join(dir, "plan")); code != 0 {
		t.Fatalf("%d\n%s", code, out)
	}
	roster := filepath.Join(dir, "plan", "roster.yaml")
	text, err := os.ReadFile(roster)
	if err != nil {
		t.Fatal(err)
	}
	alone := strings.Replace(string(text), "    holders: [ines]\n    stand_ins: [sam, dana, carlos]\n", "    holders: []\n", 1)
	if err := os.WriteFile(roster, []byte(alone), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out := command(t, "init", "--dir", filepath.Join(dir, "status"), "--plan", filepath.Join(dir, "plan"))
	if code != 1 || !strings.Contains(out, "signatures.yaml:6:3: an update of the severity \"critical\" can never be signed") {
		t.Errorf("%d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "status")); !os.IsNotExist(err) {
		t.Errorf("a folder is left behind: %v", err)
	}
}
