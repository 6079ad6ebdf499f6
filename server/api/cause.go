package api

import (
	"net/http"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// cause is how the cause stands that an update gives.
type cause struct {
	Digest      comms.Digest    `json:"digest"` // of its words
	ConfirmedBy *plan.PersonID  `json:"confirmed_by"`
	ConfirmedAt *time.Time      `json:"confirmed_at"`
	May         []plan.PersonID `json:"may"` // who may confirm it; empty once somebody has
}

// causeOf is nil for a text that gives none, and for what is out.
func causeOf(look desk.View) *cause {
	if look.Cause.Digest.IsZero() {
		return nil
	}
	out := &cause{Digest: look.Cause.Digest, May: append([]plan.PersonID{}, look.Cause.May...)}
	if c := look.Cause.Confirmation; c != nil {
		out.ConfirmedBy, out.ConfirmedAt = &c.Person, at(c.At)
	}
	return out
}

// confirmCause lets a person say that a cause is the cause.
func (a *api) confirmCause(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	o, _, err := v.object(false)
	if err != nil {
		return err
	}
	seen := o.digest("digest")
	if err := o.end(); err != nil {
		return err
	}
	if err := a.c.Desk.ConfirmCause(v.Request().Context(), v.actor, id, seen); err != nil {
		return err
	}
	return a.show(v, http.StatusOK, id)
}
