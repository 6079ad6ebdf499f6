package desk

import (
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Agenda is what needs the actor now, most urgent first.
type Agenda struct {
	ToSign   []Item   // you may sign
	ToMend   []Item   // you wrote it and changes were asked for, or it is parked
	Drafts   []Item   // unfinished drafts
	InReview []Item   // waiting for others
	Approved []Item   // signed, in the order in which they go out
	Due      []Item   // open incidents by their next promise
	Unmapped []Signal // alerts that fire and that the plan says nothing of, newest first
}

// Item is one line of the agenda.
type Item struct {
	Update   Update    // zero in Due
	Incident *Incident // nil for a plan
	Title    string
	Due      time.Time // the promise that it would keep, zero if none
	Author   plan.PersonID
	At       time.Time // when it goes out; zero for as soon as it is signed
	Signal   bool      // an alert began it
}

// Agenda lists what needs the actor now.
func (d *Desk) Agenda(ctx context.Context, a Actor) (Agenda, error) {
	var out Agenda
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		p, _, err := d.plan(ctx, tx)
		if err != nil {
			return err
		}
		due, promised, err := duties(ctx, tx, p.Catalogue.Source)
		if err != nil {
			return err
		}
		out.Due = due
		unmapped, err := tx.SignalsOf(ctx, "")
		if err != nil {
			return err
		}
		out.Unmapped = slices.DeleteFunc(unmapped, func(s Signal) bool { return !s.Firing })
		updates, err := tx.UpdatesIn(ctx, Draft, InReview, ChangesRequested, Parked, Approved)
		if err != nil {
			return err
		}
		for _, u := range updates {
			if err := d.sortIn(ctx, tx, a, p, u, promised, &out); err != nil {
				return err
			}
		}
		for _, list := range [][]Item{out.ToSign, out.ToMend, out.Drafts, out.InReview} {
			slices.SortStableFunc(list, byDue)
		}
		slices.SortStableFunc(out.Approved, func(a, b Item) int { return a.At.Compare(b.At) })
		return nil
	})
	return out, err
}

// byDue puts the earliest promise first and what has none last.
func byDue(a, b Item) int {
	switch {
	case a.Due.IsZero() && b.Due.IsZero():
		return 0
	case a.Due.IsZero():
		return 1
	case b.Due.IsZero():
		return -1
	}
	return a.Due.Compare(b.Due)
}

// duties lists the open incidents by their promise.
func duties(ctx context.Context, tx Tx, source comms.Lang) ([]Item, map[comms.ID]time.Time, error) {
	pubs, err := tx.Standing(ctx)
	if err != nil {
		return nil, nil, err
	}
	var due []Item
	promised := map[comms.ID]time.Time{}
	for _, pub := range pubs {
		m := pub.Message()
		inc, err := tx.Incident(ctx, m.Incident.ID)
		if err != nil {
			return nil, nil, err
		}
		item := Item{Incident: &inc, Title: titleOf(m, source, inc.Name)}
		if m.Incident.NextUpdate != nil {
			item.Due = *m.Incident.NextUpdate
			promised[inc.ID] = item.Due
		}
		due = append(due, item)
	}
	slices.SortStableFunc(due, byDue)
	return due, promised, nil
}

func (d *Desk) sortIn(ctx context.Context, tx Tx, a Actor, p *plan.Plan, u Update, promised map[comms.ID]time.Time, out *Agenda) error {
	item := Item{Update: u, Author: u.CreatedBy, Due: promised[u.Incident]}
	if u.Incident != "" {
		inc, err := tx.Incident(ctx, u.Incident)
		if err != nil {
			return err
		}
		item.Incident, item.Title = &inc, inc.Name
		if inc.Head == 0 {
			if p, _, err = d.under(ctx, tx, inc.ID); err != nil {
				return err
			}
			item.Due = due(p, inc, nil)
		}
	}
	authors, err := authorsOf(ctx, tx, u.ID)
	if err != nil {
		return err
	}
	if item.At, err = planned(ctx, tx, u); err != nil {
		return err
	}
	drawn, err := tx.Drawn(ctx, u.ID)
	if err != nil {
		return err
	}
	item.Signal = drawn > 0
	mine := slices.Contains(authors, a.Person)
	switch u.State {
	case Draft:
		out.Drafts = append(out.Drafts, item)
	case ChangesRequested, Parked:
		if mine {
			out.ToMend = append(out.ToMend, item)
		} else {
			out.Drafts = append(out.Drafts, item)
		}
	case Approved:
		m, err := submitted(ctx, tx, u)
		if err != nil {
			return err
		}
		item.Title, item.Due = titleOf(m, p.Catalogue.Source, item.Title), time.Time{}
		out.Approved = append(out.Approved, item)
	case InReview:
		b, err := d.bench(ctx, tx, u)
		if err != nil {
			return err
		}
		item.Title = titleOf(b.message, b.place.plan.Catalogue.Source, item.Title)
		for i := range b.requirements {
			if a.Token == "" && b.why(a.Person, i, d.c.Now()) == "" {
				out.ToSign = append(out.ToSign, item)
				return nil
			}
		}
		out.InReview = append(out.InReview, item)
	}
	return nil
}

// titleOf names a message for the desk's people.
func titleOf(m comms.Message, source comms.Lang, fallback string) string {
	if m.PlanVersion != nil && m.PlanVersion.Summary != "" {
		return m.PlanVersion.Summary
	}
	if t := m.Forms[source].Title; t != "" {
		return t
	}
	return fallback
}
