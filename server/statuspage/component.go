package statuspage

import (
	"crypto/sha256"
	"regexp"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// component is a row of the list: a component, or a group of them.
type component struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Status       string    `json:"status"`
	CreatedAt    string    `json:"created_at"`
	UpdatedAt    string    `json:"updated_at"`
	Position     int       `json:"position"` // in its group, from 1
	Description  *string   `json:"description"`
	Showcase     bool      `json:"showcase"`
	StartDate    *string   `json:"start_date"` // since when its uptime is counted
	GroupID      *string   `json:"group_id"`
	PageID       comms.ID  `json:"page_id"`
	Group        bool      `json:"group"`
	OnlyDegraded bool      `json:"only_show_if_degraded"`
	Components   *[]string `json:"components,omitempty"` // of a group, and of nothing else
}

var hosted = regexp.MustCompile(`^[a-z0-9]{12}$`)

// identifier gives the plan's name of a component or a group the form that
// identifiers of the interface have. One that has it already stays, so that a
// company which comes from the hosted service can keep those that its
// customers' programs know.
func identifier(kind, name string) string {
	if hosted.MatchString(name) && kind == ofComponent {
		return name
	}
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	sum := sha256.Sum256([]byte(kind + " " + name))
	out := make([]byte, 12)
	for n := range out {
		out[n] = letters[int(sum[n])%len(letters)]
	}
	return string(out)
}

// The kinds of row, of which identifiers are made.
const (
	ofComponent = "component"
	ofGroup     = "group"
)

// rows lists groups and components as the interface has them: by position,
// which counts from 1 in every group.
func (v *View) rows() []component {
	var out []component
	for n, g := range v.r.catalogue.Groups {
		id, worst := identifier(ofGroup, g.ID), comms.Operational
		row := v.row(id, v.say(g.Name), n+1, v.r.groups[g.ID])
		children := []string{}
		var below []component
		for n, c := range g.Components {
			child := v.row(identifier(ofComponent, string(c.ID)), v.say(c.Name), n+1, v.r.listed[c.ID])
			child.Status, child.Showcase, child.GroupID = componentStatus(v.r.states[c.ID]), true, &id
			child.StartDate = v.date(v.r.listed[c.ID].since)
			if text := v.say(c.Description); text != "" {
				child.Description = &text
			}
			worst = comms.Worst(worst, v.r.states[c.ID])
			below, children = append(below, child), append(children, child.ID)
		}
		row.Status, row.Group, row.Components = componentStatus(worst), true, &children
		out = append(append(out, row), below...)
	}
	slices.SortStableFunc(out, func(a, b component) int { return a.Position - b.Position })
	return out
}

func (v *View) row(id, name string, position int, s *seen) component {
	return component{
		ID: id, Name: name, Position: position, PageID: v.r.page,
		CreatedAt: v.stamp(s.since), UpdatedAt: v.stamp(s.changed),
	}
}

// named finds the rows of components, in the order of the list. One that the
// plan has no more has none.
func (v *View) named(ids map[comms.ComponentID]bool) []component {
	wanted := map[string]bool{}
	for id := range ids {
		wanted[identifier(ofComponent, string(id))] = true
	}
	out := []component{}
	for _, row := range v.components {
		if !row.Group && wanted[row.ID] {
			out = append(out, row)
		}
	}
	return out
}

// stamp writes a time in the page's zone, with three digits of the second: "Z"
// where the zone is UTC, else the offset of that moment.
func (v *View) stamp(t time.Time) string {
	t = t.In(v.r.zone)
	if name, _ := t.Zone(); name == "UTC" {
		return t.Format("2006-01-02T15:04:05.000Z")
	}
	return t.Format("2006-01-02T15:04:05.000-07:00")
}

// stampOr writes a time, or null for none.
func (v *View) stampOr(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := v.stamp(t)
	return &s
}

func (v *View) date(t time.Time) *string {
	s := t.In(v.r.zone).Format(time.DateOnly)
	return &s
}
