package editor_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

// TestWhatAPlanChangesIsSaidInWords: whoever signs a change of the plan need
// not know what its files call things.
func TestWhatAPlanChangesIsSaidInWords(t *testing.T) {
	in := install(t, "omar")
	rewritten := map[string][]string{
		"severities.yaml":   {"first_update: 15m\n    every: 30m", "first_update: 90m\n    every: 30m", "urgent: true # mails", "urgent: false # mails", "warnings: ask", "warnings: keep", "postmortem]\n", "postmortem, monitoring]\n"},
		"rules.yaml":        {"remind: 30", "remind: 25", "values:\n", "rules: { JARGON: block }\n\nvalues:\n", "id: OWN-REFUND\n    level: warn", "id: OWN-REFUND\n    level: block"},
		"catalogue.yaml":    {"show_overdue: true", "show_overdue: false"},
		"organisation.yaml": {"required: [en]", "required: [en, es]", "    optional: [es] #", "    optional: [] #"},
		"holding.yaml":      {"by_itself: [critical]", "by_itself: [critical, major]", "lasts: 2160h", "lasts: 1h30m", "publishers: [drafter, ", "publishers: ["},
		"channels.yaml":     {"severities: [critical, major, minor, data, maintenance]", "severities: [critical, data]"},
		"signals.yaml":      {"    components: { documents: degraded }\n    severity: minor", "    components: { documents: partial }\n    severity: major\n    template: investigating"},
		"roster.yaml":       {"lang: es", "lang: en"},
	}
	form := url.Values{"summary": {"Much at once"}}
	for _, f := range plan.Builtin() {
		text := f.Text
		for pairs := rewritten[f.Name]; len(pairs) > 0; pairs = pairs[2:] {
			if !strings.Contains(text, pairs[0]) {
				t.Fatalf("%s has no %q", f.Name, pairs[0])
			}
			text = strings.Replace(text, pairs[0], pairs[1], 1)
		}
		form.Set("files."+f.Name, text)
	}
	omar := in.as("omar")
	got := omar.post("/plan/new", form)
	if got.status != http.StatusSeeOther {
		t.Fatalf("start: %d\n%s", got.status, words(got.body))
	}
	path, _, _ := strings.Cut(got.where, "?")
	for lang, wants := range map[string][]string{
		"en": {
			"15 minutes 1 hour 30 minutes", "yes no", "Whoever submits says why each may stay. They hold nobody up", "A technical term with a plainer word", "stops the text",
			"asks stops the text", "what alerts begin › alertname matches “Documents.*” › severity", "English , Español", "Critical , Major", "90 days 1 hour 30 minutes", "Investigating", "Minor Major", "Español English", "after 30% of the time after 25% of the time",
		},
		"es": {
			"15 minutos 1 hora 30 minutos", "sí no", "impide enviarlo", "Crítico , Grave", "90 días 1 hora 30 minutos", "Leve Grave",
		},
	} {
		page := strings.Join(strings.Fields(words(omar.do(http.MethodGet, path, "", map[string]string{"Accept-Language": lang}).body)), " ")
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("in %s %q is not said:\n%s", lang, want, page)
			}
		}
	}
}

// TestEveryKindOfFieldIsSaidInWords holds the names of what templates may ask,
// and of what fills it.
func TestEveryKindOfFieldIsSaidInWords(t *testing.T) {
	catalogue, err := language.New(templates.FS)
	must(t, err)
	for _, lang := range catalogue.Languages() {
		var keys []string
		for _, kind := range plan.SlotTypes() {
			keys = append(keys, "desk.plan.slot."+string(kind))
		}
		for _, from := range plan.SlotSources() {
			keys = append(keys, "desk.plan.from."+from)
		}
		for _, key := range keys {
			if catalogue.For(lang).T(key) == key {
				t.Errorf("messages/desk.%s.json lacks %q", lang, key)
			}
		}
	}
}
