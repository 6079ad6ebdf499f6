package plan

import "github.com/countersign/countersign/comms"

// catalogue reads every word that customers see outside messages.
func (c *compiler) catalogue(top object) {
	cat := &c.plan.Catalogue
	t := top.need("texts").object("title", "about", "footer", "sender", "all_well")
	cat.Texts = comms.Texts{
		Title:   c.words(t.need("title"), 80),
		About:   c.words(t.get("about"), 300),
		Footer:  c.words(t.get("footer"), 300),
		Sender:  c.words(t.need("sender"), 80),
		AllWell: c.words(t.need("all_well"), 160),
	}
	c.groups(top.need("groups"))
	cat.States = labels(c, top.need("states"), comms.States())
	cat.Phases = labels(c, top.need("phases"), comms.Phases())
	cat.ShowOverdue = top.get("show_overdue").flag(true)
}

func (c *compiler) groups(v value) {
	seen := map[string]bool{}
	for _, item := range v.list() {
		o := item.object("id", "name", "components")
		g := comms.Group{ID: o.need("id").id(), Name: c.words(o.need("name"), 60), Components: []comms.Component{}}
		unique(seen, o.get("id"), "group "+g.ID)
		for _, item := range o.need("components").list() {
			o := item.object("id", "name", "description")
			comp := comms.Component{
				ID:          comms.ComponentID(o.need("id").id()),
				Name:        c.words(o.need("name"), 60),
				Description: c.words(o.get("description"), 300),
			}
			unique(seen, o.get("id"), string(comp.ID))
			item.mark("components." + string(comp.ID))
			g.Components = append(g.Components, comp)
		}
		if len(g.Components) == 0 && len(o.fields) == 3 {
			item.bad(fix("add a component, or remove the group"), "the group %s has no components", quote(g.ID))
		}
		c.plan.Catalogue.Groups = append(c.plan.Catalogue.Groups, g)
	}
	if n := len(c.plan.Catalogue.Components()); n > 500 {
		v.bad(fix("join some; customers do not read that many"), "the plan has %d components; it may have 500", n)
	}
}

// labels reads one word for each of the known names.
func labels[T ~string](c *compiler, v value, known []T) map[T]comms.Words {
	out := make(map[T]comms.Words, len(known))
	o := v.object(texts(known)...)
	for _, k := range known {
		if w := c.words(o.need(string(k)), 60); w != nil {
			out[k] = w
		}
	}
	return out
}
