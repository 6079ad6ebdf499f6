package editor_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

func TestThePlanIsChangedByASignature(t *testing.T) {
	in := install(t, "ines", "carlos", "lucia")
	files := url.Values{"summary": {"A clearer name for exports"}}
	for _, f := range plan.Builtin() {
		files.Set("files."+f.Name, strings.ReplaceAll(f.Text, "\n", "\r\n"))
	}
	catalogue := files.Get("files.catalogue.yaml")
	carlos := in.as("carlos")
	got := carlos.post("/plan/new", files)
	if got.status != http.StatusSeeOther {
		t.Fatalf("start: %d\n%s", got.status, words(got.body))
	}
	path, _, _ := strings.Cut(got.where, "?")
	files.Set("base", "1")
	files.Set("files.catalogue.yaml", catalogue+"\r\nnonsense: [\r\n")
	if got := carlos.post(path+"/submit", files); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "catalogue.yaml:") || !strings.Contains(got.body, "nonsense: [") {
		t.Fatalf("a broken plan: %d\n%s", got.status, words(got.body))
	}
	files.Set("base", "2")
	files.Set("files.catalogue.yaml", strings.Replace(catalogue, "en: Exports", "en: Downloads", 1))
	if got := carlos.post(path+"/submit", files); got.status != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", got.status, words(got.body))
	}
	before := in.publications()
	for _, who := range []plan.PersonID{"ines", "lucia"} {
		b := in.as(who)
		page := b.get(path)
		if !strings.Contains(page.body, "<ins>Downloads</ins>") || !strings.Contains(page.body, "<del>Exports</del>") {
			t.Fatalf("%s does not see what changes:\n%s", who, words(page.body))
		}
		if !strings.Contains(page.body, `id="sign"`) {
			continue
		}
		form := url.Values{"digest": {hidden(t, page.body, "digest")}, "requirement": {hidden(t, page.body, "requirement")}, "password": {password}}
		if got := b.post(path+"/sign", form); got.status != http.StatusSeeOther {
			t.Fatalf("%s signs: %d\n%s", who, got.status, words(got.body))
		}
	}
	if in.publications() != before+1 {
		t.Fatal("the plan is not published")
	}
	p, _, err := in.desk.Plan(context.Background())
	must(t, err)
	if c, _ := p.Catalogue.Component("exports"); c.Name["en"] != "Downloads" {
		t.Errorf("the plan in force calls it %q", c.Name["en"])
	}
}

// TestEveryRuleIsSaidInPlainWords: a language rule that the page of the plan
// cannot explain is one that people cannot learn.
func TestEveryRuleIsSaidInPlainWords(t *testing.T) {
	catalogue, err := language.New(templates.FS)
	must(t, err)
	for _, lang := range catalogue.Languages() {
		for rule := range lint.Rules() {
			key := "desk.rule." + strings.ToLower(strings.ReplaceAll(string(rule), "-", "_"))
			if catalogue.For(lang).T(key) == key {
				t.Errorf("messages/desk.%s.json lacks %q", lang, key)
			}
		}
	}
}

// TestThePlansPageSaysAllThatThePlanSays: what a team agreed besides words and
// names is read there too, in both languages of the desk.
func TestThePlansPageSaysAllThatThePlanSays(t *testing.T) {
	in := install(t, "ines", "carlos")
	for person, wants := range map[plan.PersonID][]string{
		"ines":   {"OWN-REFUND", "Looks for the", "Language", "Warnings that stand", "hold nobody up", "30 % of the time", "What alerts begin", "begins a draft", "How easily texts must read", "The page says so."},
		"carlos": {"OWN-REEMBOLSO", "Sus propias reglas", "No detienen a nadie", "tras el 30 %", "Qué empiezan las alertas", "La página lo dice."},
	} {
		got := in.as(person).get("/plan")
		for _, want := range wants {
			if !strings.Contains(words(got.body), want) {
				t.Errorf("%s does not read %q", person, want)
			}
		}
	}
}

func TestPlannedWorkPromisesNoticeAndNoFirstUpdate(t *testing.T) {
	in := install(t, "dana")
	page := words(in.as("dana").get("/plan").body)
	_, page, _ = strings.Cut(page, "Work that we announce before it starts.")
	page, _, _ = strings.Cut(page, "Signatures")
	if strings.Contains(page, "First update") || !strings.Contains(page, "Notice before it begins, at least") || !strings.Contains(page, "when it begins and when it ends") {
		t.Errorf("of planned work the plan says:\n%s", page)
	}
}
