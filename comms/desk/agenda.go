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
	ToSign   []Item     // you may sign
	ToMend   []Item     // you wrote it and changes were asked for, another wording was suggested, or it is parked
	Drafts   []Item     // unfinished drafts
	InReview []Item     // waiting for others
	Approved []Item     // signed, in the order in which they go out
	Clocks   []Clock    // what was promised and waits, most urgent first; then open incidents without a promise
	Offered  []Handover // to you or by you, that wait for an answer
	Unmapped []Signal   // alerts that fire and that the plan says nothing of, newest first
	// Silent are incidents of which customers were told nothing and for which
	// the actor may publish a holding statement.
	Silent []Item
	Renew  []Held // holding statements whose approval ends soon or has ended
	Drill  bool   // a drill is due in which the actor takes part
	Rises  []Rise // links that more customers open than usual while nothing is published, the latest first
}

// Item is one line of the agenda.
type Item struct {
	Update   Update
	Incident *Incident // nil for a plan
	Title    comms.Words
	Due      time.Time // the promise that it would keep, zero if none
	Author   plan.PersonID
	At       time.Time // when it goes out; zero for as soon as it is signed
	Signal   bool      // an alert began it
	// Suggested are other wordings that wait for the actor's answer.
	Suggested []Suggestion
}

// Agenda lists what needs the actor now.
func (d *Desk) Agenda(ctx context.Context, a Actor) (Agenda, error) {
	var out Agenda
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		r, err := d.roster(ctx, tx)
		if err != nil {
			return err
		}
		if out.Clocks, err = d.clocks(ctx, tx, r); err != nil {
			return err
		}
		promised := map[comms.ID]time.Time{}
		for _, c := range out.Clocks {
			promised[c.Incident.ID] = c.Promise.Due
		}
		offered, err := tx.HandoversOffered(ctx)
		if err != nil {
			return err
		}
		out.Offered = slices.DeleteFunc(offered, func(h Handover) bool { return h.To != a.Person && h.From != a.Person })
		unmapped, err := tx.SignalsOf(ctx, "")
		if err != nil {
			return err
		}
		rises, err := tx.RisesOn(ctx)
		if err != nil {
			return err
		}
		out.Rises = slices.DeleteFunc(rises, Rise.Silent)
		drills, err := d.practised(ctx, tx, r.plan, a)
		if err != nil {
			return err
		}
		out.Drill = drills.Over && drills.You
		out.Unmapped = slices.DeleteFunc(unmapped, func(s Signal) bool { return !s.Firing })
		updates, err := tx.UpdatesIn(ctx, Draft, InReview, ChangesRequested, Parked, Approved)
		if err != nil {
			return err
		}
		for _, u := range updates {
			if err := d.sortIn(ctx, tx, a, r.plan, u, promised, &out); err != nil {
				return err
			}
		}
		if err := d.silent(ctx, tx, a, r.plan, &out); err != nil {
			return err
		}
		for _, list := range [][]Item{out.ToSign, out.ToMend, out.Drafts, out.InReview, out.Silent} {
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

func (d *Desk) sortIn(ctx context.Context, tx Tx, a Actor, p *plan.Plan, u Update, promised map[comms.ID]time.Time, out *Agenda) error {
	item := Item{Update: u, Author: u.CreatedBy, Due: promised[u.Incident]}
	if u.Incident != "" {
		inc, err := tx.Incident(ctx, u.Incident)
		if err != nil {
			return err
		}
		item.Incident, item.Title = &inc, inc.called(p)
	}
	authors, err := tx.Authors(ctx, u.ID)
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
		item.Title, item.Due = titlesOf(m, p.Catalogue.Source, item.Title), time.Time{}
		out.Approved = append(out.Approved, item)
	case InReview:
		b, err := d.bench(ctx, tx, u)
		if err != nil {
			return err
		}
		item.Title = titlesOf(b.message, b.place.plan.Catalogue.Source, item.Title)
		for i := range b.requirements {
			if a.Token == "" && b.why(a.Person, i, d.c.Now()) == "" {
				out.ToSign = append(out.ToSign, item)
				return nil
			}
		}
		if item.Suggested, err = unanswered(ctx, tx, u); err != nil {
			return err
		}
		if mine && len(item.Suggested) > 0 {
			out.ToMend = append(out.ToMend, item)
			return nil
		}
		out.InReview = append(out.InReview, item)
	}
	return nil
}

// silent finds the incidents for which the actor may publish a holding
// statement, and the statements that have to be approved anew.
func (d *Desk) silent(ctx context.Context, tx Tx, a Actor, p *plan.Plan, out *Agenda) error {
	all, err := d.statements(ctx, tx, p)
	if err != nil || len(all) == 0 {
		return err
	}
	for _, h := range all {
		if h.Pending == nil && (h.Soon || h.State == HeldExpired || h.State == HeldEnded) {
			out.Renew = append(out.Renew, h)
		}
	}
	if !slices.ContainsFunc(all, func(h Held) bool { return h.State == HeldApproved }) {
		return nil
	}
	incidents, err := tx.Incidents(ctx, true, 0)
	if err != nil {
		return err
	}
	for _, inc := range incidents {
		if inc.Head > 0 || inc.Kind != comms.KindIncident {
			continue
		}
		v, err := d.hold(ctx, tx, a, Filling{Incident: inc.ID})
		if comms.CodeOf(err) == comms.Unsigned {
			continue
		}
		if err != nil {
			return err
		}
		if v.You && a.Token == "" && !v.over {
			out.Silent = append(out.Silent, Item{Incident: &inc, Title: inc.called(p), Due: v.Due, At: v.Itself})
		}
	}
	return nil
}

// titlesOf names a message for the desk's people, in each language that it has;
// the source language is one of them.
func titlesOf(m comms.Message, source comms.Lang, fallback comms.Words) comms.Words {
	if m.PlanVersion != nil && m.PlanVersion.Summary != "" {
		return comms.Words{source: m.PlanVersion.Summary}
	}
	if titles := m.Titles(); titles[source] != "" {
		return titles
	}
	return fallback
}
