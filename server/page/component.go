package page

import (
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// componentEntries is how many past incidents a component's page lists; older
// ones are in the history.
const componentEntries = 50

// componentPage is the page of one component.
type componentPage struct {
	frame
	Name      text
	About     text
	Group     text
	Gone      string // that the plan has it no more; "" while it has
	State     text
	Class     string
	Icon      string
	Since     *labelled
	Bars      bars
	Uptime    string
	Counted   string // how the uptime comes about, in this component's figures
	Days      []daysView
	Open      []entryView
	Planned   []entryView
	Months    []monthView
	Older     bool // whether the history holds more
	Path      string
	Subscribe string // address at which mails about it can be asked for; "" once it is gone
}

// component makes the page of a component that any plan has ever named.
func (s *Snapshot) component(lang comms.Lang, path string, id comms.ComponentID) (*Document, error) {
	f := s.facts
	c, ok := f.names[id]
	if !ok || path != componentPath(id) {
		return nil, nil
	}
	print := fmt.Sprintf(" %d %s", f.plan, s.now.Format(time.DateOnly))
	for _, i := range f.concerning(id) {
		print += fmt.Sprint(" ", i.head)
	}
	return s.builder.memory.get(string(lang)+path+print, func() (*Document, error) {
		v := s.frame(lang, path)
		v.Feeds = v.Prefix + componentPath(id)
		return s.builder.execute("component", v, v.component(f, c))
	})
}

func (v frame) component(f *facts, c comms.Component) componentPage {
	out := componentPage{frame: v, Name: v.say(c.Name), About: v.say(c.Description), Path: v.Prefix + componentPath(c.ID)}
	if at, gone := f.gone[c.ID]; gone {
		out.Gone = v.T("public.component_gone", "time", v.year(at).Words)
		out.PageTitle = out.Name.S + " · " + v.Site.S
		out.Desc = out.Gone
	} else {
		v.standing(f, c.ID, &out)
		out.PageTitle = out.Name.S + ": " + out.State.S + " · " + v.Site.S
		out.Desc = v.T("public.component_desc", "name", out.Name.S, "state", out.State.S, "uptime", out.Uptime) + " " + out.About.S
	}
	about := f.concerning(c.ID)
	slices.SortStableFunc(about, func(a, b *incident) int { return b.filed.Compare(a.filed) })
	past := 0
	for _, i := range about {
		switch {
		case i.open() && i.upcoming():
			out.Planned = append(out.Planned, v.entry(i))
		case i.open():
			e := v.entry(i)
			e.Short, e.Affects = v.short(i.latest()), v.affects(i)
			out.Open = append(out.Open, e)
		case past == componentEntries:
			out.Older = true
		default:
			past++
			out.file(v, i)
		}
	}
	return out
}

// file puts a past incident under its month.
func (p *componentPage) file(v frame, i *incident) {
	at := monthOf(i.filed)
	id := at.Format("2006-01")
	if len(p.Months) == 0 || p.Months[len(p.Months)-1].ID != id {
		p.Months = append(p.Months, monthView{ID: id, Label: v.p.Month(at)})
	}
	m := &p.Months[len(p.Months)-1]
	e := v.entry(i)
	e.Corrected = v.corrections(i)
	m.Entries = append(m.Entries, e)
}

// standing says how a component of the plan stands, since when, and how it did
// in the last days.
func (v frame) standing(f *facts, id comms.ComponentID, out *componentPage) {
	state := comms.Worst(f.current()[id])
	spans := f.spans(id, v.now)
	h := historyOf(spans, f.firstSeen[id], v.now)
	out.State, out.Class, out.Icon = v.label(state), class(state), class(state)
	out.Bars, out.Uptime, out.Counted = v.bars(h, spans, "#l"), v.uptime(h), v.counted(h)
	out.Days = v.daysOf(h, spans)
	for _, g := range f.catalogue.Groups {
		if slices.ContainsFunc(g.Components, func(c comms.Component) bool { return c.ID == id }) {
			out.Group = v.say(g.Name)
		}
	}
	if at, ok := since(spans, state, v.now); ok {
		out.Since = &labelled{v.T("public.component_since"), v.year(at)}
	} else {
		out.Since = &labelled{v.T("public.component_listed"), v.year(f.firstSeen[id])}
	}
	out.Subscribe = v.Live + v.Prefix + "/subscribe?component=" + string(id)
}

// since is when the state that holds now began to hold; ok is false when it
// has held from the first.
func since(spans []span, state comms.State, now time.Time) (at time.Time, ok bool) {
	first := now
	for _, s := range spans {
		first = earlier(first, s.from)
	}
	all := stretches(spans, first, now)
	for _, s := range slices.Backward(all) {
		if s.state != state {
			return s.to, true
		}
		at = s.from
	}
	return at, state != comms.Operational
}
