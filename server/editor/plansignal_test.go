package editor_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/plan"
)

// TestWhatAlertsMeanIsChangedWithoutTheFiles changes, adds, moves and removes
// signals in one draft, and leaves the rest of the file as it was.
func TestWhatAlertsMeanIsChangedWithoutTheFiles(t *testing.T) {
	in := install(t, "omar")
	omar := in.as("omar")
	const internal, errors, general = `signal/audience="internal"`, `signal/alertname="SignInErrors" and severity="critical"`, `signal/alertname="SignInErrors"`
	was, body := omar.formOf("signals", "", errors)
	for _, want := range []string{`value="SignInErrors"`, `value="critical" selected`, "alertname is “SignInErrors”, severity is “critical”", "Company sign-in"} {
		if !strings.Contains(body, want) {
			t.Fatalf("the form lacks %q:\n%s", want, words(body))
		}
	}
	// What it matches and what it means, at once; a name that the next one has on the way.
	draft := omar.draftOf(omar.change("signals", "entry", errors, "was", was,
		"match.1.label", "alertname", "match.1.how", "matches", "match.1.value", "SignIn(Errors|Slow)", "match.2.label", "", "match.2.how", "is", "match.2.value", "",
		"ignore", "", "claims.sign-in", "partial", "severity", "minor", "template", ""))
	save := func(entry string, kv ...string) answer {
		was, _ := omar.formOf("signals", draft, entry)
		return omar.change("signals", append([]string{"draft", draft, "entry", entry, "was", was}, kv...)...)
	}
	saved := func(got answer) {
		t.Helper()
		if got.status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", got.status, words(got.body))
		}
	}
	saved(save(general, "match.1.label", "alertname", "match.1.how", "is", "match.1.value", "SignInErrors", "ignore", "true", "severity", "major"))
	saved(save("signal/new", "match.1.label", "team", "match.1.how", "is", "match.1.value", "it's: #1", "ignore", "", "claims.search", "degraded", "severity", "minor", "template", "investigating"))
	saved(omar.change("signals", "do", "up", "draft", draft, "entry", `signal/team="it's: #1"`))
	saved(omar.change("signals", "do", "remove", "draft", draft, "entry", internal))

	for name, c := range map[string]struct {
		kv   []string
		want string
	}{
		"a pattern that is none":   {[]string{"match.1.label", "alertname", "match.1.how", "matches", "match.1.value", "(", "claims.search", "major", "severity", "minor"}, "This pattern cannot be read"},
		"no name of a label":       {[]string{"match.1.label", "alert name", "match.1.how", "is", "match.1.value", "x", "claims.search", "major", "severity", "minor"}, "is no name of a label"},
		"a value without a label":  {[]string{"match.1.label", "", "match.1.how", "is", "match.1.value", "Lost", "claims.search", "major", "severity", "minor"}, "Say in which label “Lost” must stand"},
		"a label twice":            {[]string{"match.1.label", "a", "match.1.how", "is", "match.1.value", "x", "match.2.label", "a", "match.2.how", "is", "match.2.value", "y", "claims.search", "major", "severity", "minor"}, "The label a is asked for twice"},
		"nothing that it means":    {[]string{"match.1.label", "a", "match.1.how", "is", "match.1.value", "x"}, "What customers have trouble with is empty"},
		"what another one asks":    {[]string{"match.1.label", "alertname", "match.1.how", "is", "match.1.value", "SignInErrors", "claims.search", "major", "severity", "minor"}, "The plan says already what these alerts mean"},
		"a label without a value":  {[]string{"match.1.label", "alertname", "match.1.how", "matches", "match.1.value", "", "ignore", "true"}, "Say what must stand in the label alertname"},
		"no way to match":          {[]string{"match.1.label", "a", "match.1.how", "", "match.1.value", "x", "match.2.label", "a", "match.2.how", "is", "match.2.value", "y", "ignore", "true"}, "The label a is asked for twice"},
		"a severity without words": {[]string{"match.1.label", "a", "match.1.how", "is", "match.1.value", "x", "claims.search", "major", "severity", "minor", "template", "resolved"}, "is not possible as"},
	} {
		got := save("signal/new", c.kv...)
		if page := words(got.body); got.status != http.StatusUnprocessableEntity || !strings.Contains(strings.ToLower(page), strings.ToLower(c.want)) {
			t.Errorf("%s: %d\n%s", name, got.status, page)
		}
		for _, id := range []string{"match", "claims"} {
			if strings.Contains(got.body, `id="e-`+id+`"`) != strings.Contains(got.body, `aria-describedby="h-`+id+` e-`+id+`"`) || !strings.Contains(got.body, `id="h-`+id+`"`) {
				t.Errorf("%s: what is wrong with %s is not told to who hears the page", name, id)
			}
		}
		for i := 0; i < len(c.kv); i += 2 {
			if strings.HasSuffix(c.kv[i], "value") && c.kv[i+1] != "" && !strings.Contains(got.body, `value="`+c.kv[i+1]+`"`) {
				t.Errorf("%s: what was typed is lost", name)
			}
		}
	}

	var signals string
	for _, f := range in.filesOf(draft) {
		if f[0] == "signals.yaml" {
			signals = f[1]
		}
	}
	var shipped string
	for _, f := range plan.Builtin() {
		if f.Name == "signals.yaml" {
			shipped = f.Text
		}
	}
	want := strings.NewReplacer(
		"  - labels: { audience: internal } # nothing that customers could notice\n    ignore: true\n", "",
		"  - labels: { alertname: SignInErrors, severity: critical }\n    components: { sign-in: major, company-sign-in: major }\n    severity: critical\n    template: investigating\n",
		"  - components: { sign-in: partial }\n    severity: minor\n    patterns: { alertname: SignIn(Errors|Slow) }\n",
		"  - labels: { alertname: SignInErrors }\n    components: { sign-in: partial }\n    severity: major\n    template: investigating\n", "  - labels: { alertname: SignInErrors }\n    ignore: true\n",
		"  - patterns: { alertname: '(Api|API).*' }\n",
		"  - labels: { team: 'it''s: #1' }\n    components: { search: degraded }\n    severity: minor\n    template: investigating\n  - patterns: { alertname: '(Api|API).*' }\n",
	).Replace(shipped)
	if signals != want {
		t.Errorf("the file is\n%s\nwant\n%s", signals, want)
	}
	page := words(omar.get("/updates/" + url.PathEscape(draft)).body)
	for _, said := range []string{"alertname matches “SignIn(Errors|Slow)”", "team is “it&#39;s: #1”"} {
		if !strings.Contains(page, said) && !strings.Contains(page, strings.ReplaceAll(said, "&#39;", "'")) {
			t.Errorf("the differences do not say %q:\n%s", said, page)
		}
	}
}

// TestASignalForEveryOtherAlertStaysLast: what is added would never count below it.
func TestASignalForEveryOtherAlertStaysLast(t *testing.T) {
	in := install(t, "omar")
	omar := in.as("omar")
	draft := ""
	add := func(kv ...string) {
		was, _ := omar.formOf("signals", draft, "signal/new")
		draft = omar.draftOf(omar.change("signals", append([]string{"draft", draft, "entry", "signal/new", "was", was}, kv...)...))
	}
	add("match.1.label", "", "match.1.value", "", "ignore", "true")
	add("match.1.label", "team", "match.1.how", "is", "match.1.value", "docs", "ignore", "true")
	was, _ := omar.formOf("signals", draft, "signal/new")
	got := omar.change("signals", "draft", draft, "entry", "signal/new", "was", was, "match.1.label", "team", "match.1.value", "docs", "ignore", "true")
	if page := words(got.body); !strings.Contains(page, "what these alerts mean: team is") || strings.Contains(page, "signals.yaml:") {
		t.Errorf("twice the same is refused with\n%s", page)
	}
	for _, f := range in.filesOf(draft) {
		if f[0] == "signals.yaml" && !strings.HasSuffix(f[1], "  - labels: { team: docs }\n    ignore: true\n  - ignore: true\n") {
			t.Errorf("the file ends with\n%s", f[1])
		}
	}
}

// TestASignalIsCalledByTheDraftsNames: also a component that is in no plan yet,
// and a signal that has gone.
func TestASignalIsCalledByTheDraftsNames(t *testing.T) {
	in := install(t, "omar")
	omar := in.as("omar")
	was, _ := omar.formOf("components", "", "component/new/developers")
	draft := omar.draftOf(omar.change("components", "entry", "component/new/developers", "was", was, "group", "developers", "name.en", "Importer", "name.es", "Importador", "description.en", "Reads tables.", "description.es", "Lee tablas.", "id", "tables"))
	was, _ = omar.formOf("signals", draft, "signal/new")
	got := omar.change("signals", "draft", draft, "entry", "signal/new", "was", was, "match.1.label", "team", "match.1.value", "tables", "ignore", "", "claims.tables", "degraded", "severity", "minor")
	if got.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", got.status, words(got.body))
	}
	if page := words(omar.get("/plan/edit/signals?draft=" + draft).body); !strings.Contains(page, "Minor; Importer: Slow") {
		t.Errorf("the new component has no name in\n%s", page)
	}
	gone := omar.change("signals", "draft", draft, "entry", `signal/a="b"`, "was", was, "match.1.label", "a", "match.1.value", "typed", "ignore", "true")
	if gone.status != http.StatusConflict || !strings.Contains(gone.body, `value="typed"`) || strings.Contains(gone.body, "any other alert") {
		t.Errorf("%d\n%s", gone.status, words(gone.body))
	}
}
