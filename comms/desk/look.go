package desk

import (
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/comms/signoff"
)

// View is everything about one update that the desk shows.
type View struct {
	Update     Update
	Incident   *Incident // nil for a plan
	Plan       *plan.Plan
	Template   plan.Template   // of the latest revision; zero for a plan
	Templates  []plan.Template // that could be used instead
	Revisions  []Revision      // oldest first; never empty
	Latest     Revision
	Typed      *Working // the newest text if somebody typed since the latest revision, else nil; see Settle
	Preview    Preview
	Previous   *comms.Message // what customers were told last about the incident, or will have been when this goes out
	Ahead      *comms.Message // Previous, if it is not published yet
	Obstacle   *comms.Refusal // of what is approved: why it could not go out at its time as things stand
	Proposed   *plan.Plan     // the plan that a plan message carries
	Behind     *Behind        // of a change of the plan: what came into force since it was begun; nil for nothing
	Signatures []Signature    // one for each requirement; before submission as they would be
	Reach      int            // subscribers who would get mail
	Promise    time.Time      // the latest next update that the plan allows now; zero if none
	Due        time.Time      // when customers must hear of the incident again; zero if nothing is promised
	History    []signoff.Publication
	Head       signoff.Head
	Redacted   *signoff.Removal    // how its words went away; nil while they stand
	Withdraws  signoff.Publication // what a redaction takes away; zero for all else
	Waivers    []Waiver            // of what was submitted or is out, in the order in which they were given
	Secrets    []lint.Finding      // of what is in review: that whoever signs next has to waive, or leave unsigned
	Statement  signoff.Publication // the holding statement that it was made from; zero for all else
	Ending     *Ending             // of a holding statement whose approval ended before its time; else nil
	Signals    []Signal            // of its incident, in the order in which they began
	// Suggestions are all that were made for it, in their order.
	Suggestions []Suggested
	// Cause is how the cause stands that its text gives.
	Cause Cause
	// Version is the one of the plan that this is made under, and InForce the
	// one that incidents are opened under now.
	Version, InForce int
}

// Signature is one requirement, who gave it or who may.
type Signature struct {
	Requirement plan.Requirement
	Index       int
	Approval    *signoff.Approval // live, or nil
	May         []plan.PersonID   // who may give it, those first whom one turns to now: by role, not an author, not barred, not a signer of another
	You         bool              // the actor may sign it now
	Why         string            // if not, why: one of the Why constants
}

// Look shows one update to an actor.
func (d *Desk) Look(ctx context.Context, a Actor, update comms.ID) (View, error) {
	var v View
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		var err error
		if v.Update, err = tx.Update(ctx, update); err != nil {
			return err
		}
		if v.Revisions, err = tx.Revisions(ctx, update); err != nil {
			return err
		}
		if len(v.Revisions) > 0 {
			v.Latest = v.Revisions[len(v.Revisions)-1]
		}
		at, err := d.whereabouts(ctx, tx, v)
		if err != nil {
			return err
		}
		workings, err := tx.Workings(ctx, update)
		if err != nil {
			return err
		}
		if n := len(workings); n > 0 {
			v.Typed = &workings[n-1]
		}
		if v.Head, err = tx.Head(ctx); err != nil {
			return err
		}
		if v.Update.Incident != "" {
			if v.Signals, err = tx.SignalsOf(ctx, v.Update.Incident); err != nil {
				return err
			}
		}
		if v.Waivers, err = waivers(ctx, tx, v.Update); err != nil {
			return err
		}
		made, err := tx.Suggestions(ctx, update)
		if err != nil {
			return err
		}
		if v.Suggestions, err = suggested(ctx, tx, a, v.Update, at.plan, made); err != nil {
			return err
		}
		if at.incident != nil && !v.Update.Over() {
			text := newest(v.Latest, workings).Draft
			v.Cause = at.cause(text)
			v.Cause.You = v.Cause.Confirmation == nil && a.Token == "" && slices.Contains(v.Cause.May, a.Person)
		}
		v.Incident, v.Plan, v.History, v.Ahead = at.incident, at.plan, at.history, at.ahead
		if err := d.fallsBehind(ctx, tx, &v); err != nil {
			return err
		}
		_, inForce, err := d.plan(ctx, tx)
		if err != nil {
			return err
		}
		v.Version, v.InForce = versionOf(at.planPub), versionOf(inForce)
		if err := d.show(ctx, tx, a, at, &v); err != nil {
			return err
		}
		if err := v.restsOn(ctx, tx); err != nil {
			return err
		}
		if v.Signatures, err = d.signatures(ctx, tx, a, at, v); err != nil {
			return err
		}
		if v.Update.State == InReview {
			v.Secrets = signoff.Unwaived(v.Preview.Report, given(v.Signatures))
		}
		if v.Update.State != Approved {
			return err
		}
		b, err := d.bench(ctx, tx, v.Update)
		if err != nil {
			return err
		}
		v.Obstacle, _ = isRefusal(d.foresee(b))
		return nil
	})
	return v, err
}

// fallsBehind finds what came into force since a change of the plan was begun.
func (d *Desk) fallsBehind(ctx context.Context, tx Tx, v *View) (err error) {
	if v.Update.Kind != comms.MessagePlan || v.Update.Over() {
		return nil
	}
	text := v.Latest.Draft
	if v.Typed != nil {
		text = v.Typed.Draft
	}
	v.Behind, err = d.behindOf(ctx, tx, v.Update, text)
	return err
}

// restsOn finds the statement that an update was made from, and how an
// approval of one ended.
func (v *View) restsOn(ctx context.Context, tx Tx) (err error) {
	if h := v.Preview.Message.Holding; h != nil && v.Update.State == Published {
		v.Statement, err = tx.Publication(ctx, h.Publication)
		return err
	}
	if v.Update.Kind != comms.MessageStatement || v.Update.Publication == 0 {
		return nil
	}
	endings, err := tx.Endings(ctx)
	for _, e := range endings {
		if e.Publication == v.Update.Publication {
			v.Ending = &e
		}
	}
	return err
}

// whereabouts is where the update stands that is looked at.
func (d *Desk) whereabouts(ctx context.Context, tx Tx, v View) (place, error) {
	switch {
	case v.Update.Over():
		return d.now(ctx, tx, v.Update)
	case !v.Update.Waits():
		return d.place(ctx, tx, v.Update, v.Latest.Draft)
	}
	m, err := submitted(ctx, tx, v.Update)
	if err != nil {
		return place{}, err
	}
	return d.placed(ctx, tx, v.Update, m)
}

// show fills in the words: as submitted while that text may still go out or is
// out, else as they would be.
func (d *Desk) show(ctx context.Context, tx Tx, a Actor, at place, v *View) error {
	reader := readerOf(at.plan, a.Person)
	for _, pub := range at.history {
		if v.Update.Publication > 0 && pub.Number() >= v.Update.Publication {
			break
		}
		if m := pub.Message(); len(m.Forms) > 0 {
			v.Previous = &m
		}
	}
	if at.ahead != nil {
		v.Previous = at.ahead
	}
	if pub := at.publication(v.Update.Publication); pub.Redacted() != nil {
		v.Redacted, v.Preview.Content, v.Preview.Message = pub.Redacted(), pub.Content(), pub.Message()
	} else if v.Update.Digest.IsZero() || typeable(v.Update.State) {
		v.Preview = d.preview(at, v.Latest.Draft, reader)
	} else {
		content, err := tx.Content(ctx, v.Update.Digest)
		if err != nil {
			return err
		}
		v.Preview.Content = content
		if v.Preview.Message, v.Preview.Err = content.Message(); v.Preview.Err != nil {
			return nil
		}
		if v.Update.State != Published { // what is out is never judged again
			v.Preview.Report = d.judge(at, content, v.Preview.Message, v.Latest.Draft, reader)
		}
	}
	if at.incident == nil {
		if s := v.Preview.Message.Statement; s != nil {
			v.Template, _ = at.plan.Template(s.Template)
		}
		if v.Preview.Message.PlanVersion != nil {
			v.Proposed, _ = plan.Read(v.Preview.Message.PlanVersion.Files)
		}
		return nil
	}
	var err error
	if v.Due, err = due(ctx, tx, at.incident.ID); err != nil {
		return err
	}
	text := v.Latest.Draft
	v.Withdraws = at.publication(text.Redacts)
	if v.Template, _ = at.plan.Template(text.Template); v.Preview.Message.Holding != nil { // nobody wrote it
		v.Template, _ = at.plan.Template(v.Preview.Message.Incident.Template)
	}
	v.Templates = d.choices(at, text.Kind)
	if s, ok := at.plan.Severity(text.Severity); ok && s.Every > 0 {
		out := v.Preview.Message.NotBefore(d.c.Now())
		v.Promise = out.Add(s.Cadence(v.Incident.StartedAt, at.reopened(out), out))
	}
	v.Reach, err = tx.Reach(ctx, v.Preview.Message)
	return err
}

// due is when customers must hear of an incident again; zero if nothing is promised.
func due(ctx context.Context, tx Tx, incident comms.ID) (time.Time, error) {
	all, err := tx.Promises(ctx, incident)
	if p := waiting(all); p != nil {
		return p.Due, err
	}
	return time.Time{}, err
}

// choices lists the templates that the plan allows from where the incident stands.
func (d *Desk) choices(at place, kind comms.MessageKind) []plan.Template {
	switch kind {
	case comms.MessageRedaction:
		return nil
	case comms.MessageCorrection:
		return at.plan.TemplatesFor(kind, comms.PhaseNone, at.incident.Severity)
	}
	var out []plan.Template
	for _, phase := range at.plan.Transitions[at.phase] {
		if phase.Of() == at.incident.Kind {
			out = append(out, at.plan.Following(at.phase, phase, at.incident.Severity)...)
		}
	}
	return out
}

func (d *Desk) signatures(ctx context.Context, tx Tx, a Actor, at place, v View) ([]Signature, error) {
	if v.Preview.Err != nil {
		return nil, nil
	}
	b := bench{place: at, content: v.Preview.Content, message: v.Preview.Message}
	var err error
	if v.Update.Waits() {
		if b, err = d.bench(ctx, tx, v.Update); err != nil {
			return nil, err
		}
	} else {
		if b.requirements, err = signoff.Requirements(v.Preview.Message, at.severity(), at.plan, v.Proposed); err != nil {
			return nil, nil
		}
		b.proposed = v.Proposed
		if b.authors, err = tx.Authors(ctx, v.Update.ID); err != nil {
			return nil, err
		}
		if b.barred, err = tx.Barred(ctx, holders(at.plan, b.requirements)); err != nil {
			return nil, err
		}
	}
	if v.Update.State == Published {
		return published(ctx, tx, v.Update)
	}
	now := d.c.Now()
	out := make([]Signature, len(b.requirements))
	for i, r := range b.requirements {
		s := Signature{Requirement: r, Index: i, Approval: b.live(i, now), Why: WhyState}
		for _, person := range candidates(at.plan.Shift(now), r, b.authors, b.barred) {
			if b.why(person, i, now) == "" {
				s.May = append(s.May, person)
			}
		}
		if v.Update.State == InReview {
			s.Why = b.why(a.Person, i, now)
			s.You = s.Why == "" && a.Token == ""
		}
		out[i] = s
	}
	return out, nil
}

// published shows the signatures that are sealed in the publication.
func published(ctx context.Context, tx Tx, u Update) ([]Signature, error) {
	pub, err := tx.Publication(ctx, u.Publication)
	if err != nil {
		return nil, err
	}
	var out []Signature
	w := pub.Warrant()
	for i := range w.Approvals {
		out = append(out, Signature{Requirement: w.Requirements[i], Index: i, Approval: &w.Approvals[i], Why: WhyGiven})
	}
	return out, nil
}

// IncidentView is one incident with everything that was and will be said of it.
type IncidentView struct {
	Incident Incident
	History  []signoff.Publication // oldest first
	Updates  []Update
	Texts    map[comms.ID]draft.Draft // the latest of each of Updates
	Next     []comms.Phase            // that the plan allows from here
	Plan     *plan.Plan
	// Work tells that the updates at the start and at the end of planned work
	// can be prepared; see PrepareWork.
	Work    bool
	Signals []Signal              // in the order in which they began
	Waivers map[comms.ID][]Waiver // of what was submitted or is out of each of Updates
	// Suggestions are those that wait for an answer, of each of Updates.
	Suggestions map[comms.ID][]Suggested
	// Standings are the versions of the plan that it went by, oldest first; it
	// goes by the last. InForce is the one that it can be moved to.
	Standings []Standing
	InForce   signoff.Publication
	Clocks    []Clock           // that run, most urgent first
	Promises  []promise.Promise // all that were ever made, in their order
	Lead      plan.PersonID     // who holds it
	Hold      bool              // the actor may publish a holding statement for it now
	Reopened  time.Time         // when it came back after it was over; zero if it never did
	Offered   *Handover         // that waits for an answer; nil for none
}

// LookIncident shows one incident or maintenance.
func (d *Desk) LookIncident(ctx context.Context, a Actor, id comms.ID) (IncidentView, error) {
	var v IncidentView
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		var err error
		if v.Incident, err = tx.Incident(ctx, id); err != nil {
			return err
		}
		if v.Plan, _, err = d.under(ctx, tx, id); err != nil {
			return err
		}
		if v.Standings, err = standings(ctx, tx, id); err != nil {
			return err
		}
		if _, v.InForce, err = d.plan(ctx, tx); err != nil {
			return err
		}
		if v.History, err = tx.History(ctx, id); err != nil {
			return err
		}
		v.Reopened = reopened(v.History)
		for _, phase := range v.Plan.Transitions[v.Incident.Phase] {
			if phase.Of() == v.Incident.Kind && len(v.Plan.Following(v.Incident.Phase, phase, v.Incident.Severity)) > 0 {
				v.Next = append(v.Next, phase)
			}
		}
		if v.Updates, err = tx.UpdatesOf(ctx, id); err != nil {
			return err
		}
		if v.Signals, err = tx.SignalsOf(ctx, id); err != nil {
			return err
		}
		v.Texts, v.Waivers, v.Suggestions = make(map[comms.ID]draft.Draft, len(v.Updates)), map[comms.ID][]Waiver{}, map[comms.ID][]Suggested{}
		for _, u := range v.Updates {
			if v.Waivers[u.ID], err = waivers(ctx, tx, u); err != nil {
				return err
			}
			latest, err := tx.Latest(ctx, u.ID)
			if err != nil {
				return err
			}
			if latest.Number > 0 {
				v.Texts[u.ID] = latest.Draft
			}
			open, err := unanswered(ctx, tx, u)
			if err != nil {
				return err
			}
			if len(open) == 0 {
				continue
			}
			if v.Suggestions[u.ID], err = suggested(ctx, tx, a, u, v.Plan, open); err != nil {
				return err
			}
		}
		if err := d.showClocks(ctx, tx, &v); err != nil {
			return err
		}
		_, refused := d.work(ctx, tx, a, v.Plan, v.Incident)
		v.Work = refused == nil
		held, err := d.hold(ctx, tx, a, Filling{Incident: id})
		if code := comms.CodeOf(err); err != nil && code != comms.Unsigned && code != comms.Conflict {
			return err
		}
		v.Hold = err == nil && held.You && a.Token == ""
		return nil
	})
	return v, err
}

// Incidents lists incidents and maintenances, newest first; limit 0 is no limit.
func (d *Desk) Incidents(ctx context.Context, _ Actor, openOnly bool, limit int) ([]Incident, error) {
	var out []Incident
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		out, err = tx.Incidents(ctx, openOnly, limit)
		return err
	})
	return out, err
}

// IncidentsBehind goes on where a list of Incidents ended; limit 0 is no limit.
func (d *Desk) IncidentsBehind(ctx context.Context, _ Actor, last comms.ID, openOnly bool, limit int) ([]Incident, error) {
	var out []Incident
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		i, err := tx.Incident(ctx, last)
		if err != nil {
			return err
		}
		out, err = tx.IncidentsBehind(ctx, i, openOnly, limit)
		return err
	})
	return out, err
}

// States is what customers see of each component now; what nobody claims
// anything of is missing, and works.
func (d *Desk) States(ctx context.Context, _ Actor) (map[comms.ComponentID]comms.State, error) {
	var out map[comms.ComponentID]comms.State
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		out, _, err = standing(ctx, tx, "")
		return err
	})
	return out, err
}

// Told is what customers are told of each component that something open speaks
// of; planned work that has not begun does not.
type Told map[comms.ComponentID]comms.State

// Of tells whether something is said of a component of the link.
func (t Told) Of(l comms.Link) bool {
	return slices.ContainsFunc(l.Components, func(c comms.ComponentID) bool { _, ok := t[c]; return ok })
}

// Told is what customers are told now.
func (d *Desk) Told(ctx context.Context) (Told, error) {
	var out Told
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		out, err = toldNow(ctx, tx)
		return err
	})
	return out, err
}

func toldNow(ctx context.Context, tx Tx) (Told, error) {
	pubs, err := tx.Standing(ctx)
	if err != nil {
		return nil, err
	}
	out := Told{}
	for _, pub := range pubs {
		i := pub.Message().Incident
		if i.Phase == comms.PhaseScheduled {
			continue
		}
		for _, c := range i.Claims {
			out[c.Component] = comms.Worst(out[c.Component], c.State)
		}
	}
	return out, nil
}
