package plan

import (
	"maps"
	"slices"

	"github.com/countersign/countersign/comms"
)

// severities reads what each severity promises customers and who signs for it.
// Who signs may stand with the severity, or with all others under approvals.
func (c *compiler) severities(v, approvals value) {
	seen := map[string]bool{}
	signers := map[string]value{}
	for _, e := range approvals.entries() {
		e.value.line, e.value.column = e.line, e.column
		signers[e.key] = e.value
	}
	names := map[comms.Severity]comms.Words{}
	for _, item := range v.list() {
		o := item.object("id", "name", "meaning", "kind", "first_update", "every", "long_after", "long_every", "reminders", "urgent", "approvals", "warnings", "data")
		s := Severity{
			ID:          comms.Severity(o.need("id").id()),
			Name:        c.words(o.need("name"), 60),
			Meaning:     c.words(o.need("meaning"), 300),
			Kind:        comms.Kind(o.need("kind").choice(string(comms.KindIncident), string(comms.KindMaintenance))),
			FirstUpdate: o.need("first_update").duration(),
			Every:       o.get("every").duration(),
			LongAfter:   o.get("long_after").duration(),
			LongEvery:   o.get("long_every").duration(),
			Reminders:   ownReminders(o.get("reminders"), c.plan.Reminders),
			Urgent:      o.get("urgent").flag(false),
			Data:        o.get("data").flag(false),
			Warnings:    KeepWarnings,
		}
		if w := o.get("warnings"); !w.missing() {
			s.Warnings = Warnings(w.choice(string(AskWarnings), string(KeepWarnings)))
		}
		unique(seen, o.get("id"), string(s.ID))
		signed := signers[string(s.ID)]
		if own := o.get("approvals"); signed.in == nil || signed.missing() {
			signed = o.need("approvals")
		} else if !own.missing() {
			own.bad(fix("keep them in one place"), "who signs for the severity %q stands under approvals already", c.plan.named(s.Name, string(s.ID)))
		}
		s.Approvals = c.requirements(signed)
		delete(signers, string(s.ID))
		if s.LongAfter > 0 != (s.LongEvery > 0) {
			item.bad(fix("give both long_after and long_every, or neither"), "the severity %q says half of its long-incident mode", c.plan.named(s.Name, string(s.ID)))
		}
		if s.LongEvery > 0 && s.LongEvery < s.Every {
			o.get("long_every").bad(fix("make it at least as long as every"), "updates would come more often in a long incident than before")
		}
		item.mark("severities." + string(s.ID))
		if every := o.get("every"); !every.missing() {
			every.mark("severities." + string(s.ID) + ".every")
		}
		signed.mark("severities." + string(s.ID) + ".approvals")
		names[s.ID] = s.Name
		c.plan.Severities = append(c.plan.Severities, s)
	}
	if len(c.plan.Severities) == 0 && !v.missing() {
		v.bad(fix("add at least one"), "the plan has no severities")
	}
	c.plan.Catalogue.Severities = names
	for id, v := range signers {
		v.bad(didYouMean(id, texts(slices.Sorted(maps.Keys(names)))), "%s is no severity of the plan", quote(id))
	}
}

// severityList reads severities of the plan, each once; all of a kind unless
// any are named.
func (c *compiler) severityList(v value, fits func(Severity) bool) []comms.Severity {
	var known []string
	for _, s := range c.plan.Severities {
		if fits(s) {
			known = append(known, string(s.ID))
		}
	}
	var out []comms.Severity
	for _, item := range v.list() {
		id := comms.Severity(item.choice(known...))
		if slices.Contains(out, id) && id != "" {
			item.bad(fix("remove it"), "%s stands there twice", quote(string(id)))
		}
		out = append(out, id)
	}
	if v.missing() {
		for _, id := range known {
			out = append(out, comms.Severity(id))
		}
	}
	return out
}
