package public

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/server/page"
)

// oembed tells other pages how to show an address of this one (oEmbed 1.0).
func (s *site) oembed(c echo.Context) error {
	e := page.Embedding{URL: c.QueryParam("url"), Format: page.EmbedFormat(cmp.Or(c.QueryParam("format"), "json"))}
	shareable(c)
	for name, bound := range map[string]*int{"maxwidth": &e.MaxWidth, "maxheight": &e.MaxHeight} {
		text := c.QueryParam(name)
		if text == "" {
			continue
		}
		var err error
		if *bound, err = strconv.Atoi(text); err != nil || *bound < 1 {
			return echo.NewHTTPError(http.StatusBadRequest)
		}
	}
	switch {
	case e.URL == "":
		return echo.NewHTTPError(http.StatusBadRequest)
	case e.Format != page.EmbedJSON && e.Format != page.EmbedXML:
		return echo.NewHTTPError(http.StatusNotImplemented)
	}
	return s.shared(c, cachePage, func(snap *page.Snapshot) (*page.Document, error) {
		e.Lang = sourceOr(c, snap)
		return snap.Embed(e)
	})
}
