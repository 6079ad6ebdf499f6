package editor

import (
	"cmp"
	"strconv"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

// sign gives a signature: the person is asked for again, and the digest says
// what they saw.
func (e *Editor) sign(v *visit) error {
	return e.act(v, func(id comms.ID) (acted, error) {
		form := v.Request().PostForm
		s := desk.Signing{Update: id, Reasons: reasonsIn(form)}
		var err error
		if s.Requirement, err = strconv.Atoi(form.Get("requirement")); err == nil {
			s.Digest, err = comms.ParseDigest(form.Get("digest"))
		}
		if err != nil {
			return acted{}, v.damaged()
		}
		for _, l := range form["languages"] {
			s.Languages = append(s.Languages, comms.Lang(l))
		}
		after, err := e.prove(v, s)
		said := map[desk.UpdateState]string{desk.Published: "published", desk.Approved: "approved", desk.Parked: "parked"}[after.State]
		return acted{"/updates/" + string(id), cmp.Or(said, "signed")}, err
	}, e.unsigned)
}

// damaged refuses a form that does not say what it is about.
func (v *visit) damaged() error {
	return comms.Refuse(comms.Invalid, "", "%s", v.T("desk.sign.damaged"))
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
func (e *Editor) unsigned(v *visit, status int, refused error) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	look, err := e.c.Desk.Look(v.Request().Context(), v.actor, id)
	if err != nil {
		return err
	}
	return e.showReview(v, status, look, typedBySigner(v.Request().PostForm), refused)
}

func (e *Editor) askChanges(v *visit) error {
	return e.turn(v, "changes", func(id comms.ID) error {
		form := v.Request().PostForm
		seen, err := comms.ParseDigest(form.Get("digest"))
		if err != nil {
			return v.damaged()
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

// turn runs an act on an update that is to be signed.
func (e *Editor) turn(v *visit, said string, do func(comms.ID) error) error {
	return e.act(v, func(id comms.ID) (acted, error) { return acted{"/updates/" + string(id), said}, do(id) }, e.unsigned)
}
