package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/comms/rise"
)

// Rise is a time in which more customers come to an in-product link than usual.
type Rise struct {
	ID      comms.ID
	Key     string        // of the link
	Reports bool          // more say "I see this too"; else more open it
	Window  time.Duration // in which Count came, where Usual come
	Count   int64
	Usual   float64
	BeganAt time.Time
	// MailedAt is when the team got a mail; zero for not yet.
	MailedAt time.Time
	// ToldAt is when something was last seen to be published about the link's
	// components; zero for never.
	ToldAt time.Time
	SeenAt time.Time // when somebody said that they know; zero for nobody
	SeenBy plan.PersonID
	// EndedAt is when as many came as usual again; zero while it goes on.
	EndedAt time.Time
}

// Kind is what came: "visits", or "reports" of people who see trouble.
func (r Rise) Kind() string {
	if r.Reports {
		return "reports"
	}
	return "visits"
}

// Silent tells whether a rise that goes on asks nobody for anything: customers
// read what is published, or somebody of the team knows.
func (r Rise) Silent() bool {
	return !r.EndedAt.IsZero() || !r.ToldAt.IsZero() || !r.SeenAt.IsZero()
}

// Rises are the times in which more customers came to a link than usual.
type Rises interface {
	// RisesOn lists those that go on, the latest first.
	RisesOn(ctx context.Context) ([]Rise, error)
	// RisesSince lists those that go on or began since a time, the latest first.
	RisesSince(ctx context.Context, since time.Time) ([]Rise, error)
	// Rise finds one.
	Rise(ctx context.Context, id comms.ID) (Rise, error)
	// AddRise stores one. Of a key one goes on at a time.
	AddRise(ctx context.Context, r Rise) error
	// ChangeRise stores what became of one.
	ChangeRise(ctx context.Context, r Rise) error
}

// afterwards is how long more than usual may come after what was published is
// over, before that is a rise of its own.
const afterwards = time.Hour

// noted is how finely the store knows until when something was published.
const noted = 10 * time.Minute

// turn is what becomes of a rise: it ends, customers were told, or somebody is
// to be told by mail. anew says that another one begins at once.
func (r Rise) turn(now time.Time, came rise.Arrivals, known, told, quiet bool) (out Rise, anew bool) {
	switch {
	case !known, came.Calm():
		r.EndedAt = now
	case told && now.Sub(r.ToldAt) >= noted:
		r.ToldAt = now
	case told:
	case !r.ToldAt.IsZero() && now.Sub(r.ToldAt) >= afterwards+noted && came.Rises():
		r.EndedAt, anew = now, true
	case !r.Silent() && r.MailedAt.IsZero() && !quiet:
		r.MailedAt = now
	}
	return r, anew
}

// arrived is what is needed to say what becomes of every rise.
type arrived struct {
	roster roster
	links  map[string]comms.Link
	told   map[string]bool // keys
	on     map[string]Rise
	quiet  bool
}

// SeeArrivals takes in who came to each link of the plan lately, by key. A rise
// begins once, whatever several processes see and whatever is seen again after
// a crash, and with it goes one mail to whoever writes at this hour: at once,
// or at the end of the plan's quiet hours for its lightest incidents; none when
// something is published about the link's components by then, somebody has seen
// it, or it is over.
func (d *Desk) SeeArrivals(ctx context.Context, came map[string]rise.Arrivals) error {
	var due []string
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		a, err := d.arrived(ctx, tx)
		if err != nil {
			return err
		}
		due = a.due(d.c.Now(), came)
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for links that more people open than usual: %w", err)
	}
	var errs []error
	for _, key := range due {
		err := d.c.Store.Write(ctx, func(tx Tx) error {
			a, err := d.arrived(ctx, tx)
			if err != nil {
				return err
			}
			return d.seeRise(ctx, tx, a, key, came[key])
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("note who came to the link %q: %w", key, err))
		}
	}
	return errors.Join(errs...)
}

// due lists the keys of which something is to be stored.
func (a arrived) due(now time.Time, came map[string]rise.Arrivals) (keys []string) {
	for key := range a.links {
		if _, on := a.on[key]; !on && came[key].Rises() {
			keys = append(keys, key)
		}
	}
	for key, r := range a.on {
		_, known := a.links[key]
		next, _ := r.turn(now, came[key], known, a.told[key], a.quiet)
		_, read := came[key]
		if next != r && (read || !known) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (d *Desk) arrived(ctx context.Context, tx Tx) (a arrived, err error) {
	if a.roster, err = d.roster(ctx, tx); err != nil {
		return a, err
	}
	told, err := toldNow(ctx, tx)
	if err != nil {
		return a, err
	}
	p := a.roster.plan
	a.links, a.told, a.on = map[string]comms.Link{}, map[string]bool{}, map[string]Rise{}
	for _, l := range p.Catalogue.Links {
		a.links[l.Key] = l
		a.told[l.Key] = told.Of(l)
	}
	on, err := tx.RisesOn(ctx)
	for _, r := range on {
		a.on[r.Key] = r
	}
	a.quiet = quietFor(p, d.c.Now())
	return a, err
}

// quietFor tells whether a hint waits: the plan lets mails of its lightest
// incidents wait at this hour, and a rise may not even be one.
func quietFor(p *plan.Plan, now time.Time) bool {
	var lightest plan.Severity
	for _, s := range p.Severities {
		if s.Kind == comms.KindIncident && s.FirstUpdate >= lightest.FirstUpdate {
			lightest = s
		}
	}
	_, quiet := p.Mails(lightest.ID)
	return quiet != nil && quiet.Until(now).After(now)
}

// seeRise stores what becomes of one key.
func (d *Desk) seeRise(ctx context.Context, tx Tx, a arrived, key string, came rise.Arrivals) error {
	now := d.c.Now()
	was, on := a.on[key]
	_, known := a.links[key]
	if on {
		next, anew := was.turn(now, came, known, a.told[key], a.quiet)
		if next != was {
			if err := tx.ChangeRise(ctx, next); err != nil {
				return err
			}
		}
		if was.MailedAt.IsZero() && !next.MailedAt.IsZero() {
			return d.tellOfRise(ctx, tx, a, next)
		}
		if !anew {
			return nil
		}
	}
	if !known || !came.Rises() {
		return nil
	}
	r, reports := came.Telling()
	fresh := Rise{ID: comms.NewID(), Key: key, Reports: reports, Window: r.Window, Count: r.Count, Usual: r.Usual, BeganAt: now}
	if a.told[key] {
		fresh.ToldAt = now
	} else if !a.quiet {
		fresh.MailedAt = now
	}
	if err := tx.AddRise(ctx, fresh); err != nil {
		return err
	}
	if err := d.log(ctx, tx, Actor{}, "rise.began", fresh.ID, "link", key, "count", fmt.Sprint(r.Count), "usual", fmt.Sprintf("%.1f", r.Usual)); err != nil {
		return err
	}
	if fresh.MailedAt.IsZero() {
		return nil
	}
	return d.tellOfRise(ctx, tx, a, fresh)
}

// tellOfRise mails those who write at this hour.
func (d *Desk) tellOfRise(ctx context.Context, tx Tx, a arrived, r Rise) error {
	pub, err := tx.PlanInForce(ctx)
	if err != nil {
		return err
	}
	to := promise.Writing(a.roster.plan, "", a.roster.may).At(promise.Remind)
	// A notice is about an update: that of the plan that has the link.
	return tx.Notify(ctx, Notice{Kind: NoticeRise, Update: pub.Message().Update, To: to, Rise: r.ID})
}

// SeeRise notes that somebody knows of a rise and does nothing more about it.
func (d *Desk) SeeRise(ctx context.Context, a Actor, id comms.ID) error {
	return d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		if err := personal(a); err != nil {
			return err
		}
		r, err := tx.Rise(ctx, id)
		if err != nil || r.Silent() {
			return err
		}
		r.SeenAt, r.SeenBy = d.c.Now(), a.Person
		if err := tx.ChangeRise(ctx, r); err != nil {
			return err
		}
		return d.log(ctx, tx, a, "rise.seen", r.ID, "link", r.Key)
	})
}

// RisesSince lists the rises that go on or began since a time, the latest first.
func (d *Desk) RisesSince(ctx context.Context, _ Actor, since time.Time) (out []Rise, err error) {
	err = d.c.Store.Read(ctx, func(tx Tx) error {
		out, err = tx.RisesSince(ctx, since)
		return err
	})
	return out, err
}
