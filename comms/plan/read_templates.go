package plan

import (
	"slices"

	"github.com/countersign/countersign/comms"
)

// templates reads the templates of all files, in the order of the files' names.
func (c *compiler) templates() {
	seen := map[string]bool{}
	for _, list := range c.templateLists {
		for _, item := range list.list() {
			t := c.template(item)
			unique(seen, item, t.ID)
			item.mark("templates." + t.ID)
			c.plan.Templates = append(c.plan.Templates, t)
		}
	}
}

func (c *compiler) template(v value) Template {
	o := v.object("id", "name", "message", "phase", "after", "severities", "holding", "slots", "forms")
	t := Template{ID: o.need("id").id(), Name: c.words(o.need("name"), 60), Message: comms.MessageUpdate, Holding: o.get("holding").flag(false)}
	if m := o.get("message"); !m.missing() {
		t.Message = comms.MessageKind(m.choice(string(comms.MessageUpdate), string(comms.MessageCorrection)))
	}
	switch phase := o.get("phase"); {
	case t.Message == comms.MessageCorrection && !phase.missing():
		phase.bad(fix("remove the phase"), "a correction keeps the phase of its incident")
	case t.Message == comms.MessageUpdate:
		t.Phase = comms.Phase(o.need("phase").choice(texts(comms.Phases())...))
	}
	after(o.get("after"), &t)
	c.served(o.get("severities"), &t)
	before := len(c.problems)
	c.slots(o.need("slots"), &t)
	c.forms(o.need("forms"), &t, len(c.problems) == before)
	return t
}

// after reads from where alone a template leads on, as one for trouble that
// came back does.
func after(v value, t *Template) {
	if t.Message == comms.MessageCorrection && !v.missing() {
		v.bad(fix("remove it"), "a correction may be made at any time")
		return
	}
	for _, item := range v.list() {
		phase := comms.Phase(item.choice(texts(comms.Phases())...))
		switch {
		case slices.Contains(t.After, phase):
			item.bad(fix("remove it"), "%s stands there twice", quote(string(phase)))
		case t.Phase != "" && slices.Contains(comms.Phases(), phase) && phase.Of() != t.Phase.Of():
			item.bad(fix("stay within incidents or within maintenance"), "nothing leads from %q to %q", phase, t.Phase)
		}
		t.After = append(t.After, phase)
	}
}

// served reads for which severities a template is meant.
func (c *compiler) served(v value, t *Template) {
	known := make([]string, len(c.plan.Severities))
	for i, s := range c.plan.Severities {
		known[i] = string(s.ID)
	}
	for _, item := range v.list() {
		id := comms.Severity(item.choice(known...))
		s, ok := c.plan.Severity(id)
		switch {
		case slices.Contains(t.Severities, id):
			item.bad(fix("remove it"), "%s stands there twice", quote(string(id)))
		case ok && t.Message == comms.MessageUpdate && s.Kind != t.Phase.Of():
			item.bad(fix("name severities of the same kind as the phase"), "the phase %q is none of the severity %q", c.plan.phaseNamed(t.Phase), c.plan.severityNamed(id))
		}
		t.Severities = append(t.Severities, id)
	}
}

// forms reads the words of every language. Which slots they use is judged only
// if all slots could be read; one mistake should not look like ten.
func (c *compiler) forms(v value, t *Template, judge bool) {
	t.Forms = map[comms.Lang]TemplateForms{}
	o := v.object(c.langs...)
	used := map[comms.Lang]map[string]bool{}
	for _, lang := range c.plan.Catalogue.Languages {
		f := o.get(string(lang))
		if f.missing() {
			if slices.Contains(c.plan.Required, lang) && !v.missing() {
				v.as(MistakeLanguage).bad(fix("write the forms in that language"), "the template %q is missing in the language %q", c.plan.named(t.Name, t.ID), lang)
			} else if !v.missing() {
				v.as(MistakeLanguage).ask(fix("write the forms in that language; until then its readers get another one"), "the template %q is missing in the language %q", c.plan.named(t.Name, t.ID), lang)
			}
			continue
		}
		if judge {
			used[lang] = map[string]bool{}
		}
		t.Forms[lang] = form(f, t, lang, used[lang])
	}
	for _, s := range t.Slots {
		for _, lang := range c.plan.Catalogue.Languages {
			if seen, ok := used[lang]; ok && !seen[s.Name] {
				c.places["templates."+t.ID+".slots."+s.Name].as(MistakeSlot).bad(fix("use it, or remove it"), "the slot %s of the template %q is in none of its words in the language %q", quote(s.Name), c.plan.named(t.Name, t.ID), lang)
			}
		}
	}
}

// form reads the words of one language and notes in used, unless that is nil,
// which slots they use. The mail's subject is the title unless the plan says otherwise.
func form(v value, t *Template, lang comms.Lang, used map[string]bool) TemplateForms {
	o := v.object("title", "subject", "body", "short", "support", "in_product")
	read := func(key string, limit int, lines bool) string {
		f := o.need(key)
		s := ""
		if lines {
			s = f.text(limit)
		} else {
			s = f.oneLine(limit)
		}
		if used != nil {
			checkSlots(f, s, t, used)
		}
		f.mark(formPlace(t.ID, lang, key))
		return s
	}
	out := TemplateForms{
		Title: read("title", 200, false), Body: read("body", 8000, true), Short: read("short", 500, false),
		Support: read("support", 3000, true), InProduct: read("in_product", 300, false),
	}
	out.Subject = out.Title
	if !o.get("subject").missing() {
		out.Subject = read("subject", 200, false)
	}
	return out
}

func formPlace(template string, lang comms.Lang, key string) string {
	return "templates." + template + "." + string(lang) + "." + key
}
