package draft

import (
	"maps"
	"slices"

	"github.com/countersign/countersign/comms"
)

// Merge joins two texts that both grew out of base, field by field: what only
// one of them changed is taken from that one. Conflicts names the fields that
// both changed, each in another way, as the form calls them; there the merged
// text holds theirs, and mine is still to be decided about.
func Merge(base, mine, theirs Draft) (merged Draft, conflicts []string) {
	m := merge{}
	merged = theirs.Clone()
	if merged.Slots == nil {
		merged.Slots = Slots{}
	}
	m.slots(base, mine, &merged)
	merged.Claims = m.claims(base.Claims, mine.Claims, merged.Claims)
	merged.Files = m.files(base.Files, mine.Files, merged.Files)
	merged.StartedAt = m.field("started_at", base.StartedAt, mine.StartedAt, theirs.StartedAt)
	merged.EndedAt = m.field("ended_at", base.EndedAt, mine.EndedAt, theirs.EndedAt)
	merged.PublishAt = m.field("publish_at", base.PublishAt, mine.PublishAt, theirs.PublishAt)
	merged.ExpiresAt = m.field("expires_at", base.ExpiresAt, mine.ExpiresAt, theirs.ExpiresAt)
	merged.Summary = m.field("summary", base.Summary, mine.Summary, theirs.Summary)
	merged.Severity = comms.Severity(m.field("severity", string(base.Severity), string(mine.Severity), string(theirs.Severity)))
	merged.Template = m.field("template", base.Template, mine.Template, theirs.Template)
	if merged.Template == mine.Template { // a phase belongs to its template
		merged.Phase = mine.Phase
	}
	slices.Sort(m.conflicts)
	return merged, m.conflicts
}

type merge struct{ conflicts []string }

// field decides about one value.
func (m *merge) field(name, base, mine, theirs string) string {
	switch {
	case mine == base, mine == theirs:
		return theirs
	case theirs == base:
		return mine
	}
	m.conflicts = append(m.conflicts, name)
	return theirs
}

func (m *merge) slots(base, mine Draft, into *Draft) {
	for _, lang := range keys(base.Slots, mine.Slots) {
		for _, name := range keys(base.Slots[lang], mine.Slots[lang]) {
			into.Slots.Set(lang, name, m.field(SlotField(lang, name), base.Slots[lang][name], mine.Slots[lang][name], into.Slots[lang][name]))
		}
	}
}

// claims keeps the order of theirs; what is new in mine stands behind it.
func (m *merge) claims(base, mine, theirs []comms.Claim) []comms.Claim {
	was, is, now := states(base), states(mine), states(theirs)
	var out []comms.Claim
	add := func(c comms.ComponentID) {
		if state := m.field(ClaimField(c), was[c], is[c], now[c]); state != "" {
			out = append(out, comms.Claim{Component: c, State: comms.State(state)})
		}
	}
	for _, c := range theirs {
		add(c.Component)
	}
	for _, c := range mine {
		if _, done := now[c.Component]; !done {
			add(c.Component)
		}
	}
	return out
}

// files are those of theirs; a form changes their text and never their number.
func (m *merge) files(base, mine, theirs []comms.PlanFile) []comms.PlanFile {
	was, is := texts(base), texts(mine)
	for i, f := range theirs {
		if _, ok := is[f.Name]; ok {
			theirs[i].Text = m.field(FileField(f.Name), was[f.Name], is[f.Name], f.Text)
		}
	}
	return theirs
}

func states(claims []comms.Claim) map[comms.ComponentID]string {
	out := make(map[comms.ComponentID]string, len(claims))
	for _, c := range claims {
		out[c.Component] = string(c.State)
	}
	return out
}

func texts(files []comms.PlanFile) map[string]string {
	out := make(map[string]string, len(files))
	for _, f := range files {
		out[f.Name] = f.Text
	}
	return out
}

// keys lists the keys of both maps once, in order.
func keys[K ~string, V any](a, b map[K]V) []K {
	out := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(out)
	return slices.Compact(out)
}

// ClaimField names the form field of what is claimed of a component.
func ClaimField(c comms.ComponentID) string { return "claims." + string(c) }

// FileField names the form field of a file of the plan.
func FileField(name string) string { return "files." + name }
