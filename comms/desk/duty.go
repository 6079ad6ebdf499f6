package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
)

// Need says what has to be done for a promise to be kept.
type Need string

// What has to be done.
const (
	NeedWrite  Need = "write"  // nobody writes the update yet
	NeedFinish Need = "finish" // it is a draft, or has to be changed
	NeedSign   Need = "sign"   // signatures are missing
	NeedSigner Need = "signer" // signatures are missing, and nobody is left who could give them
	NeedWait   Need = "wait"   // it is signed, and goes out in time by itself
)

// Clock is a promise that waits for somebody, with who is to act and on what.
type Clock struct {
	Promise  promise.Promise // zero for an open incident of which nothing is promised
	Incident Incident
	Lead     plan.PersonID // who holds the incident
	Title    comms.Words
	Need     Need
	Update   comms.ID // to finish or to sign; "" if none is begun
	Line     promise.Line
	Step     promise.Step // the latest reminder that went out
	Coming   promise.Step // the next one; None for no other
	ComingAt time.Time
}

// Acts lists who is to act next, as far as the reminders have come. Authors and
// whoever holds the incident hear of missing signatures and give none.
func (c Clock) Acts() []plan.PersonID {
	if c.Need == NeedSign && c.Step >= promise.Everyone {
		return slices.Concat(c.Line.First, c.Line.Next)
	}
	return c.Line.At(max(c.Step, promise.Remind))
}

// roster is the plan in force as it is at this hour, and who of its people can
// act at all.
type roster struct {
	plan   *plan.Plan
	number int64 // of its publication
	barred map[plan.PersonID]string
}

func (d *Desk) roster(ctx context.Context, tx Tx) (roster, error) {
	p, pub, err := d.plan(ctx, tx)
	if err != nil {
		return roster{}, err
	}
	barred, err := tx.Barred(ctx, everyone(p))
	return roster{p.Shift(d.c.Now()), pub.Number(), barred}, err
}

func (r roster) may(person plan.PersonID) bool {
	_, out := r.barred[person]
	return !out
}

// clock works out who is to act on a promise, and on what.
func (d *Desk) clock(ctx context.Context, tx Tx, r roster, p promise.Promise) (Clock, error) {
	c := Clock{Promise: p}
	var err error
	if c.Incident, err = tx.Incident(ctx, p.Incident); err != nil {
		return c, err
	}
	c.Title = c.Incident.called(r.plan)
	if c.Lead, err = tx.Lead(ctx, p.Incident); err != nil {
		return c, err
	}
	updates, err := tx.UpdatesOf(ctx, p.Incident)
	if err != nil {
		return c, err
	}
	if err := d.need(ctx, tx, &c, updates); err != nil {
		return c, err
	}
	switch c.Need {
	case NeedSign:
		err = d.signingLine(ctx, tx, r, &c, updates)
	case NeedWrite, NeedFinish:
		c.Line = promise.Writing(r.plan, c.Lead, r.may)
	}
	if err != nil {
		return c, err
	}
	if c.Step, err = reminded(ctx, tx, p.ID); err != nil {
		return c, err
	}
	if c.Need == NeedWait {
		return c, nil
	}
	moments, err := d.moments(ctx, tx, r, c.Incident, p)
	c.Coming, c.ComingAt = p.Coming(moments, d.c.Now())
	return c, err
}

// reminded is the latest reminder of a promise that went out.
func reminded(ctx context.Context, tx Tx, id comms.ID) (promise.Step, error) {
	gone, err := tx.Reminders(ctx, id)
	if n := len(gone); n > 0 {
		return gone[n-1].Step, err
	}
	return promise.None, err
}

// moments are those at which a promise of an incident is reminded of, by the
// plan that it goes by. Signatures that a report waits for are asked for in
// working time, as the report is.
func (d *Desk) moments(ctx context.Context, tx Tx, r roster, i Incident, p promise.Promise) ([3]time.Time, error) {
	reminders, err := d.reminders(ctx, tx, r, i)
	if err != nil || p.Public() || !i.Phase.Closed() {
		return p.Moments(r.plan, reminders), err
	}
	all, err := tx.Promises(ctx, i.ID)
	if report := waiting(all); report != nil && report.Kind == promise.Report && report.Due.Equal(p.Due) {
		p.Kind = promise.Report
	}
	return p.Moments(r.plan, reminders), err
}

// reminders are those of the plan that an incident goes by.
func (d *Desk) reminders(ctx context.Context, tx Tx, r roster, i Incident) (plan.Reminders, error) {
	p := r.plan
	adopted, err := tx.Adoptions(ctx, i.ID)
	if n := len(adopted); err == nil && (n == 0 || adopted[n-1].Plan != r.number) { // else nothing has to be verified again
		p, _, err = d.under(ctx, tx, i.ID)
	}
	if err != nil {
		return plan.Reminders{}, err
	}
	s, _ := p.Severity(i.Severity)
	return p.RemindersOf(s), nil
}

// need finds what has to be done: what is in review comes before what is being
// written.
func (d *Desk) need(ctx context.Context, tx Tx, c *Clock, updates []Update) error {
	c.Need = NeedWrite
	if !c.Promise.Public() {
		c.Need, c.Update = NeedSign, c.Promise.Update
		return nil
	}
	rank := map[Need]int{NeedWrite: 0, NeedFinish: 1, NeedSign: 2, NeedWait: 3}
	for _, u := range updates {
		if u.Kind != comms.MessageUpdate && u.Kind != comms.MessageCorrection {
			continue
		}
		at, err := planned(ctx, tx, u)
		if err != nil {
			return err
		}
		if at.After(c.Promise.Due.Add(promise.Grace)) {
			continue // it comes too late to keep this
		}
		if c.Promise.Kind == promise.Report {
			report, err := reports(ctx, tx, u)
			if err != nil {
				return err
			}
			if !report {
				continue // it says something else than what is promised
			}
		}
		need := NeedWrite
		switch u.State {
		case Draft, ChangesRequested, Parked:
			need = NeedFinish
		case InReview:
			need = NeedSign
		case Approved:
			need = NeedWait
		}
		if rank[need] > rank[c.Need] {
			c.Need, c.Update = need, u.ID
		}
	}
	return nil
}

// reports tells whether an update is the report on an incident.
func reports(ctx context.Context, tx Tx, u Update) (bool, error) {
	latest, err := tx.Latest(ctx, u.ID)
	return latest.Draft.Phase == comms.PhasePostmortem, err
}

// signingLine is who may still sign. Where nobody is left, everybody hears
// of it at once: somebody must find a way, and nothing goes out unsigned.
func (d *Desk) signingLine(ctx context.Context, tx Tx, r roster, c *Clock, updates []Update) error {
	i := slices.IndexFunc(updates, func(u Update) bool { return u.ID == c.Update })
	if i < 0 || updates[i].State != InReview {
		return nil
	}
	b, err := d.bench(ctx, tx, updates[i])
	if err != nil {
		return err
	}
	now := d.c.Now()
	var missing []plan.Requirement
	var index []int
	for i, requirement := range b.requirements {
		if b.live(i, now) == nil {
			missing, index = append(missing, requirement), append(index, i)
		}
	}
	may := func(i int, person plan.PersonID) bool { return b.why(person, index[i], now) == "" }
	c.Title = titlesOf(b.message, r.plan.Catalogue.Source, c.Title)
	c.Line = promise.Signing(r.plan, missing, may, append([]plan.PersonID{c.Lead}, b.authors...)...)
	if len(c.Line.First)+len(c.Line.Next) == 0 {
		c.Need, c.Line = NeedSigner, promise.Line{Everyone: promise.Writing(r.plan, c.Lead, r.may).Everyone}
	}
	return nil
}

// clocks lists what waits for somebody, the most urgent first: of each
// incident what customers were promised, else the signatures that it needs.
// Open incidents of which nothing is promised come last.
func (d *Desk) clocks(ctx context.Context, tx Tx, r roster) ([]Clock, error) {
	all, err := tx.PromisesWaiting(ctx)
	if err != nil {
		return nil, err
	}
	public := map[comms.ID]bool{}
	for _, p := range all {
		public[p.Incident] = public[p.Incident] || p.Public()
	}
	var out []Clock
	shown := map[comms.ID]bool{}
	for _, p := range all {
		if !p.Public() && public[p.Incident] {
			continue
		}
		c, err := d.clock(ctx, tx, r, p)
		if err != nil {
			return nil, err
		}
		out, shown[p.Incident] = append(out, c), true
	}
	standing, err := tx.Standing(ctx)
	if err != nil {
		return nil, err
	}
	for _, pub := range standing {
		m := pub.Message()
		for i := range out {
			if out[i].Incident.ID == m.Incident.ID {
				out[i].Title = titlesOf(m, r.plan.Catalogue.Source, out[i].Title)
			}
		}
		if shown[m.Incident.ID] {
			continue
		}
		inc, err := tx.Incident(ctx, m.Incident.ID)
		if err != nil {
			return nil, err
		}
		lead, err := tx.Lead(ctx, inc.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, Clock{Incident: inc, Lead: lead, Title: titlesOf(m, r.plan.Catalogue.Source, inc.called(r.plan))})
	}
	slices.SortStableFunc(out, func(a, b Clock) int {
		return cmp.Or(cmp.Compare(order(a.Promise), order(b.Promise)), a.Promise.Due.Compare(b.Promise.Due))
	})
	return out, nil
}

// order puts what has no promise last.
func order(p promise.Promise) int {
	if p.ID == "" {
		return 1
	}
	return 0
}

// showClocks fills in what was promised of an incident and who is to act.
func (d *Desk) showClocks(ctx context.Context, tx Tx, v *IncidentView) error {
	r, err := d.roster(ctx, tx)
	if err != nil {
		return err
	}
	if v.Lead, err = tx.Lead(ctx, v.Incident.ID); err != nil {
		return err
	}
	offered, err := tx.HandoversOffered(ctx)
	if err != nil {
		return err
	}
	for _, h := range offered {
		if h.offers(v.Incident.ID) {
			v.Offered = &h
		}
	}
	if v.Promises, err = tx.Promises(ctx, v.Incident.ID); err != nil {
		return err
	}
	for _, p := range v.Promises {
		if !p.Waits() {
			continue
		}
		c, err := d.clock(ctx, tx, r, p)
		if err != nil {
			return err
		}
		v.Clocks = append(v.Clocks, c)
	}
	slices.SortStableFunc(v.Clocks, func(a, b Clock) int { return a.Promise.Due.Compare(b.Promise.Due) })
	return nil
}
