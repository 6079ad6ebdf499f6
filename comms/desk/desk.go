package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
	"github.com/countersign/countersign/comms/signoff"
)

// Config is what a desk needs. Every field but Published is required.
type Config struct {
	Store Store
	Key   signoff.Key
	Keys  signoff.Keyring
	Now   func() time.Time
	Frame comms.Digest // of the words that shipped in the program
	// Published is told of a publication after its transaction has committed.
	// It must return at once.
	Published func(number int64)
}

// Desk is the use cases of the people who write and sign. It is safe for use
// by several goroutines.
type Desk struct {
	c Config

	mu    sync.Mutex
	rules *lint.Book                  // of the plan that was judged by last
	plans map[comms.Digest]*plan.Plan // as read from the publications with these digests
}

// New returns a desk.
func New(c Config) *Desk {
	clock := c.Now
	c.Now = func() time.Time { return clock().UTC().Truncate(time.Microsecond) } // what a store keeps of a time
	d := &Desk{c: c}
	d.c.Store = clocked{c.Store, d}
	return d
}

// Found publishes the first plan of an installation, by the warrant of
// genesis; it refuses when there is a plan.
func (d *Desk) Found(ctx context.Context, files []comms.PlanFile) (signoff.Publication, error) {
	var published signoff.Publication
	err := d.c.Store.Write(ctx, func(tx Tx) error {
		head, err := tx.Head(ctx)
		if err != nil {
			return err
		}
		if head.Number != 0 {
			return comms.Refuse(comms.Conflict, "", "this installation has a plan already (publication %d is its latest); submit a change of the plan instead", head.Number)
		}
		now := d.c.Now()
		u := Update{ID: comms.NewID(), Kind: comms.MessagePlan, State: Draft, CreatedAt: now}
		m, err := render.Plan(files, nil, render.Context{Update: u.ID}, 1, "The first plan")
		if err != nil {
			return err
		}
		content, err := comms.Seal(m)
		if err != nil {
			return err
		}
		published, err = signoff.Countersign(d.c.Key, content, lint.Report{}, nil, signoff.Basis{Frame: d.c.Frame, Keys: d.c.Keys}, now)
		if err != nil {
			return err
		}
		if err := tx.InsertUpdate(ctx, u); err != nil {
			return err
		}
		if err := tx.AddContent(ctx, content); err != nil {
			return err
		}
		return d.record(ctx, tx, Actor{}, u, nil, published)
	})
	if err == nil {
		d.announce(published)
	}
	return published, err
}

// Plan returns the plan in force and the publication that put it in force.
func (d *Desk) Plan(ctx context.Context) (*plan.Plan, signoff.Publication, error) {
	var p *plan.Plan
	var pub signoff.Publication
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		p, pub, err = d.plan(ctx, tx)
		return err
	})
	return p, pub, err
}

func (d *Desk) plan(ctx context.Context, tx Tx) (*plan.Plan, signoff.Publication, error) {
	pub, err := tx.PlanInForce(ctx)
	if err != nil {
		return nil, pub, err
	}
	if pub.IsZero() {
		return nil, pub, comms.Refuse(comms.NotFound, "", "no plan is in force yet; run `countersign init` first")
	}
	p, err := d.read(pub)
	return p, pub, err
}

// mostPlans is how many plans a desk keeps read: the one in force, and those
// that incidents still go by.
const mostPlans = 8

func (d *Desk) read(pub signoff.Publication) (*plan.Plan, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p, ok := d.plans[pub.Digest()]; ok {
		return p, nil
	}
	p, err := plan.Read(pub.Message().PlanVersion.Files)
	if err != nil {
		return nil, fmt.Errorf("the plan of publication %d cannot be read by this version of the program: %w", pub.Number(), err)
	}
	if d.plans == nil || len(d.plans) >= mostPlans {
		d.plans = map[comms.Digest]*plan.Plan{}
	}
	d.plans[pub.Digest()] = p
	return p, nil
}

// writer refuses people who may not write at the desk.
func writer(p *plan.Plan, a Actor) error {
	for _, role := range p.RolesOf(a.Person) {
		if role != plan.Reporter {
			return nil
		}
	}
	return comms.Refuse(comms.Forbidden, "", "the roster gives %q no role that writes; ask an administrator for a change of the roster", a.Person)
}

// write runs fn as a person who may write, with the plan in force.
func (d *Desk) write(ctx context.Context, a Actor, fn func(Tx, *plan.Plan) error) error {
	return d.c.Store.Write(ctx, func(tx Tx) error {
		p, _, err := d.plan(ctx, tx)
		if err != nil {
			return err
		}
		if err := writer(p, a); err != nil {
			return err
		}
		return fn(tx, p)
	})
}

func (d *Desk) announce(p signoff.Publication) {
	if d.c.Published != nil && !p.IsZero() {
		d.c.Published(p.Number())
	}
}

func (d *Desk) log(ctx context.Context, tx Tx, a Actor, action string, subject comms.ID, detail ...string) error {
	e := Entry{At: d.c.Now(), Person: a.Person, Action: action, Subject: string(subject), Detail: map[string]string{}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	if a.Token != "" {
		e.Detail["token"] = a.Token
	}
	return tx.AddEntry(ctx, e)
}

// Stale says that somebody saved a newer revision than the one that was edited.
type Stale struct {
	Mine   draft.Draft
	Theirs Revision
}

func (s *Stale) Error() string {
	return "somebody saved a newer text while you wrote; both are shown, and nothing is lost"
}

// Blocked says that the language rules stop a message. Findings that a second
// person may waive are among them until the submitter says why they may stand.
type Blocked struct {
	Report    lint.Report
	Undecided []lint.Finding // of them, and of warnings, what a reason may let stand
}

func (b *Blocked) Error() string {
	blocks := b.Report.Blocks()
	f := blocks[0]
	for _, other := range blocks { // a cause may be confirmed later, so that alone stops nobody
		if f.Confirm {
			f = other
		}
	}
	return string(f.Rule) + ": " + f.Reason
}

// Undecided says that warnings stand, and that nobody has said why they may.
type Undecided struct {
	Report   lint.Report
	Findings []lint.Finding
}

func (u *Undecided) Error() string {
	f := u.Findings[0]
	return string(f.Rule) + ": " + f.Reason
}

func isRefusal(err error) (*comms.Refusal, bool) {
	var r *comms.Refusal
	ok := errors.As(err, &r)
	return r, ok
}
