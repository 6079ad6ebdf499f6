package desk

import (
	"context"
	"fmt"
	"maps"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// under is the plan that an incident goes by, and the publication whose rules
// and templates those are. "" is the plan itself, which is changed under the
// one in force.
func (d *Desk) under(ctx context.Context, tx Tx, incident comms.ID) (*plan.Plan, signoff.Publication, error) {
	inForce, pub, err := d.plan(ctx, tx)
	if err != nil || incident == "" {
		return inForce, pub, err
	}
	adopted, err := tx.Adoptions(ctx, incident)
	if err != nil {
		return nil, pub, err
	}
	if len(adopted) == 0 {
		return nil, pub, fmt.Errorf("the incident %s goes by no plan; run `countersign audit verify`", incident)
	}
	last := adopted[len(adopted)-1].Plan
	if last == pub.Number() {
		return inForce, pub, nil
	}
	if pub, err = tx.Publication(ctx, last); err != nil {
		return nil, pub, err
	}
	version, err := d.read(pub)
	if err != nil {
		return nil, pub, err
	}
	return plan.Under(version, inForce), pub, nil
}

// Move puts an incident under the plan in force, which is the publication that
// the actor saw as such. What asks for signatures is set aside: it was made
// under other rules.
func (d *Desk) Move(ctx context.Context, a Actor, incident comms.ID, seen int64) error {
	return d.write(ctx, a, func(tx Tx, p *plan.Plan) error {
		if a.Token != "" {
			return comms.Refuse(comms.Forbidden, "", "a token moves no incident to another plan; sign in as yourself and do it at the desk")
		}
		inc, err := tx.Incident(ctx, incident)
		if err != nil {
			return err
		}
		_, from, err := d.under(ctx, tx, incident)
		if err != nil {
			return err
		}
		_, to, err := d.plan(ctx, tx)
		if err != nil {
			return err
		}
		if err := movable(p, inc, from, to, seen); err != nil {
			return err
		}
		head, err := tx.Head(ctx)
		if err != nil {
			return err
		}
		if err := tx.Adopt(ctx, Adoption{Incident: incident, Plan: to.Number(), Head: head.Number, At: d.c.Now(), Person: a.Person}); err != nil {
			return err
		}
		if err := d.log(ctx, tx, a, "incident.moved", incident, "from", fmt.Sprint(versionOf(from)), "to", fmt.Sprint(versionOf(to)), "plan", to.Digest().String()); err != nil {
			return err
		}
		return d.unsettle(ctx, tx, a, incident, versionOf(to))
	})
}

func versionOf(pub signoff.Publication) int { return pub.Message().PlanVersion.Version }

// movable refuses a move that would leave an incident without rules.
func movable(p *plan.Plan, inc Incident, from, to signoff.Publication, seen int64) error {
	s, known := p.Severity(inc.Severity)
	switch {
	case seen != to.Number():
		return comms.Refuse(comms.Conflict, "plan", "version %d of the plan is in force meanwhile; look at what it changes, then move the incident", versionOf(to))
	case from.Number() == to.Number():
		return comms.Refuse(comms.Conflict, "plan", "this goes by version %d of the plan already, and that is the one in force", versionOf(to))
	case !known || s.Kind != inc.Kind:
		return comms.Refuse(comms.Invalid, "severity", "the plan in force has no severity %q any more, so nothing would say who signs; add it to the plan, or let this go on under its own version", inc.Severity)
	case !inc.Phase.Closed() && len(p.Transitions[inc.Phase]) == 0:
		return comms.Refuse(comms.Invalid, "phase", "the plan in force has no step on from the phase %q; add one to the plan, or let this go on under its own version", inc.Phase)
	}
	return nil
}

// unsettle sets aside what asks for signatures under the plan that an incident
// went by before.
func (d *Desk) unsettle(ctx context.Context, tx Tx, a Actor, incident comms.ID, version int) error {
	updates, err := tx.UpdatesOf(ctx, incident)
	if err != nil {
		return err
	}
	for _, u := range updates {
		if !u.Waits() {
			continue
		}
		if err := d.setAside(ctx, tx, a, u, Parked, comms.Say("this was moved to version %d of the plan; look at the text, then submit it again", version).String()); err != nil {
			return err
		}
	}
	return nil
}

// replan looks at everything that asks for signatures after a plan came into
// force. Rules and templates of an incident stay as they were; what of it is
// always the present may have moved: who holds which role, what the words call
// the company's things.
func (d *Desk) replan(ctx context.Context, tx Tx, a Actor) error {
	updates, err := tx.UpdatesIn(ctx, InReview, Approved)
	if err != nil {
		return err
	}
	for _, u := range updates {
		if u, err = tx.Update(ctx, u.ID); err != nil {
			return err
		}
		if !u.Waits() {
			continue // it was to follow one that was set aside
		}
		if err := d.replanOne(ctx, tx, a, u); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) replanOne(ctx context.Context, tx Tx, a Actor, u Update) error {
	b, err := d.bench(ctx, tx, u)
	if err != nil {
		return err
	}
	var reason comms.Phrase
	switch {
	case u.Incident == "":
		reason = comms.Say("another version of the plan is in force since this was submitted; submit it again")
	case b.current():
		return d.dismissGivers(ctx, tx, a, u, b)
	default:
		reason = comms.Say("the plan in force names things in these words otherwise; look at the text, then submit it again")
	}
	if err := d.setAside(ctx, tx, a, u, Parked, reason.String()); err != nil {
		return err
	}
	return d.requeue(ctx, tx, a, u.Incident)
}

// current tells whether a message would be rendered in the same words now.
func (b bench) current() bool {
	m, err := b.place.message(b.text)
	if err != nil || !maps.Equal(m.Forms, b.message.Forms) {
		return false
	}
	return m.Redaction == nil || maps.Equal(m.Redaction.Reason, b.message.Redaction.Reason)
}

// dismissGivers takes back the signatures of people who no longer hold a role
// that gives them.
func (d *Desk) dismissGivers(ctx context.Context, tx Tx, a Actor, u Update, b bench) error {
	var gone []signoff.Approval
	for i, r := range b.requirements {
		if given := b.live(i, d.c.Now()); given != nil && !signoff.MayFill(b.place.plan, r, given.Person) {
			gone = append(gone, *given)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	reason := comms.Say("the plan gives them no role any more that signs this").String()
	if err := d.voidAll(ctx, tx, gone, reason); err != nil {
		return err
	}
	if u.State == Approved { // a signature is missing again
		u.State = InReview
		if err := tx.ChangeUpdate(ctx, u); err != nil {
			return err
		}
	}
	n := Notice{Kind: NoticeVoided, Update: u.ID, Digest: u.Digest, To: everybody(signers(gone), []plan.PersonID{u.CreatedBy}), By: a.Person, Reason: reason}
	if err := tx.Notify(ctx, n); err != nil {
		return err
	}
	return d.log(ctx, tx, a, "approval.voided", u.ID, "reason", reason)
}

// Standing is a version of the plan that an incident went by.
type Standing struct {
	Adoption
	Version int // 1 for the first plan
}

// standings lists the versions that an incident went by, oldest first.
func standings(ctx context.Context, tx Tx, incident comms.ID) ([]Standing, error) {
	adopted, err := tx.Adoptions(ctx, incident)
	if err != nil {
		return nil, err
	}
	out := make([]Standing, len(adopted))
	for i, a := range adopted {
		pub, err := tx.Publication(ctx, a.Plan)
		if err != nil {
			return nil, err
		}
		out[i] = Standing{a, versionOf(pub)}
	}
	return out, nil
}
