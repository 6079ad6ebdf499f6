package editor

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
	desktalk "github.com/countersign/countersign/server/language"
)

// access says who may come to a route. What they may do there is the desk's question.
type access int

const (
	anybody  access = iota // signed in or not
	readers                // a session, or a token that drafts
	people                 // a session of the person's own
	watchers               // a session, or a token that reads metrics
)

// visit is one request by somebody who is known by now.
type visit struct {
	echo.Context
	desktalk.Printer
	actor  desk.Actor
	person plan.Person // zero when nobody is signed in
	plan   *plan.Plan
}

// visitKey keeps the visit for the page of an error.
const visitKey = "visit"

// enter finds out who comes before the handler acts.
func (e *Editor) enter(who access, handle func(*visit) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, err := e.visit(c)
		if err != nil {
			return err
		}
		if err := e.identify(v, who); err != nil {
			return err
		}
		c.Set(visitKey, v)
		return handle(v)
	}
}

// visit prepares a request of somebody who is not known yet.
func (e *Editor) visit(c echo.Context) (*visit, error) {
	p, _, err := e.c.Desk.Plan(c.Request().Context())
	if err != nil {
		return nil, err
	}
	return &visit{Context: c, plan: p, Printer: e.c.Languages.For(e.spoken(c.Request()))}, nil
}

// spoken is the language of the frame that the browser likes best.
func (e *Editor) spoken(r *http.Request) comms.Lang {
	frame := e.c.Languages.Languages()
	tags := make([]language.Tag, len(frame))
	for i, l := range frame {
		tags[i] = language.Make(string(l))
	}
	_, i := language.MatchStrings(language.NewMatcher(tags), r.Header.Get("Accept-Language"))
	return frame[i]
}

func (e *Editor) identify(v *visit, who access) error {
	ctx := v.Request().Context()
	if header := v.Request().Header.Get(echo.HeaderAuthorization); header != "" {
		return e.identifyToken(v, who, header)
	}
	person, err := e.c.Auth.Person(ctx)
	var denied *auth.Denied
	if errors.As(err, &denied) && who == anybody {
		return nil
	}
	if err != nil {
		return err
	}
	e.welcome(v, desk.Actor{Person: person})
	return nil
}

func (e *Editor) identifyToken(v *visit, who access, header string) error {
	t, err := e.c.Auth.Token(v.Request().Context(), header)
	if err != nil {
		return err
	}
	switch {
	case who == people:
		return comms.Refuse(comms.Forbidden, "", "%s", v.T("desk.error.token_never_signs"))
	case who == anybody, who == readers && t.Scope != auth.ScopeDraft, who == watchers && t.Scope != auth.ScopeMetrics:
		return comms.Refuse(comms.Forbidden, "", "%s", v.T("desk.error.token_scope", "scope", t.Scope))
	}
	e.welcome(v, desk.Actor{Person: t.Person, Token: t.Name})
	return nil
}

// welcome makes the visit the actor's, in the actor's language.
func (e *Editor) welcome(v *visit, a desk.Actor) {
	v.actor = a
	v.person, _ = v.plan.Person(a.Person)
	if v.person.Lang != "" {
		v.Printer = e.c.Languages.For(v.person.Lang)
	}
}

// id reads the identifier in the path. One that cannot exist is not found,
// like one that does not.
func (v *visit) id() (comms.ID, error) {
	id, err := comms.ParseID(v.Param("id"))
	if err != nil {
		return "", comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
	}
	return id, nil
}

// see answers a POST that went well with where to look now. said names a
// sentence of the catalogue.
func (v *visit) see(path, said string) error {
	if said != "" {
		path += "?said=" + said
	}
	return v.Redirect(http.StatusSeeOther, path)
}

// local tells whether a path leads to this desk and nowhere else.
func local(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.ContainsAny(path, "\\\r\n\t")
}
