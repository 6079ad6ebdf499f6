package statuspage

import (
	"github.com/countersign/countersign/comms"
)

// alone is the document of one incident. It is older than the lists and orders
// its keys in its own way; what this service has no counterpart of is null or
// false.
type alone struct {
	Name               string      `json:"name"`
	Status             string      `json:"status"`
	CreatedAt          string      `json:"created_at"`
	UpdatedAt          string      `json:"updated_at"`
	MonitoringAt       *string     `json:"monitoring_at"`
	ResolvedAt         *string     `json:"resolved_at"`
	Impact             string      `json:"impact"`
	Shortlink          string      `json:"shortlink"`
	ScheduledFor       *string     `json:"scheduled_for"`
	ScheduledUntil     *string     `json:"scheduled_until"`
	RemindPrior        bool        `json:"scheduled_remind_prior"`
	RemindedAt         *string     `json:"scheduled_reminded_at"`
	ImpactOverride     *string     `json:"impact_override"`
	AutoInProgress     bool        `json:"scheduled_auto_in_progress"`
	AutoCompleted      bool        `json:"scheduled_auto_completed"`
	ID                 comms.ID    `json:"id"`
	PageID             comms.ID    `json:"page_id"`
	StartedAt          string      `json:"started_at"`
	Updates            []entry     `json:"incident_updates"`
	PostmortemBody     *string     `json:"postmortem_body"`
	PostmortemChanged  *string     `json:"postmortem_body_last_updated_at"`
	PostmortemIgnored  bool        `json:"postmortem_ignored"`
	PostmortemAt       *string     `json:"postmortem_published_at"`
	PostmortemNotified bool        `json:"postmortem_notified_subscribers"`
	PostmortemTweeted  bool        `json:"postmortem_notified_twitter"`
	Components         []component `json:"components"`
}

func (v *View) alone(i *incident) alone {
	r := v.report(i)
	out := alone{
		Name: r.Name, Status: r.Status, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, MonitoringAt: r.MonitoringAt, ResolvedAt: r.ResolvedAt,
		Impact: r.Impact, Shortlink: r.Shortlink, ID: r.ID, PageID: r.PageID, StartedAt: r.StartedAt, Updates: r.Updates, Components: r.Components,
	}
	if i.kind == comms.KindMaintenance {
		from, until := i.window()
		out.ScheduledFor, out.ScheduledUntil = v.stampOr(from), v.stampOr(until)
	}
	for _, u := range i.updates { // the newest report counts
		if u.Phase() != comms.PhasePostmortem {
			continue
		}
		body := v.body(u)
		out.PostmortemBody, out.PostmortemChanged = &body, v.stampOr(touched(u))
		out.PostmortemAt, out.PostmortemNotified = v.stampOr(u.At()), u.Announced()
	}
	return out
}
