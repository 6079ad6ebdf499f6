package page

import (
	"github.com/countersign/countersign/comms"
)

// On a page of more components than foldAbove groups fold: one in which all is
// well is closed, and its components have their days on their own pages only.
// No front page has the days of more than mostBars components.
const (
	foldAbove = 40
	mostBars  = 40
)

// groupView is a group of components on the front page.
type groupView struct {
	ID         string
	Name       text
	Fold       bool // whether it can be closed
	Open       bool // whether it is open when the page comes
	State      text // the worst of its components, where it folds
	Class      string
	Icon       string
	Count      string
	Components []componentView
}

// componentView is a component on the front page.
type componentView struct {
	Name        text
	Href        string
	Description text
	State       text
	Class       string
	Icon        string
	Bars        *bars // nil where its page alone has them
	Uptime      string
}

func (v frame) groups(f *facts) []groupView {
	states, fold, left := f.current(), len(f.catalogue.Components()) > foldAbove, mostBars
	var out []groupView
	for _, g := range f.catalogue.Groups {
		if len(g.Components) == 0 {
			continue
		}
		worst := comms.Operational
		for _, c := range g.Components {
			worst = comms.Worst(worst, states[c.ID])
		}
		view := groupView{ID: g.ID, Name: v.say(g.Name), Fold: fold, Open: worst != comms.Operational}
		if fold {
			view.State, view.Class, view.Icon = v.label(worst), class(worst), class(worst)
			view.Count = v.T("public.services", "count", len(g.Components))
			if view.Name.S == "" {
				view.Name = text{S: v.T("public.components_other")}
			}
		}
		for _, c := range g.Components {
			view.Components = append(view.Components, v.row(f, c, comms.Worst(states[c.ID]), (view.Open || !fold) && left > 0))
			if view.Open || !fold {
				left--
			}
		}
		out = append(out, view)
	}
	return out
}

// row is a component with its state, and in full with its last days.
func (v frame) row(f *facts, c comms.Component, state comms.State, full bool) componentView {
	out := componentView{
		Name: v.say(c.Name), Href: v.Prefix + componentPath(c.ID), State: v.label(state), Class: class(state), Icon: class(state),
	}
	if full {
		spans := f.spans(c.ID, v.now)
		h := historyOf(spans, f.firstSeen[c.ID], v.now)
		b := v.bars(h, spans, out.Href+"#d")
		out.Bars, out.Uptime, out.Description = &b, v.uptime(h), v.say(c.Description)
	}
	return out
}
