package api

import (
	"errors"
	"math"
	"net/http"
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

// kind is a kind of problem: the end of its address and of its catalogue keys.
type kind string

const (
	malformed        kind = "malformed"
	unauthenticated  kind = "unauthenticated"
	forbidden        kind = "forbidden"
	notFound         kind = "not-found"
	methodNotAllowed kind = "method-not-allowed"
	conflict         kind = "conflict"
	stale            kind = "stale"
	tooLarge         kind = "too-large"
	mediaType        kind = "media-type"
	invalid          kind = "invalid"
	blocked          kind = "blocked"
	undecided        kind = "undecided"
	revisionRequired kind = "revision-required"
	limited          kind = "limited"
	internal         kind = "internal"
	unavailable      kind = "unavailable"
)

// statuses says once which HTTP status each kind has.
var statuses = map[kind]int{
	malformed:        http.StatusBadRequest,
	unauthenticated:  http.StatusUnauthorized,
	forbidden:        http.StatusForbidden,
	notFound:         http.StatusNotFound,
	methodNotAllowed: http.StatusMethodNotAllowed,
	conflict:         http.StatusConflict,
	stale:            http.StatusPreconditionFailed,
	tooLarge:         http.StatusRequestEntityTooLarge,
	mediaType:        http.StatusUnsupportedMediaType,
	invalid:          http.StatusUnprocessableEntity,
	blocked:          http.StatusUnprocessableEntity,
	undecided:        http.StatusUnprocessableEntity,
	revisionRequired: http.StatusPreconditionRequired,
	limited:          http.StatusTooManyRequests,
	internal:         http.StatusInternalServerError,
	unavailable:      http.StatusServiceUnavailable,
}

// codes says which kind a refusal of the domain is.
var codes = map[comms.Code]kind{
	comms.Invalid:   invalid,
	comms.NotFound:  notFound,
	comms.Forbidden: forbidden,
	comms.Conflict:  conflict,
	comms.Overtaken: conflict,
	comms.Unsigned:  conflict,
}

// problem is a problem document (RFC 9457).
type problem struct {
	Type     string    `json:"type"`
	Title    string    `json:"title"`
	Status   int       `json:"status"`
	Detail   string    `json:"detail"`
	Instance string    `json:"instance"`
	Errors   []fault   `json:"errors,omitempty"`
	Findings []finding `json:"findings,omitempty"` // of a blocked or undecided text
	Mine     *text     `json:"mine,omitempty"`     // of a stale one: what was sent
	Theirs   *revision `json:"theirs,omitempty"`   // and what somebody saved meanwhile
}

// fault is one thing that is wrong with a request, and where.
type fault struct {
	Pointer   string `json:"pointer,omitempty"`   // into the body, as a fragment (RFC 6901 section 6)
	Header    string `json:"header,omitempty"`    // name of a header
	Parameter string `json:"parameter,omitempty"` // name of a query parameter
	Detail    string `json:"detail"`
}

// stoppedText is what the language rules stop, with all that they say, or whose
// warnings want a reason.
type stoppedText struct {
	cause             error
	findings          []finding
	blocks, undecided int
}

func (s *stoppedText) Error() string { return s.cause.Error() }

func (s *stoppedText) Unwrap() error { return s.cause }

// noRevision is a change that does not say of what.
type noRevision struct{}

func (noRevision) Error() string { return "the request has no If-Match" }

// troubled is an error of the database that says what is wrong and what to do.
type troubled interface {
	error
	Advice() comms.Phrase
}

// fail answers an error that no handler answered, as a problem document.
func (a *api) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	v, ok := c.Get(visitKey).(*visit)
	if !ok {
		v = &visit{Context: c, Printer: a.c.Languages.For(a.spoken(c.Request()))}
	}
	p := a.problem(v, err)
	if p.Status >= http.StatusInternalServerError {
		a.c.Log.ErrorContext(c.Request().Context(), "the interface could not answer", "path", c.Path(), "error", err)
	}
	a.setHeaders(c, err)
	c.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
	if err := write(c, p.Status, p); err != nil {
		a.c.Log.InfoContext(c.Request().Context(), "a problem could not be told", "error", err)
	}
}

func (a *api) problem(v *visit, err error) problem {
	p := problem{Instance: v.Request().URL.Path}
	k := a.fill(v, err, &p)
	p.Type, p.Title, p.Status = Root+"/problems/"+string(k), v.T("api.problem."+string(k)+".title"), statuses[k]
	if p.Detail == "" {
		switch len(p.Errors) {
		case 0:
			p.Detail = v.T("api.problem." + string(k) + ".help")
		case 1:
			p.Detail = p.Errors[0].Detail
		default:
			p.Detail = v.T("api.several", "count", len(p.Errors))
		}
	}
	return p
}

// fill says what is wrong and where, and of which kind it is.
func (a *api) fill(v *visit, err error, p *problem) kind {
	var (
		many       comms.Refusals
		one        *comms.Refusal
		old        *desk.Stale
		stopped    *stoppedText
		broken     plan.Problems
		denied     *auth.Denied
		foreign    *auth.Foreign
		unread     *unreadable
		tooBig     *http.MaxBytesError
		tooMany    *auth.Limited
		trouble    troubled
		routed     *echo.HTTPError
		unexpected noRevision
	)
	switch {
	case errors.As(err, &trouble):
		said := trouble.Advice()
		p.Detail = v.T("api.trouble") + " " + sentence(v.Refusal(&comms.Refusal{Text: said.String(), Phrase: said}))
		return unavailable
	case errors.As(err, &unread):
		p.Detail = sentence(v.Refusal(unread.said))
		return unread.kind
	case errors.As(err, &tooBig):
		p.Detail = v.T("api.too_large", "size", strconv.Itoa(maxBody>>20)+" MB")
		return tooLarge
	case errors.As(err, &tooMany):
		p.Detail = v.T("api.limited", "time", tooMany.Until.UTC().Format("15:04:05")+" UTC")
		return limited
	case errors.As(err, &denied):
		return v.deny(denied.Reason, p)
	case errors.As(err, &foreign):
		p.Detail = v.T("api.foreign")
		return forbidden
	case errors.As(err, &unexpected):
		p.Errors = []fault{{Header: "If-Match", Detail: v.T("api.problem.revision-required.help")}}
		return revisionRequired
	case errors.As(err, &old):
		mine, theirs := textOf(old.Mine), revisionOf(old.Theirs)
		p.Mine, p.Theirs = &mine, &theirs
		return stale
	case errors.As(err, &stopped):
		p.Findings = stopped.findings
		if stopped.blocks == 0 {
			p.Detail = v.T("api.undecided", "count", stopped.undecided)
			return undecided
		}
		p.Detail = v.T("api.blocked", "count", stopped.blocks)
		return blocked
	case errors.As(err, &broken):
		p.Detail = broken.Error()
		return invalid
	case errors.As(err, &many) && len(many) > 0:
		for _, r := range many {
			p.Errors = append(p.Errors, v.fault(r))
		}
		return codes[many[0].Code]
	case errors.As(err, &one):
		if one.Field == "" {
			p.Detail = sentence(v.Refusal(one))
		} else {
			p.Errors = []fault{v.fault(one)}
		}
		return codes[one.Code]
	case errors.As(err, &routed) && routed.Code == http.StatusNotFound:
		p.Detail = v.T("api.no_route", "document", Root+"/openapi.json")
		return notFound
	case errors.As(err, &routed) && routed.Code == http.StatusMethodNotAllowed:
		p.Detail = v.T("api.no_method", "method", v.Request().Method, "allowed", v.Response().Header().Get(echo.HeaderAllow))
		return methodNotAllowed
	}
	return internal
}

// deny says why somebody was not believed. A wrong password with a signature
// is a wrong field; whoever sent it is known.
func (v *visit) deny(why auth.Reason, p *problem) kind {
	said := v.T("api.denied." + string(why))
	switch why {
	case auth.Credentials:
		p.Errors = []fault{{Pointer: "#/password", Detail: said}}
		return forbidden
	case auth.CodeMissing, auth.CodeUsed:
		p.Errors = []fault{{Pointer: "#/code", Detail: said}}
		return forbidden
	}
	p.Detail = said
	return unauthenticated
}

// fault says where a refusal's field lies.
func (v *visit) fault(r *comms.Refusal) fault {
	f := fault{Detail: sentence(v.Refusal(r))}
	switch field := r.Field; {
	case field == "idempotency_key":
		f.Header = keyHeader
	case strings.HasPrefix(field, "?"):
		f.Parameter = field[1:]
	case strings.HasPrefix(field, "/"):
		f.Pointer = "#" + field
	case field != "":
		f.Pointer = "#" + pointer(field)
	}
	return f
}

// pointer is where the domain's field lies in the body: "slots.next_update" is
// "/slots/shared/next_update", "slots.en.impact" is "/slots/en/impact".
func pointer(field string) string {
	parts := strings.Split(field, ".")
	if len(parts) == 2 && parts[0] == "slots" {
		parts = []string{"slots", shared, parts[1]}
	}
	return "/" + strings.Join(parts, "/")
}

// setHeaders tells programs what to do next: who they must be (RFC 9110
// section 11.6.1 and RFC 6750 section 3), when to try again (RFC 9110 section
// 10.2.3), what stands there now.
func (a *api) setHeaders(c echo.Context, err error) {
	h := c.Response().Header()
	var denied *auth.Denied
	if errors.As(err, &denied) {
		switch denied.Reason {
		case auth.NoSession:
			h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="countersign"`)
		case auth.TokenUnknown, auth.TokenExpired, auth.TokenOrphaned:
			h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="countersign", error="invalid_token"`)
		}
	}
	var tooMany *auth.Limited
	if errors.As(err, &tooMany) {
		wait := math.Ceil(tooMany.Until.Sub(a.c.Now()).Seconds())
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(max(1, int(wait))))
	}
	var trouble troubled
	if errors.As(err, &trouble) {
		h.Set(echo.HeaderRetryAfter, "10")
	}
	var old *desk.Stale
	if errors.As(err, &old) {
		h.Set("ETag", etag(old.Theirs.Number))
	}
}

// explain answers the address of a kind of problem, which stands in its documents.
func (a *api) explain(v *visit) error {
	k := kind(v.Param("kind"))
	status, known := statuses[k]
	if !known {
		return echo.ErrNotFound
	}
	key := "api.problem." + string(k)
	return v.answer(http.StatusOK, map[string]any{
		"type": Root + "/problems/" + string(k), "status": status, "title": v.T(key + ".title"), "help": v.T(key + ".help"),
	})
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
