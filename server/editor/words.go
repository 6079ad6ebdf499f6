package editor

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tag "golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/language"
)

// in picks a plan's words for the reader of the desk.
func in(w comms.Words, p language.Printer, c comms.Catalogue) string {
	text, _ := w.In(p.Lang(), c.Source)
	return text
}

// roleNames lists roles as the plan calls them: "incident lead, admin".
func roleNames(p *plan.Plan, say language.Printer, ids []plan.RoleID) string {
	var names []string
	for _, id := range ids {
		for _, r := range p.Roles {
			if r.ID == id {
				names = append(names, in(r.Name, say, p.Catalogue))
			}
		}
	}
	return strings.Join(names, ", ")
}

func (v *visit) people(ids []plan.PersonID) string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		if id == v.actor.Person {
			names = append(names, v.T("desk.you"))
			continue
		}
		names = append(names, v.plan.PersonNamed(id))
	}
	return strings.Join(names, ", ")
}

func (v *visit) phase(p comms.Phase) string {
	if p == comms.PhaseNone {
		return v.T("desk.phase.none")
	}
	if w, ok := v.plan.Catalogue.Phases[p]; ok {
		return in(w, v.Printer, v.plan.Catalogue)
	}
	return string(p)
}

func (v *visit) severity(s comms.Severity) string {
	if w, ok := v.plan.Catalogue.Severities[s]; ok {
		return in(w, v.Printer, v.plan.Catalogue)
	}
	return string(s)
}

func (v *visit) component(id comms.ComponentID) string {
	if c, ok := v.plan.Catalogue.Component(id); ok {
		return in(c.Name, v.Printer, v.plan.Catalogue)
	}
	return string(id)
}

// state is a component's state with a word and a shape as well as a colour.
type state struct{ Class, Icon, Label string }

func (v *visit) state(s comms.State) state {
	label := string(s)
	if w, ok := v.plan.Catalogue.States[s]; ok {
		label = in(w, v.Printer, v.plan.Catalogue)
	}
	switch s {
	case comms.Maintenance:
		return state{"work", "work", label}
	case comms.Degraded:
		return state{"degraded", "degraded", label}
	case comms.Partial:
		return state{"partial", "partial", label}
	case comms.Major:
		return state{"major", "major", label}
	}
	return state{"ok", "ok", label}
}

// due is a time that somebody waits for.
type due struct {
	Time  string // "15:00 UTC"
	ISO   string // for the script that counts down
	Left  string // "due in 6 minutes", "3 minutes late"
	Late  bool
	Close bool // within ten minutes
}

// Set tells whether there is such a time.
func (d due) Set() bool { return d.ISO != "" }

func (v *visit) due(t, now time.Time) due {
	if t.IsZero() {
		return due{}
	}
	d := due{Time: v.moment(t, now), ISO: t.UTC().Format(time.RFC3339)}
	left := t.Sub(now)
	d.Late, d.Close = left < 0, left < 10*time.Minute
	key := "desk.due.in"
	if d.Late {
		key, left = "desk.due.late", -left
	}
	d.Left = v.T(key, "span", v.span(left))
	return d
}

// moment is a time of day, with the day when it is another one than today.
func (v *visit) moment(t, now time.Time) string {
	if t.UTC().Format(time.DateOnly) == now.UTC().Format(time.DateOnly) {
		return v.Time(t)
	}
	return v.DateTime(t)
}

// span says roughly how long something is, in the largest unit that fits: how
// long there is left, how long ago something was.
func (v *visit) span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return v.T("desk.span.moment")
	case d < time.Hour:
		return v.T("desk.span.minutes", "count", int(d.Minutes()))
	case d < 48*time.Hour:
		return v.T("desk.span.hours", "count", int(d.Hours()))
	}
	return v.T("desk.span.days", "count", int(d.Hours()/24))
}

// length says exactly how long something is, in whole minutes as plans count:
// "1 hour 30 minutes".
func (v *visit) length(d time.Duration) string {
	const day = 24 * time.Hour
	if d < time.Minute {
		return v.T("desk.span.moment")
	}
	var out []string
	add := func(unit string, n time.Duration) {
		if n > 0 {
			out = append(out, v.T("desk.span."+unit, "count", int(n)))
		}
	}
	if d >= 2*day {
		add("days", d/day)
		d %= day
	}
	add("hours", d/time.Hour)
	add("minutes", d%time.Hour/time.Minute)
	return strings.Join(out, " ")
}

func (v *visit) ago(t, now time.Time) string { return v.T("desk.ago", "span", v.span(now.Sub(t))) }

// languageName is the name of a language in itself: "Español".
func languageName(l comms.Lang) string {
	name := display.Self.Name(tag.Make(string(l)))
	if name == "" {
		return string(l)
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}
