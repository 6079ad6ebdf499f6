package public

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/server/page"
)

// trouble answers what went wrong with a page that leads on: never a stack
// trace, never a dead end. Its bytes depend on publications and the language
// alone, so that nobody learns from them what was drafted.
func (s *site) trouble(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status := http.StatusInternalServerError
	var known *echo.HTTPError
	if errors.As(err, &known) {
		status = known.Code
	}
	if status >= http.StatusInternalServerError && status != http.StatusNotImplemented {
		s.Log.ErrorContext(c.Request().Context(), "a request failed", "status", status, "route", c.Path(), "error", err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", cacheNone)
	if prefix(c) == "" {
		h.Add(echo.HeaderVary, "Accept-Language")
	}
	snap := s.Pages.Snapshot()
	if snap == nil {
		s.bare(c, status)
		return
	}
	h.Add(echo.HeaderVary, "Accept")
	doc, failed := s.explain(c, snap, status)
	if failed != nil {
		s.Log.ErrorContext(c.Request().Context(), "an error page failed", "error", failed)
		s.bare(c, status)
		return
	}
	if failed := sendStatus(c, snap.Policy, doc, status); failed != nil {
		s.Log.DebugContext(c.Request().Context(), "an error page was not sent", "error", failed)
	}
}

// explain says what went wrong as whoever asks can read it.
func (s *site) explain(c echo.Context, snap *page.Snapshot, status int) (*page.Document, error) {
	switch {
	case status == http.StatusNotFound && strings.HasSuffix(c.Request().URL.Path, badgeFile):
		return snap.BadgeMissing(sourceOr(c, snap))
	case asksAsProgram(c.Request()):
		return snap.Problem(lang(c), status, c.Request().URL.Path)
	case status == http.StatusNotFound:
		return snap.Missing(lang(c), c.Request().URL.Path)
	}
	return snap.Trouble(lang(c), status)
}

// bare answers in plain text while there is no page at all.
func (s *site) bare(c echo.Context, status int) {
	p := s.Languages.For(lang(c))
	text := p.T("public.error.503") + "\n" + p.T("public.error.503_text") + "\n"
	if status == http.StatusServiceUnavailable {
		c.Response().Header().Set("Retry-After", "5")
	}
	if err := c.String(status, text); err != nil {
		s.Log.DebugContext(c.Request().Context(), "an error text was not sent", "error", err)
	}
}

// panicked logs what the recovery caught, and gives it to trouble.
func (s *site) panicked(c echo.Context, err error, stack []byte) error {
	s.Log.ErrorContext(c.Request().Context(), "a request panicked", "route", c.Path(), "error", err, "stack", string(stack))
	return err
}
