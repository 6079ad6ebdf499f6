package public

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
)

// leave ends the mails with one request of a mail program (RFC 8058 section
// 3.2) or of the button. The token is the proof: no cookie and no Origin is
// asked for.
func (s *site) leave(c echo.Context) error {
	id, err := s.Tokens.Parse(c.Param("token"))
	if err != nil {
		return s.leaving(c, page.LeaveUnknown, http.StatusNotFound)
	}
	if c.FormValue("List-Unsubscribe") != "One-Click" {
		return s.leaving(c, page.LeaveWrong, http.StatusBadRequest)
	}
	err = s.Subscribers.Unsubscribe(c.Request().Context(), id, s.Now())
	switch {
	case comms.CodeOf(err) == comms.NotFound:
		return s.leaving(c, page.LeaveUnknown, http.StatusNotFound)
	case err != nil:
		s.Log.ErrorContext(c.Request().Context(), "a subscriber could not leave", "subscriber", id, "error", err)
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	return s.leaving(c, page.LeaveDone, http.StatusOK)
}

func (s *site) leaving(c echo.Context, step page.Leaving, status int) error {
	return s.personal(c, status, func(snap *page.Snapshot) (*page.Document, error) { return snap.Leave(lang(c), step) })
}

// personal answers with a page for one reader, which nobody keeps.
func (s *site) personal(c echo.Context, status int, render func(*page.Snapshot) (*page.Document, error)) error {
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	doc, err := render(snap)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", cacheNone)
	c.Response().Header().Set("X-Robots-Tag", "noindex")
	return sendStatus(c, snap.Policy, doc, status)
}
