package editor

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// ownRuleRow is a rule of the plan's own in plain words.
type ownRuleRow struct {
	ID, Message, Level string
	Block              bool
	Facts              []line // what it looks for, what to write instead, where it holds
}

// ownRules says each rule that the team has added.
func (v *visit) ownRules(p *plan.Plan) []ownRuleRow {
	var out []ownRuleRow
	for _, r := range p.OwnRules {
		level := r.Level
		if set, ok := p.Rules[r.ID]; ok {
			level = set
		}
		row := ownRuleRow{ID: r.ID, Message: in(r.Message, v.Printer, p.Catalogue), Level: v.T("desk.plan.level." + string(level)), Block: level == plan.Block}
		add := func(key, text string) {
			if text != "" {
				row.Facts = append(row.Facts, line{Name: v.T("desk.plan.own." + key), Text: text})
			}
		}
		add("terms", strings.Join(r.Terms, ", "))
		add("patterns", strings.Join(r.Patterns, "   "))
		if r.LeaveOut {
			add("instead", v.T("desk.edit.leave_out"))
		}
		add("instead", r.Replace)
		if r.Lang != "" {
			add("language", languageName(r.Lang))
		} else {
			add("language", v.T("desk.plan.own.every_language"))
		}
		var phases string
		for _, phase := range r.Phases {
			phases = joinComma(phases, v.phase(phase))
		}
		add("phases", phases)
		out = append(out, row)
	}
	return out
}

// habits are what the plan says besides of words and of the page: what is let
// through, how easily texts must read, and whether the page says when an update
// is late.
func (v *visit) habits(p *plan.Plan) []line {
	var out []line
	add := func(key, text string) {
		if text != "" {
			out = append(out, line{Name: v.T("desk.plan.habit." + key), Text: text})
		}
	}
	add("allow", strings.Join(p.Allow, ", "))
	var floors []string
	for _, lang := range p.Catalogue.Languages {
		if floor, measured := p.ReadingFloor(lang); measured {
			floors = append(floors, languageName(lang)+": "+strconv.Itoa(floor))
		}
	}
	add("readability", strings.Join(floors, ", "))
	overdue := "desk.plan.habit.overdue_silent"
	if p.Catalogue.ShowOverdue {
		overdue = "desk.plan.habit.overdue_said"
	}
	add("overdue", v.T(overdue))
	return out
}

// reminded says when who is reminded of a severity's promises.
func (v *visit) reminded(p *plan.Plan, s plan.Severity) string {
	if s.FirstUpdate == 0 && s.Every == 0 {
		return ""
	}
	r := p.RemindersOf(s)
	return v.T("desk.plan.reminders", "remind", r.Remind, "stand_in", r.StandIn, "everyone", r.Everyone)
}

// alertRows say what the plan makes of alerts of the monitoring.
func (v *visit) alertRows(p *plan.Plan) []line {
	var out []line
	for _, s := range p.Signals {
		out = append(out, v.alertRow(p, s))
	}
	return out
}

// alertRow says what a plan makes of the alerts that a signal is for.
func (v *visit) alertRow(p *plan.Plan, s plan.Signal) line {
	if s.Ignore {
		return line{Name: v.alertName(s), Text: v.T("desk.plan.alert_ignored")}
	}
	return line{Name: v.alertName(s), Text: v.T("desk.plan.alert_starts", "severity", v.listedName(p, "severities", string(s.Severity)), "components", v.claimed(p, s.Claims))}
}

// alertName says which alerts a signal is for.
func (v *visit) alertName(s plan.Signal) string {
	var asked []string
	for _, label := range slices.Sorted(maps.Keys(s.Labels)) {
		asked = append(asked, v.T("desk.plan.alert_is", "label", label, "value", s.Labels[label]))
	}
	for _, label := range slices.Sorted(maps.Keys(s.Patterns)) {
		asked = append(asked, v.T("desk.plan.alert_matches", "label", label, "pattern", s.Patterns[label]))
	}
	return cmp.Or(strings.Join(asked, ", "), v.T("desk.plan.alert_any"))
}

func (v *visit) claimed(p *plan.Plan, claims []comms.Claim) string {
	var out string
	for _, c := range claims {
		out = joinComma(out, v.listedName(p, "components", string(c.Component))+": "+v.listedName(p, "states", string(c.State)))
	}
	return out
}
