package plan

import (
	"fmt"
	"slices"
)

// ownRules tries each rule of the plan's own on the texts beside it.
func (k *checker) ownRules(judge Judge) {
	for _, r := range k.plan.OwnRules {
		lang := r.Lang
		if lang == "" {
			lang = k.plan.Catalogue.Source
		}
		finds := func(text string) bool {
			return slices.ContainsFunc(judge(k.plan, lang, text), func(c Complaint) bool { return c.Rule == r.ID })
		}
		for n, text := range r.Found {
			if !finds(text) {
				k.places[samplePlace(r.ID, "found", n)].as(MistakeRule).bad(fix("change its terms or patterns until they find it, or move it to not_found"), "the rule %s does not find this text", quote(r.ID))
			}
		}
		for n, text := range r.Ignored {
			if finds(text) {
				k.places[samplePlace(r.ID, "not_found", n)].as(MistakeRule).bad(fix("narrow its terms or patterns, or move it to found"), "the rule %s finds this text", quote(r.ID))
			}
		}
	}
}

// untried asks for texts beside a rule that has none.
func (k *checker) untried() {
	for _, r := range k.plan.OwnRules {
		if len(r.Found) == 0 {
			k.places[ownPlace(r.ID)].as(MistakeRule).ask(fix("add found: and a text that it must find"), "nothing shows that the rule %s finds what it is for", quote(r.ID))
		}
	}
}

// levels asks about levels that are set for no rule: one that a typing mistake
// switches off is not off.
func (k *checker) levels() {
	known := RuleNames()
	for _, r := range k.plan.OwnRules {
		known = append(known, r.ID)
	}
	for name := range k.plan.Rules {
		if !contains(known, name) {
			k.places["rules."+name].as(MistakeRule).ask(didYouMean(name, known), "there is no language rule %s", quote(name))
		}
	}
}

func ownPlace(id string) string { return "own_rules." + id }

func samplePlace(id, key string, n int) string {
	return fmt.Sprintf("%s.%s[%d]", ownPlace(id), key, n)
}
