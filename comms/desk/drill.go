package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// Drill is a drill of the plan that was held.
type Drill struct {
	Day  string // in the organisation's time zone, as plan.Day writes it
	Note string // who took part and what was learned
	By   plan.PersonID
	At   time.Time // when it was recorded
}

// DrillReminder is that people were told that a drill is due.
type DrillReminder struct {
	Day string // on which it is due
	At  time.Time
	To  []plan.PersonID
}

// Practised is how the team keeps to the drills of the plan. The zero value is
// that of a plan that asks for none.
type Practised struct {
	Held []Drill   // the latest first
	Due  time.Time // when the next one is due
	Over bool      // that time has come
	You  bool      // may record one
}

// Drills are the drills that were held, and who was told of the next one.
type Drills interface {
	// Drills lists those that were held, the latest day first.
	Drills(ctx context.Context) ([]Drill, error)
	// AddDrill stores one for good. There is one of a day.
	AddDrill(ctx context.Context, d Drill) error
	// DrillTold tells whether people were told of the drill that is due on a day.
	DrillTold(ctx context.Context, day string) (bool, error)
	// ClaimDrill stores that they are told, and tells whether nobody was before.
	ClaimDrill(ctx context.Context, r DrillReminder) (bool, error)
}

// Practised tells which drills were held, and when the next one is due.
func (d *Desk) Practised(ctx context.Context, a Actor) (out Practised, err error) {
	err = d.c.Store.Read(ctx, func(tx Tx) error {
		p, _, err := d.plan(ctx, tx)
		if err != nil {
			return err
		}
		out, err = d.practised(ctx, tx, p, a)
		return err
	})
	return out, err
}

// practised counts from the latest drill, or from the first plan while none was
// held.
func (d *Desk) practised(ctx context.Context, tx Tx, p *plan.Plan, a Actor) (out Practised, err error) {
	if p.Drills.EveryDays == 0 {
		return out, nil
	}
	if out.Held, err = tx.Drills(ctx); err != nil {
		return out, err
	}
	last := ""
	if len(out.Held) > 0 {
		last = out.Held[0].Day
	} else {
		first, err := tx.Publication(ctx, 1)
		if err != nil {
			return out, err
		}
		last = p.Day(first.At())
	}
	if out.Due, err = p.NextDrill(last); err != nil {
		return out, fmt.Errorf("reckon when a drill is due: %w", err)
	}
	out.Over = !d.c.Now().Before(out.Due)
	out.You = a.Token == "" && slices.Contains(practising(p, plan.Admin), a.Person)
	return out, nil
}

// practising lists who takes part in the drills, and who has one of the other roles.
func practising(p *plan.Plan, others ...plan.RoleID) []plan.PersonID {
	return holders(p, []plan.Requirement{{Roles: append(slices.Clone(p.Drills.Roles), others...)}})
}

// RecordDrill keeps that a drill was held on a day, and what is to be known of
// it. Whoever takes part in the drills may, and whoever administers.
func (d *Desk) RecordDrill(ctx context.Context, a Actor, day, note string) error {
	day, note = strings.TrimSpace(day), strings.TrimSpace(note)
	return d.c.Store.Write(ctx, func(tx Tx) error {
		p, _, err := d.plan(ctx, tx)
		if err != nil {
			return err
		}
		was, err := d.practised(ctx, tx, p, a)
		if err != nil {
			return err
		}
		if p.Drills.EveryDays == 0 {
			return comms.Refuse(comms.Conflict, "", "the plan asks for no drills; add how often the team practises to the plan first")
		}
		if !was.You {
			return comms.Refuse(comms.Forbidden, "", "only those who take part in the drills by the plan, and administrators, record one; ask one of them")
		}
		if err := d.checkDrill(p, was.Held, day, note); err != nil {
			return err
		}
		if err := tx.AddDrill(ctx, Drill{Day: day, Note: note, By: a.Person, At: d.c.Now()}); err != nil {
			return err
		}
		return d.log(ctx, tx, a, "drill.held", comms.ID(day), "note", note)
	})
}

func (d *Desk) checkDrill(p *plan.Plan, held []Drill, day, note string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return comms.Refuse(comms.Invalid, "day", "the day of the drill is no date; write it like 2026-11-28")
	}
	if day > p.Day(d.c.Now()) {
		return comms.Refuse(comms.Invalid, "day", "that day is still to come; record the drill once it was held")
	}
	if slices.ContainsFunc(held, func(h Drill) bool { return h.Day == day }) {
		return comms.Refuse(comms.Conflict, "day", "a drill of that day is recorded already, and a record is never changed")
	}
	if note == "" {
		return comms.Refuse(comms.Invalid, "note", "say who took part and what was learned, in a sentence or two")
	}
	if r := draft.CheckText("note", note, true); r != nil {
		return r
	}
	return nil
}

// DrillDue tells those who take part that a drill is due. Call it every few
// seconds: of each due day they are told once, however many processes call it
// and after whatever outage.
func (d *Desk) DrillDue(ctx context.Context) error {
	var due bool
	err := d.c.Store.Read(ctx, func(tx Tx) (err error) {
		_, _, due, err = d.drillDue(ctx, tx)
		return err
	})
	if err == nil && due {
		err = d.c.Store.Write(ctx, func(tx Tx) error { return d.tellDrill(ctx, tx) })
	}
	if err != nil {
		return fmt.Errorf("look whether a drill is due: %w", err)
	}
	return nil
}

// drillDue tells whether somebody is to be told, of what and by which update of
// the plan.
func (d *Desk) drillDue(ctx context.Context, tx Tx) (r DrillReminder, update comms.ID, due bool, err error) {
	p, pub, err := d.plan(ctx, tx)
	if comms.CodeOf(err) == comms.NotFound {
		return r, "", false, nil
	}
	if err != nil {
		return r, "", false, err
	}
	now, err := d.practised(ctx, tx, p, Actor{})
	if err != nil || !now.Over {
		return r, "", false, err
	}
	r = DrillReminder{Day: p.Day(now.Due), At: d.c.Now(), To: practising(p)}
	told, err := tx.DrillTold(ctx, r.Day)
	return r, pub.Message().Update, !told, err
}

func (d *Desk) tellDrill(ctx context.Context, tx Tx) error {
	r, update, due, err := d.drillDue(ctx, tx)
	if err != nil || !due {
		return err
	}
	first, err := tx.ClaimDrill(ctx, r)
	if err != nil || !first {
		return err
	}
	// A notice is about an update: that of the plan that asks for the drill.
	return tx.Notify(ctx, Notice{Kind: NoticeDrill, Update: update, To: r.To})
}
