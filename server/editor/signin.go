package editor

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms/plan"
)

// signInView is the page of sign-in.
type signInView struct {
	page
	Name string // as typed
	Next string // where to go afterwards
	Kept []kept // what was typed when a session had ended
}

// kept is one field of a form that waits for its sender to sign in again.
type kept struct{ Name, Value string }

// keptPrefix marks kept fields among those of sign-in.
const keptPrefix = "kept."

// keep turns a posted form into fields that go through sign-in. Passwords and
// codes are not kept.
func keep(form url.Values) []kept {
	var out []kept
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if name == "password" || name == "code" || name == "current" {
			continue
		}
		for _, value := range form[name] {
			out = append(out, kept{name, readable(value)})
		}
	}
	return out
}

// readable replaces what is not UTF-8, so that a page can show it.
func readable(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func (e *Editor) signInView(v *visit) signInView {
	view := signInView{page: e.page(v, v.T("desk.signin.title"), "")}
	view.Me = plan.Person{}
	return view
}

func (e *Editor) signInForm(v *visit) error {
	if v.actor.Person != "" {
		return v.Redirect(http.StatusSeeOther, "/")
	}
	view := e.signInView(v)
	if next := v.QueryParam("next"); local(next) {
		view.Next = next
	}
	return e.render(v, http.StatusOK, "signin", view)
}

func (e *Editor) signIn(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	r := v.Request()
	view := e.signInView(v)
	view.Name = readable(r.PostForm.Get("person"))
	if next := r.PostForm.Get("next"); local(next) {
		view.Next = next
	}
	view.Kept = unwrap(r.PostForm)
	person := v.named(r.PostForm.Get("person"))
	proof, err := e.c.Auth.Check(r.Context(), person, r.PostForm.Get("password"), r.PostForm.Get("code"), v.from())
	if err == nil {
		err = e.c.Auth.SignIn(r.Context(), v.Response(), proof)
	}
	if err != nil {
		return e.again(v, err, func(v *visit, status int, refused error) error {
			view.Problems = v.problemsOf(refused)
			return e.render(v, status, "signin", view)
		})
	}
	e.c.Log.InfoContext(r.Context(), "signed in", "person", person)
	if len(view.Kept) > 0 && view.Next != "" {
		return e.render(v, http.StatusOK, "goon", view)
	}
	if view.Next == "" {
		view.Next = "/"
	}
	return v.Redirect(http.StatusSeeOther, view.Next)
}

// unwrap reads the kept fields back from sign-in's own form.
func unwrap(form url.Values) []kept {
	var out []kept
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if bare, ok := strings.CutPrefix(name, keptPrefix); ok {
			for _, value := range form[name] {
				out = append(out, kept{bare, readable(value)})
			}
		}
	}
	return out
}

// named finds whom somebody means by what they typed: their short name or
// their address.
func (v *visit) named(typed string) plan.PersonID {
	typed = strings.TrimSpace(typed)
	for _, p := range v.plan.People {
		if p.Email != "" && strings.EqualFold(p.Email, typed) {
			return p.ID
		}
	}
	return plan.PersonID(strings.ToLower(readable(typed)))
}

func (e *Editor) signOut(v *visit) error {
	if err := e.c.Auth.SignOut(v.Request().Context(), v.Response()); err != nil {
		return err
	}
	return v.see("/signin", "signed_out")
}
