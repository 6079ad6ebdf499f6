package desk

import (
	"context"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
	"github.com/countersign/countersign/comms/signoff"
)

// place is where an update stands among everything else.
type place struct {
	update         Update
	incident       *Incident // nil for a plan
	plan           *plan.Plan
	planPub        signoff.Publication
	basis          int64
	states, others map[comms.ComponentID]comms.State
	history        []signoff.Publication
	phase          comms.Phase
}

func (d *Desk) place(ctx context.Context, tx Tx, u Update) (place, error) {
	at := place{update: u}
	var err error
	if at.plan, at.planPub, err = d.plan(ctx, tx); err != nil {
		return at, err
	}
	if u.Incident == "" {
		at.basis = at.planPub.Number()
		return at, nil
	}
	inc, err := tx.Incident(ctx, u.Incident)
	if err != nil {
		return at, err
	}
	at.incident, at.basis, at.phase = &inc, inc.Head, inc.Phase
	if at.states, at.others, err = standing(ctx, tx, inc.ID); err != nil {
		return at, err
	}
	at.history, err = tx.History(ctx, inc.ID)
	return at, err
}

// severity is the one that customers were told last, "" before the first
// publication.
func (at place) severity() comms.Severity {
	if i := at.standing(); i != nil {
		return i.Severity
	}
	return ""
}

// publication finds one of the incident's by its number; zero for none.
func (at place) publication(number int64) signoff.Publication {
	for _, pub := range at.history {
		if pub.Number() == number {
			return pub
		}
	}
	return signoff.Publication{}
}

// standing is the incident as customers know it; nil before the first
// publication.
func (at place) standing() *comms.Incident {
	if n := len(at.history); n > 0 {
		return at.history[n-1].Message().Incident
	}
	return nil
}

// preview renders and judges a text where the update stands.
func (d *Desk) preview(at place, text draft.Draft, reader comms.Lang) Preview {
	var out Preview
	if out.Message, out.Err = at.message(text); out.Err != nil {
		return out
	}
	if out.Content, out.Err = comms.Seal(out.Message); out.Err != nil {
		return out
	}
	out.Report = d.judge(at, out.Content, text, reader)
	return out
}

func (at place) message(text draft.Draft) (comms.Message, error) {
	c := render.Context{
		Update: at.update.ID, Plan: at.planPub.Digest(), Basis: at.basis,
		Phase: at.phase, States: at.states, Others: at.others,
	}
	if at.incident == nil {
		return render.Plan(text.Files, at.plan, c, at.planPub.Message().PlanVersion.Version+1, text.Summary)
	}
	c.Incident, c.Kind = at.incident.ID, at.incident.Kind
	if text.Kind == comms.MessageRedaction {
		old := at.publication(text.Redacts)
		if old.IsZero() {
			return comms.Message{}, comms.Refuse(comms.NotFound, "", "there is no publication %d of this incident to redact; begin the redaction from one that there is", text.Redacts)
		}
		return render.Redaction(text, at.plan, c, old, *at.standing())
	}
	for _, pub := range at.history {
		if pub.Number() == text.Corrects {
			if pub.Redacted() != nil {
				return comms.Message{}, comms.Refuse(comms.Overtaken, "", "the words that this puts right were removed meanwhile; withdraw it, and write the next update instead")
			}
			c.Corrected = &render.Corrected{Publication: pub.Number(), Digest: pub.Digest(), Message: pub.Message()}
		}
	}
	return render.Message(text, at.plan, c)
}

func (d *Desk) judge(at place, content comms.Content, text draft.Draft, reader comms.Lang) lint.Report {
	history := make([]comms.Message, len(at.history))
	for i, pub := range at.history {
		history[i] = pub.Message()
	}
	return lint.Check(lint.Subject{
		Content: content, Draft: text, Plan: at.plan, History: history,
		Phase: at.phase, Now: d.c.Now(), Reader: reader,
	})
}

// standing works out what customers see of each component now, and what they
// would see without one incident, from the publications that stand.
func standing(ctx context.Context, tx Tx, without comms.ID) (states, others map[comms.ComponentID]comms.State, err error) {
	pubs, err := tx.Standing(ctx)
	if err != nil {
		return nil, nil, err
	}
	states, others = map[comms.ComponentID]comms.State{}, map[comms.ComponentID]comms.State{}
	for _, pub := range pubs {
		i := pub.Message().Incident
		for _, c := range i.Claims {
			states[c.Component] = comms.Worst(states[c.Component], c.State)
			if i.ID != without {
				others[c.Component] = comms.Worst(others[c.Component], c.State)
			}
		}
	}
	return states, others, nil
}
