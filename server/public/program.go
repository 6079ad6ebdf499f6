package public

import (
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/statuspage"
)

// cacheProgram is for how long clients of other status pages are used to keep
// an answer.
const cacheProgram = "max-age=10, public, s-maxage=10, stale-while-revalidate=20, stale-if-error=3600"

// program answers with a document for programs, which any script may read. Its
// address without a language is the source's, whoever asks.
func (s *site) program(c echo.Context) error {
	return s.shared(c, cacheProgram, func(snap *page.Snapshot) (*page.Document, error) {
		return snap.Page(sourceOr(c, snap), c.Request().URL.Path)
	})
}

// historyData answers with a page of the history for programs. A number that
// is none counts as the first.
func (s *site) historyData(c echo.Context) error {
	number, err := strconv.Atoi(c.QueryParam("page"))
	if err != nil {
		number = 1
	}
	return s.shared(c, cacheProgram, func(snap *page.Snapshot) (*page.Document, error) {
		return snap.HistoryData(sourceOr(c, snap), number)
	})
}

// incident answers with the page of an incident, or with its data for programs.
func (s *site) incident(c echo.Context) error {
	if strings.HasSuffix(c.Request().URL.Path, ".json") {
		return s.program(c)
	}
	if snap := s.Pages.Snapshot(); snap != nil {
		if to := snap.Moved(c.Request().URL.Path); to != "" {
			return c.Redirect(http.StatusPermanentRedirect, prefix(c)+to)
		}
	}
	return s.page(c)
}

// options says what an address takes (RFC 9110 section 9.3.7), and lets the
// scripts of any product read what is theirs to read (Fetch standard, section
// 3.3.2). There is nothing private in it.
func (s *site) options(allow string, shared bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Allow", allow)
		if shared {
			shareable(c)
			h.Set("Access-Control-Allow-Methods", "GET, HEAD")
			h.Set("Access-Control-Allow-Headers", "*")
			h.Set("Access-Control-Max-Age", "86400")
		}
		return c.NoContent(http.StatusNoContent)
	}
}

func shareable(c echo.Context) {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "ETag, Content-Language")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// sourceOr is the language of the address, or the source where it has none.
func sourceOr(c echo.Context, snap *page.Snapshot) comms.Lang {
	if prefix(c) == "" {
		return snap.Source()
	}
	return lang(c)
}

// shared are further routes that scripts may read, the badges as pictures.
var shared = []string{"/go", "/go/*", "/incidents/:id", "/history.json", "/badge.svg", "/components/:id/badge.svg", "/embed.js", "/embed.json", "/oembed", "/openapi.json"}

// forScripts tells whether the scripts of any product may read what lies at a
// route.
func forScripts(route string) bool {
	return slices.Contains(statuspage.Paths(), route) || slices.Contains(shared, route) || strings.HasSuffix(route, page.CardFile)
}

// asksAsProgram tells whether whoever asks reads data and no page: by the
// address, or by what it says that it takes. A person who follows a link to a
// feed in a browser reads a page.
func asksAsProgram(r *http.Request) bool {
	name := r.URL.Path
	if strings.HasPrefix(name, "/api/") || strings.HasPrefix(name, "/incidents/") && path.Ext(name) == ".json" || name == "/embed.json" || name == "/oembed" {
		return true
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	return slices.Contains(dataFiles, path.Ext(name)) && !opens(accept) || prefersData(accept)
}

// dataFiles are the endings of what programs read, and no browser shows as a page.
var dataFiles = []string{".json", ".atom", ".rss", ".xml", ".ics"}

// prefersData tells whether data is named, and nothing that is read as a page
// is liked as much (RFC 9110 section 12.5.1).
func prefersData(accept string) bool {
	var data, pages float64
	for part := range strings.SplitSeq(strings.ToLower(accept), ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		weight := 1.0
		if q, ok := params["q"]; ok {
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		switch {
		case media == "text/html" || media == "application/xhtml+xml" || media == "text/*":
			pages = max(pages, weight)
		case strings.HasSuffix(media, "json") || strings.HasSuffix(media, "xml") || media == "text/calendar":
			data = max(data, weight)
		}
	}
	return data > pages
}
