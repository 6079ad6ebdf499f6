package api

import (
	"maps"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
)

// shared is where slots lie whose value is the same in every language.
const shared = "shared"

// text is what people and programs write of an update, as it is sent and read.
type text struct {
	Template   string                            `json:"template"`
	Severity   comms.Severity                    `json:"severity"`
	Components map[comms.ComponentID]comms.State `json:"components"`
	StartedAt  string                            `json:"started_at,omitempty"`
	PublishAt  string                            `json:"publish_at,omitempty"`
	EndedAt    string                            `json:"ended_at,omitempty"`
	Slots      map[comms.Lang]map[string]string  `json:"slots"`
}

// textOf shows a draft.
func textOf(d draft.Draft) text {
	t := text{
		Template: d.Template, Severity: d.Severity, StartedAt: moment(d.StartedAt), EndedAt: moment(d.EndedAt), PublishAt: moment(d.PublishAt),
		Components: map[comms.ComponentID]comms.State{}, Slots: map[comms.Lang]map[string]string{},
	}
	for _, c := range d.Claims {
		t.Components[c.Component] = c.State
	}
	for lang, values := range d.Slots {
		if len(values) == 0 {
			continue
		}
		if lang != draft.Shared {
			t.Slots[lang] = maps.Clone(values)
			continue
		}
		t.Slots[shared] = map[string]string{}
		for name, value := range values {
			t.Slots[shared][name] = moment(value)
		}
	}
	return t
}

// moment writes a draft's time in RFC 3339; what is no time stays as it is.
func moment(s string) string {
	if t, err := draft.ParseTime(s); err == nil {
		return t.Format("2006-01-02T15:04:05Z07:00")
	}
	return s
}

// draft reads the members of a text.
func (o *object) draft(p *plan.Plan) draft.Draft {
	d := draft.Draft{
		Kind: comms.MessageUpdate, Template: o.text("template"), Severity: comms.Severity(o.text("severity")),
		Claims: o.claims(p), StartedAt: o.moment("started_at"), EndedAt: o.moment("ended_at"), PublishAt: o.moment("publish_at"), Slots: draft.Slots{},
	}
	o.slots(d.Slots.Set)
	if t, ok := p.Template(d.Template); ok {
		d.Phase = t.Phase
	}
	inUTC(d.Slots)
	return d
}

// slots reads the words of each field, by language.
func (o *object) slots(set func(lang comms.Lang, name, value string)) {
	slots := o.object("slots")
	for _, lang := range slots.names() {
		in := slots.object(lang)
		key := comms.Lang(lang)
		if lang == shared {
			key = draft.Shared
		}
		for _, name := range in.names() {
			set(key, name, in.text(name))
		}
	}
}

// claims reads one state for each component; their order is the page's.
func (o *object) claims(p *plan.Plan) []comms.Claim {
	in := o.object("components")
	states := map[comms.ComponentID]comms.State{}
	for _, name := range in.names() {
		id, state := comms.ComponentID(name), comms.State(in.text(name))
		if _, ok := p.Catalogue.Component(id); !ok {
			in.refuse(in.pointer(name), "the plan has no component %q; GET /api/v1/components lists them", name)
		} else if !state.Valid() {
			in.refuse(in.pointer(name), "%q is not a state; choose one of %v", state, comms.States())
		}
		states[id] = state
	}
	var out []comms.Claim
	for _, c := range p.Catalogue.Components() {
		if state, ok := states[c.ID]; ok {
			out = append(out, comms.Claim{Component: c.ID, State: state})
		}
	}
	return out
}

// inUTC writes times among the shared slots as the desk's forms do.
func inUTC(slots draft.Slots) {
	for name, value := range slots[draft.Shared] {
		if t, err := draft.ParseTime(value); err == nil {
			slots[draft.Shared][name] = draft.FormatTime(t)
		}
	}
}

// checkSlots refuses slots that the text's template does not ask for. What the
// draft had before stays, so that changing the template back brings the old
// words back.
func checkSlots(p *plan.Plan, now, before draft.Draft) error {
	t, ok := p.Template(now.Template)
	if !ok {
		return nil // refused by the desk, with what can be chosen
	}
	fresh := now.Clone().Slots
	for lang, values := range fresh {
		maps.DeleteFunc(values, func(name, value string) bool { return before.Slots[lang][name] == value })
		if len(values) == 0 {
			delete(fresh, lang)
		}
	}
	if bad := render.CheckSlots(t, p.Catalogue.Languages, fresh); len(bad) > 0 {
		return bad
	}
	return nil
}

// revision is one saved state of a text.
type revision struct {
	Revision int           `json:"revision"`
	Author   plan.PersonID `json:"author"`
	SavedAt  *time.Time    `json:"saved_at"`
	Text     text          `json:"text"`
}

func revisionOf(r desk.Revision) revision {
	return revision{r.Number, r.Author, at(r.At), textOf(r.Draft)}
}

// at is a moment as documents have it, nil for none.
func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// finding is a complaint of the language rules, with where its words lie.
type finding struct {
	lint.Finding
	Pointer string `json:"pointer,omitempty"` // into the text, as in faults
}

// findings says where the words of each complaint lie: in a slot, in a member
// of the text, or in nothing that was typed.
func findings(r lint.Report, t plan.Template, langs []comms.Lang) []finding {
	asked := map[string]comms.Lang{}
	for _, f := range render.Fields(t, langs) {
		asked[f.Slot.Name] = f.Lang
	}
	out := []finding{}
	for _, f := range r.Findings() {
		one := finding{Finding: f}
		lang, ok := asked[f.Field]
		switch {
		case ok && lang == draft.Shared:
			one.Pointer = "#/slots/" + shared + "/" + f.Field
		case ok:
			one.Pointer = "#/slots/" + string(f.Lang) + "/" + f.Field
		case f.Field == "claims", f.Field == "components":
			one.Pointer = "#/components"
		case f.Field == "severity", f.Field == "started_at", f.Field == "ended_at", f.Field == "template":
			one.Pointer = "#/" + f.Field
		}
		out = append(out, one)
	}
	return out
}
