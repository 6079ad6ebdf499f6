package render

import (
	"maps"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// Field is one thing that the drafter fills in.
type Field struct {
	Lang comms.Lang // draft.Shared for what is the same in every language
	Slot plan.Slot
}

// Fields lists what a template asks of the drafter, in the order of its slots:
// times, choices and the next update once, words once for each language. What
// the incident itself fills is not asked. The next update is always the shared
// slot "next_update".
func Fields(t plan.Template, langs []comms.Lang) []Field {
	var out []Field
	asked := false
	for _, s := range t.Slots {
		switch {
		case source(s) == promise:
			if !asked {
				s.Name, s.Type, asked = promise, plan.SlotNextUpdate, true
				out = append(out, Field{draft.Shared, s})
			}
		case source(s) != "":
		case perLanguage(s):
			for _, lang := range langs {
				out = append(out, Field{lang, s})
			}
		default:
			out = append(out, Field{draft.Shared, s})
		}
	}
	return out
}

// perLanguage tells whether a slot is typed anew in every language.
func perLanguage(s plan.Slot) bool {
	switch s.Type {
	case plan.SlotTime, plan.SlotDate, plan.SlotData, plan.SlotChoice:
		return false
	}
	return source(s) == ""
}

// CheckSlots refuses values that the template does not ask for: a slot that it
// does not have, words for all languages at once, a time in one language.
func CheckSlots(t plan.Template, langs []comms.Lang, slots draft.Slots) comms.Refusals {
	shared, worded := map[string]bool{}, map[string]bool{}
	var names []string
	for _, f := range Fields(t, langs) {
		if f.Lang == draft.Shared {
			shared[f.Slot.Name] = true
		} else {
			worded[f.Slot.Name] = true
		}
		if !slices.Contains(names, f.Slot.Name) {
			names = append(names, f.Slot.Name)
		}
	}
	var bad comms.Refusals
	refuse := func(field, format string, args ...any) {
		bad = append(bad, comms.Refuse(comms.Invalid, field, format, args...))
	}
	for _, lang := range slices.Sorted(maps.Keys(slots)) {
		for _, name := range slices.Sorted(maps.Keys(slots[lang])) {
			field := draft.SlotField(lang, name)
			switch {
			case lang != draft.Shared && !slices.Contains(langs, lang):
				refuse(field, "the plan has no language %q; write in one of %s", lang, listed(langs))
			case !shared[name] && !worded[name]:
				refuse(field, "the template %q asks for no %q; it asks for %s", t.ID, name, listed(names))
			case lang == draft.Shared && !shared[name]:
				refuse(field, "%q is written in each language; give it under one of %s", name, listed(langs))
			case lang != draft.Shared && !worded[name]:
				refuse(field, "%q is the same in every language; give it once, under \"shared\"", name)
			}
		}
	}
	return bad
}

func listed[T ~string](names []T) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = string(n)
	}
	return strings.Join(out, ", ")
}
