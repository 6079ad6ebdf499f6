package editor

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms/desk"
)

// alertsView is what the monitoring told, for the team alone.
type alertsView struct {
	Title, Help string
	Since       string // what was told after the text beside it was written; "" for nothing
	Labels      string // heading of what an alert says
	Say         string // what leads to where the plan learns what it means
	Rows        []alertRow
}

type alertRow struct {
	Mean        string // the address at which the plan learns what it means; "" if it knows
	Name, State string
	Firing      bool
	Says        [][2]string // labels, then notes
}

// alerts shows the alerts of an incident, nil for none. Those that were told
// after the moment are named first: the text that was written then may say too
// little, or too much.
func (v *visit) alerts(list []desk.Signal, written time.Time) *alertsView {
	if len(list) == 0 {
		return nil
	}
	view := &alertsView{Title: v.T("desk.signals.title"), Help: v.T("desk.signals.help"), Labels: v.T("desk.signals.says")}
	var fresh []string
	for _, s := range list {
		row := v.alert(s)
		if !written.IsZero() && s.At.After(written) {
			fresh = append(fresh, s.Name+" ("+row.State+")")
		}
		view.Rows = append(view.Rows, row)
	}
	if len(fresh) > 0 {
		view.Since = v.T("desk.signals.since", "alerts", strings.Join(fresh, "; "))
	}
	return view
}

// unmapped shows the alerts that the plan says nothing of, nil for none.
func (v *visit) unmapped(list []desk.Signal) *alertsView {
	view := v.alerts(list, time.Time{})
	if view != nil {
		view.Title, view.Help, view.Say = v.T("desk.signals.unmapped"), v.T("desk.signals.unmapped_help"), v.T("desk.signals.mean")
		for i, s := range list {
			view.Rows[i].Mean = editPath("signals", "", "signal/new", "") + "&" + url.Values{"alert": {s.Labels[alertName]}}.Encode()
		}
	}
	return view
}

func (v *visit) alert(s desk.Signal) alertRow {
	row := alertRow{Name: s.Name, Firing: s.Firing}
	switch {
	case !s.Firing:
		row.State = v.T("desk.signals.over", "time", v.DateTime(s.At))
	case s.Fired > 1:
		row.State = v.T("desk.signals.again", "time", v.DateTime(s.Since), "count", s.Fired)
	default:
		row.State = v.T("desk.signals.fires", "time", v.DateTime(s.Since))
	}
	for _, texts := range []map[string]string{s.Labels, s.Notes} {
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			row.Says = append(row.Says, [2]string{name, texts[name]})
		}
	}
	return row
}

// textAt is when the text of an update was last given its words: that of its
// submission, while it waits.
func textAt(look desk.View) time.Time {
	switch look.Update.State {
	case desk.InReview, desk.Approved:
		return look.Update.SubmittedAt
	case desk.Published, desk.Withdrawn:
		return time.Time{}
	}
	return look.Latest.At
}
