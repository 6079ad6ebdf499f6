package editor

import (
	"html"
	"html/template"
	"slices"
	"strings"
	"sync"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

// planChange is one difference between two plans, in a line that people can
// read.
type planChange struct {
	Part, Path string
	Raw        string // Path as the plan's files write it, for those who edit them
	Text       template.HTML
}

func (v *visit) changesOf(before, after *plan.Plan) []planChange {
	var out []planChange
	for _, c := range plan.Diff(before, after) {
		if c.Path == "glossary" && sameOrder(c.Before, c.After) {
			continue // each term that comes or goes has lines of its own
		}
		if look, ok := v.lookChange(before, after, c); ok {
			out = append(out, look)
			continue
		}
		if strings.HasPrefix(c.Path, "logo.") {
			continue // the picture says it
		}
		out = append(out, planChange{
			Part: v.T("desk.part." + string(c.Part)), Path: v.placeName(before, after, c.Steps), Raw: c.Path,
			Text: v.valueChange(before, after, c),
		})
	}
	return out
}

// sameOrder tells whether what stands in both lists stands there in one order.
func sameOrder(before, after string) bool {
	a, b := strings.Split(before, ", "), strings.Split(after, ", ")
	inBoth := func(list, other []string) []string {
		have := map[string]bool{}
		for _, s := range other {
			have[s] = true
		}
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !have[s] })
	}
	return slices.Equal(inBoth(a, b), inBoth(b, a))
}

// longEqual is how many characters of what stays the same are shown between
// two differences, half of them on each side.
const longEqual = 160

// brief is the difference of two plain texts; long stretches that stay the same
// are cut short.
func brief(before, after string) template.HTML {
	var out strings.Builder
	for _, d := range compare(pieces.FindAllString(before, -1), pieces.FindAllString(after, -1)) {
		text := []rune(strings.Join(d.pieces, ""))
		if d.kind == diffmatchpatch.DiffEqual && len(text) > longEqual {
			text = slices.Concat(text[:longEqual/2], []rune(" … "), text[len(text)-longEqual/2:])
		}
		said := html.EscapeString(string(text))
		switch d.kind {
		case diffmatchpatch.DiffInsert:
			said = "<ins>" + said + "</ins>"
		case diffmatchpatch.DiffDelete:
			said = "<del>" + said + "</del>"
		}
		out.WriteString(said)
	}
	return template.HTML(out.String())
}

// placeName says a place of the plan's files in the words of the plan: "Web
// app › name › Español" for groups.your-work.components.web-app.name.es.
func (v *visit) placeName(before, after *plan.Plan, steps []string) string {
	var out []string
	within := ""
	for i, step := range steps {
		name := v.entryName(after, within, step)
		if name == "" {
			name = v.entryName(before, within, step)
		}
		switch {
		case name != "" && within == "components": // its group need not be said
			out = out[:0]
		case name == "" && isLanguage(after, step):
			name = languageName(comms.Lang(step))
		case name == "" && !slices.Contains(lists, within) && (i != 2 || steps[0] != "glossary"):
			name = v.keyName(step)
		case name == "":
			name = step
		}
		within = step
		out = append(out, name)
	}
	return strings.Join(out, " › ")
}

// lists have entries under names of their own, which may read like keys.
var lists = []string{
	"groups", "components", "people", "roles", "links", "severities", "labels", "templates", "slots", "options", "rules", "own_rules",
	"statements", "data_sentences", "quorums", "claims", "signals",
}

// keyName is what a key of the plan's files is called; what is no key, as the
// number of an entry or the name of a file, stays as it is.
func (v *visit) keyName(key string) string {
	if _, ok := slices.BinarySearch(planKeys(), key); ok {
		return v.T("desk.plan.key." + key)
	}
	return key
}

var planKeys = sync.OnceValue(plan.Keys)

func isLanguage(p *plan.Plan, step string) bool {
	for _, l := range p.Catalogue.Languages {
		if string(l) == step {
			return true
		}
	}
	return false
}

// entryName is what an entry of a list is called; "" for what is no entry.
func (v *visit) entryName(p *plan.Plan, list, id string) string {
	c := p.Catalogue
	switch list {
	case "groups":
		for _, g := range c.Groups {
			if g.ID == id {
				return in(g.Name, v.Printer, c)
			}
		}
	case "components", "claims":
		if one, ok := c.Component(comms.ComponentID(id)); ok {
			return in(one.Name, v.Printer, c)
		}
	case "people":
		if one, ok := p.Person(plan.PersonID(id)); ok {
			return one.Name
		}
	case "roles":
		return roleNames(p, v.Printer, []plan.RoleID{plan.RoleID(id)})
	case "links":
		if l, ok := c.Link(id); ok {
			return in(l.Title, v.Printer, c)
		}
	case "severities":
		if s, ok := p.Severity(comms.Severity(id)); ok {
			return in(s.Name, v.Printer, c)
		}
	case "templates":
		if t, ok := p.Template(id); ok {
			return in(t.Name, v.Printer, c)
		}
	case "statements":
		if s, ok := p.Statement(id); ok {
			return v.entryName(p, "templates", s.Template)
		}
	case "phases", "transitions":
		return in(c.Phases[comms.Phase(id)], v.Printer, c)
	case "states":
		return in(c.States[comms.State(id)], v.Printer, c)
	case "rules":
		if _, shared := lint.Rules()[lint.Rule(id)]; shared {
			return v.ruleName(id)
		}
	case "signals":
		for _, s := range p.Signals {
			if s.Name() == id {
				return v.alertName(s)
			}
		}
	case "quorums":
		for _, part := range plan.Parts() {
			if string(part) == id {
				return v.T("desk.part." + id)
			}
		}
	}
	return ""
}
