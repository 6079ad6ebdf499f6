package public

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/server/page"
)

// feed answers with a feed or a calendar. Its address without a language is
// the source's, whoever asks: a reader that changes its mind would see every
// entry again.
func (s *site) feed(c echo.Context) error {
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	doc, err := snap.Page(sourceOr(c, snap), c.Request().URL.Path)
	if err != nil {
		return err
	}
	if doc == nil {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	if strings.HasSuffix(doc.Type, "+xml; charset=utf-8") {
		c.Response().Header().Add(echo.HeaderVary, "Accept")
		if opens(c.Request().Header.Get("Accept")) {
			shown := *doc
			shown.Type = "application/xml; charset=utf-8"
			doc = &shown
		}
	}
	c.Response().Header().Set("Cache-Control", cachePage)
	return send(c, page.FeedPolicy, doc)
}

// opens tells a person who opens a feed in a browser from a program that reads
// it: browsers ask for HTML first. Chromium shows a feed that is labelled as
// one as its bare text, and styles the same bytes under the label of all XML.
func opens(accept string) bool {
	media, _, _ := strings.Cut(accept, ",")
	media, _, _ = strings.Cut(media, ";")
	return strings.EqualFold(strings.TrimSpace(media), "text/html")
}

func (s *site) feedStyle(c echo.Context) error {
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	c.Response().Header().Set("Cache-Control", cacheFile)
	return send(c, page.FeedPolicy, snap.FeedStyle())
}
