package public

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/server/page"
)

// badgeFile is the last part of the address of every badge.
const badgeFile = "/badge.svg"

// badge answers with a picture of a state, for other pages to show. Its address
// without a language is the source's: who shows it chooses, not who looks.
func (s *site) badge(c echo.Context) error {
	return s.shared(c, cachePage, func(snap *page.Snapshot) (*page.Document, error) {
		return snap.Page(sourceOr(c, snap), c.Request().URL.Path)
	})
}

// embedScript answers with the script of the banner.
func (s *site) embedScript(c echo.Context) error {
	return s.shared(c, cacheScript, func(snap *page.Snapshot) (*page.Document, error) { return snap.EmbedScript(), nil })
}

// embedData answers with what the banner says.
func (s *site) embedData(c echo.Context) error {
	s.linkLanguage(c)
	return s.shared(c, cachePage, func(snap *page.Snapshot) (*page.Document, error) { return snap.EmbedData(lang(c)) })
}

// cacheScript is short enough for a new version of the program to be noticed.
const cacheScript = "public, max-age=3600, stale-if-error=86400"

// described names the document of what programs read (RFC 8631 section 4).
const described = `</openapi.json>; rel="service-desc"; type="application/json"`

// shared answers with what any origin may read and show, also one that is
// isolated (Cross-Origin-Embedder-Policy).
func (s *site) shared(c echo.Context, cache string, find func(*page.Snapshot) (*page.Document, error)) error {
	shareable(c)
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	doc, err := find(snap)
	if err != nil {
		return err
	}
	if doc == nil {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	c.Response().Header().Set("Cache-Control", cache)
	c.Response().Header().Set("Link", described)
	return send(c, c.Response().Header().Get(echo.HeaderContentSecurityPolicy), doc)
}
