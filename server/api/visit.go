package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
	tag "golang.org/x/text/language"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/language"
)

// maxBody bounds what one request may send, in bytes.
const maxBody = 1 << 20

// bounded refuses bodies above maxBody once they are read.
func bounded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxBody)
		return next(c)
	}
}

func headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

// panicked makes an error of a panic, with its stack for the log alone.
func (a *api) panicked(_ echo.Context, err error, stack []byte) error {
	return fmt.Errorf("a handler of the interface panicked: %w\n%s", err, stack)
}

// access says who may come to a route. What they may do there is the desk's question.
type access int

const (
	anybody access = iota // known or not
	readers               // a token that drafts, or a session
	signals               // a token of the monitoring, and nobody else
	people                // a session of the person's own: a token never acts as a person
)

// scope is what a token must be for.
func (a access) scope() string {
	if a == signals {
		return auth.ScopeSignal
	}
	return auth.ScopeDraft
}

// visit is one request by somebody who is known by now.
type visit struct {
	echo.Context
	language.Printer
	actor desk.Actor
	plan  *plan.Plan
}

// visitKey keeps the visit for the problem document of an error.
const visitKey = "visit"

// enter finds out who comes before the handler acts.
func (a *api) enter(who access, handle func(*visit) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		v := &visit{Context: c, Printer: a.c.Languages.For(a.spoken(c.Request()))}
		c.Set(visitKey, v)
		if who != anybody {
			var err error
			if v.plan, _, err = a.c.Desk.Plan(c.Request().Context()); err != nil {
				return err
			}
			if err := a.identify(v, who); err != nil {
				return err
			}
		}
		return handle(v)
	}
}

// spoken is the language of the frame that the request likes best; "" if it
// names none, so that the person's own can be taken.
func (a *api) spoken(r *http.Request) comms.Lang {
	wanted := r.Header.Get("Accept-Language")
	if wanted == "" {
		return ""
	}
	frame := a.c.Languages.Languages()
	tags := make([]tag.Tag, len(frame))
	for i, l := range frame {
		tags[i] = tag.Make(string(l))
	}
	_, i := tag.MatchStrings(tag.NewMatcher(tags), wanted)
	return frame[i]
}

func (a *api) identify(v *visit, who access) error {
	if header := v.Request().Header.Get(echo.HeaderAuthorization); header != "" {
		t, err := a.c.Auth.Token(v.Request().Context(), header)
		if err != nil {
			return err
		}
		switch {
		case who == people:
			return comms.Refuse(comms.Forbidden, "", "a token never signs, and never acts as a person does; sign in at the desk as yourself")
		case t.Scope != who.scope():
			return comms.Refuse(comms.Forbidden, "", "this token is for %q and does not open this; make one with the scope %q", t.Scope, who.scope())
		}
		a.welcome(v, desk.Actor{Person: t.Person, Token: t.Name})
		return nil
	}
	if who == signals {
		return &auth.Denied{Reason: auth.NoSession}
	}
	r, err := a.c.Auth.Resume(v.Request())
	if err != nil {
		return err
	}
	v.SetRequest(r)
	person, err := a.c.Auth.Person(r.Context())
	if err != nil {
		return err
	}
	if err := auth.SameOrigin(r); err != nil {
		return err
	}
	a.welcome(v, desk.Actor{Person: person})
	return nil
}

// welcome makes the visit the actor's, in the actor's language unless the
// request names another.
func (a *api) welcome(v *visit, actor desk.Actor) {
	v.actor = actor
	p, _ := v.plan.Person(actor.Person)
	if p.Lang != "" && v.Request().Header.Get("Accept-Language") == "" {
		v.Printer = a.c.Languages.For(p.Lang)
	}
}

// id reads the identifier in the path. One that cannot exist is not found,
// like one that does not.
func (v *visit) id() (comms.ID, error) { return v.identifier("id") }

func (v *visit) identifier(name string) (comms.ID, error) {
	id, err := comms.ParseID(v.Param(name))
	if err != nil {
		return "", comms.Refuse(comms.NotFound, "", "nothing has this address; identifiers have 12 lower-case letters and digits")
	}
	return id, nil
}

// answer writes a JSON document.
func (v *visit) answer(status int, document any) error {
	v.Response().Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	return write(v, status, document)
}

func write(c echo.Context, status int, document any) error {
	c.Response().WriteHeader(status)
	e := json.NewEncoder(c.Response())
	e.SetEscapeHTML(false) // forms hold HTML, and nothing sniffs this for it
	e.SetIndent("", "  ")
	return e.Encode(document)
}
