package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
)

// Handover is the offer of one person to another to hold incidents in their
// place. Until it is accepted, whoever offered it holds them, and is reminded
// first.
type Handover struct {
	ID        comms.ID
	From, To  plan.PersonID
	Note      string // in the words of whoever offers it
	Statement []Stated
	OfferedAt time.Time
	State     HandoverState
	ClosedAt  time.Time
	Reason    string // why it was declined
}

// HandoverState says what became of a handover.
type HandoverState string

// The states of a handover.
const (
	Offered    HandoverState = "offered"
	Accepted   HandoverState = "accepted"
	Declined   HandoverState = "declined"
	TakenAgain HandoverState = "withdrawn" // whoever offered it took the offer back
)

// Stated is what is known of one incident at the moment of a handover.
type Stated struct {
	Incident  comms.ID       `json:"incident"`
	Phase     comms.Phase    `json:"phase"`
	Severity  comms.Severity `json:"severity"`
	StartedAt time.Time      `json:"started_at"`
	Told      int64          `json:"told"` // number of the latest publication; 0 for none
	Claims    []comms.Claim  `json:"claims"`
	Promises  []StatedClock  `json:"promises"` // that wait for somebody, the next deadline first
	Drafts    []StatedDraft  `json:"drafts"`
}

// StatedClock is a promise as it stood at a handover.
type StatedClock struct {
	Kind promise.Kind `json:"kind"`
	Due  time.Time    `json:"due"`
}

// StatedDraft is an update on its way as it stood at a handover.
type StatedDraft struct {
	Update comms.ID          `json:"update"`
	Kind   comms.MessageKind `json:"kind"`
	State  UpdateState       `json:"state"`
	Author plan.PersonID     `json:"author"`
}

// Held lists what a person would state of each open incident that they hold,
// and who could take over.
func (d *Desk) Held(ctx context.Context, a Actor) (out []Stated, to []plan.PersonID, err error) {
	err = d.c.Store.Read(ctx, func(tx Tx) error {
		r, err := d.roster(ctx, tx)
		if err != nil {
			return err
		}
		to = slices.DeleteFunc(promise.Writing(r.plan, a.Person, r.may).Everyone, func(p plan.PersonID) bool { return p == a.Person })
		open, err := tx.Incidents(ctx, true, 0)
		if err != nil {
			return err
		}
		for _, i := range open {
			lead, err := tx.Lead(ctx, i.ID)
			if err != nil {
				return err
			}
			if lead != a.Person {
				continue
			}
			s, going, err := d.state(ctx, tx, i)
			if err != nil {
				return err
			}
			if going {
				out = append(out, s)
			}
		}
		return nil
	})
	return out, to, err
}

// state states an incident; going is false for one of which nothing was said
// and nothing is to be said any more.
func (d *Desk) state(ctx context.Context, tx Tx, i Incident) (s Stated, going bool, err error) {
	s = Stated{Incident: i.ID, Phase: i.Phase, Severity: i.Severity, StartedAt: i.StartedAt, Told: i.Head}
	if i.Head > 0 {
		pub, err := tx.Publication(ctx, i.Head)
		if err != nil {
			return s, false, err
		}
		s.Claims = pub.Message().Incident.Claims
	}
	all, err := tx.Promises(ctx, i.ID)
	if err != nil {
		return s, false, err
	}
	for _, p := range all {
		if p.Waits() {
			s.Promises = append(s.Promises, StatedClock{p.Kind, p.Due})
		}
	}
	slices.SortStableFunc(s.Promises, func(a, b StatedClock) int { return a.Due.Compare(b.Due) })
	updates, err := tx.UpdatesOf(ctx, i.ID)
	if err != nil {
		return s, false, err
	}
	for _, u := range updates {
		if !u.Over() {
			s.Drafts = append(s.Drafts, StatedDraft{u.ID, u.Kind, u.State, u.CreatedBy})
		}
	}
	return s, i.Head > 0 || len(s.Drafts) > 0, nil
}

// Offer offers incidents that the actor holds to somebody who may write, with
// a note in the actor's words. What is known of each is stated beside it.
func (d *Desk) Offer(ctx context.Context, a Actor, to plan.PersonID, incidents []comms.ID, note string) (Handover, error) {
	h := Handover{ID: comms.NewID(), From: a.Person, To: to, Note: strings.TrimSpace(note), State: Offered}
	err := d.write(ctx, a, func(tx Tx, p *plan.Plan) error {
		h.OfferedAt, h.Statement = d.c.Now(), nil
		if err := d.offerable(ctx, tx, p, a, h, incidents); err != nil {
			return err
		}
		for _, id := range incidents {
			i, err := tx.Incident(ctx, id)
			if err != nil {
				return err
			}
			s, _, err := d.state(ctx, tx, i)
			if err != nil {
				return err
			}
			h.Statement = append(h.Statement, s)
		}
		if err := tx.AddHandover(ctx, h); err != nil {
			return err
		}
		for _, id := range incidents {
			if err := d.log(ctx, tx, a, "handover.offered", id, "to", string(to), "handover", string(h.ID)); err != nil {
				return err
			}
		}
		return d.tellOf(ctx, tx, h, NoticeHandover, to, a.Person, h.Note)
	})
	return h, err
}

// offerable refuses what cannot be handed over.
func (d *Desk) offerable(ctx context.Context, tx Tx, p *plan.Plan, a Actor, h Handover, incidents []comms.ID) error {
	var bad comms.Refusals
	refuse := func(field, format string, args ...any) {
		bad = append(bad, comms.Refuse(comms.Invalid, field, format, args...))
	}
	if err := personal(a); err != nil {
		return err
	}
	if r := draft.CheckText("note", h.Note, true); r != nil {
		bad = append(bad, r)
	}
	barred, err := tx.Barred(ctx, []plan.PersonID{h.To})
	if err != nil {
		return err
	}
	switch _, out := barred[h.To]; {
	case h.To == "":
		refuse("to", "nobody is chosen; choose who takes over")
	case h.To == a.Person:
		refuse("to", "you hold it already; choose somebody else")
	case writer(p, Actor{Person: h.To}) != nil || out:
		refuse("to", "%q cannot take over: they have no account, or the roster gives them no role that writes; choose somebody else", h.To)
	}
	if len(incidents) == 0 {
		refuse("incidents", "no incident is chosen; choose what is handed over")
	}
	offered, err := tx.HandoversOffered(ctx)
	if err != nil {
		return err
	}
	for _, id := range incidents {
		i, err := tx.Incident(ctx, id)
		if err != nil {
			return err
		}
		lead, err := tx.Lead(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case lead != a.Person:
			refuse("incidents", "you do not hold %q any more; look at it again", i.Name)
		case i.Phase.Closed():
			refuse("incidents", "%q is over; leave it out", i.Name)
		case slices.ContainsFunc(offered, func(o Handover) bool { return o.offers(id) }):
			refuse("incidents", "%q is offered to somebody already; take that offer back first", i.Name)
		}
	}
	if len(bad) > 0 {
		return bad
	}
	return nil
}

// offers tells whether the handover is about an incident.
func (h Handover) offers(incident comms.ID) bool {
	return slices.ContainsFunc(h.Statement, func(s Stated) bool { return s.Incident == incident })
}

// personal refuses a token: who holds an incident is a person's own word.
func personal(a Actor) error {
	if a.Token != "" {
		return comms.Refuse(comms.Forbidden, "", "a token holds no incident; sign in as yourself and do it at the desk")
	}
	return nil
}

// Accept lets the actor hold what was offered to them, as far as whoever
// offered it still holds it.
func (d *Desk) Accept(ctx context.Context, a Actor, id comms.ID) (Handover, error) {
	return d.answer(ctx, a, id, func(tx Tx, h Handover) (Handover, error) {
		if a.Person != h.To {
			return h, comms.Refuse(comms.Forbidden, "", "this was offered to somebody else; ask whoever holds it, or take it over from the page of the incident")
		}
		taken := 0
		for _, s := range h.Statement {
			lead, err := tx.Lead(ctx, s.Incident)
			if err != nil {
				return h, err
			}
			if lead != h.From {
				continue
			}
			if err := tx.SetLead(ctx, s.Incident, a.Person, d.c.Now(), h.ID); err != nil {
				return h, err
			}
			if err := d.log(ctx, tx, a, "handover.accepted", s.Incident, "from", string(h.From), "handover", string(h.ID)); err != nil {
				return h, err
			}
			taken++
		}
		if taken == 0 {
			return h, comms.Refuse(comms.Conflict, "", "somebody else holds all of it meanwhile, so nothing is left to accept; decline it")
		}
		h.State = Accepted
		return h, d.tellOf(ctx, tx, h, NoticeHanded, h.From, a.Person, "")
	})
}

// Decline ends an offer: whoever it was made to says why not, or whoever made
// it takes it back.
func (d *Desk) Decline(ctx context.Context, a Actor, id comms.ID, reason string) (Handover, error) {
	return d.answer(ctx, a, id, func(tx Tx, h Handover) (Handover, error) {
		h.State, h.Reason = Declined, strings.TrimSpace(reason)
		kind, told := NoticeDeclined, h.From
		switch a.Person {
		case h.To:
			if h.Reason == "" {
				return h, comms.Refuse(comms.Invalid, "reason", "say why, in a sentence that the others will understand")
			}
		case h.From:
			h.State, kind, told = TakenAgain, NoticeTakenBack, h.To
		default:
			return h, comms.Refuse(comms.Forbidden, "", "only the two people of a handover can end it")
		}
		if r := draft.CheckText("reason", h.Reason, true); r != nil {
			return h, r
		}
		for _, s := range h.Statement {
			if err := d.log(ctx, tx, a, "handover."+string(h.State), s.Incident, "handover", string(h.ID)); err != nil {
				return h, err
			}
		}
		return h, d.tellOf(ctx, tx, h, kind, told, a.Person, h.Reason)
	})
}

func (d *Desk) answer(ctx context.Context, a Actor, id comms.ID, fn func(Tx, Handover) (Handover, error)) (Handover, error) {
	var h Handover
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		if err := personal(a); err != nil {
			return err
		}
		var err error
		if h, err = tx.Handover(ctx, id); err != nil {
			return err
		}
		if h.State != Offered {
			return comms.Refuse(comms.Conflict, "", "this handover is answered already; look at it again")
		}
		if h, err = fn(tx, h); err != nil {
			return err
		}
		h.ClosedAt = d.c.Now()
		return tx.CloseHandover(ctx, h)
	})
	return h, err
}

// Assume lets the actor hold an incident without being asked, as when whoever
// holds it cannot be reached. They are told.
func (d *Desk) Assume(ctx context.Context, a Actor, incident comms.ID) error {
	return d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		if err := personal(a); err != nil {
			return err
		}
		lead, err := tx.Lead(ctx, incident)
		if err != nil {
			return err
		}
		if lead == a.Person {
			return comms.Refuse(comms.Conflict, "", "you hold this already")
		}
		if err := tx.SetLead(ctx, incident, a.Person, d.c.Now(), ""); err != nil {
			return err
		}
		if err := d.log(ctx, tx, a, "incident.taken_over", incident, "from", string(lead)); err != nil {
			return err
		}
		return d.tellOf(ctx, tx, Handover{Statement: []Stated{{Incident: incident}}}, NoticeTaken, lead, a.Person, "")
	})
}

// tellOf mails one of the two people what happened to a handover.
func (d *Desk) tellOf(ctx context.Context, tx Tx, h Handover, kind NoticeKind, to, by plan.PersonID, reason string) error {
	update, err := latestOf(ctx, tx, h.Statement[0].Incident)
	if err != nil || update == "" {
		return err
	}
	return tx.Notify(ctx, Notice{Kind: kind, Update: update, To: []plan.PersonID{to}, By: by, Reason: reason, Handover: h.ID})
}

// Handover shows one handover.
func (d *Desk) Handover(ctx context.Context, _ Actor, id comms.ID) (Handover, map[comms.ID]Incident, error) {
	var h Handover
	names := map[comms.ID]Incident{}
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		if h, err = tx.Handover(ctx, id); err != nil {
			return err
		}
		for _, s := range h.Statement {
			if names[s.Incident], err = tx.Incident(ctx, s.Incident); err != nil {
				return err
			}
		}
		return nil
	})
	return h, names, err
}
