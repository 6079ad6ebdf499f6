package statuspage

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// report is an incident as the lists have it.
type report struct {
	ID           comms.ID    `json:"id"`
	Name         string      `json:"name"`
	Status       string      `json:"status"`
	CreatedAt    string      `json:"created_at"`
	UpdatedAt    string      `json:"updated_at"`
	MonitoringAt *string     `json:"monitoring_at"`
	ResolvedAt   *string     `json:"resolved_at"`
	Impact       string      `json:"impact"`
	Shortlink    string      `json:"shortlink"`
	StartedAt    string      `json:"started_at"`
	PageID       comms.ID    `json:"page_id"`
	Updates      []entry     `json:"incident_updates"` // newest first
	Components   []component `json:"components"`       // as they stand now
}

// work is a maintenance as the lists have it.
type work struct {
	report
	ScheduledFor   string `json:"scheduled_for"`
	ScheduledUntil string `json:"scheduled_until"`
}

// entry is one update of an incident.
type entry struct {
	ID         comms.ID `json:"id"`
	Status     string   `json:"status"`
	Body       string   `json:"body"`
	IncidentID comms.ID `json:"incident_id"`
	CreatedAt  string   `json:"created_at"`
	UpdatedAt  string   `json:"updated_at"`
	DisplayAt  string   `json:"display_at"`
	Affected   []change `json:"affected_components"` // null when it names none
	Deliver    bool     `json:"deliver_notifications"`
	Tweet      *string  `json:"custom_tweet"`
	TweetID    *int64   `json:"tweet_id"`
}

// change is what an update says of a component.
type change struct {
	Code string `json:"code"` // the component's identifier
	Name string `json:"name"` // with its group's
	Old  string `json:"old_status"`
	New  string `json:"new_status"`
}

func (v *View) report(i *incident) report {
	status, _ := phase(i.latest().Phase())
	out := report{
		ID: i.id, Name: v.title(i), Status: status, CreatedAt: v.stamp(i.first().At()), UpdatedAt: v.stamp(i.changed),
		MonitoringAt: v.stampOr(i.reached(func(p comms.Phase) bool { return p == comms.PhaseMonitoring || p == comms.PhaseVerifying })),
		ResolvedAt:   v.stampOr(i.reached(comms.Phase.Closed)), Impact: i.impact(), Shortlink: v.link(i),
		StartedAt: v.stamp(i.first().At()), PageID: v.r.page, Updates: []entry{}, Components: v.named(i.affects()),
	}
	if i.kind == comms.KindIncident && !i.latest().StartedAt().IsZero() {
		out.StartedAt = v.stamp(i.latest().StartedAt())
	}
	for _, u := range slices.Backward(i.updates) {
		out.Updates = append(out.Updates, v.entry(i, u))
	}
	return out
}

func (v *View) work(i *incident) work {
	from, until := i.window()
	return work{report: v.report(i), ScheduledFor: v.stamp(from), ScheduledUntil: v.stamp(until)}
}

func (v *View) entry(i *incident, u *update) entry {
	at := v.stamp(u.At())
	status, _ := phase(u.Phase())
	out := entry{
		ID: u.Update(), Status: status, Body: v.body(u), IncidentID: i.id, CreatedAt: at, UpdatedAt: v.stamp(touched(u)), DisplayAt: at,
		Deliver: u.Announced(),
	}
	for _, c := range u.Changes() {
		name := v.say(v.r.names[c.Component])
		if name == "" {
			name = string(c.Component)
		}
		out.Affected = append(out.Affected, change{identifier(ofComponent, string(c.Component)), name, componentStatus(c.Before), componentStatus(c.After)})
	}
	return out
}

// title is the heading of what stands of the incident.
func (v *View) title(i *incident) string {
	if u := i.told(); u != nil {
		forms, _ := v.words.Message(u.Outline).In(v.lang, v.r.catalogue.Source)
		return forms.Title
	}
	return v.p.T("public.untitled." + string(i.kind))
}

// body is the words of an update as plain text, after what has to be known
// about them: that they were corrected or removed, or correct others, and why;
// and that they are not there in the language that was asked for.
func (v *View) body(u *update) string {
	var parts []string
	note := func(id string, when string, reason comms.Words) {
		text := v.p.T(id, "time", when)
		if why := v.say(reason); why != "" {
			text += " " + v.p.T("public.reason", "reason", why)
		}
		parts = append(parts, text)
	}
	if gone := u.Redacted(); gone != nil {
		note("public.removed", v.p.DateTime(gone.At), gone.Reason)
	}
	for _, c := range u.Corrected {
		if m := c.Correction(); m != nil {
			note("public.corrected", v.p.DateTime(c.At()), m.Reason)
		}
	}
	if c := u.Correction(); u.Corrects != nil && c != nil {
		note("public.corrects", v.p.DateTime(u.Corrects.At()), c.Reason)
	}
	if u.Redacted() == nil {
		forms, lang := v.words.Message(u.Outline).In(v.lang, v.r.catalogue.Source)
		if lang != v.lang {
			parts = append(parts, v.p.T("public.only_in"))
		}
		parts = append(parts, strings.TrimSpace(forms.Text))
	}
	return strings.Join(parts, "\n\n")
}

// link is the address of the incident's page. Work has it as well: clients
// know no other, and the page leads on.
func (v *View) link(i *incident) string { return v.address("/incidents/" + string(i.id)) }
