package desk

import (
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
	"github.com/countersign/countersign/comms/signoff"
)

// Filling is a holding statement with what was chosen from its lists. Nothing
// in it is written by anybody.
type Filling struct {
	Incident   comms.ID
	Statement  string            // of the plan; "" is the first that fits
	Update     comms.ID          // of the update to be; "" lets the desk choose one
	Claims     []comms.Claim     // nil takes those of the incident's newest draft
	Choices    map[string]string // option by slot; nil takes the first of each list
	NextUpdate string            // as draft.ParseTime reads it; "" is the latest that the plan allows
}

// HoldView is a holding statement as it would go out for an incident.
type HoldView struct {
	Incident  Incident
	Held      Held
	Others    []Held // that would fit as well
	Filling   Filling
	Message   comms.Message
	Content   comms.Content
	Report    lint.Report
	Languages []comms.Lang
	Reach     int         // subscribers who would get mail
	Due       time.Time   // when customers must hear of the incident
	Itself    time.Time   // when it goes out by itself; zero for never
	You       bool        // the actor may publish it
	Obstacle  error       // why it cannot go out as it is; nil when nothing stands in its way
	text      draft.Draft // what it was filled in from
	at        place       //
	ground    *plan.Plan  // under which it was approved
	needed    []plan.Requirement
	over      bool // everything that was written of the incident was withdrawn
}

// LookHolding shows a holding statement as it would go out for an incident
// that customers know nothing of. It refuses when there is none.
func (d *Desk) LookHolding(ctx context.Context, a Actor, f Filling) (HoldView, error) {
	var v HoldView
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		v, err = d.hold(ctx, tx, a, f)
		return err
	})
	return v, err
}

// Hold publishes a holding statement for an incident in one step: the person
// whom the statement names proves who they are, and what they saw goes out. It
// was approved in advance, so nobody is asked to sign. The same filling sent
// again publishes nothing.
func (d *Desk) Hold(ctx context.Context, a Actor, f Filling, seen comms.Digest) (Update, error) {
	var u Update
	var published signoff.Publication
	err := d.c.Store.Write(ctx, func(tx Tx) error {
		published = signoff.Publication{}
		if before, err := tx.Update(ctx, f.Update); err == nil && before.Incident == f.Incident && before.Digest == seen {
			u = before
			return nil
		}
		v, err := d.hold(ctx, tx, a, f)
		if err != nil {
			return err
		}
		if err := v.mayPublish(a, seen); err != nil {
			return err
		}
		published, err = d.publishHeld(ctx, tx, a, v, v.needed)
		if err != nil {
			return err
		}
		u, err = tx.Update(ctx, f.Update)
		return err
	})
	if err == nil {
		d.announce(published)
	}
	return u, err
}

// mayPublish refuses a publication with the reason that the person can act on.
func (v HoldView) mayPublish(a Actor, seen comms.Digest) error {
	switch {
	case a.Token != "":
		return comms.Refuse(comms.Forbidden, "", "a token never publishes; sign in as yourself and publish at the desk")
	case !v.You:
		return comms.Refuse(comms.Forbidden, "", "the holding statement names others to publish it: whoever holds %s", v.at.plan.MayGive(v.needed[0]))
	case a.Proof == "":
		return comms.Refuse(comms.Forbidden, "password", "publishing asks for you again; give your password or code with it")
	case seen != v.Content.Digest():
		return comms.Refuse(comms.Conflict, "digest", "the text has changed since you saw it (%s is now %s); read it again before you publish it", seen.Short(), v.Content.Digest().Short())
	}
	return v.Obstacle
}

// hold fills a statement in for an incident, and looks at what stands in its way.
func (d *Desk) hold(ctx context.Context, tx Tx, a Actor, f Filling) (HoldView, error) {
	var v HoldView
	inc, err := tx.Incident(ctx, f.Incident)
	if err != nil {
		return v, err
	}
	if inc.Kind != comms.KindIncident || inc.Head > 0 {
		return v, comms.Refuse(comms.Conflict, "", "a holding statement is for incidents of which customers were told nothing yet; write the next update")
	}
	said, err := d.saidOf(ctx, tx, inc)
	if err != nil {
		return v, err
	}
	if f.Update == "" {
		f.Update = comms.NewID()
	}
	if _, err := comms.ParseID(string(f.Update)); err != nil {
		return v, comms.Refuse(comms.Invalid, "update", "%v", err)
	}
	if _, err := tx.Update(ctx, f.Update); comms.CodeOf(err) != comms.NotFound {
		if err == nil {
			err = comms.Refuse(comms.Conflict, "update", "this identifier names another update already; look at the holding statement again")
		}
		return v, err
	}
	u := Update{ID: f.Update, Incident: inc.ID, Kind: comms.MessageUpdate}
	if v.at, err = d.now(ctx, tx, u); err != nil {
		return v, err
	}
	v.Incident, v.over = inc, said.over
	if err := d.choose(ctx, tx, &v, f, said); err != nil {
		return v, err
	}
	v.fill(d, f, said)
	return v, d.weigh(ctx, tx, a, &v, said)
}

// couldHold tells whether a holding statement could go out for an incident as
// it stands: one is approved, customers know nothing, and nothing is in the way.
func (d *Desk) couldHold(ctx context.Context, tx Tx, incident comms.ID) (bool, error) {
	v, err := d.hold(ctx, tx, Actor{}, Filling{Incident: incident})
	switch comms.CodeOf(err) {
	case comms.Unsigned, comms.Conflict:
		return false, nil
	}
	return err == nil && v.Obstacle == nil && !v.over, err
}

// choose finds the statement.
func (d *Desk) choose(ctx context.Context, tx Tx, v *HoldView, f Filling, said stated) error {
	all, err := d.statements(ctx, tx, v.at.plan)
	if err != nil {
		return err
	}
	fits := func(h Held) bool {
		return h.State == HeldApproved && !slices.ContainsFunc(said.severities, func(s comms.Severity) bool { return !slices.Contains(h.Statement.Severities, s) })
	}
	for _, h := range all {
		if !fits(h) {
			continue
		}
		ground, err := d.ground(ctx, tx, h.Approved)
		if err != nil {
			return err
		}
		switch {
		case !plan.SameGround(ground, v.at.plan, h.Statement.ID): // an incident may go by an older plan
		case v.Held.State == "" && (f.Statement == "" || f.Statement == h.Statement.ID):
			v.Held, v.ground = h, ground
		default:
			v.Others = append(v.Others, h)
		}
	}
	if v.Held.State == "" {
		return comms.Refuse(comms.Unsigned, "", "no holding statement is approved for the severity %q; write an update, or ask for an approval for the next time", said.severity)
	}
	return nil
}

// fill makes the draft that the statement is filled in from.
func (v *HoldView) fill(d *Desk, f Filling, said stated) {
	s := v.Held.Approved.Message().Statement
	if f.Claims == nil {
		for _, c := range said.claims {
			if p, ok := s.Permits(c.Component); ok && slices.Contains(p.States, c.State) {
				f.Claims = append(f.Claims, c)
			}
		}
	}
	if f.Choices == nil {
		f.Choices = s.Wordings[0].Choices
	}
	severity, _ := v.at.plan.Severity(said.severity)
	if f.NextUpdate == "" && severity.Every > 0 {
		f.NextUpdate = draft.FormatTime(d.c.Now().Add(severity.Every).Truncate(time.Minute))
	}
	v.text = draft.Draft{
		Kind: comms.MessageUpdate, Template: s.Template, Phase: s.Phase, Severity: said.severity, Claims: f.Claims,
		StartedAt: draft.FormatTime(said.started), Slots: draft.Slots{},
	}
	for slot, key := range f.Choices {
		v.text.Slots.Set(draft.Shared, slot, key)
	}
	v.text.Slots.Set(draft.Shared, nextUpdate, f.NextUpdate)
	f.Statement, v.Filling = s.ID, f
}

// weigh renders the statement and tells whether and by whom it can be published.
func (d *Desk) weigh(ctx context.Context, tx Tx, a Actor, v *HoldView, said stated) error {
	approved := v.Held.Approved
	c := render.Context{
		Update: v.Filling.Update, Incident: v.Incident.ID, Kind: v.Incident.Kind, Plan: v.at.planPub.Digest(),
		States: v.at.states, Others: v.at.others,
	}
	h := comms.Holding{ID: v.Held.Statement.ID, Publication: approved.Number(), Digest: approved.Digest()}
	v.needed = []plan.Requirement{{Kind: plan.Any, Roles: v.Held.Statement.Publishers}}
	var err error
	if v.Due, err = due(ctx, tx, v.Incident.ID); err != nil {
		return err
	}
	if at, ok := d.byItself(v, said); ok {
		v.Itself = at
	}
	barred, err := tx.Barred(ctx, []plan.PersonID{a.Person})
	if err != nil {
		return err
	}
	_, out := barred[a.Person]
	v.You = a.Person != "" && !out && signoff.MayFill(v.at.plan, v.needed[0], a.Person)
	if v.Message, v.Obstacle = render.Holding(v.text, c, h, *approved.Message().Statement); v.Obstacle != nil {
		return nil
	}
	if v.Content, err = comms.Seal(v.Message); err != nil {
		return err
	}
	v.Languages = v.Message.Languages()
	v.Report = d.judge(v.at, v.Content, v.Message, v.text, readerOf(v.at.plan, a.Person))
	if len(v.Report.Blocks()) > 0 {
		v.Obstacle = &Blocked{Report: v.Report}
	}
	v.Reach, err = tx.Reach(ctx, v.Message)
	return err
}

// publishHeld publishes what is filled in, in the running transaction. Without
// requirements it goes out by itself. What cannot go out is refused, and leaves
// nothing behind.
func (d *Desk) publishHeld(ctx context.Context, tx Tx, a Actor, v HoldView, needed []plan.Requirement) (signoff.Publication, error) {
	var none signoff.Publication
	now := d.c.Now()
	u := Update{
		ID: v.Filling.Update, Incident: v.Incident.ID, Kind: comms.MessageUpdate, State: InReview, Digest: v.Content.Digest(),
		SubmittedAt: now, SubmittedBy: a.Person, CreatedAt: now, CreatedBy: a.Person,
	}
	if err := tx.AddContent(ctx, v.Content); err != nil {
		return none, err
	}
	if err := tx.InsertUpdate(ctx, u); err != nil {
		return none, err
	}
	approvals, err := d.signHeld(ctx, tx, a, u, needed)
	if err != nil {
		return none, err
	}
	basis := d.basis(bench{place: v.at, requirements: needed})
	if basis.Chain, err = tx.Head(ctx); err != nil {
		return none, err
	}
	if basis.Barred, err = tx.Barred(ctx, signers(approvals)); err != nil {
		return none, err
	}
	basis.Statement, basis.Ground, basis.Declared = v.Held.Approved, v.ground, v.Incident.DeclaredAt
	if v.Held.Ending != nil {
		basis.Ended = v.Held.Ending.Reason
	}
	pub, err := signoff.Countersign(d.c.Key, v.Content, v.Report, approvals, basis, d.c.Now()) // not before the signature
	if err != nil {
		return none, err
	}
	inc := v.Incident
	if err := d.record(ctx, tx, a, u, &inc, pub); err != nil {
		return none, err
	}
	return pub, d.tellHeld(ctx, tx, a, v, u)
}

// signHeld writes the signature of the person down who publishes a statement.
func (d *Desk) signHeld(ctx context.Context, tx Tx, a Actor, u Update, needed []plan.Requirement) ([]signoff.Approval, error) {
	if len(needed) == 0 {
		return nil, nil
	}
	if err := tx.AddRequirements(ctx, []Requirement{{Update: u.ID, Digest: u.Digest, Index: 0, Requirement: needed[0]}}); err != nil {
		return nil, err
	}
	approval, err := d.attest(a, Signing{Update: u.ID, Digest: u.Digest, Languages: []comms.Lang{}}, nil, d.c.Now().Add(time.Minute))
	if err != nil {
		return nil, err
	}
	if err := tx.AddApproval(ctx, approval); err != nil {
		return nil, err
	}
	return []signoff.Approval{approval}, d.log(ctx, tx, a, "approval.given", u.ID, "digest", u.Digest.String(), "requirement", "holding", "means", string(a.Proof))
}

// tellHeld tells those who may sign for the incident, who approved the
// statement and who opened the incident that it went out.
func (d *Desk) tellHeld(ctx context.Context, tx Tx, a Actor, v HoldView, u Update) error {
	severity, _ := v.at.plan.Severity(v.Message.Incident.Severity)
	to := everybody(holders(v.at.plan, severity.Approvals), signers(v.Held.Approved.Warrant().Approvals))
	to = everybody(to, []plan.PersonID{v.Incident.OpenedBy})
	to = slices.DeleteFunc(to, func(p plan.PersonID) bool {
		_, known := v.at.plan.Person(p)
		return p == a.Person || !known
	})
	return tx.Notify(ctx, Notice{Kind: NoticeHeld, Update: u.ID, Digest: u.Digest, To: to, By: a.Person})
}

// stated is what people said of an incident that customers know nothing of yet.
type stated struct {
	severity comms.Severity
	// severities are all that it was said to be of, in texts that may still go out.
	severities []comms.Severity
	claims     []comms.Claim // nil when nobody is writing of it
	started    time.Time
	timed      bool // an update of it is signed, and waits for its time
	over       bool // every text of it was withdrawn
}

// saidOf reads the newest text of an incident.
func (d *Desk) saidOf(ctx context.Context, tx Tx, inc Incident) (stated, error) {
	out := stated{severity: inc.Severity, severities: []comms.Severity{inc.Severity}, started: inc.StartedAt}
	updates, err := tx.UpdatesOf(ctx, inc.ID)
	if err != nil {
		return out, err
	}
	out.over = !slices.ContainsFunc(updates, func(u Update) bool { return u.State != Withdrawn })
	for _, u := range updates { // oldest first
		if u.Kind != comms.MessageUpdate || u.State == Withdrawn || u.State == Published {
			continue
		}
		latest, err := tx.Latest(ctx, u.ID)
		if err != nil || latest.Number == 0 {
			return out, err
		}
		text := latest.Draft
		out.severities = append(out.severities, text.Severity)
		out.severity, out.claims, out.timed = text.Severity, slices.Clone(text.Claims), out.timed || u.State == Approved
		if at, err := draft.ParseTime(text.StartedAt); err == nil {
			out.started = at
		}
	}
	return out, nil
}
