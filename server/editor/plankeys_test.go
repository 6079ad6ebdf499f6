package editor_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/templates"
)

// TestEveryKeyOfThePlanHasAName walks the schema of the plan: a key that was
// added without a name would be shown to people as its files write it.
func TestEveryKeyOfThePlanHasAName(t *testing.T) {
	const prefix = "desk.plan.key."
	for _, lang := range []string{"en", "es"} {
		text, err := templates.FS.ReadFile("messages/desk." + lang + ".json")
		must(t, err)
		names := map[string]any{}
		must(t, json.Unmarshal(text, &names))
		for _, key := range plan.Keys() {
			if said, _ := names[prefix+key].(string); said == "" || strings.Contains(said, "_") {
				t.Errorf("in %s the key %q of the plan has no name", lang, key)
			}
		}
		for id := range names {
			if key, ok := strings.CutPrefix(id, prefix); ok && !slices.Contains(plan.Keys(), key) {
				t.Errorf("in %s a name is given to %q, which is no key of the plan", lang, key)
			}
		}
	}
}
