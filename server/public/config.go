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

// Tokens reads and makes the tokens that stand in the links of mails.
type Tokens interface {
	// Parse tells whose token it is, or that it is nobody's.
	Parse(token string) (subscriber comms.ID, err error)
	// ParseSignup tells which request for mail a token confirms.
	ParseSignup(token string) (signup comms.ID, err error)
	// Token is the token of a subscriber.
	Token(subscriber comms.ID) string
}

// Subscribers is what customers may change by themselves. What is not there is
// refused with NotFound.
type Subscribers interface {
	// SignUp stores a request for mail and has its owner asked. It does the
	// same whether or not the address is known. Limited and full say that
	// nothing was stored: the address had its mails of the day, or too many
	// wait.
	SignUp(ctx context.Context, r comms.Signup) (limited, full bool, err error)
	// Signup is a request for mail whose time is not over.
	Signup(ctx context.Context, id comms.ID, now time.Time) (comms.Signup, error)
	// Confirm makes a request a subscription to the choice, or adds it to the
	// one that there is. Confirming again changes nothing.
	Confirm(ctx context.Context, id comms.ID, c comms.Choice, now time.Time) (subscriber comms.ID, err error)
	// Subscriber is who gets mail, or did.
	Subscriber(ctx context.Context, id comms.ID) (comms.Subscriber, error)
	// Choose replaces what a subscriber gets.
	Choose(ctx context.Context, id comms.ID, lang comms.Lang, c comms.Choice, at time.Time) error
	// Kept is everything that is kept about a subscriber.
	Kept(ctx context.Context, id comms.ID) (comms.Kept, error)
	// Unsubscribe ends a subscription and erases the address. Ending it twice
	// is no error.
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

// Observer counts requests for mail by what became of them: "accepted",
// "address_limit", "network_limit" or "full".
type Observer interface{ Asked(result string) }

// Config is what the listener needs. Every field but Observer and
// TrustedProxies is required.
type Config struct {
	Pages       Pages
	Tokens      Tokens
	Subscribers Subscribers
	Visits      Visits
	Languages   *language.Catalogue // for the words before the first snapshot
	Static      fs.FS               // package static
	// Ready asks whether the store answers; its error is logged, and shown to
	// nobody.
	Ready    func(ctx context.Context) error
	Now      func() time.Time
	Log      *slog.Logger
	Observer Observer // may be nil
	// TrustedProxies are the networks whose X-Forwarded-For is believed; none
	// by default.
	TrustedProxies []*net.IPNet
}
