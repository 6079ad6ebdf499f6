package plan

import (
	"slices"

	"github.com/countersign/countersign/comms"
)

// holding reads what is approved in advance. It comes after the catalogue, the
// roster, the severities and the templates, which it names.
func (c *compiler) holding(v value) {
	if v.missing() {
		return
	}
	o := v.object("approvals", "statements")
	c.plan.Holding.Approvals = c.requirements(o.need("approvals"))
	o.get("approvals").mark("holding.approvals")
	seen := map[string]bool{}
	for _, item := range o.need("statements").list() {
		s := c.statement(item)
		unique(seen, item, s.ID)
		c.plan.Holding.Statements = append(c.plan.Holding.Statements, s)
	}
}

func (c *compiler) statement(v value) Statement {
	o := v.object("id", "template", "severities", "states", "components", "publishers", "lasts", "by_itself")
	s := Statement{ID: o.need("id").id(), Lasts: o.need("lasts").duration()}
	v.mark("holding." + s.ID)
	for _, key := range []string{"template", "severities", "publishers", "by_itself", "lasts"} {
		if f := o.get(key); !f.missing() {
			f.mark("holding." + s.ID + "." + key)
		}
	}
	t := c.heldTemplate(o.need("template"))
	s.Template = t.ID
	s.Severities = c.heldSeverities(o.need("severities"), t)
	s.Components = c.permitted(o)
	s.Publishers = c.publishers(o.need("publishers"))
	for _, item := range o.get("by_itself").list() {
		id := comms.Severity(item.as(MistakeHolding).choice(texts(s.Severities)...))
		if slices.Contains(s.ByItself, id) {
			item.as(MistakeHolding).bad(fix("remove it"), "%s stands there twice", quote(string(id)))
		}
		s.ByItself = append(s.ByItself, id)
	}
	return s
}

// heldTemplate finds the template whose words are approved.
func (c *compiler) heldTemplate(v value) Template {
	known := make([]string, len(c.plan.Templates))
	for i, t := range c.plan.Templates {
		known[i] = t.ID
	}
	t, ok := c.plan.Template(v.as(MistakeHolding).choice(known...))
	switch {
	case !ok:
	case t.Message != comms.MessageUpdate || t.Phase.Of() != comms.KindIncident || t.Phase.Closed():
		v.as(MistakeHolding).bad(fix("name a template for a phase in which an incident begins"), "the template %q is not for the first words of an incident", c.plan.templateNamed(t.ID))
	case !t.Holding:
		v.as(MistakeHolding).bad(fix("write holding: true in the template, or name another one"), "the template %q may not be approved in advance", c.plan.templateNamed(t.ID))
	}
	return t
}

func (c *compiler) heldSeverities(v value, t Template) []comms.Severity {
	known := make([]string, len(c.plan.Severities))
	for i, s := range c.plan.Severities {
		known[i] = string(s.ID)
	}
	var out []comms.Severity
	for _, item := range v.list() {
		id := comms.Severity(item.as(MistakeHolding).choice(known...))
		s, ok := c.plan.Severity(id)
		switch {
		case slices.Contains(out, id):
			item.as(MistakeHolding).bad(fix("remove it"), "%s stands there twice", quote(string(id)))
		case ok && s.Kind != comms.KindIncident:
			item.as(MistakeHolding).bad(fix("name severities of incidents"), "the severity %q is of planned work, which is announced and not held", c.plan.severityNamed(id))
		case ok && s.Data:
			item.as(MistakeHolding).bad(fix("remove it"), "the severity %q is about customers' data, and no holding statement is ever made of that", c.plan.severityNamed(id))
		case ok && t.ID != "" && !t.serves(id):
			item.as(MistakeHolding).bad(fix("add it to the template, or remove it here"), "the template %q does not serve the severity %q", c.plan.templateNamed(t.ID), c.plan.severityNamed(id))
		}
		out = append(out, id)
	}
	if len(out) == 0 && !v.missing() {
		v.as(MistakeHolding).bad(fix("name at least one"), "%s names no severity", v.name())
	}
	return out
}

// permitted reads what may be said of which component: the same of every one
// of the page, or of those that are named alone.
func (c *compiler) permitted(o object) []Permitted {
	states, components := o.get("states"), o.get("components")
	if states.missing() == components.missing() && o.node != nil {
		o.as(MistakeHolding).bad(fix("write either states, for every component of the page, or components, each with its states"), "it is not clear what may be said of which component")
		return nil
	}
	var out []Permitted
	if components.missing() {
		allowed := c.troubles(states)
		for _, comp := range c.plan.Catalogue.Components() {
			out = append(out, Permitted{comp.ID, allowed})
		}
		return out
	}
	named := map[comms.ComponentID][]comms.State{}
	for _, e := range components.entries() {
		id := comms.ComponentID(e.key)
		if _, known := c.plan.Catalogue.Component(id); !known {
			components.in.complain(components.file, e.line, e.column, comms.Say("the page has no component %s", quote(e.key)), fix("name one that stands in groups"))
		}
		named[id] = c.troubles(e.value)
	}
	for _, comp := range c.plan.Catalogue.Components() {
		if states, ok := named[comp.ID]; ok {
			out = append(out, Permitted{comp.ID, states})
		}
	}
	if len(out) == 0 && len(components.in.problems) == 0 {
		components.as(MistakeHolding).bad(fix("name at least one"), "%s names no component", components.name())
	}
	return out
}

// troubles reads states that something is wrong in, from best to worst.
func (c *compiler) troubles(v value) []comms.State {
	var named []comms.State
	for _, item := range v.list() {
		s := comms.State(item.as(MistakeHolding).choice(texts(Troubled())...))
		if slices.Contains(named, s) {
			item.as(MistakeHolding).bad(fix("remove it"), "%s stands there twice", quote(string(s)))
		}
		named = append(named, s)
	}
	if len(named) == 0 && !v.missing() {
		v.as(MistakeHolding).bad(fix("name at least one"), "%s names no state", v.name())
	}
	return slices.DeleteFunc(comms.States(), func(s comms.State) bool { return !slices.Contains(named, s) })
}

func (c *compiler) publishers(v value) []RoleID {
	known := make([]string, len(c.plan.Roles))
	for i, r := range c.plan.Roles {
		known[i] = string(r.ID)
	}
	var out []RoleID
	for _, item := range v.list() {
		role := RoleID(item.as(MistakeHolding).choice(known...))
		switch {
		case slices.Contains(out, role):
			item.as(MistakeHolding).bad(fix("remove it"), "the role %s stands there twice", quote(string(role)))
		case role == Reporter:
			item.as(MistakeHolding).bad(fix("name a role that writes or signs"), "a reporter does not speak to customers")
		}
		out = append(out, role)
	}
	if len(out) == 0 && !v.missing() {
		v.as(MistakeHolding).bad(fix("name the roles that may publish it"), "nobody may publish this statement")
	}
	return out
}
