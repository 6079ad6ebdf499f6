package editor

import (
	"time"

	"github.com/countersign/countersign/comms/desk"
)

// drillsView is which drills of the plan were held, and the form that records one.
type drillsView struct {
	Asked     bool // the plan asks for drills
	Last, Due string
	Over      bool
	Rows      []drillRow // the latest first
	You       bool       // may record one
	Day, Note string     // what was typed
	Today     string     // the last day that may be recorded
}

type drillRow struct{ Day, Note, By string }

func (e *Editor) drills(v *visit) (view drillsView, err error) {
	p, err := e.c.Desk.Practised(v.Request().Context(), v.actor)
	if err != nil || p.Due.IsZero() {
		return view, err
	}
	view = drillsView{Asked: true, Last: v.T("desk.drill.never"), Due: v.calendarDay(v.plan.Day(p.Due)), Over: p.Over, You: p.You, Today: v.plan.Day(e.c.Now())}
	for _, d := range p.Held {
		view.Rows = append(view.Rows, v.drillRow(d))
	}
	if len(view.Rows) > 0 {
		view.Last = view.Rows[0].Day
	}
	view.Day = view.Today
	if typed := v.Request().PostForm; typed != nil {
		view.Day, view.Note = typed.Get("day"), typed.Get("note")
	}
	return view, nil
}

func (v *visit) drillRow(d desk.Drill) drillRow {
	return drillRow{Day: v.calendarDay(d.Day), Note: d.Note, By: v.T("desk.drill.by", "person", v.plan.PersonNamed(d.By))}
}

// calendarDay writes a day as people say it.
func (v *visit) calendarDay(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return v.Day(at)
}

// recordDrill keeps that a drill was held.
func (e *Editor) recordDrill(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.Request().PostForm
	if err := e.c.Desk.RecordDrill(v.Request().Context(), v.actor, form.Get("day"), form.Get("note")); err != nil {
		return e.again(v, err, e.showPlan)
	}
	return v.see("/plan", "practised")
}
