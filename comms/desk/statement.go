package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Ending says that the approval of a holding statement counts no more.
type Ending struct {
	Publication int64 // that approved it
	At          time.Time
	Person      plan.PersonID // "" for the service, because the plan changed
	Reason      string
}

// HeldState is how a holding statement of the plan stands.
type HeldState string

// The states of a holding statement.
const (
	HeldNone     HeldState = "none" // nobody has approved it
	HeldApproved HeldState = "approved"
	HeldExpired  HeldState = "expired"
	HeldEnded    HeldState = "ended" // withdrawn, or the plan changed
)

// Held is a holding statement of the plan and how it stands.
type Held struct {
	Statement plan.Statement
	Template  plan.Template
	State     HeldState
	Approved  signoff.Publication // the latest that approved it; zero for none
	Ending    *Ending             // how that ended before its time; nil if it did not
	Soon      bool                // it is approved, and ends within plan.WarnBefore
	Pending   *Update             // an approval that is on its way; nil for none
}

// Statements lists the plan's holding statements in its order.
func (d *Desk) Statements(ctx context.Context, _ Actor) ([]Held, error) {
	var out []Held
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		p, _, err := d.plan(ctx, tx)
		if err == nil {
			out, err = d.statements(ctx, tx, p)
		}
		return err
	})
	return out, err
}

func (d *Desk) statements(ctx context.Context, tx Tx, p *plan.Plan) ([]Held, error) {
	if len(p.Holding.Statements) == 0 {
		return nil, nil
	}
	approved, err := tx.Statements(ctx)
	if err != nil {
		return nil, err
	}
	endings, err := tx.Endings(ctx)
	if err != nil {
		return nil, err
	}
	pending, err := statementsPending(ctx, tx)
	if err != nil {
		return nil, err
	}
	now := d.c.Now()
	var out []Held
	for _, s := range p.Holding.Statements {
		h := Held{Statement: s, State: HeldNone}
		h.Template, _ = p.Template(s.Template)
		if u, ok := pending[s.ID]; ok {
			h.Pending = &u
		}
		if h.Approved = statementIn(approved, s.ID); !h.Approved.IsZero() {
			expires := h.Approved.Message().Statement.Expires
			for _, e := range endings {
				if e.Publication == h.Approved.Number() {
					h.Ending = &e
				}
			}
			switch {
			case h.Ending != nil:
				h.State = HeldEnded
			case !now.Before(expires):
				h.State = HeldExpired
			default:
				h.State, h.Soon = HeldApproved, !now.Add(plan.WarnBefore).Before(expires)
			}
		}
		out = append(out, h)
	}
	return out, nil
}

// statementIn finds the latest approval of a statement; zero for none.
func statementIn(approved []signoff.Publication, id string) signoff.Publication {
	var out signoff.Publication
	for _, pub := range approved {
		if pub.Message().Statement.ID == id {
			out = pub
		}
	}
	return out
}

// statementsPending finds the approvals that are on their way, by statement.
func statementsPending(ctx context.Context, tx Tx) (map[string]Update, error) {
	updates, err := tx.UpdatesIn(ctx, Draft, InReview, ChangesRequested, Parked)
	if err != nil {
		return nil, err
	}
	out := map[string]Update{}
	for _, u := range updates {
		if u.Kind != comms.MessageStatement {
			continue
		}
		id, err := statementOf(ctx, tx, u)
		if err != nil {
			return nil, err
		}
		out[id] = u
	}
	return out, nil
}

// statementOf is the statement that an update asks to approve.
func statementOf(ctx context.Context, tx Tx, u Update) (string, error) {
	latest, err := tx.Latest(ctx, u.ID)
	return latest.Draft.Statement, err
}

// AskForStatement begins the approval of a holding statement, for as long as
// the plan allows. Where one is on its way already, that one is returned.
func (d *Desk) AskForStatement(ctx context.Context, a Actor, id string) (Update, error) {
	var u Update
	err := d.write(ctx, a, func(tx Tx, p *plan.Plan) error {
		s, ok := p.Statement(id)
		if !ok {
			return comms.Refuse(comms.NotFound, "statement", "the plan has no holding statement %q; choose one that it has", id)
		}
		pending, err := statementsPending(ctx, tx)
		if err != nil {
			return err
		}
		if before, ok := pending[id]; ok {
			u = before
			return nil
		}
		u, err = d.start(ctx, tx, a, "", draft.Draft{
			Kind: comms.MessageStatement, Statement: id, Slots: draft.Slots{}, ExpiresAt: draft.FormatTime(d.c.Now().Add(s.Lasts)),
		})
		return err
	})
	return u, err
}

// EndStatement takes the approval of a holding statement back, with a reason.
// From then on nothing rests on it; whoever wants it again asks again.
func (d *Desk) EndStatement(ctx context.Context, a Actor, publication int64, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		if a.Token != "" {
			return comms.Refuse(comms.Forbidden, "", "a token never withdraws what people approved; sign in as yourself")
		}
		if reason == "" {
			return comms.Refuse(comms.Invalid, "reason", "say why, in a sentence that the others will understand")
		}
		if r := draft.CheckText("reason", reason, true); r != nil {
			return r
		}
		pub, err := tx.Publication(ctx, publication)
		if err != nil {
			return err
		}
		if pub.Message().Statement == nil {
			return comms.Refuse(comms.Invalid, "", "publication %d approves no holding statement", publication)
		}
		return d.end(ctx, tx, a, pub, reason)
	})
}

// end writes down that an approval counts no more, and tells those who gave it
// and who asked for it.
func (d *Desk) end(ctx context.Context, tx Tx, a Actor, pub signoff.Publication, reason string) error {
	endings, err := tx.Endings(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(endings, func(e Ending) bool { return e.Publication == pub.Number() }) {
		return comms.Refuse(comms.Conflict, "", "the approval of this holding statement has ended already")
	}
	if err := tx.AddEnding(ctx, Ending{Publication: pub.Number(), At: d.c.Now(), Person: a.Person, Reason: reason}); err != nil {
		return err
	}
	update := pub.Message().Update
	w := pub.Warrant()
	n := Notice{Kind: NoticeEnded, Update: update, Digest: pub.Digest(), To: everybody(w.Authors, signers(w.Approvals)), By: a.Person, Reason: reason}
	if err := tx.Notify(ctx, n); err != nil {
		return err
	}
	return d.log(ctx, tx, a, "statement.ended", update, "statement", pub.Message().Statement.ID, "reason", reason)
}

// endMoved ends the approvals of statements that a new plan words otherwise,
// has no more, or puts on other ground.
func (d *Desk) endMoved(ctx context.Context, tx Tx, changed signoff.Publication) error {
	approved, err := tx.Statements(ctx)
	if err != nil || len(approved) == 0 {
		return err
	}
	now, err := d.read(changed)
	if err != nil {
		return err
	}
	endings, err := tx.Endings(ctx)
	if err != nil {
		return err
	}
	for _, pub := range approved {
		s := pub.Message().Statement
		if !d.c.Now().Before(s.Expires) || slices.ContainsFunc(endings, func(e Ending) bool { return e.Publication == pub.Number() }) {
			continue
		}
		then, err := d.ground(ctx, tx, pub)
		if err != nil {
			return err
		}
		if plan.SameGround(then, now, s.ID) {
			continue
		}
		reason := comms.Say("the plan changed what it says or rests on (publication %d)", changed.Number()).String()
		if err := d.end(ctx, tx, Actor{}, pub, reason); err != nil {
			return err
		}
	}
	return nil
}

// ground is the plan under which a statement was approved.
func (d *Desk) ground(ctx context.Context, tx Tx, statement signoff.Publication) (*plan.Plan, error) {
	inForce, pub, err := d.plan(ctx, tx)
	if err != nil || statement.Message().Plan == pub.Digest() {
		return inForce, err
	}
	then, err := tx.PlanBy(ctx, statement.Message().Plan)
	if err != nil {
		return nil, err
	}
	return d.read(then)
}
