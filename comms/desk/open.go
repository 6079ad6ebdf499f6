package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
)

// Opening is what starts an incident or a maintenance.
type Opening struct {
	Kind      comms.Kind
	Name      string // for the desk; customers see the title that is signed
	Severity  comms.Severity
	Claims    []comms.Claim
	StartedAt string      // as draft.ParseTime reads it; "" is now
	EndedAt   string      // the end of a maintenance's window
	Template  string      // "" is the first of the phase
	PublishAt string      // when the first update goes out; "" is as soon as it is signed
	Slots     draft.Slots // what is known to say already
}

// Open starts an incident or maintenance with the first draft of its first
// update. Everything that is wrong is refused at once. A request that was sent
// before gets what it opened then.
func (d *Desk) Open(ctx context.Context, a Actor, o Opening) (Incident, Update, error) {
	var inc Incident
	var u Update
	err := d.write(ctx, a, func(tx Tx, p *plan.Plan) error {
		before, again, err := d.again(ctx, tx, a)
		if err != nil {
			return err
		}
		if again {
			u = before
			inc, err = tx.Incident(ctx, u.Incident)
			return err
		}
		inc, u, err = d.open(ctx, tx, a, p, o)
		return err
	})
	return inc, u, err
}

func (d *Desk) open(ctx context.Context, tx Tx, a Actor, p *plan.Plan, o Opening) (inc Incident, u Update, err error) {
	start, err := o.check(p, d.c.Now())
	if err != nil {
		return inc, u, err
	}
	inc = Incident{
		ID: comms.NewID(), Kind: o.Kind, Name: strings.TrimSpace(o.Name), Severity: o.Severity,
		StartedAt: start, OpenedAt: d.c.Now(), OpenedBy: a.Person,
	}
	if a.Token == "" {
		inc.DeclaredAt = inc.OpenedAt
	}
	if err := tx.InsertIncident(ctx, inc); err != nil {
		return inc, u, err
	}
	t, err := pick(p.Following(comms.PhaseNone, firstPhase(p, o.Kind, o.Severity, o.Template), o.Severity), o.Template)
	if err != nil {
		return inc, u, err
	}
	text := draft.Draft{
		Kind: comms.MessageUpdate, Template: t.ID, Phase: t.Phase, Severity: o.Severity,
		Claims: slices.Clone(o.Claims), Slots: draft.Slots{},
		StartedAt: draft.FormatTime(start), EndedAt: o.EndedAt, PublishAt: o.PublishAt,
	}
	d.promise(&text, p, t)
	if err := fill(&text, p, t, o.Slots); err != nil {
		return inc, u, err
	}
	if u, err = d.start(ctx, tx, a, inc.ID, text); err != nil {
		return inc, u, err
	}
	return inc, u, d.log(ctx, tx, a, "incident.opened", inc.ID, "severity", string(o.Severity), "kind", string(o.Kind))
}

func (o Opening) check(p *plan.Plan, now time.Time) (time.Time, error) {
	var bad comms.Refusals
	refuse := func(field, format string, args ...any) {
		bad = append(bad, comms.Refuse(comms.Invalid, field, format, args...))
	}
	if !o.Kind.Valid() {
		refuse("kind", "%q is neither an incident nor a maintenance; choose one", o.Kind)
	}
	if strings.TrimSpace(o.Name) == "" {
		refuse("name", "the desk needs a working name; write a few words, customers do not see them")
	} else if len([]rune(o.Name)) > 120 {
		refuse("name", "the working name has more than 120 characters; shorten it")
	} else if r := draft.CheckText("name", o.Name, false); r != nil {
		bad = append(bad, r)
	}
	if s, ok := p.Severity(o.Severity); !ok || s.Kind != o.Kind {
		refuse("severity", "the plan has no severity %q for this; choose one of: %s", o.Severity, severities(p, o.Kind))
	}
	if len(o.Claims) == 0 {
		refuse("components", "no component is chosen; choose what customers have trouble with")
	}
	bad = append(bad, checkClaims(p, o.Claims)...)
	start := now.UTC().Truncate(time.Minute)
	if o.StartedAt != "" {
		t, err := draft.ParseTime(o.StartedAt)
		if err != nil {
			refuse("started_at", "%v", err)
		}
		start = t
	}
	if o.Kind == comms.KindMaintenance {
		end, err := draft.ParseTime(o.EndedAt)
		if err != nil {
			refuse("ended_at", "the end of the planned work is missing or wrong: %v", err)
		} else if !end.After(start) {
			refuse("ended_at", "the planned work ends before it starts; choose a later end")
		}
	}
	if len(bad) > 0 {
		return start, bad
	}
	return start, nil
}

// severities lists the identifiers of those that a kind of incident can have.
func severities(p *plan.Plan, kind comms.Kind) string {
	var ids []string
	for _, s := range p.Severities {
		if s.Kind == kind {
			ids = append(ids, string(s.ID))
		}
	}
	return strings.Join(ids, ", ")
}

func checkClaims(p *plan.Plan, claims []comms.Claim) comms.Refusals {
	var bad comms.Refusals
	seen := map[comms.ComponentID]bool{}
	for _, c := range claims {
		switch _, ok := p.Catalogue.Component(c.Component); {
		case !ok:
			bad = append(bad, comms.Refuse(comms.Invalid, "components", "the plan has no component %q; choose one of those shown", c.Component))
		case !c.State.Valid():
			bad = append(bad, comms.Refuse(comms.Invalid, "components", "%q is no state of a component; choose one of those shown", c.State))
		case seen[c.Component]:
			bad = append(bad, comms.Refuse(comms.Invalid, "components", "the component %q stands there twice; keep one", c.Component))
		}
		seen[c.Component] = true
	}
	return bad
}

// firstPhase is the phase of the asked-for template, else the first that the
// plan allows and has a template for.
func firstPhase(p *plan.Plan, kind comms.Kind, severity comms.Severity, template string) comms.Phase {
	if t, ok := p.Template(template); ok {
		return t.Phase
	}
	for _, phase := range p.Transitions[comms.PhaseNone] {
		if phase.Of() == kind && len(p.Following(comms.PhaseNone, phase, severity)) > 0 {
			return phase
		}
	}
	return comms.PhaseNone
}

// pick finds the template that was asked for among those that fit, or the
// first. One that may be approved in advance comes after the others.
func pick(fitting []plan.Template, id string) (plan.Template, error) {
	slices.SortStableFunc(fitting, func(a, b plan.Template) int {
		switch {
		case a.Holding == b.Holding:
			return 0
		case b.Holding:
			return -1
		}
		return 1
	})
	if len(fitting) == 0 {
		return plan.Template{}, comms.Refuse(comms.Invalid, "phase", "the plan has no template for this phase and severity; choose another phase")
	}
	if id == "" {
		return fitting[0], nil
	}
	for _, t := range fitting {
		if t.ID == id {
			return t, nil
		}
	}
	return plan.Template{}, comms.Refuse(comms.Invalid, "template", "the template %q does not fit this phase and severity; choose one of those shown", id)
}

func (d *Desk) start(ctx context.Context, tx Tx, a Actor, incident comms.ID, text draft.Draft) (Update, error) {
	if err := text.Clean(); err != nil {
		return Update{}, err
	}
	u := Update{ID: comms.NewID(), Incident: incident, Kind: text.Kind, State: Draft, CreatedAt: d.c.Now(), CreatedBy: a.Person}
	if err := tx.InsertUpdate(ctx, u); err != nil {
		return Update{}, err
	}
	if err := tx.AddRevision(ctx, Revision{Update: u.ID, Number: 1, Author: a.Person, At: d.c.Now(), Draft: text}); err != nil {
		return Update{}, err
	}
	return u, d.remember(ctx, tx, a, u)
}

// fill takes over what is known to say already, if the template asks for it.
func fill(text *draft.Draft, p *plan.Plan, t plan.Template, slots draft.Slots) error {
	if bad := render.CheckSlots(t, p.Catalogue.Languages, slots); len(bad) > 0 {
		return bad
	}
	for lang, values := range slots {
		for name, value := range values {
			text.Slots.Set(lang, name, value)
		}
	}
	return nil
}
