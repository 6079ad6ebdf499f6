package public

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
)

// askToLeave shows the button that ends the mails. Opening the address changes
// nothing: programs open the links of mails as well.
func (s *site) askToLeave(c echo.Context) error {
	if _, err := s.Tokens.Parse(c.Param("token")); err != nil {
		return s.leaving(c, page.LeaveUnknown, http.StatusNotFound)
	}
	return s.leaving(c, page.LeaveAsk, http.StatusOK)
}

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
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	doc, err := snap.Leave(lang(c), step, prefix(c)+c.Request().URL.Path)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", cacheNone)
	c.Response().Header().Set("X-Robots-Tag", "noindex")
	return sendStatus(c, snap.Policy, doc, status)
}
