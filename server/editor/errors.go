package editor

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
)

// statuses says once which HTTP status a code of the domain has.
var statuses = map[comms.Code]int{
	comms.Invalid:   http.StatusUnprocessableEntity,
	comms.NotFound:  http.StatusNotFound,
	comms.Forbidden: http.StatusForbidden,
	comms.Conflict:  http.StatusConflict,
	comms.Overtaken: http.StatusConflict,
	comms.Unsigned:  http.StatusConflict,
}

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

// statusOf is the status of an error that a person can act on, 0 for others.
func statusOf(err error) int {
	var stale *desk.Stale
	var blocked *desk.Blocked
	var undecided *desk.Undecided
	var problems plan.Problems
	var denied *auth.Denied
	var limited *auth.Limited
	var foreign *auth.Foreign
	var tooBig *http.MaxBytesError
	var tooMany *tooMany
	var trouble troubled
	switch {
	case asError(err, &trouble):
		return http.StatusServiceUnavailable
	case asError(err, &tooBig), asError(err, &tooMany):
		return http.StatusRequestEntityTooLarge
	case asError(err, &limited):
		return http.StatusTooManyRequests
	case asError(err, &denied):
		return http.StatusUnauthorized
	case asError(err, &foreign):
		return http.StatusForbidden
	case asError(err, &stale):
		return http.StatusConflict
	case asError(err, &blocked), asError(err, &undecided), asError(err, &problems):
		return http.StatusUnprocessableEntity
	}
	return statuses[comms.CodeOf(err)]
}

// problemsOf lists what a person can mend.
func (v *visit) problemsOf(err error) []problem {
	var many comms.Refusals
	var one *comms.Refusal
	var denied *auth.Denied
	var limited *auth.Limited
	var blocked *desk.Blocked
	var undecided *desk.Undecided
	var foreign *auth.Foreign
	var tooBig *http.MaxBytesError
	var tooMany *tooMany
	var trouble troubled
	var problems plan.Problems
	switch {
	case asError(err, &trouble):
		return []problem{{"", v.advice(trouble)}}
	case asError(err, &many):
		out := make([]problem, len(many))
		for i, r := range many {
			out[i] = problem{r.Field, sentence(v.Refusal(r))}
		}
		return out
	case asError(err, &one):
		return []problem{{one.Field, sentence(v.Refusal(one))}}
	case asError(err, &limited):
		return []problem{{"", v.T("desk.error.limited", "time", limited.Until.UTC().Format("15:04:05")+" UTC")}}
	case asError(err, &denied):
		return []problem{{"password", v.T("desk.denied." + string(denied.Reason))}}
	case asError(err, &blocked):
		return []problem{{"", v.T("desk.error.blocked", "count", len(blocked.Report.Blocks()))}}
	case asError(err, &undecided):
		return []problem{{"", v.T("desk.error.undecided", "count", len(byRule(undecided.Findings)))}}
	case asError(err, &problems):
		return []problem{{"", v.T("desk.error.plan", "count", len(problems))}}
	case asError(err, &foreign):
		return []problem{{"", v.T("desk.error.foreign")}}
	case asError(err, &tooBig):
		return []problem{{"", v.T("desk.error.too_big", "size", strconv.Itoa(maxBody>>20)+" MB")}}
	case asError(err, &tooMany):
		return []problem{{"", v.T("desk.error.too_many", "fields", tooMany.fields, "most", maxFields)}}
	}
	return []problem{{"", v.T("desk.error.inside")}}
}

// sentence makes a refusal's text one that can stand alone.
func sentence(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?)") {
		s += "."
	}
	return s
}

// errorView is the page of an error that has no form to go back to. What was
// typed is on it, to be sent again when the database has recovered.
type errorView struct {
	page
	Back string
	Next string // where to send what was typed again; "" if there is nothing
	Kept []kept
}

// fail answers an error that no handler answered. A form that came without a
// session leads to sign-in, with everything that was typed.
func (e *Editor) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	v, status := e.known(err, c)
	var denied *auth.Denied
	if asError(err, &denied) && denied.Reason == auth.NoSession && c.Request().URL.Path != "/metrics" {
		if err = e.toSignIn(v); err == nil {
			return
		}
		if status = statusOf(err); status == 0 {
			status = http.StatusInternalServerError
		}
	}
	if status >= http.StatusInternalServerError {
		e.c.Log.ErrorContext(c.Request().Context(), "the desk could not answer", "path", c.Path(), "error", err)
	}
	setRetry(c, err, e)
	view := errorView{page: e.page(v, v.T("desk.error.title."+strconv.Itoa(titled(status))), ""), Back: "/"}
	view.Problems = v.problemsOf(err)
	if status == http.StatusNotFound {
		view.Problems = []problem{{"", v.T("desk.error.not_found")}}
	}
	if r := c.Request(); status == http.StatusServiceUnavailable && r.Method == http.MethodPost && v.form() == nil {
		view.Next, view.Kept = r.URL.Path, keep(r.PostForm)
	}
	if renderErr := e.render(c, status, "error", view); renderErr != nil {
		e.c.Log.Error("the error page cannot be rendered", "error", renderErr)
		http.Error(c.Response(), http.StatusText(status), status)
	}
}

// known prepares the page of an error, for whoever is signed in.
func (e *Editor) known(err error, c echo.Context) (*visit, int) {
	v, ok := c.Get(visitKey).(*visit)
	if !ok {
		v = &visit{Context: c, Printer: e.c.Languages.For(e.spoken(c.Request()))}
		if p, _, planErr := e.c.Desk.Plan(c.Request().Context()); planErr == nil {
			v.plan = p
		}
	}
	status := statusOf(err)
	var routed *echo.HTTPError
	if status == 0 && asError(err, &routed) {
		status = routed.Code
	}
	if status == 0 {
		status = http.StatusInternalServerError
	}
	return v, status
}

// titled maps a status to one that has a title of its own.
func titled(status int) int {
	switch status {
	case 401, 403, 404, 409, 413, 422, 429, 503:
		return status
	case 405:
		return 404
	}
	return 500
}

// setRetry tells programs when another attempt counts (RFC 9110 section 10.2.3).
func setRetry(c echo.Context, err error, e *Editor) {
	var limited *auth.Limited
	if asError(err, &limited) {
		wait := math.Ceil(limited.Until.Sub(e.c.Now()).Seconds())
		c.Response().Header().Set("Retry-After", strconv.Itoa(max(1, int(wait))))
	}
	var trouble troubled
	if asError(err, &trouble) {
		c.Response().Header().Set("Retry-After", retrySeconds)
	}
	var denied *auth.Denied
	if asError(err, &denied) {
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="desk"`)
	}
}

// toSignIn sends somebody without a session to sign-in, and what they typed with them.
func (e *Editor) toSignIn(v *visit) error {
	r := v.Request()
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		target := "/signin"
		if r.URL.Path != "/" {
			target += "?next=" + url.QueryEscape(r.URL.RequestURI())
		}
		return v.Redirect(http.StatusSeeOther, target)
	}
	if err := v.form(); err != nil {
		return err
	}
	view := e.signInView(v)
	view.Next, view.Kept = r.URL.Path, keep(r.PostForm)
	view.Problems = []problem{{"", v.T("desk.signin.ended")}}
	return e.render(v, http.StatusUnauthorized, "signin", view)
}
