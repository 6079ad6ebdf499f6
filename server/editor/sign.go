package editor

import (
	"strconv"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

// sign gives a signature: the person is asked for again, and the digest says
// what they saw.
func (e *Editor) sign(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	form := v.Request().PostForm
	s := desk.Signing{Update: id}
	s.Requirement, err = strconv.Atoi(form.Get("requirement"))
	if err == nil {
		s.Digest, err = comms.ParseDigest(form.Get("digest"))
	}
	if err != nil {
		err = comms.Refuse(comms.Invalid, "", "%s", v.T("desk.sign.damaged"))
	}
	for _, l := range form["languages"] {
		s.Languages = append(s.Languages, comms.Lang(l))
	}
	s.Reasons = reasonsIn(form)
	var after desk.Update
	if err == nil {
		after, err = e.prove(v, s)
	}
	if err != nil {
		return e.unsigned(v, id, err)
	}
	said := map[desk.UpdateState]string{desk.Published: "published", desk.Approved: "approved", desk.Parked: "parked"}[after.State]
	if said == "" {
		said = "signed"
	}
	return v.see("/updates/"+string(id), said)
}

// prove asks for the person and signs. A proof takes a while to check, and the
// credential may be reset meanwhile: so it is looked at again at the last
// moment. What is signed in the instants after that is taken back by the
// reset itself, unless it was the last signature and is published already.
func (e *Editor) prove(v *visit, s desk.Signing) (desk.Update, error) {
	ctx, form, actor := v.Request().Context(), v.Request().PostForm, v.actor
	proof, err := e.c.Auth.Prove(ctx, actor.Person, form.Get("password"), form.Get("code"))
	if err != nil {
		return desk.Update{}, err
	}
	actor.Proof = proof.Means
	if err := e.c.Auth.Stands(ctx, proof); err != nil {
		return desk.Update{}, err
	}
	return e.c.Desk.Sign(ctx, actor, s)
}

// unsigned shows the page of an update again after a refused act of a signer.
func (e *Editor) unsigned(v *visit, id comms.ID, err error) error {
	status := statusOf(err)
	if status == 0 {
		return err
	}
	e.mourn(v, err)
	setRetry(v, err, e)
	look, lookErr := e.c.Desk.Look(v.Request().Context(), v.actor, id)
	if lookErr != nil {
		return lookErr
	}
	form := v.Request().PostForm
	return e.showReview(v, status, look, signTyped{form["languages"], form.Get("requirement"), form.Get("reason"), reasonsIn(form)}, err)
}

func (e *Editor) askChanges(v *visit) error {
	return e.turn(v, "changes", func(id comms.ID) error {
		form := v.Request().PostForm
		seen, err := comms.ParseDigest(form.Get("digest"))
		if err != nil {
			return comms.Refuse(comms.Invalid, "", "%s", v.T("desk.sign.damaged"))
		}
		_, err = e.c.Desk.AskChanges(v.Request().Context(), v.actor, id, seen, form.Get("reason"))
		return err
	})
}

func (e *Editor) withdraw(v *visit) error {
	return e.turn(v, "withdrawn", func(id comms.ID) error {
		_, err := e.c.Desk.Withdraw(v.Request().Context(), v.actor, id, v.Request().PostForm.Get("reason"))
		return err
	})
}

// turn runs an act that needs a reason.
func (e *Editor) turn(v *visit, said string, act func(comms.ID) error) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	if err := act(id); err != nil {
		return e.unsigned(v, id, err)
	}
	return v.see("/updates/"+string(id), said)
}
