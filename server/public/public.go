package public

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/time/rate"

	"github.com/countersign/countersign/server/feed"
	"github.com/countersign/countersign/server/limit"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/statuspage"
)

// The bounds of a request: bytes of its body, characters of its address.
const (
	maxBody    = "16K"
	maxAddress = 2048
)

// Face is the public listener's handler.
type Face struct {
	router *echo.Echo
	site   *site
}

// ServeHTTP answers what a crowd asks for, a page that is ready, at once. It is
// what the router's handler would send; everything else is the router's.
func (f *Face) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !f.site.ready(w, r) {
		f.router.ServeHTTP(w, r)
	}
}

// Routes lists what the router knows.
func (f *Face) Routes() []*echo.Route { return f.router.Routes() }

// New makes the public listener's handler. Every page has its address without
// a language, which chooses one by Accept-Language, and one with each language
// of the plan in front: /es/history.
func New(c Config) *Face {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = extractor(c.TrustedProxies)
	s := &site{Config: c, asking: limit.New(asksEvery, asksAtOnce, networksKnown), drawing: rate.NewLimiter(cardsASecond, cardsAtOnce)}
	e.HTTPErrorHandler = s.trouble
	e.Pre(s.headers, s.language, s.shortAddress)
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: s.panicked, DisablePrintStack: true}), middleware.BodyLimit(maxBody))

	read := []string{http.MethodGet, http.MethodHead}
	for _, path := range []string{"/", "/history", "/history/:month", "/history/:month/:part", "/how-we-publish", "/maintenances/:id", "/components/:id", "/days/:day"} {
		e.Match(read, path, s.page)
	}
	e.Match(read, "/incidents/:id", s.incident)
	for _, file := range []string{"/feed.atom", "/feed.rss", "/feed.json", "/calendar.ics"} {
		e.Match(read, file, s.feed)
		e.Match(read, "/components/:id"+file, s.feed)
	}
	e.Match(read, feed.Style, s.feedStyle)
	for _, path := range statuspage.Paths() {
		e.Match(read, path, s.program)
	}
	e.Match(read, "/history.json", s.historyData)
	e.Match(read, "/badge.svg", s.badge)
	e.Match(read, "/components/:id/badge.svg", s.badge)
	for _, of := range []string{"", "/incidents/:id", "/maintenances/:id", "/components/:id", "/days/:day"} {
		e.Match(read, of+page.CardFile, s.card)
	}
	e.Match(read, "/embed.js", s.embedScript)
	e.Match(read, "/embed.json", s.embedData)
	e.Match(read, "/oembed", s.oembed)
	e.Match(read, "/openapi.json", s.openAPI)
	for _, path := range []string{"/go", "/go/*"} {
		e.Match(read, path, s.link)
		e.POST(path, s.report)
	}
	e.Match(read, "/subscribe", s.subscribeForm)
	e.POST("/subscribe", s.subscribe)
	e.Match(read, "/subscriptions/confirm/:token", s.confirmForm)
	e.POST("/subscriptions/confirm/:token", s.confirm)
	e.Match(read, "/subscriptions/:token", s.manage)
	e.POST("/subscriptions/:token", s.leave)
	e.POST("/subscriptions/:token/choices", s.choose)
	e.Match(read, "/subscriptions/:token/data.json", s.data)
	e.Match(read, "/favicon.svg", s.favicon)
	e.Match(read, "/logo/:digest/:name", s.logo)
	e.Match(read, "/robots.txt", s.robots)
	e.Match(read, "/healthz", s.healthz)
	e.Match(read, "/readyz", s.readyz)
	s.everyOption(e)
	return &Face{e, s}
}

// everyOption answers OPTIONS at every address.
func (s *site) everyOption(e *echo.Echo) {
	methods := map[string][]string{}
	for _, r := range e.Routes() {
		methods[r.Path] = append(methods[r.Path], r.Method)
	}
	for path, allow := range methods {
		allow = append(allow, http.MethodOptions)
		slices.Sort(allow)
		e.OPTIONS(path, s.options(strings.Join(allow, ", "), forScripts(path)))
	}
}

// extractor says which address a request comes from. Only proxies that were
// named are believed about it.
func extractor(trusted []*net.IPNet) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, n := range trusted {
		options = append(options, echo.TrustIPRange(n))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
