package editor

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/visits"
)

// Config is what the desk's face needs. Mailbox and Metrics may be nil.
type Config struct {
	Desk      *desk.Desk
	Auth      *auth.Auth
	Languages *language.Catalogue
	Templates fs.FS // holds editor/*.html
	Static    fs.FS // holds tokens.css, desk.css, desk.js, write.js
	Journal   Journal
	Links     Links
	Following Following
	Mailbox   Mailbox      // shows the mails of a demonstration
	Metrics   http.Handler // what /metrics answers
	Now       func() time.Time
	Log       *slog.Logger
	// Paused tells whether mails to subscribers wait until an operator resumes
	// them, and since when; nil never does.
	Paused func(ctx context.Context) (since time.Time, paused bool, err error)
	// PublicURL is the address of the public page, for links to what went out.
	PublicURL string
	// Proxies are the networks whose X-Forwarded-For is believed; none by default.
	Proxies []netip.Prefix
}

// Journal reads the audit.
type Journal interface {
	// Entries lists at most limit entries with a number below `before`, newest
	// first; before 0 begins at the newest.
	Entries(ctx context.Context, before int64, limit int) ([]desk.Entry, error)
}

// Links reads how often in-product links were opened.
type Links interface {
	// LinkVisits sums up every key that was opened in the last thirty days.
	LinkVisits(ctx context.Context, now time.Time) ([]visits.Totals, error)
	// UnknownLinks lists keys that the plan did not have, the most visited first.
	UnknownLinks(ctx context.Context) ([]visits.Unknown, error)
	// VisitHours lists what was counted of every key by hour since a time.
	VisitHours(ctx context.Context, since time.Time) ([]visits.Count, error)
}

// Following counts the subscribers.
type Following interface {
	// Following counts them, and what happened since a time.
	Following(ctx context.Context, since time.Time) (comms.Following, error)
}

// Mailbox holds the mails that a demonstration has sent.
type Mailbox interface {
	// Mails lists the mails, newest first.
	Mails(ctx context.Context) ([]Mail, error)
	// Mail returns one mail; a *comms.Refusal with NotFound if there is none.
	Mail(ctx context.Context, id string) (Mail, error)
}

// Mail is one mail as it arrived.
type Mail struct {
	ID       string
	From, To string
	Subject  string
	At       time.Time
	Headers  []string // "Name: value", as they arrived
	Text     string   // the plain part
	HTML     string   // the HTML part, "" if there is none
}

// Editor serves the desk.
type Editor struct {
	c      Config
	pages  pages
	assets assets

	foresight foresight
}

// New builds the desk's routes. It reads every template at once and refuses
// one that is missing, broken or not declared.
func New(c Config) (*echo.Echo, error) {
	e := &Editor{c: c}
	var err error
	if e.assets, err = readAssets(c.Static); err != nil {
		return nil, err
	}
	if e.pages, err = readPages(c.Templates); err != nil {
		return nil, err
	}
	r := echo.New()
	r.HideBanner, r.HidePort = true, true
	r.Logger.SetOutput(logWriter{c.Log})
	r.IPExtractor = addressOf(c.Proxies)
	r.HTTPErrorHandler = e.fail
	r.Use(e.recovered, e.headers, e.sameOrigin, bounded)
	e.routes(r)
	return r, nil
}

func (e *Editor) routes(r *echo.Echo) {
	r.GET("/static/:name", e.assets.serve)
	g := r.Group("", e.resumed)

	g.GET("/signin", e.enter(anybody, e.signInForm))
	g.POST("/signin", e.enter(anybody, e.signIn))
	g.POST("/signout", e.enter(anybody, e.signOut))

	g.GET("/", e.enter(readers, e.now))
	g.GET("/incidents", e.enter(readers, e.incidents))
	g.GET("/incidents/new", e.enter(readers, e.newIncident))
	g.POST("/incidents/new", e.enter(readers, e.open))
	g.GET("/maintenances", e.enter(readers, e.maintenances))
	g.GET("/maintenances/new", e.enter(readers, e.newMaintenance))
	g.POST("/maintenances/new", e.enter(readers, e.open))
	g.GET("/incidents/:id", e.enter(readers, e.incident))
	g.POST("/incidents/:id/updates", e.enter(readers, e.begin))
	g.POST("/incidents/:id/work", e.enter(readers, e.prepare))
	g.POST("/incidents/:id/plan", e.enter(people, e.move))
	g.GET("/incidents/:id/holding", e.enter(readers, e.hold))
	g.POST("/incidents/:id/holding", e.enter(people, e.publishHold))
	g.POST("/incidents/:id/corrections", e.enter(readers, e.correct))
	g.POST("/incidents/:id/redactions", e.enter(readers, e.redact))
	g.POST("/incidents/:id/lead", e.enter(people, e.assume))

	g.GET("/handovers/new", e.enter(people, e.newHandover))
	g.POST("/handovers", e.enter(people, e.offer))
	g.GET("/handovers/:id", e.enter(readers, e.handover))
	g.POST("/handovers/:id/accept", e.enter(people, e.accept))
	g.POST("/handovers/:id/decline", e.enter(people, e.decline))

	g.GET("/updates/:id", e.enter(readers, e.update))
	g.POST("/updates/:id/save", e.enter(readers, e.save))
	g.POST("/updates/:id/submit", e.enter(readers, e.submit))
	g.POST("/updates/:id/rebase", e.enter(readers, e.rebase))
	g.POST("/updates/:id/live", e.enter(people, e.live))
	g.POST("/updates/:id/sign", e.enter(people, e.sign))
	g.POST("/updates/:id/changes", e.enter(people, e.askChanges))
	g.POST("/updates/:id/cause", e.enter(people, e.confirmCause))
	g.POST("/updates/:id/suggestions", e.enter(people, e.suggest))
	g.POST("/updates/:id/suggestions/:suggestion/accept", e.enter(people, e.acceptWording))
	g.POST("/updates/:id/suggestions/:suggestion/decline", e.enter(people, e.declineWording))
	g.POST("/updates/:id/withdraw", e.enter(people, e.withdraw))

	g.GET("/plan", e.enter(readers, e.plan))
	g.POST("/plan/drills", e.enter(people, e.recordDrill))
	g.GET("/plan/new", e.enter(readers, e.newPlan))
	g.POST("/plan/new", e.enter(readers, e.changePlan))
	g.GET("/plan/edit/:part", e.enter(readers, e.planEdit))
	g.POST("/plan/edit/:part", e.enter(readers, e.changePlanPart))
	g.GET("/plan/versions", e.enter(readers, e.planVersions))
	g.GET("/plan/changes/:version", e.enter(readers, e.planChangesPage))
	g.GET("/holding", e.enter(readers, e.holding))
	g.POST("/holding/ask", e.enter(readers, e.askStatement))
	g.POST("/holding/end", e.enter(people, e.endStatement))
	g.GET("/links", e.enter(readers, e.links))
	g.POST("/links/map", e.enter(people, e.mapLink))
	g.POST("/links/seen", e.enter(people, e.seen))
	g.GET("/links/:key", e.enter(readers, e.link))
	g.GET("/subscribers", e.enter(readers, e.subscribers))
	g.GET("/audit", e.enter(readers, e.audit))
	g.GET("/account", e.enter(people, e.account))
	g.POST("/account/password", e.enter(people, e.changePassword))
	g.POST("/account/codes", e.enter(people, e.enrol))
	g.POST("/account/codes/remove", e.enter(people, e.removeCodes))
	if e.c.Mailbox != nil {
		g.GET("/mailbox", e.enter(people, e.mailbox))
		g.GET("/mailbox/:id", e.enter(people, e.mail))
		g.GET("/mailbox/:id/html", e.enter(people, e.letter))
	}
	if e.c.Metrics != nil {
		g.GET("/metrics", e.enter(watchers, e.metrics))
	}
}

func (e *Editor) metrics(v *visit) error {
	e.c.Metrics.ServeHTTP(v.Response(), v.Request())
	return nil
}
