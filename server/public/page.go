package public

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/server/page"
)

// How long an answer may be kept. A reader sees an update within a second; a
// cache in front of us spares us the crowd, and shows its last copy for a day
// when we cannot be reached.
const (
	cachePage = "public, max-age=1, s-maxage=5, stale-if-error=86400"
	cacheFile = "public, max-age=86400"
	// cacheForEver is for what has another address when it changes.
	cacheForEver = "public, max-age=31536000, immutable"
	cacheNone    = "no-store"
)

// page answers with a page of the snapshot.
func (s *site) page(c echo.Context) error {
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	doc, err := snap.Page(lang(c), c.Request().URL.Path)
	if err != nil {
		return err
	}
	if doc == nil {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	sendPage(c.Response(), c.Request(), prefix(c) == "", snap, doc)
	return nil
}

// sendPage writes a page of the snapshot; chosen tells that its address has no
// language, so that the browser's was taken.
func sendPage(w http.ResponseWriter, r *http.Request, chosen bool, snap *page.Snapshot, doc *page.Document) {
	h := w.Header()
	if chosen {
		h.Add(echo.HeaderVary, "Accept-Language")
	}
	h.Set("Cache-Control", cachePage)
	write(w, r, snap.Policy, doc)
}

func send(c echo.Context, policy string, doc *page.Document) error {
	write(c.Response(), c.Request(), policy, doc)
	return nil
}

// write sends a document in the coding that the client reads best. The
// standard library answers conditional requests, ranges and HEAD; what nearly
// everybody asks for is answered without its copy of the bytes. Who has the
// document already is told what a cache needs to know (RFC 9110 section 15.4.5).
func write(w http.ResponseWriter, r *http.Request, policy string, doc *page.Document) {
	form := pick(w, r, doc)
	if has(r.Header, form) {
		w.Header()["Etag"] = form.Header["Etag"]
		w.WriteHeader(http.StatusNotModified)
		return
	}
	describe(w, policy, doc, form)
	if r.Method != http.MethodGet || conditional(r.Header) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(form.Bytes()))
		return
	}
	w.Header().Set("Accept-Ranges", "bytes")
	_, _ = w.Write(form.Bytes()) // the reader may have gone
}

// has tells whether the reader names just this form and asks nothing else of
// it: what browsers and readers of feeds send who have it already.
func has(h http.Header, form page.Form) bool {
	known := h["If-None-Match"]
	return len(known) == 1 && known[0] == form.ETag && h["Range"] == nil && h["If-Match"] == nil && h["If-Unmodified-Since"] == nil
}

// conditional tells whether the answer may be other than the whole (RFC 9110
// sections 13 and 14).
func conditional(h http.Header) bool {
	for _, name := range []string{"If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "Range", "If-Range"} {
		if _, ok := h[name]; ok {
			return true
		}
	}
	return false
}

// sendStatus writes a document as the answer to what went wrong, or to a form.
func sendStatus(c echo.Context, policy string, doc *page.Document, status int) error {
	form := pick(c.Response(), c.Request(), doc)
	describe(c.Response(), policy, doc, form)
	c.Response().Header().Del("ETag")
	c.Response().WriteHeader(status)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	if _, err := c.Response().Write(form.Bytes()); err != nil {
		return fmt.Errorf("send a page: %w", err)
	}
	return nil
}

// pick takes the coding that the client reads best, and says that it did.
func pick(w http.ResponseWriter, r *http.Request, doc *page.Document) page.Form {
	w.Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	return doc.In(encoding(r.Header.Get(echo.HeaderAcceptEncoding)))
}

// describe says what is sent, and what it may do in a browser.
func describe(w http.ResponseWriter, policy string, doc *page.Document, form page.Form) {
	h := w.Header()
	protect(h)
	h.Set(echo.HeaderContentType, doc.Type)
	h.Set(echo.HeaderContentSecurityPolicy, policy)
	for name, value := range form.Header {
		h[name] = value
	}
}

func (s *site) favicon(c echo.Context) error {
	icon, err := fs.ReadFile(s.Static, "favicon.svg")
	if err != nil {
		return fmt.Errorf("read the icon: %w", err)
	}
	c.Response().Header().Set("Cache-Control", cacheFile)
	return c.Blob(http.StatusOK, "image/svg+xml", icon)
}

// logo answers with the company's picture. Its address names its bytes.
func (s *site) logo(c echo.Context) error {
	snap := s.Pages.Snapshot()
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	doc := snap.Logo(c.Request().URL.Path)
	if doc == nil || prefix(c) != "" {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", cacheForEver)
	return send(c, h.Get(echo.HeaderContentSecurityPolicy), doc)
}

func (s *site) robots(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", cacheFile)
	return c.String(http.StatusOK, "User-agent: *\nDisallow: /subscriptions/\n")
}

func (s *site) healthz(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", cacheNone)
	return c.String(http.StatusOK, "ok\n")
}

// readyz says whether customers can be served in full, and what is wrong if not.
func (s *site) readyz(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", cacheNone)
	wrong := ""
	if s.Pages.Snapshot() == nil {
		wrong += "the page has not been made yet\n"
	}
	if err := s.Ready(c.Request().Context()); err != nil {
		wrong += "the database does not answer\n"
		s.Log.WarnContext(c.Request().Context(), "not ready", "error", err)
	}
	if wrong != "" {
		return c.String(http.StatusServiceUnavailable, wrong)
	}
	return c.String(http.StatusOK, "ready\n")
}
