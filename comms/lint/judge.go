package lint

import (
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// judge is a subject under a plan's rules.
type judge struct {
	*Book
	Subject
	template plan.Template
	severity plan.Severity
	formal   map[comms.Lang]bool // see isFormal
	texts    map[field]*text     // those that were read
}

func (b *Book) judge(s Subject) *judge {
	s.Plan = b.plan
	j := &judge{Book: b, Subject: s, formal: map[comms.Lang]bool{}, texts: map[field]*text{}}
	j.template, _ = b.plan.Template(s.Draft.Template)
	if i := s.Message.Incident; i != nil {
		j.severity, _ = b.plan.Severity(i.Severity)
	}
	return j
}

// read cuts a text up, marks the company's own names in it, and finds the
// phrases of the rules, once.
func (j *judge) read(lang comms.Lang, s string) *text {
	key := field{lang: lang, s: s}
	if t, ok := j.texts[key]; ok {
		return t
	}
	t := cut(lang, s)
	t.own = append(j.names.all(t), j.allowed.all(t)...)
	t.parse()
	t.book = j.phrasebooks[base(lang)]
	t.found = t.book.find(t)
	j.texts[key] = t
	return t
}

// slot finds the first slot of a type in the message's template.
func (j *judge) slot(types ...plan.SlotType) (plan.Slot, bool) {
	for _, s := range j.template.Slots {
		for _, t := range types {
			if s.Type == t {
				return s, true
			}
		}
	}
	return plan.Slot{}, false
}

// langs lists the languages that go out, sorted.
func (j *judge) langs() []comms.Lang { return sortedKeys(j.Message.Forms) }

// perLanguage tells whether a slot is typed anew in each language.
func perLanguage(s plan.Slot) bool {
	switch s.Type {
	case plan.SlotImpact, plan.SlotWho, plan.SlotAction, plan.SlotUs, plan.SlotCause, plan.SlotText:
		return s.From == ""
	}
	return false
}

// fieldOf tells where a person fills the slot: its own field, or the draft's
// field that it takes its value from.
func fieldOf(s plan.Slot, lang comms.Lang) (comms.Lang, string) {
	switch {
	case s.Type == plan.SlotNextUpdate || s.From == nextUpdate:
		return draft.Shared, nextUpdate
	case s.Type == plan.SlotComponents || s.From == "components":
		return draft.Shared, "claims"
	case s.From == "started":
		return draft.Shared, "started_at"
	case s.From == "ended" || s.From == "duration" || s.Type == plan.SlotDuration:
		return draft.Shared, "ended_at"
	case perLanguage(s):
		return lang, s.Name
	}
	return draft.Shared, s.Name
}

// nextUpdate is the field of the promise, whatever a template calls its slot.
const nextUpdate = "next_update"

// about makes a finding on a whole field.
func (j *judge) about(lang comms.Lang, field, reason string, args ...string) Finding {
	return Finding{Lang: lang, Field: field, Reason: j.sentence(j.Reader, reason, args...)}
}

func clockUTC(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
