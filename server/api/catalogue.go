package api

import (
	"net/http"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
)

// components lists what customers know by name, with what they see of it now.
func (a *api) components(v *visit) error {
	states, err := a.c.Desk.States(v.Request().Context(), v.actor)
	if err != nil {
		return err
	}
	type component struct {
		ID          comms.ComponentID `json:"id"`
		Group       string            `json:"group"`
		Name        comms.Words       `json:"name"`
		Description comms.Words       `json:"description"`
		State       comms.State       `json:"state"`
	}
	list := []component{}
	for _, g := range v.plan.Catalogue.Groups {
		for _, c := range g.Components {
			list = append(list, component{c.ID, g.ID, words(c.Name), words(c.Description), comms.Worst(states[c.ID])})
		}
	}
	return v.answer(http.StatusOK, map[string]any{"components": list})
}

// words is never null.
func words(w comms.Words) comms.Words {
	if w == nil {
		return comms.Words{}
	}
	return w
}

// severities lists how bad things can be, and what that promises. Times are
// seconds.
func (a *api) severities(v *visit) error {
	type severity struct {
		ID          comms.Severity `json:"id"`
		Kind        comms.Kind     `json:"kind"`
		Name        comms.Words    `json:"name"`
		Meaning     comms.Words    `json:"meaning"`
		FirstUpdate int            `json:"first_update"`
		Every       int            `json:"every"`
	}
	list := []severity{}
	for _, s := range v.plan.Severities {
		list = append(list, severity{s.ID, s.Kind, words(s.Name), words(s.Meaning), int(s.FirstUpdate / time.Second), int(s.Every / time.Second)})
	}
	return v.answer(http.StatusOK, map[string]any{"severities": list})
}

// slot is one thing that a template asks the drafter for.
type slot struct {
	Name     string        `json:"name"`
	Type     plan.SlotType `json:"type"`
	Shared   bool          `json:"shared"` // the same in every language
	Label    comms.Words   `json:"label"`
	Help     comms.Words   `json:"help"`
	Required bool          `json:"required"`
	Min      int           `json:"min,omitempty"` // characters
	Max      int           `json:"max,omitempty"`
	Lines    int           `json:"lines"`
	Options  []choice      `json:"options,omitempty"`
}

// choice is one value of a slot that is filled from a list.
type choice struct {
	Key  string      `json:"key"`
	Text comms.Words `json:"text"`
}

// templates lists what can be written, and which slots that asks for.
func (a *api) templates(v *visit) error {
	type template struct {
		ID         string            `json:"id"`
		Name       comms.Words       `json:"name"`
		Message    comms.MessageKind `json:"message"`
		Phase      *comms.Phase      `json:"phase"`      // null keeps the incident's
		After      []comms.Phase     `json:"after"`      // where alone it may be used; empty for anywhere
		Severities []comms.Severity  `json:"severities"` // that it is for; empty for all
		Slots      []slot            `json:"slots"`
	}
	list := []template{}
	for _, t := range v.plan.Templates {
		one := template{ID: t.ID, Name: words(t.Name), Message: t.Message, After: append([]comms.Phase{}, t.After...), Severities: append([]comms.Severity{}, t.Severities...), Slots: v.slots(t)}
		if t.Phase != comms.PhaseNone {
			one.Phase = &t.Phase
		}
		list = append(list, one)
	}
	return v.answer(http.StatusOK, map[string]any{
		"templates": list, "languages": v.plan.Catalogue.Languages, "required_languages": v.plan.Required,
	})
}

func (v *visit) slots(t plan.Template) []slot {
	out := []slot{}
	for _, f := range render.Fields(t, []comms.Lang{v.plan.Catalogue.Source}) {
		s := slot{
			Name: f.Slot.Name, Type: f.Slot.Type, Shared: f.Lang == draft.Shared, Label: words(f.Slot.Label), Help: words(f.Slot.Help),
			Required: f.Slot.Required, Min: f.Slot.Min, Max: f.Slot.Max, Lines: max(1, f.Slot.Lines),
		}
		options := f.Slot.Options
		if f.Slot.Type == plan.SlotData {
			options = v.plan.DataSentences
		}
		for _, o := range options {
			s.Options = append(s.Options, choice{o.Key, words(o.Text)})
		}
		out = append(out, s)
	}
	return out
}
