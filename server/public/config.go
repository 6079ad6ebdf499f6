// Package public is the listener that customers reach: the page, its history,
// an address for every incident and maintenance, the feed, and the way out of
// the mails. It shows what package page has rendered and renders nothing
// itself; no request for a page touches the database.
package public

import (
	"context"
	"io/fs"
	"log/slog"
	"net"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/page"
)

// Pages is where the snapshot comes from; *page.Keeper is one.
type Pages interface {
	// Snapshot is what to show now; nil before there is any.
	Snapshot() *page.Snapshot
}

// Tokens reads the tokens that stand in the links of mails.
type Tokens interface {
	// Parse tells whose token it is, or that it is nobody's.
	Parse(token string) (subscriber comms.ID, err error)
}

// Subscribers is what customers may change by themselves.
type Subscribers interface {
	// Unsubscribe ends a subscription. Ending it twice is no error; an unknown
	// one is a *comms.Refusal with NotFound.
	Unsubscribe(ctx context.Context, subscriber comms.ID, at time.Time) error
}

// Visits counts how often the addresses that products lead to are used; a
// *visits.Counter is one. Neither waits for a database.
type Visits interface {
	// Visit counts that one was opened. known says whether the plan has the
	// key; network is what the visitor's address counts as, and is not kept.
	Visit(key string, known bool, network string)
	// Report counts that somebody sees trouble; false if this network has said
	// so often enough.
	Report(key string, known bool, network string) bool
}

// Config is what the listener needs. Every field but TrustedProxies is required.
type Config struct {
	Pages       Pages
	Tokens      Tokens
	Subscribers Subscribers
	Visits      Visits
	Languages   *language.Catalogue // for the words before the first snapshot
	Static      fs.FS               // package static
	// Ready asks whether the store answers; its error is logged, and shown to
	// nobody.
	Ready func(ctx context.Context) error
	Now   func() time.Time
	Log   *slog.Logger
	// TrustedProxies are the networks whose X-Forwarded-For is believed; none
	// by default.
	TrustedProxies []*net.IPNet
}
