package plan

import (
	"cmp"

	"github.com/countersign/countersign/comms"
)

// named is something of a plan as findings speak of it: by the name that people
// gave it, in the reader's language. Where it stands in the files the finding's
// place says.
type named struct {
	name   comms.Words
	source comms.Lang
	id     string // for what has no name
}

// In implements comms.Spoken.
func (n named) In(lang comms.Lang) string {
	text, _ := n.name.In(lang, n.source)
	return cut(cmp.Or(text, n.id))
}

// String is the name in English, if it has one.
func (n named) String() string { return n.In("en") }

func (p *Plan) named(name comms.Words, id string) named {
	return named{name, p.Catalogue.Source, id}
}

func (p *Plan) severityNamed(id comms.Severity) named {
	s, _ := p.Severity(id)
	return p.named(s.Name, string(id))
}

func (p *Plan) templateNamed(id string) named {
	t, _ := p.Template(id)
	return p.named(t.Name, id)
}

// statementNamed calls a holding statement as its template is called.
func (p *Plan) statementNamed(s Statement) named {
	t, _ := p.Template(s.Template)
	return p.named(t.Name, s.ID)
}

func (p *Plan) roleNamed(id RoleID) named {
	for _, r := range p.Roles {
		if r.ID == id {
			return p.named(r.Name, string(id))
		}
	}
	return p.named(nil, string(id))
}

// phaseNamed calls what there is before the first phase "start".
func (p *Plan) phaseNamed(phase comms.Phase) any {
	if phase == comms.PhaseNone {
		return comms.Say("start")
	}
	return p.named(p.Catalogue.Phases[phase], string(phase))
}

// signaturesNamed says requirements: "facts (Incident lead), legal (Legal)".
func (p *Plan) signaturesNamed(needed []Requirement) comms.Phrase {
	var out comms.Phrase
	for i, r := range needed {
		one := comms.Say("%s (%s)", r.Kind.Said(), p.MayGive(r))
		if out = comms.Say("%s, %s", out, one); i == 0 {
			out = one
		}
	}
	return out
}

// MayGive names the roles that may give a signature: "Incident lead or Legal".
func (p *Plan) MayGive(r Requirement) comms.Phrase {
	if len(r.Roles) == 0 {
		return comms.Say("no role")
	}
	out := comms.Say("%s", p.roleNamed(r.Roles[0]))
	for _, id := range r.Roles[1:] {
		out = comms.Say("%s or %s", out, p.roleNamed(id))
	}
	return out
}

// ComponentNamed is a component by the name that customers know.
func (p *Plan) ComponentNamed(id comms.ComponentID) comms.Spoken {
	c, _ := p.Catalogue.Component(id)
	return p.named(c.Name, string(id))
}

// StateNamed is a state of a component as the page calls it.
func (p *Plan) StateNamed(s comms.State) comms.Spoken {
	return p.named(p.Catalogue.States[s], string(s))
}

// PersonNamed is how the roster calls somebody; people who left it keep their
// short name.
func (p *Plan) PersonNamed(id PersonID) string {
	if one, ok := p.Person(id); ok && one.Name != "" {
		return one.Name
	}
	return string(id)
}
