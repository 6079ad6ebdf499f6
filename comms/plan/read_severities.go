package plan

import "github.com/countersign/countersign/comms"

// severities reads what each severity promises customers and who signs for it.
func (c *compiler) severities(v value) {
	seen := map[string]bool{}
	names := map[comms.Severity]comms.Words{}
	for _, item := range v.list() {
		o := item.object("id", "name", "meaning", "kind", "first_update", "every", "long_after", "long_every", "reminders", "approvals")
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
			Approvals:   c.requirements(o.need("approvals")),
		}
		unique(seen, o.get("id"), string(s.ID))
		if s.LongAfter > 0 != (s.LongEvery > 0) {
			item.bad("give both long_after and long_every, or neither", "the severity %s says half of its long-incident mode", quote(string(s.ID)))
		}
		if s.LongEvery > 0 && s.LongEvery < s.Every {
			o.get("long_every").bad("make it at least as long as every", "updates would come more often in a long incident than before")
		}
		item.mark("severities." + string(s.ID))
		if every := o.get("every"); !every.missing() {
			every.mark("severities." + string(s.ID) + ".every")
		}
		o.get("approvals").mark("severities." + string(s.ID) + ".approvals")
		names[s.ID] = s.Name
		c.plan.Severities = append(c.plan.Severities, s)
	}
	if len(c.plan.Severities) == 0 && !v.missing() {
		v.bad("add at least one", "the plan has no severities")
	}
	c.plan.Catalogue.Severities = names
}
