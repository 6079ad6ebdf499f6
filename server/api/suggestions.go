package api

import (
	"net/http"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// suggestion is another wording from somebody who may sign.
type suggestion struct {
	ID         comms.ID               `json:"id"`
	Language   *comms.Lang            `json:"language"` // null for what all languages share
	Field      string                 `json:"field"`
	Before     string                 `json:"before"`
	Words      string                 `json:"words"`
	Person     plan.PersonID          `json:"person"`
	At         *time.Time             `json:"at"`
	Fits       bool                   `json:"fits"` // the field still reads as before
	Answer     *desk.SuggestionAnswer `json:"answer"`
	AnsweredBy plan.PersonID          `json:"answered_by,omitempty"`
	AnsweredAt *time.Time             `json:"answered_at"`
	Word       string                 `json:"word,omitempty"`
}

func suggestionsOf(look desk.View) []suggestion {
	out := []suggestion{}
	for _, s := range look.Suggestions {
		one := suggestion{
			ID: s.ID, Field: s.Slot, Before: s.Before, Words: s.Text, Person: s.Person, At: at(s.At), Fits: s.Fits,
			AnsweredBy: s.AnsweredBy, AnsweredAt: at(s.AnsweredAt), Word: s.Word,
		}
		if s.Lang != draft.Shared {
			one.Language = &s.Lang
		}
		if s.Answer != "" {
			one.Answer = &s.Answer
		}
		out = append(out, one)
	}
	return out
}

// suggest keeps another wording of what is in review.
func (a *api) suggest(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	o, _, err := v.object(false)
	if err != nil {
		return err
	}
	w := desk.Wording{Update: id, Digest: o.digest("digest"), Slots: draft.Slots{}}
	o.slots(w.Slots.Put)
	if err := o.end(); err != nil {
		return err
	}
	if _, err := a.c.Desk.Suggest(v.Request().Context(), v.actor, w); err != nil {
		return err
	}
	return a.show(v, http.StatusOK, id)
}

// answerWording accepts a suggestion into the latest text, or declines it with
// a word.
func (a *api) answerWording(v *visit) error {
	look, err := a.look(v)
	if err != nil {
		return err
	}
	id, err := v.identifier("suggestion")
	if err != nil {
		return err
	}
	base, err := v.base(look.Latest.Number)
	if err != nil {
		return err
	}
	o, _, err := v.object(false)
	if err != nil {
		return err
	}
	answer, word := desk.SuggestionAnswer(o.text("answer")), o.text("word")
	if answer != desk.WordingAccepted && answer != desk.WordingDeclined {
		o.refuse(o.pointer("answer"), "say \"accepted\" or \"declined\"")
	}
	if err := o.end(); err != nil {
		return err
	}
	ctx := v.Request().Context()
	if answer == desk.WordingDeclined {
		err = a.c.Desk.DeclineWording(ctx, v.actor, look.Update.ID, id, word)
	} else {
		_, err = a.c.Desk.AcceptWording(ctx, v.actor, look.Update.ID, base, look.Latest.Draft, id)
	}
	if err != nil {
		return err
	}
	return a.show(v, http.StatusOK, look.Update.ID)
}
