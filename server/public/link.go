package public

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/server/limit"
	"github.com/countersign/countersign/server/page"
)

// link answers what products lead to, and counts the visit. Every address
// under /go/ is answered with 200 and a whole page, also one whose key nobody
// knows: a proxy that puts its own page in the place of a 404 would make it a
// dead end.
func (s *site) link(c echo.Context) error {
	key, data := strings.CutSuffix(strings.Trim(c.Param("*"), "/"), ".json")
	if data {
		shareable(c)
	}
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	s.linkLanguage(c)
	if c.Request().Method == http.MethodGet && !ahead(c) && !program(c) && (data || !renewing(c)) {
		now, known := snap.KnowsLink(key)
		s.Visits.Visit(now, known, network(c))
	}
	c.Response().Header().Set("Cache-Control", cachePage)
	c.Response().Header().Set("X-Robots-Tag", "noindex")
	if data {
		doc, err := snap.LinkData(lang(c), key)
		if err != nil {
			return err
		}
		if doc == nil {
			return echo.NewHTTPError(http.StatusServiceUnavailable)
		}
		return send(c, c.Response().Header().Get("Content-Security-Policy"), doc)
	}
	doc, err := snap.Link(lang(c), key, page.NotReported)
	if err != nil {
		return err
	}
	return send(c, snap.Policy, doc)
}

// ahead tells whether a page is fetched before anybody wants to read it, as
// browsers say of prefetching (Fetch standard, Sec-Purpose), and said before
// that standard.
func ahead(c echo.Context) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		said := strings.ToLower(c.Request().Header.Get(name))
		if strings.Contains(said, "prefetch") || strings.Contains(said, "preview") {
			return true
		}
	}
	return false
}

// program tells whether whoever asks says that nobody reads the answer: search
// engines, chats that show what a link leads to, and watchers of pages.
func program(c echo.Context) bool {
	said := strings.ToLower(c.Request().UserAgent())
	for _, name := range []string{"bot", "crawl", "spider", "preview", "monitor", "uptime", "pingdom", "facebookexternalhit"} {
		if strings.Contains(said, name) {
			return true
		}
	}
	return false
}

// renewing tells whether the page asks for itself, to show what was published
// since, as browsers say of what a script fetches (Fetch standard,
// Sec-Fetch-Dest). Whoever reads it has been counted.
func renewing(c echo.Context) bool { return c.Request().Header.Get("Sec-Fetch-Dest") == "empty" }

// report counts "I see this too". It is a form without a cookie: there is
// nothing that another site could do in the visitor's name. The data beside a
// page is for reading.
func (s *site) report(c echo.Context) error {
	if strings.HasSuffix(c.Request().URL.Path, ".json") {
		c.Response().Header().Set(echo.HeaderAllow, "GET, HEAD, OPTIONS")
		return echo.ErrMethodNotAllowed
	}
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	s.linkLanguage(c)
	key := strings.Trim(c.Param("*"), "/")
	step, status := page.Reported, http.StatusOK
	now, known := snap.KnowsLink(key)
	if !s.Visits.Report(now, known, network(c)) {
		step, status = page.Repeated, http.StatusTooManyRequests
		c.Response().Header().Set("Retry-After", "1800")
	}
	doc, err := snap.Link(lang(c), key, step)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", cacheNone)
	return sendStatus(c, snap.Policy, doc, status)
}

// linkLanguage takes the language that a product asks for in the query, else
// that of the address or of the browser.
func (s *site) linkLanguage(c echo.Context) {
	if asked := c.QueryParam("lang"); asked != "" {
		all, source := s.languages()
		c.Set(keyLang, choose(asked, all, source))
		return
	}
	if prefix(c) == "" {
		c.Response().Header().Add(echo.HeaderVary, "Accept-Language")
	}
}

// network is what the visitor's address counts as; it is not kept.
func network(c echo.Context) string {
	addr, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return ""
	}
	return limit.Network(addr)
}
