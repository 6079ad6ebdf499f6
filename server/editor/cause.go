package editor

import (
	"cmp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// causeCard says how the cause stands that a text gives.
type causeCard struct {
	Update    comms.ID
	Words     string
	Lang      comms.Lang
	Said      string // who confirmed it, or who may
	Confirmed bool
	Digest    string // in full, for the button; "" where the reader does not confirm
	Button    string
}

// cause shows the cause of a text; nil where it gives none.
func (v *visit) cause(look desk.View) *causeCard {
	if look.Cause.Digest.IsZero() {
		return nil
	}
	out := &causeCard{Update: look.Update.ID}
	for _, lang := range append([]comms.Lang{v.Lang()}, look.Plan.Catalogue.Languages...) {
		for _, s := range look.Template.Slots {
			if s.Type == plan.SlotCause && out.Words == "" {
				out.Words, out.Lang = look.Latest.Draft.Slots[lang][s.Name], lang
			}
		}
	}
	if c := look.Cause.Confirmation; c != nil {
		out.Confirmed = true
		out.Said = v.T("desk.cause.confirmed", "person", v.people([]plan.PersonID{c.Person}), "time", v.DateTime(c.At))
		return out
	}
	out.Said = v.T("desk.cause.open", "people", cmp.Or(v.people(look.Cause.May), v.T("desk.cause.nobody")))
	if look.Cause.You {
		out.Digest, out.Button = look.Cause.Digest.String(), v.T("desk.cause.button")
	}
	return out
}

// confirmCause lets somebody who wrote nothing of a text say that its cause is
// the cause.
func (e *Editor) confirmCause(v *visit) error {
	return e.act(v, func(id comms.ID) (acted, error) {
		seen, err := comms.ParseDigest(v.Request().PostForm.Get("cause"))
		if err != nil {
			return acted{}, v.damaged()
		}
		return acted{"/updates/" + string(id), "confirmed"}, e.c.Desk.ConfirmCause(v.Request().Context(), v.actor, id, seen)
	}, e.unsigned)
}
