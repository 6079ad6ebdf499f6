package desk

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// Begin starts the next update of an incident, with what stays the same
// already filled in. The template "" is the first of the phase.
func (d *Desk) Begin(ctx context.Context, a Actor, incident comms.ID, phase comms.Phase, template string) (Update, error) {
	return d.begin(ctx, a, incident, phase, template, nil)
}

// BeginWith is Begin with what is known to say already: what is not empty in
// over stands instead of what would be carried over, slots one by one. A
// request that was sent before gets what it began then.
func (d *Desk) BeginWith(ctx context.Context, a Actor, incident comms.ID, phase comms.Phase, template string, over draft.Draft) (Update, error) {
	return d.begin(ctx, a, incident, phase, template, &over)
}

func (d *Desk) begin(ctx context.Context, a Actor, incident comms.ID, phase comms.Phase, template string, over *draft.Draft) (Update, error) {
	var u Update
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		before, again, err := d.again(ctx, tx, a)
		if again || err != nil {
			u = before
			return err
		}
		inc, err := tx.Incident(ctx, incident)
		if err != nil {
			return err
		}
		u, err = d.next(ctx, tx, a, inc, phase, template, over)
		return err
	})
	return u, err
}

func (d *Desk) next(ctx context.Context, tx Tx, a Actor, inc Incident, phase comms.Phase, template string, over *draft.Draft) (Update, error) {
	p, _, err := d.under(ctx, tx, inc.ID)
	if err != nil {
		return Update{}, err
	}
	if !p.Follows(inc.Phase, phase) || phase.Of() != inc.Kind {
		return Update{}, comms.Refuse(comms.Invalid, "phase", "the plan has no step from %q to %q; choose one of those shown", inc.Phase, phase)
	}
	severity := inc.Severity
	if over != nil && over.Severity != "" {
		severity = over.Severity
	}
	t, err := pick(p.Following(inc.Phase, phase, severity), template)
	if err != nil {
		return Update{}, err
	}
	text, err := d.carryOver(ctx, tx, inc)
	if err != nil {
		return Update{}, err
	}
	text.Template, text.Phase, text.Severity = t.ID, phase, severity
	if err := d.turnTo(ctx, tx, &text, inc, phase); err != nil {
		return Update{}, err
	}
	keepDeclared(text.Slots, t)
	if phase.Closed() && !inc.Phase.Closed() {
		dropActions(text.Slots, t)
	}
	d.promise(&text, p, t)
	if over != nil {
		if err := d.takeOver(ctx, tx, &text, p, t, inc, *over); err != nil {
			return Update{}, err
		}
	}
	return d.start(ctx, tx, a, inc.ID, text)
}

// turnTo makes what was carried over fit the phase that comes next: what ends
// works again and ended now, and a report that follows moves nothing; what
// comes back has no end, and is as it was before customers were told that it
// was over.
func (d *Desk) turnTo(ctx context.Context, tx Tx, text *draft.Draft, inc Incident, phase comms.Phase) error {
	all := func(s comms.State) {
		for i := range text.Claims {
			text.Claims[i].State = s
		}
	}
	ends, over := phase.Closed(), inc.Phase.Closed()
	if ends {
		all(comms.Operational)
	}
	if phase == comms.PhaseInProgress {
		all(comms.Maintenance)
	}
	if inc.Kind == comms.KindIncident && ends && !over {
		text.EndedAt = draft.FormatTime(d.c.Now())
	}
	if ends || !over {
		return nil
	}
	history, err := tx.History(ctx, inc.ID)
	if err != nil {
		return err
	}
	for _, pub := range slices.Backward(history) {
		if i := pub.Message().Incident; !i.Phase.Closed() {
			text.Claims = slices.Clone(i.Claims)
			break
		}
	}
	if inc.Kind == comms.KindIncident {
		text.EndedAt = ""
	}
	return nil
}

// takeOver puts what is not empty in over into the text, and refuses what no
// form would send.
func (d *Desk) takeOver(ctx context.Context, tx Tx, text *draft.Draft, p *plan.Plan, t plan.Template, inc Incident, over draft.Draft) error {
	if len(over.Claims) > 0 {
		text.Claims = over.Claims
	}
	if over.StartedAt != "" {
		text.StartedAt = over.StartedAt
	}
	if over.EndedAt != "" {
		text.EndedAt = over.EndedAt
	}
	if over.PublishAt != "" {
		text.PublishAt = over.PublishAt
	}
	if err := fill(text, p, t, over.Slots); err != nil {
		return err
	}
	return d.checkDraft(ctx, tx, Update{Incident: inc.ID}, *text)
}

// carryOver takes what the last publication of the incident said as the start
// of the next text, without its promise. What was not published is not taken
// over: its author would no longer stand as one, and could sign their own words.
func (d *Desk) carryOver(ctx context.Context, tx Tx, inc Incident) (draft.Draft, error) {
	updates, err := tx.UpdatesOf(ctx, inc.ID)
	if err != nil {
		return draft.Draft{}, err
	}
	text := draft.Draft{Slots: draft.Slots{}, StartedAt: draft.FormatTime(inc.StartedAt)}
	latest, redacted := int64(0), int64(0)
	for _, u := range updates {
		if u.Publication <= latest || u.Kind == comms.MessageRedaction {
			continue
		}
		last, err := tx.Latest(ctx, u.ID)
		if err != nil {
			return draft.Draft{}, err
		}
		if last.Number == 0 || last.Redacted { // of a holding statement, which nobody wrote, there is none
			redacted = max(redacted, u.Publication)
			continue
		}
		text, latest = last.Draft.Clone(), u.Publication
	}
	if redacted > latest { // there are no words to go on from; the states that were signed with them stand
		standing, err := tx.Publication(ctx, inc.Head)
		if err != nil {
			return draft.Draft{}, err
		}
		i := standing.Message().Incident
		text.Claims, text.StartedAt = slices.Clone(i.Claims), draft.FormatTime(i.StartedAt)
		if i.EndedAt != nil {
			text.EndedAt = draft.FormatTime(*i.EndedAt)
		}
	}
	delete(text.Slots[draft.Shared], nextUpdate)
	text.Kind, text.Severity, text.Corrects, text.PublishAt = comms.MessageUpdate, inc.Severity, 0, ""
	return text, nil
}

// keepDeclared drops what the template has no slot for.
func keepDeclared(slots draft.Slots, t plan.Template) {
	drop(slots, func(name string) bool {
		_, ok := t.Slot(name)
		return !ok
	})
}

// dropActions drops what customers could do while it lasted.
func dropActions(slots draft.Slots, t plan.Template) {
	drop(slots, func(name string) bool {
		s, _ := t.Slot(name)
		return s.Type == plan.SlotAction
	})
}

// drop drops slots by their names, in every language.
func drop(slots draft.Slots, unfit func(name string) bool) {
	for _, values := range slots {
		maps.DeleteFunc(values, func(name, _ string) bool { return unfit(name) })
	}
}

// Correct starts a correction of a publication.
func (d *Desk) Correct(ctx context.Context, a Actor, publication int64) (Update, error) {
	var u Update
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		wrong, err := tx.Publication(ctx, publication)
		if err != nil {
			return err
		}
		m := wrong.Message()
		if m.Statement != nil {
			return comms.Refuse(comms.Invalid, "corrects", "publication %d approves a holding statement; withdraw it, and ask for the approval again", publication)
		}
		if m.Incident == nil {
			return comms.Refuse(comms.Invalid, "corrects", "publication %d is a plan; submit a new version of the plan instead", publication)
		}
		if r := wrong.Redacted(); r != nil {
			return comms.Refuse(comms.Conflict, "corrects", "the words of publication %d were removed by publication %d, so there is nothing to put right; write the next update instead", publication, r.Number)
		}
		if m.Kind == comms.MessageRedaction {
			return comms.Refuse(comms.Invalid, "corrects", "publication %d is a redaction, and its reason stays; write the next update instead", publication)
		}
		inc, err := tx.Incident(ctx, m.Incident.ID)
		if err != nil {
			return err
		}
		p, _, err := d.under(ctx, tx, inc.ID)
		if err != nil {
			return err
		}
		t, err := pick(p.TemplatesFor(comms.MessageCorrection, comms.PhaseNone, inc.Severity), "")
		if err != nil {
			return err
		}
		standing, err := tx.Publication(ctx, inc.Head)
		if err != nil {
			return err
		}
		text := draft.Draft{
			Kind: comms.MessageCorrection, Template: t.ID, Phase: inc.Phase, Severity: inc.Severity,
			Claims: standing.Message().Incident.Claims, Slots: draft.Slots{}, Corrects: publication,
			StartedAt: draft.FormatTime(standing.Message().Incident.StartedAt),
		}
		if end := standing.Message().Incident.EndedAt; end != nil {
			text.EndedAt = draft.FormatTime(*end)
		}
		for _, s := range t.Slots {
			if s.Type == plan.SlotTime && s.From == "" {
				text.Slots.Set(draft.Shared, s.Name, draft.FormatTime(wrong.At()))
			}
		}
		if !inc.Phase.Closed() {
			d.promise(&text, p, t)
		}
		u, err = d.start(ctx, tx, a, inc.ID, text)
		return err
	})
	return u, err
}

// promise fills in the latest next update that the plan allows, and of planned
// work its end, so that nobody reckons under stress; an earlier one can always
// be chosen.
func (d *Desk) promise(text *draft.Draft, p *plan.Plan, t plan.Template) {
	s, ok := p.Severity(text.Severity)
	promises := slices.ContainsFunc(t.Slots, func(s plan.Slot) bool {
		return s.Type == plan.SlotNextUpdate || s.From == nextUpdate
	})
	switch end, err := draft.ParseTime(text.EndedAt); {
	case !ok || !promises || t.Phase.Closed():
	case s.Every > 0:
		text.Slots.Set(draft.Shared, nextUpdate, draft.FormatTime(d.c.Now().Add(s.Every).Truncate(5*time.Minute)))
	case s.Kind == comms.KindMaintenance && err == nil && end.After(d.c.Now()):
		text.Slots.Set(draft.Shared, nextUpdate, draft.FormatTime(end))
	}
}

// nextUpdate is the shared slot that holds the promise, and the source that
// fills it into the words.
const nextUpdate = "next_update"

// ChangePlan starts a new version of the plan from its files, which grew out of
// the plan in force.
func (d *Desk) ChangePlan(ctx context.Context, a Actor, files []comms.PlanFile, summary string) (Update, error) {
	return d.ChangePlanFrom(ctx, a, 0, files, summary)
}

// ChangePlanFrom is ChangePlan for files that grew out of the plan with that
// publication's number, which another one may have followed; 0 is the one in force.
func (d *Desk) ChangePlanFrom(ctx context.Context, a Actor, grows int64, files []comms.PlanFile, summary string) (Update, error) {
	var u Update
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		_, inForce, err := d.plan(ctx, tx)
		if err != nil {
			return err
		}
		if grows == 0 {
			grows = inForce.Number()
		}
		if _, err := version(ctx, tx, grows); err != nil {
			return err
		}
		u, err = d.start(ctx, tx, a, "", draft.Draft{Kind: comms.MessagePlan, Files: slices.Clone(files), Summary: summary, Grows: grows})
		return err
	})
	return u, err
}
