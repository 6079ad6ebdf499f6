package render

import (
	"cmp"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Context is what a message says that the draft does not hold.
type Context struct {
	Update   comms.ID
	Incident comms.ID
	Kind     comms.Kind
	Phase    comms.Phase // where the incident stands now; corrections keep it
	Plan     comms.Digest
	Basis    int64
	After    comms.Digest // see comms.Message
	// States and Others are as in signoff.Basis.
	States, Others map[comms.ComponentID]comms.State
	// Corrected is the message that a correction puts right, with its number
	// and digest; nil for all else.
	Corrected *Corrected
	// Told are the components whose followers were told of this before.
	Told []comms.ComponentID
}

// Corrected is a publication as a correction needs to know it.
type Corrected struct {
	Publication int64
	Digest      comms.Digest
	Message     comms.Message
}

// Message renders an update or a correction. Slots that are empty or wrong
// leave their name in braces in the words, which the language rules then
// block: a preview of a half-finished draft is always possible. The error says
// what makes even a preview impossible: no such template or severity, or a
// claim of something that the page does not have.
//
// Equal arguments give equal messages: nothing is read from a clock.
func Message(d draft.Draft, p *plan.Plan, c Context) (comms.Message, error) {
	t, err := templateFor(d, p)
	if err != nil {
		return comms.Message{}, err
	}
	f := gather(d, p, t, c)
	incident, err := f.incident()
	if err != nil {
		return comms.Message{}, err
	}
	forms, err := f.forms()
	if err != nil {
		return comms.Message{}, err
	}
	m := comms.Message{
		Format:   comms.Format,
		Kind:     d.Kind,
		Update:   c.Update,
		Plan:     c.Plan,
		Basis:    c.Basis,
		After:    c.After,
		Incident: incident,
		Audience: audience(*incident, c.Told, p),
		Forms:    forms,
	}
	if d.Kind == comms.MessageUpdate {
		m.PublishAt = pointer(readTime(d.PublishAt).Truncate(time.Second))
	}
	if d.Kind == comms.MessageCorrection {
		m.Correction, err = f.correction(forms)
	}
	return m, err
}

// audience is everybody whose component is named or changes: whoever was told
// of trouble is told that it ended, also when the claim was just left out. Of
// planned work nothing changes before it begins: whoever was told of it is told
// of all that becomes of it. A severity that the plan sends no mails of has none.
func audience(i comms.Incident, told []comms.ComponentID, p *plan.Plan) *comms.Audience {
	sent, quiet := p.Mails(i.Severity)
	if !sent {
		return nil
	}
	out := componentsOf(i.Claims)
	for _, c := range i.Changes {
		out = append(out, c.Component)
	}
	if i.Kind == comms.KindMaintenance {
		out = append(out, told...)
	}
	slices.Sort(out)
	return &comms.Audience{Components: slices.Compact(out), Kind: i.Kind, Quiet: quiet}
}

// templateFor finds the draft's template and refuses what no template serves.
func templateFor(d draft.Draft, p *plan.Plan) (plan.Template, error) {
	t, ok := p.Template(d.Template)
	switch {
	case d.Kind != comms.MessageUpdate && d.Kind != comms.MessageCorrection:
		return t, comms.Refuse(comms.Invalid, "kind", "a message of the kind %q is not written from a template; choose an update or a correction", d.Kind)
	case !ok:
		return t, comms.Refuse(comms.Invalid, "template", "the plan has no template %q; choose one that it has", d.Template)
	case t.Message != d.Kind:
		return t, comms.Refuse(comms.Invalid, "template", "the template %q is for the kind %q and this is of the kind %q; choose another template", t.ID, t.Message, d.Kind)
	}
	if _, ok := p.Severity(d.Severity); !ok {
		return t, comms.Refuse(comms.Invalid, "severity", "the plan has no severity %q; choose one that it has", d.Severity)
	}
	return t, nil
}

// incident states what the draft says of the incident.
func (f facts) incident() (*comms.Incident, error) {
	phase := f.template.Phase
	if f.draft.Kind == comms.MessageCorrection || phase == comms.PhaseNone {
		phase = f.context.Phase
	}
	claims, err := f.claims(phase)
	if err != nil {
		return nil, err
	}
	return &comms.Incident{
		ID:         f.context.Incident,
		Kind:       f.context.Kind,
		Phase:      phase,
		Severity:   f.draft.Severity,
		Template:   f.template.ID,
		Claims:     claims,
		Changes:    signoff.Changes(claims, f.context.States, f.context.Others),
		StartedAt:  f.start,
		EndedAt:    pointer(f.end),
		NextUpdate: pointer(f.next),
	}, nil
}

// claims sorts the draft's claims by component. Before a planned work begins
// and after anything ends, a component is named but nothing is wrong with it.
func (f facts) claims(phase comms.Phase) ([]comms.Claim, error) {
	out := make([]comms.Claim, 0, len(f.draft.Claims))
	seen := map[comms.ComponentID]bool{}
	for _, c := range f.draft.Claims {
		if phase.Closed() || phase == comms.PhaseScheduled {
			c.State = comms.Operational
		}
		_, known := f.plan.Catalogue.Component(c.Component)
		switch {
		case !known:
			return nil, comms.Refuse(comms.Invalid, "claims", "the page has no component %q; take it out or add it to the plan", c.Component)
		case !c.State.Valid():
			return nil, comms.Refuse(comms.Invalid, "claims", "%q is not a state for %q; choose one of %v", c.State, c.Component, comms.States())
		case seen[c.Component]:
			return nil, comms.Refuse(comms.Invalid, "claims", "the component %q is named twice; keep one", c.Component)
		}
		seen[c.Component] = true
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b comms.Claim) int { return cmp.Compare(a.Component, b.Component) })
	return out, nil
}

func componentsOf(claims []comms.Claim) []comms.ComponentID {
	out := make([]comms.ComponentID, 0, len(claims))
	for _, c := range claims {
		out = append(out, c.Component)
	}
	return out
}

func pointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
