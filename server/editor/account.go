package editor

import (
	"html/template"
	"net/http"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/auth"
)

// accountView is the page of one's own credentials.
type accountView struct {
	page
	HasCodes bool
	// An enrolment waits for its first code.
	Secret string
	URL    template.URL // otpauth://, for an app on this device
	Spaced string       // the secret in groups, to be typed
}

func (e *Editor) account(v *visit) error { return e.showAccount(v, http.StatusOK, "", nil) }

// showAccount shows the page; secret continues an enrolment, "" begins one.
func (e *Editor) showAccount(v *visit, status int, secret string, problems []problem) error {
	view := accountView{page: e.page(v, v.T("desk.account.title"), "account")}
	view.Problems = problems
	var err error
	if view.HasCodes, err = e.c.Auth.HasTOTP(v.Request().Context(), v.actor.Person); err != nil {
		return err
	}
	if !view.HasCodes {
		enrolment, err := e.c.Auth.Enrol(view.Org, v.actor.Person, secret)
		if err != nil {
			return err
		}
		view.Secret = enrolment.Secret
		view.URL = template.URL(enrolment.URL) // made by us, and html/template does not know the scheme
		view.Spaced = grouped(enrolment.Secret)
	}
	return e.render(v, status, "account", view)
}

func grouped(s string) string {
	out := ""
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			out += " "
		}
		out += string(r)
	}
	return out
}

// changeCredential runs a change of one's own credential: it asks for the
// person again and begins a new session, because the change ends all others.
func (e *Editor) changeCredential(v *visit, said string, change func(auth.Proof) (auth.Proof, error)) error {
	if err := v.form(); err != nil {
		return err
	}
	ctx, f := v.Request().Context(), v.Request().PostForm
	proof, err := e.c.Auth.Prove(ctx, v.actor.Person, f.Get("current"), f.Get("code"))
	if err == nil {
		proof, err = change(proof)
	}
	if err != nil {
		return e.again(v, err, func(v *visit, status int, refused error) error {
			return e.showAccount(v, status, f.Get("secret"), v.problemsOf(refused))
		})
	}
	if err := e.c.Auth.SignIn(ctx, v.Response(), proof); err != nil {
		return err
	}
	return v.see("/account", said)
}

func (e *Editor) changePassword(v *visit) error {
	return e.changeCredential(v, "password", func(p auth.Proof) (auth.Proof, error) {
		f := v.Request().PostForm
		if f.Get("again") != f.Get("password") {
			return p, comms.Refuse(comms.Invalid, "again", "%s", v.T("desk.account.differ"))
		}
		return e.c.Auth.ChangePassword(v.Request().Context(), p, f.Get("password"))
	})
}

// enrol sets one-time codes up, once a code shows that the app has the secret.
func (e *Editor) enrol(v *visit) error {
	return e.changeCredential(v, "codes_on", func(p auth.Proof) (auth.Proof, error) {
		f := v.Request().PostForm
		p, err := e.c.Auth.ConfirmTOTP(v.Request().Context(), p, f.Get("secret"), f.Get("first"))
		var denied *auth.Denied
		if asError(err, &denied) {
			return p, comms.Refuse(comms.Invalid, "first", "%s", v.T("desk.account.wrong_code"))
		}
		return p, err
	})
}

func (e *Editor) removeCodes(v *visit) error {
	return e.changeCredential(v, "codes_off", func(p auth.Proof) (auth.Proof, error) {
		return e.c.Auth.RemoveTOTP(v.Request().Context(), p)
	})
}
