package editor

import (
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/comms/signoff"
)

// clockRow is a promise that waits, with who is to act.
type clockRow struct {
	Path, Title, Detail string
	Kind                string
	Due                 due
	Acts                string // who is to act, and what to do
	Mine                bool   // the reader is one of them
	Reminded, Coming    string // which reminder went out, and which comes when
}

// clock is one promise in words. A list of several incidents names each.
func (v *visit) clock(c desk.Clock, now time.Time) clockRow {
	row := clockRow{
		Path: "/incidents/" + string(c.Incident.ID), Title: in(c.Title, v.Printer, v.plan.Catalogue),
		Detail: v.phase(c.Incident.Phase) + " · " + v.severity(c.Incident.Severity) + " · " + v.T("desk.clock.lead", "person", v.people([]plan.PersonID{c.Lead})),
		Due:    v.due(c.Promise.Due, now),
	}
	if c.Promise.ID == "" {
		return row
	}
	row.Kind = v.T("desk.clock.kind." + string(c.Promise.Kind))
	acts := c.Acts()
	row.Mine = slices.Contains(acts, v.actor.Person)
	row.Acts = v.T("desk.clock.need."+string(c.Need), "people", v.some(acts))
	if c.Update != "" {
		row.Path = "/updates/" + string(c.Update)
	}
	if c.Step != promise.None {
		row.Reminded = v.T("desk.clock.reminded." + c.Step.String())
	}
	if c.Coming != promise.None && !(c.Coming == promise.Passed) {
		row.Coming = v.T("desk.clock.coming."+c.Coming.String(), "time", v.moment(c.ComingAt, now))
	}
	return row
}

// named is how many people a line names before it counts the others.
const named = 3

// some names a few people and counts the others.
func (v *visit) some(people []plan.PersonID) string {
	if i := slices.Index(people, v.actor.Person); i > 0 {
		people = slices.Concat(people[i:i+1], people[:i], people[i+1:])
	}
	if len(people) <= named {
		return v.people(people)
	}
	return v.T("desk.clock.more", "people", v.people(people[:named-1]), "count", len(people)-named+1)
}

// figure is one line of how promises were kept.
type figure struct{ Label, Text string }

// figures say how the promises of an incident were kept, as far as it is known.
func (v *visit) figures(look desk.IncidentView, now time.Time) []figure {
	var out []figure
	add := func(label, text string) {
		if text == "" {
			text = v.T("desk.kept.unknown")
		}
		out = append(out, figure{v.T("desk.kept." + label), text})
	}
	i := look.Incident
	if i.Kind == comms.KindIncident {
		declared, impact := "", ""
		if first, held := firstTold(look.History); first != nil {
			said := "desk.kept.after"
			if held {
				said = "desk.kept.after_holding"
			}
			declared = v.T(said, "span", v.length(first.At().Sub(i.OpenedAt)))
			impact = v.T(said, "span", v.length(first.At().Sub(i.StartedAt)))
		}
		add("declared", declared)
		add("impact", impact)
	}
	a := promise.Sum(look.Promises, now)
	ratio, worst := "", ""
	if a.Due() > 0 {
		ratio = v.T("desk.kept.of", "kept", a.Kept, "due", a.Due())
		worst = v.T("desk.kept.never_late")
		if a.Worst > 0 {
			worst = v.length(a.Worst)
		}
	}
	add("ratio", ratio)
	add("worst", worst)
	reports := slices.DeleteFunc(slices.Clone(look.Promises), func(p promise.Promise) bool { return p.Kind != promise.Report })
	for n, p := range reports {
		became := string(p.State)
		if p.State == promise.Withdrawn && n+1 < len(reports) {
			became = "anew" // the incident came back, or its severity did
		}
		add("report", v.T("desk.kept.report_"+became, "time", v.inFull(p.Due), "span", v.length(p.Late(now))))
	}
	return out
}

// firstTold is the publication by which customers heard of an incident first,
// and whether it was a holding statement; nil for none.
func firstTold(history []signoff.Publication) (first *signoff.Publication, held bool) {
	if len(history) == 0 {
		return nil, false
	}
	return &history[0], history[0].Warrant().Kind == signoff.Holding
}

// longMode says when an incident may come to longer intervals, or that it may
// now; "" where it may not.
func (v *visit) longMode(look desk.IncidentView, now time.Time) string {
	s, _ := look.Plan.Severity(look.Incident.Severity)
	from, ok := s.LongFrom(look.Incident.StartedAt, look.Reopened)
	if !ok || look.Incident.Phase.Closed() || look.Incident.Head == 0 {
		return ""
	}
	if now.Before(from) {
		return v.T("desk.clock.long_later", "time", v.moment(from, now), "every", v.length(s.LongEvery))
	}
	return v.T("desk.clock.long_now", "every", v.length(s.LongEvery))
}
