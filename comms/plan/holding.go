package plan

import (
	"reflect"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// Holding is what may be said of an incident before anybody has written of it:
// templates whose words a quorum approves in advance.
type Holding struct {
	Approvals  []Requirement // of a statement, in advance
	Statements []Statement
}

// Statement is a template that may be approved in advance, and the bounds
// within which it is published.
type Statement struct {
	ID         string
	Template   string // with holding set
	Severities []comms.Severity
	Components []Permitted      // in the order of the page
	Publishers []RoleID         // who may publish it
	Lasts      time.Duration    // how long an approval holds
	ByItself   []comms.Severity // for which it goes out by itself when the first update is due
}

// Permitted is what a statement may say of one component.
type Permitted struct {
	Component comms.ComponentID
	States    []comms.State
}

// Statement finds a holding statement.
func (p *Plan) Statement(id string) (Statement, bool) {
	for _, s := range p.Holding.Statements {
		if s.ID == id {
			return s, true
		}
	}
	return Statement{}, false
}

// Choices lists the slots of a template that are chosen from a list.
func (t Template) Choices() []Slot {
	return slices.DeleteFunc(slices.Clone(t.Slots), func(s Slot) bool { return s.Type != SlotChoice })
}

// Wordings counts the ways in which a template's lists can be chosen from.
func (t Template) Wordings() int {
	n := 1
	for _, s := range t.Choices() {
		if n *= len(s.Options); !s.Required {
			n += n / max(1, len(s.Options))
		}
		if n > MostWordings {
			return n
		}
	}
	return n
}

// MostWordings is the most choices that a holding statement offers: people
// read every one of them before they sign.
const MostWordings = 24

// WarnBefore is how long before its end an approved statement is renewed.
const WarnBefore = 14 * 24 * time.Hour

// ground is everything that an approval of a statement rests on.
type ground struct {
	Approvals  []Requirement
	Statement  Statement
	Template   Template
	Components []comms.Component
	Severities []Severity
	Mails      []comms.Mails
	Phases     []comms.Phase
	Languages  []comms.Lang
	Required   []comms.Lang
	Page       string
}

// SameGround tells whether two plans have a holding statement that rests on
// the same things: its words and lists, the names that it may say, what its
// severities promise, who may publish it and who approves it. Where they
// differ, an approval under one of them says nothing under the other.
func SameGround(a, b *Plan, id string) bool {
	one, ok := a.ground(id)
	other, too := b.ground(id)
	return ok && too && reflect.DeepEqual(one, other)
}

func (p *Plan) ground(id string) (ground, bool) {
	s, ok := p.Statement(id)
	t, has := p.Template(s.Template)
	g := ground{
		Approvals: p.Holding.Approvals, Statement: s, Template: t, Phases: p.Transitions[comms.PhaseNone],
		Languages: p.Catalogue.Languages, Required: p.Required, Page: p.Catalogue.PageURL,
	}
	for _, permitted := range s.Components {
		c, _ := p.Catalogue.Component(permitted.Component)
		g.Components = append(g.Components, c)
	}
	for _, id := range s.Severities {
		severity, _ := p.Severity(id)
		g.Severities = append(g.Severities, severity)
		sent, quiet := p.Mails(id)
		g.Mails = append(g.Mails, comms.Mails{Severity: id, Sent: sent, Quiet: quiet})
	}
	return g, ok && has
}
