package public

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/server/page"
)

// Pictures are drawn this many in a second, after this many at once: whoever
// asks for every one that there is takes a tenth of a processor, and no more.
const (
	cardsASecond = 2
	cardsAtOnce  = 20
)

// cacheCard is for a picture whose address changes with what it shows.
const cacheCard = "public, max-age=60, s-maxage=300, stale-if-error=86400"

// card answers with the picture of a page. Its address without a language is
// the source's, whoever asks.
func (s *site) card(c echo.Context) error {
	shareable(c)
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	doc, err := snap.Card(sourceOr(c, snap), c.Request().URL.Path, func() bool { return s.drawing.AllowN(s.Now(), 1) })
	switch {
	case errors.Is(err, page.ErrBusy):
		c.Response().Header().Set("Retry-After", "5")
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	case err != nil:
		return err
	case doc == nil:
		return echo.NewHTTPError(http.StatusNotFound)
	}
	c.Response().Header().Set("Cache-Control", cacheCard)
	return send(c, c.Response().Header().Get(echo.HeaderContentSecurityPolicy), doc)
}
