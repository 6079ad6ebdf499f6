package editor

import (
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/visits"
)

// past is what happened at all links in the time of a drawing.
type past struct {
	rows  map[string][]visits.Tally // by key, one for each step
	none  []visits.Tally            // of a key at which nothing was counted
	said  []desk.Said
	rises []desk.Rise
}

// passed is what happened at one link.
type passed struct {
	key   string
	rows  []visits.Tally
	said  []desk.Said // of a component of the link
	rises []desk.Rise
}

func (e *Editor) past(v *visit, d drawing) (p past, err error) {
	ctx := v.Request().Context()
	counts, err := e.c.Links.VisitHours(ctx, d.from)
	if err != nil {
		return p, err
	}
	if p.said, err = e.c.Desk.Said(ctx, v.actor, d.from); err != nil {
		return p, err
	}
	p.rows, p.none = map[string][]visits.Tally{}, make([]visits.Tally, d.Steps)
	for _, c := range visits.Renamed(counts, v.plan.Catalogue.Links) {
		i := int(c.At.Sub(d.from) / d.Step)
		if c.At.Before(d.from) || i >= d.Steps {
			continue
		}
		if p.rows[c.Key] == nil {
			p.rows[c.Key] = make([]visits.Tally, d.Steps)
		}
		p.rows[c.Key][i].Visits += c.Visits
		p.rows[c.Key][i].Reports += c.Reports
	}
	p.rises, err = e.c.Desk.RisesSince(ctx, v.actor, d.from)
	return p, err
}

func (p past) of(l comms.Link) passed {
	out := passed{key: l.Key, rows: p.none}
	if rows, ok := p.rows[l.Key]; ok {
		out.rows = rows
	}
	for _, s := range p.said {
		if slices.ContainsFunc(s.Components, func(c comms.ComponentID) bool { return slices.Contains(l.Components, c) }) {
			out.said = append(out.said, s)
		}
	}
	for _, r := range p.rises {
		if l.Had(r.Key) {
			out.rises = append(out.rises, r)
		}
	}
	return out
}
