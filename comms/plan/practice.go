package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// Postmortem is the public report on an incident that is over.
type Postmortem struct {
	WorkingDays int              // after customers were told of the end, Monday to Friday; 0 promises none
	Severities  []comms.Severity // that owe one
	Approvals   []Requirement    // besides those of the severity
}

// Channels say what goes out beside the page and the feeds.
type Channels struct {
	Mail  []comms.Severity // whose updates go out by mail; empty for all
	Quiet Quiet
}

// Quiet are hours in which mails wait for their end; the zero value is none.
type Quiet struct {
	From, To   string // hour and minute in the organisation's time zone, "22:00"
	Severities []comms.Severity
}

// Drills say how often a team practises, and who takes part.
type Drills struct {
	EveryDays int // 0 for never
	Roles     []RoleID
}

// drillHour is the hour of the due day at which a drill is due.
const drillHour = 9

// Day is the day of a time in the organisation's time zone, as "2026-11-28".
func (p *Plan) Day(at time.Time) string { return at.In(p.zone()).Format(time.DateOnly) }

// NextDrill is when the next drill is due after one that was held on a day:
// at nine in the morning in the organisation's time zone, whatever its clocks
// did in between.
func (p *Plan) NextDrill(held string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, held)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the day of a drill: %w", err)
	}
	day = day.AddDate(0, 0, p.Drills.EveryDays)
	return time.Date(day.Year(), day.Month(), day.Day(), drillHour, 0, 0, 0, p.zone()), nil
}

// Hours are when the holders of a role are there; the zero value is always.
type Hours struct {
	Days     []string // "mon" to "sun"
	From, To string   // hour and minute in the organisation's time zone, "09:00"
}

// String writes "mon, tue 09:00-18:00"; "-" for always.
func (h Hours) String() string {
	if len(h.Days) == 0 {
		return "-"
	}
	return strings.Join(h.Days, ", ") + " " + h.From + "-" + h.To
}

// Urgent tells whether mails of a severity always go out, and at once: the
// plan says so, or no other incident is promised its first update sooner.
func (p *Plan) Urgent(id comms.Severity) bool {
	s, ok := p.Severity(id)
	if !ok || s.Urgent || s.Kind != comms.KindIncident {
		return s.Urgent
	}
	return !slices.ContainsFunc(p.Severities, func(o Severity) bool {
		return o.Kind == comms.KindIncident && o.FirstUpdate < s.FirstUpdate
	})
}

// Mails tells whether updates of a severity go out by mail, and in which hours
// these wait; nil for none.
func (p *Plan) Mails(severity comms.Severity) (sent bool, quiet *comms.Quiet) {
	if len(p.Channels.Mail) > 0 && !slices.Contains(p.Channels.Mail, severity) {
		return false, nil
	}
	if !slices.Contains(p.Channels.Quiet.Severities, severity) {
		return true, nil
	}
	return true, &comms.Quiet{From: p.Channels.Quiet.From, To: p.Channels.Quiet.To, Zone: p.Catalogue.TimeZone}
}

// Approvals lists the signatures that an update of a severity needs in a
// phase: a report needs its own as well.
func (p *Plan) Approvals(s Severity, phase comms.Phase) []Requirement {
	if phase != comms.PhasePostmortem {
		return s.Approvals
	}
	return Join(p.Postmortem.Approvals, s.Approvals)
}

// Shift is the plan as the team lives it at a time: outside of a role's hours
// those who stand in come before its holders. Who may do what is the same.
func (p *Plan) Shift(at time.Time) *Plan {
	out := *p
	out.Roles = slices.Clone(p.Roles)
	for i, r := range out.Roles {
		if len(r.StandIns) > 0 && !p.OnDuty(r, at) {
			out.Roles[i].Holders, out.Roles[i].StandIns = r.StandIns, r.Holders
		}
	}
	return &out
}

// OnDuty tells whether a time is within the hours of a role. Hours that end
// before they begin reach into the next day.
func (p *Plan) OnDuty(r Role, at time.Time) bool {
	if len(r.Hours.Days) == 0 {
		return true
	}
	at = at.In(p.zone())
	now := at.Format(clockForm)
	today, yesterday := weekday(at), weekday(at.AddDate(0, 0, -1))
	if r.Hours.From < r.Hours.To {
		return slices.Contains(r.Hours.Days, today) && r.Hours.From <= now && now < r.Hours.To
	}
	return slices.Contains(r.Hours.Days, today) && now >= r.Hours.From || slices.Contains(r.Hours.Days, yesterday) && now < r.Hours.To
}

func (p *Plan) zone() *time.Location {
	zone, err := time.LoadLocation(p.Catalogue.TimeZone)
	if err != nil {
		return time.UTC // Read lets no such zone through
	}
	return zone
}

// Weekdays lists the days of a week as a plan's files name them, from Monday.
func Weekdays() []string { return slices.Clone(weekdays) }

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func weekday(t time.Time) string { return weekdays[(int(t.Weekday())+6)%7] }

const clockForm = "15:04"
