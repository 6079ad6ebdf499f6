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

// Findings are sentences in the reader's language, those of the language rules
// too, and of what cannot be read at all.
func TestPlanCheckSpeaksTheReadersLanguage(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	dir := filepath.Join(t.TempDir(), "plan")
	if code, out := command(t, "plan", "show", "--builtin=standard", "--to", dir); code != 0 {
		t.Fatalf("%d\n%s", code, out)
	}
	change := func(file, old, new string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !strings.Contains(string(text), old) {
			t.Fatalf("%s has no %q (%v)", file, old, err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	says := func(locale string, args ...string) string {
		t.Helper()
		t.Setenv("LC_ALL", locale)
		_, out := command(t, append([]string{"plan", "check", dir}, args...)...)
		return out
	}
	if out := says("es_ES.UTF-8"); out != "El plan se sostiene: no hay nada mal en él.\n" {
		t.Error(out)
	}
	change("roster.yaml", "stand_ins: [marta, omar]", "stand_ins: [marta]")
	change("templates-incident.yaml", "We do not yet know how many", "The failover is slow. We do not yet know how many")
	for want, out := range map[string]string{
		"aviso: una actualización de la gravedad \"Crítico\" no se puede firmar en":                                  says("C", "--lang", "es"),
		"si lo escribió Inés Duarte y falta Marta Lindqvist, no queda nadie para: los hechos. Nombre a más personas": says("es_MX.UTF-8"),
		"En palabras sencillas: switch to a backup":                                                                  says("es_ES"),
		"when Inés Duarte wrote it and Marta Lindqvist is away, nobody is left for facts":                            says("fr_FR.UTF-8"),
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	change("signatures.yaml", "approval_life:", "approval_live:")
	if out := says("es_ES.UTF-8"); !strings.Contains(out, "no es una clave que se conozca en el plan") || !strings.Contains(out, "¿quería decir") {
		t.Error(out)
	}
	if code, out := command(t, "plan", "check", "--lang", "tlh", dir); code != 2 || !strings.Contains(out, "en, es") {
		t.Errorf("%d %s", code, out)
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
	if code != 1 || !strings.Contains(out, "signatures.yaml:6:3: an update of the severity \"Critical\" can never be signed") {
		t.Errorf("%d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "status")); !os.IsNotExist(err) {
		t.Errorf("a folder is left behind: %v", err)
	}
}
