package desk

import (
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// Said is one incident or planned work of which something was published.
type Said struct {
	Incident   comms.ID
	Kind       comms.Kind
	Title      comms.Words
	Components []comms.ComponentID // that it ever spoke of
	From       time.Time           // when it began for customers
	Until      time.Time           // when it was over; zero while it goes on
	Published  []time.Time         // when something was said, in turn
}

// mostSaid is how many incidents are looked through, the newest first.
const mostSaid = 200

// Said lists what was published that touches a time since when, the earliest
// beginning first.
func (d *Desk) Said(ctx context.Context, _ Actor, since time.Time) ([]Said, error) {
	var out []Said
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		all, err := tx.Incidents(ctx, false, mostSaid)
		if err != nil {
			return err
		}
		for _, i := range all {
			if i.Head == 0 || i.Phase.Closed() && i.StartedAt.Before(since.Add(-longest)) {
				continue
			}
			s, err := saidOf(ctx, tx, i)
			if err != nil {
				return err
			}
			if s.Until.IsZero() || s.Until.After(since) {
				out = append(out, s)
			}
		}
		slices.SortStableFunc(out, func(a, b Said) int { return a.From.Compare(b.From) })
		return nil
	})
	return out, err
}

// longest is how long before the time in question an incident that is over may
// have begun.
const longest = 30 * 24 * time.Hour

func saidOf(ctx context.Context, tx Tx, i Incident) (Said, error) {
	pubs, err := tx.History(ctx, i.ID)
	s := Said{Incident: i.ID, Kind: i.Kind}
	for _, pub := range pubs {
		m := pub.Message()
		if m.Redaction != nil || m.Incident.ID != i.ID {
			continue
		}
		s.From = m.Incident.StartedAt
		s.Published = append(s.Published, pub.At())
		s.Title = comms.Words{}
		for lang, f := range m.Forms {
			s.Title[lang] = f.Title
		}
		for _, c := range m.Incident.Claims {
			if !slices.Contains(s.Components, c.Component) {
				s.Components = append(s.Components, c.Component)
			}
		}
		switch {
		case !m.Incident.Phase.Closed():
			s.Until = time.Time{}
		case s.Until.IsZero():
			s.Until = pub.At()
			if m.Incident.EndedAt != nil && m.Incident.EndedAt.Before(s.Until) {
				s.Until = *m.Incident.EndedAt
			}
		}
	}
	return s, err
}
