package editor

import (
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// practice is what the plan says of the time around an incident: who is there
// now and how to reach them, reports, mails and drills.
func (v *visit) practice(p *plan.Plan, now time.Time) []factRow {
	var rows []factRow
	add := func(key, text string) {
		if text != "" {
			rows = append(rows, factRow{Name: v.T("desk.plan." + key), After: text})
		}
	}
	for _, r := range p.Roles {
		if len(r.Hours.Days) > 0 {
			rows = append(rows, factRow{Name: in(r.Name, v.Printer, p.Catalogue), After: v.hours(p, r, now)})
		}
	}
	var reach []string
	for _, person := range p.People {
		if means := v.means(p, person.ID); means != "" {
			reach = append(reach, person.Name+" "+means)
		}
	}
	add("reach", strings.Join(reach, ", "))
	if m := p.Postmortem; len(m.Approvals) > 0 {
		add("report_signed", v.signers(p, m.Approvals))
		if m.WorkingDays > 0 {
			add("report", v.T("desk.plan.report_due", "count", m.WorkingDays, "severities", v.severities(m.Severities)))
		}
	}
	add("mails", v.severities(p.Channels.Mail))
	if q := p.Channels.Quiet; len(q.Severities) > 0 {
		add("quiet", v.T("desk.plan.quiet_hours", "from", q.From, "to", q.To, "zone", strings.ReplaceAll(p.Catalogue.TimeZone, "_", " "), "severities", v.severities(q.Severities)))
	}
	var urgent []comms.Severity
	for _, s := range p.Severities {
		if p.Urgent(s.ID) {
			urgent = append(urgent, s.ID)
		}
	}
	add("urgent", v.severities(urgent))
	if d := p.Drills; d.EveryDays > 0 {
		add("drills", v.T("desk.plan.drills_every", "count", d.EveryDays, "roles", roleNames(p, v.Printer, d.Roles)))
	}
	return rows
}

// hours says when the holders of a role are there, and to whom one turns now.
func (v *visit) hours(p *plan.Plan, r plan.Role, now time.Time) string {
	var days []string
	for _, d := range r.Hours.Days {
		days = append(days, v.T("desk.day."+d))
	}
	zone := strings.ReplaceAll(p.Catalogue.TimeZone, "_", " ")
	return v.T("desk.plan.hours", "days", strings.Join(days, ", "), "from", r.Hours.From, "to", r.Hours.To, "zone", zone, "people", v.people(p.Shift(now).Holders(r.ID)))
}

// means is how a person is reached besides mail, in brackets; "" for not at all.
func (v *visit) means(p *plan.Plan, id plan.PersonID) string {
	person, _ := p.Person(id)
	means := joinComma(person.Phone, person.Chat)
	if person.Chat == "" {
		means = person.Phone
	}
	if means == "" {
		return ""
	}
	return "(" + means + ")"
}

// reachable lists people with how they are reached.
func (v *visit) reachable(ids []plan.PersonID) string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		name := v.people([]plan.PersonID{id})
		if means := v.means(v.plan, id); means != "" && id != v.actor.Person {
			name += " " + means
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func (v *visit) severities(ids []comms.Severity) string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		names = append(names, v.severity(id))
	}
	return strings.Join(names, ", ")
}

// signers says which signatures are asked for and who may give each.
func (v *visit) signers(p *plan.Plan, needed []plan.Requirement) string {
	out := ""
	for _, r := range needed {
		out = joinComma(out, v.T("desk.kind."+string(r.Kind))+" ("+roleNames(p, v.Printer, r.Roles)+")")
	}
	return out
}
