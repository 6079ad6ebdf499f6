package plan

import (
	"reflect"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// field is one piece of a plan's content, under the name that people know
// from its files.
type field struct {
	name  string
	value any
}

// content lists what belongs to a part. Every field of a plan belongs to
// exactly one, or a change of it could slip past the quorum that guards it.
func (p *Plan) content(part Part) []field {
	c := p.Catalogue
	switch part {
	case PartRules:
		return []field{
			{"languages.required", p.Required}, {"products", p.Products}, {"suppliers", p.Suppliers},
			{"customers", p.Customers}, {"domains", p.Domains}, {"severities", p.Severities}, {"labels", c.Severities},
			{"transitions", p.Transitions}, {"approval_life", p.ApprovalLife}, {"reminders", p.Reminders}, {"quorums", p.Quorums},
			{"glossary", p.Glossary}, {"rules", p.Rules}, {"own_rules", p.OwnRules},
			{"readability", p.Readability}, {"allow", p.Allow}, {"values", p.Values},
			{"data_sentences", p.DataSentences}, {"signals", p.Signals}, {"holding", p.Holding},
			{"postmortem", p.Postmortem}, {"channels", p.Channels}, {"drills", p.Drills},
		}
	case PartTemplates:
		return []field{{"templates", p.Templates}}
	case PartCatalogue:
		return []field{
			{"organisation", c.Organisation}, {"page", c.PageURL}, {"support.url", c.SupportURL}, {"support.email", c.SupportEmail},
			{"time_zone", c.TimeZone}, {"languages.source", c.Source}, {"languages", c.Languages}, {"texts", c.Texts},
			{"groups", c.Groups}, {"states", c.States}, {"phases", c.Phases}, {"show_overdue", c.ShowOverdue},
			{"logo", c.Logo}, {"accent", c.Accent},
		}
	case PartRoster:
		return []field{{"people", p.People}, {"roles", p.Roles}}
	case PartLinks:
		return []field{{"links", c.Links}}
	}
	return nil
}

// Changed lists the parts in which two plans differ, in the order of Parts.
// Where only the writing of a file changed (a comment, the layout, its name),
// the parts that stand in the file count as changed, else the rules: nothing
// that is signed changes without a quorum. All parts differ from no plan.
func Changed(inForce, proposed *Plan) []Part {
	if inForce == nil {
		return slices.DeleteFunc(Parts(), func(part Part) bool { return len(proposed.content(part)) == 0 })
	}
	changed := map[Part]bool{}
	for _, part := range Parts() {
		changed[part] = !reflect.DeepEqual(inForce.content(part), proposed.content(part))
	}
	for _, f := range rewritten(inForce.Files, proposed.Files) {
		if !slices.ContainsFunc(f.parts, func(part Part) bool { return changed[part] }) {
			for _, part := range f.parts {
				changed[part] = true
			}
		}
	}
	return slices.DeleteFunc(Parts(), func(part Part) bool { return !changed[part] })
}

// rewrite is a file whose text changed, appeared or went.
type rewrite struct {
	name, before, after string
	parts               []Part
}

func rewritten(before, after []comms.PlanFile) []rewrite {
	var out []rewrite
	old := map[string]string{}
	for _, f := range before {
		old[f.Name] = f.Text
	}
	for _, f := range after {
		if text, ok := old[f.Name]; !ok || text != f.Text {
			out = append(out, rewrite{f.Name, text, f.Text, partsIn(text + "\n" + f.Text)})
		}
		delete(old, f.Name)
	}
	for _, f := range before {
		if text, gone := old[f.Name]; gone {
			out = append(out, rewrite{f.Name, text, "", partsIn(text)})
		}
	}
	return out
}

// partsIn finds the parts whose keys begin a line of a file.
func partsIn(text string) []Part {
	var out []Part
	for line := range strings.Lines(text) {
		key, _, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		for _, k := range topKeys {
			if k.key == key && !slices.Contains(out, k.part) {
				out = append(out, k.part)
			}
		}
	}
	if len(out) == 0 {
		return []Part{PartRules}
	}
	return out
}
