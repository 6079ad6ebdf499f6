package desk

import (
	"context"
	"maps"
	"slices"
	"time"

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
	incident       *Incident           // nil for a plan
	plan           *plan.Plan          // that the incident goes by; see plan.Under
	planPub        signoff.Publication // whose rules and templates those are
	head           int64               // number of the latest publication of the incident, or of the plan
	latest         comms.Digest        // of that publication's words
	states, others map[comms.ComponentID]comms.State
	history        []signoff.Publication
	phase          comms.Phase

	// prior is the update that will be the latest of the incident when this
	// one goes out, and is not published yet; nil for none. States and phase
	// are then as it will leave them.
	prior *Update
	ahead *comms.Message // what prior says

	// Of an incident: what was confirmed of it, who wrote the update, and whose
	// account counts for nothing.
	causes  []Confirmation
	authors []plan.PersonID
	barred  map[plan.PersonID]string
}

// now is where an update stands as things are.
func (d *Desk) now(ctx context.Context, tx Tx, u Update) (place, error) {
	at := place{update: u}
	var err error
	if at.plan, at.planPub, err = d.under(ctx, tx, u.Incident); err != nil {
		return at, err
	}
	switch {
	case u.Kind == comms.MessageStatement:
		return at, d.approved(ctx, tx, &at)
	case u.Incident == "":
		at.head, at.latest = at.planPub.Number(), at.planPub.Digest()
		return at, nil
	}
	inc, err := tx.Incident(ctx, u.Incident)
	if err != nil {
		return at, err
	}
	at.incident, at.head, at.phase = &inc, inc.Head, inc.Phase
	if at.states, at.others, err = standing(ctx, tx, inc.ID); err != nil {
		return at, err
	}
	if at.causes, err = tx.Confirmations(ctx, inc.ID); err != nil {
		return at, err
	}
	if at.authors, err = tx.Authors(ctx, u.ID); err != nil {
		return at, err
	}
	if at.barred, err = tx.Barred(ctx, everyone(at.plan)); err != nil {
		return at, err
	}
	at.history, err = tx.History(ctx, inc.ID)
	if n := len(at.history); n > 0 {
		at.latest = at.history[n-1].Digest()
	}
	return at, err
}

// approved finds what was approved last of the statement that an update asks
// to approve.
func (d *Desk) approved(ctx context.Context, tx Tx, at *place) error {
	id, err := statementOf(ctx, tx, at.update)
	if err != nil {
		return err
	}
	all, err := tx.Statements(ctx)
	if latest := statementIn(all, id); err == nil && !latest.IsZero() {
		at.head, at.latest = latest.Number(), latest.Digest()
	}
	return err
}

// place is where a text stands that is being written: where customers will be
// when it goes out.
func (d *Desk) place(ctx context.Context, tx Tx, u Update, text draft.Draft) (place, error) {
	at, err := d.now(ctx, tx, u)
	if err != nil || at.incident == nil || text.PublishAt == "" {
		return at, err
	}
	prior, err := before(ctx, tx, at, text)
	if err != nil || prior == nil {
		return at, err
	}
	return d.behind(ctx, tx, at, *prior)
}

// placed is where a message stands that was submitted.
func (d *Desk) placed(ctx context.Context, tx Tx, u Update, m comms.Message) (place, error) {
	at, err := d.now(ctx, tx, u)
	if err != nil || m.After.IsZero() || m.After == at.latest {
		return at, err
	}
	updates, err := tx.UpdatesOf(ctx, u.Incident)
	if err != nil {
		return at, err
	}
	for _, prior := range updates {
		if prior.Waits() && prior.Digest == m.After {
			return d.behind(ctx, tx, at, prior)
		}
	}
	return at, nil
}

// behind moves a place on to where an update leaves customers that is not
// published yet.
func (d *Desk) behind(ctx context.Context, tx Tx, at place, prior Update) (place, error) {
	var m comms.Message
	var err error
	if prior.Waits() {
		m, err = submitted(ctx, tx, prior)
	} else {
		m, err = d.unfinished(ctx, tx, at, prior)
	}
	if err != nil {
		return at, err
	}
	at.prior, at.ahead, at.phase = &prior, &m, m.Incident.Phase
	at.states = maps.Clone(at.others)
	for _, c := range m.Incident.Claims {
		at.states[c.Component] = comms.Worst(at.states[c.Component], c.State)
	}
	return at, nil
}

// unfinished is what a text would say that is still being written.
func (d *Desk) unfinished(ctx context.Context, tx Tx, at place, u Update) (comms.Message, error) {
	latest, err := tx.Latest(ctx, u.ID)
	if err != nil {
		return comms.Message{}, err
	}
	at.update = u
	return at.message(latest.Draft)
}

func submitted(ctx context.Context, tx Tx, u Update) (comms.Message, error) {
	content, err := tx.Content(ctx, u.Digest)
	if err != nil {
		return comms.Message{}, err
	}
	return content.Message()
}

// severity is the one that customers were told last, "" before the first
// publication.
func (at place) severity() comms.Severity {
	if at.ahead != nil {
		return at.ahead.Incident.Severity
	}
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
	out.Report = d.judge(at, out.Content, out.Message, text, reader)
	return out
}

func (at place) message(text draft.Draft) (comms.Message, error) {
	c := render.Context{
		Update: at.update.ID, Plan: at.planPub.Digest(), Basis: at.head,
		Phase: at.phase, States: at.states, Others: at.others, Told: at.told(),
	}
	if at.prior != nil {
		c.Basis, c.After = 0, at.prior.Digest
	}
	if at.update.Kind == comms.MessageStatement {
		return render.Statement(text, at.plan, c)
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

// reopened is when the incident came back after customers were told that it was
// over; where it is over, the time at which something goes out that is not.
// Zero if it was never over.
func (at place) reopened(when time.Time) time.Time {
	switch told := at.standing(); {
	case at.phase.Closed():
		return when
	case at.ahead != nil && told != nil && told.Phase.Closed():
		return at.ahead.NotBefore(when)
	}
	return reopened(at.history)
}

// reopened is when the latest publication came that brought an incident back;
// zero for none.
func reopened(history []signoff.Publication) time.Time {
	var back time.Time
	over := false
	for _, pub := range history {
		closed := pub.Message().Incident.Phase.Closed()
		if over && !closed {
			back = pub.At()
		}
		over = closed
	}
	return back
}

// told lists the components whose followers were told of the incident.
func (at place) told() []comms.ComponentID {
	var out []comms.ComponentID
	for _, m := range at.said() {
		if m.Audience != nil {
			out = append(out, m.Audience.Components...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// said is what customers will have been told, oldest first.
func (at place) said() []comms.Message {
	out := make([]comms.Message, len(at.history), len(at.history)+1)
	for i, pub := range at.history {
		out[i] = pub.Message()
	}
	if at.ahead != nil {
		out = append(out, *at.ahead)
	}
	return out
}

// judge applies the language rules as of the moment at which the message goes
// out.
func (d *Desk) judge(at place, content comms.Content, m comms.Message, text draft.Draft, reader comms.Lang) lint.Report {
	if m.Statement != nil {
		return d.book(at.plan).CheckStatement(content, *m.Statement, at.plan, d.c.Now(), reader)
	}
	cause := at.cause(text)
	return d.book(at.plan).Check(lint.Subject{
		Content: content, Draft: text, Plan: at.plan, History: at.said(),
		Phase: at.phase, Reopened: at.reopened(m.NotBefore(d.c.Now())), Now: m.NotBefore(d.c.Now()), Reader: reader,
		CauseConfirmed: cause.Confirmation != nil, Confirmers: names(at.plan, cause.May),
	})
}

// book is a plan's language rules made ready. The last one is kept: every
// pause in typing asks for it.
func (d *Desk) book(p *plan.Plan) *lint.Book {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rules == nil || !d.rules.Of(p) {
		d.rules = lint.Compile(p)
	}
	return d.rules
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
