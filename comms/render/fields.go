package render

import (
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
