// Package api serves /api/v1: what programs and scripts read of the desk, and
// the drafts that they write there. They never sign: a signature is a person's,
// with a proof of that person in the very request.
//
// The document of the interface is openapi.yaml, and the tests hold every
// answer against it.
package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/language"
)

// Root is the path under which everything lies.
const Root = "/api/v1"

// Config is what the interface needs. Every field is required.
type Config struct {
	Desk      *desk.Desk
	Auth      *auth.Auth
	Languages *language.Catalogue
	Links     Links
	Now       func() time.Time
	Log       *slog.Logger
	// DeskURL is the address at which people reach the desk, without a
	// trailing slash, for links to what a program drafted.
	DeskURL string
}

type api struct {
	c        Config
	document []byte // openapi.yaml as JSON
}

// New builds the routes.
func New(c Config) (*echo.Echo, error) {
	a := &api{c: c}
	var err error
	if a.document, err = readDocument(); err != nil {
		return nil, err
	}
	r := echo.New()
	r.HideBanner, r.HidePort = true, true
	r.Logger.SetOutput(slog.NewLogLogger(c.Log.Handler(), slog.LevelWarn).Writer())
	r.HTTPErrorHandler = a.fail
	r.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{DisableStackAll: true, LogErrorFunc: a.panicked}), headers, bounded)
	for _, route := range a.routes() {
		r.Add(route.method, Root+route.path, a.enter(route.who, route.handle))
	}
	return r, nil
}

// route is one operation of openapi.yaml.
type route struct {
	method, path string
	who          access
	handle       func(*visit) error
}

func (a *api) routes() []route {
	return []route{
		{http.MethodGet, "/openapi.json", anybody, a.openAPI},
		{http.MethodGet, "/problems/:kind", anybody, a.explain},

		{http.MethodGet, "/components", readers, a.components},
		{http.MethodGet, "/links", readers, a.links},
		{http.MethodGet, "/severities", readers, a.severities},
		{http.MethodGet, "/templates", readers, a.templates},

		{http.MethodGet, "/incidents", readers, a.incidents},
		{http.MethodPost, "/incidents", readers, a.open},
		{http.MethodGet, "/incidents/:id", readers, a.incident},
		{http.MethodPost, "/incidents/:id/updates", readers, a.begin},

		{http.MethodGet, "/updates/:id", readers, a.update},
		{http.MethodPut, "/updates/:id", readers, a.save},
		{http.MethodGet, "/updates/:id/preview", readers, a.preview},
		{http.MethodPost, "/updates/:id/preview", readers, a.try},
		{http.MethodPost, "/updates/:id/submit", readers, a.submit},
		{http.MethodPost, "/updates/:id/withdraw", people, a.withdraw},
		{http.MethodPost, "/updates/:id/approvals", people, a.approve},
		{http.MethodPost, "/updates/:id/rejections", people, a.reject},
		{http.MethodPost, "/updates/:id/cause", people, a.confirmCause},
		{http.MethodPost, "/updates/:id/suggestions", people, a.suggest},
		{http.MethodPost, "/updates/:id/suggestions/:suggestion/answer", people, a.answerWording},

		{http.MethodPost, "/signals/alertmanager", signals, a.alertmanager},
	}
}
