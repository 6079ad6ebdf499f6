package outbox

import (
	"context"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/signoff"
)

// Store is what delivery keeps. Its deliveries are the truth about who was
// told what; jobs only carry the work.
type Store interface {
	// Alone runs do while no other process does the like on this database.
	Alone(ctx context.Context, do func() error) error
	// Publication restores a publication, verified.
	Publication(ctx context.Context, number int64) (signoff.Publication, error)
	// PlanInForce restores the plan publication in force.
	PlanInForce(ctx context.Context) (signoff.Publication, error)
	// Spread adds a delivery, due now, for each of the next at most limit
	// subscribers who were confirmed before the fan-out's cut-off, have not
	// left and are in its audience, in the order of their IDs. It remembers
	// how far it came in the same transaction, adds nobody twice, and tells
	// whether everybody has been reached.
	Spread(ctx context.Context, publication int64, limit int, now time.Time) (done bool, err error)
	// Unspread lists the publications whose fan-out is not finished.
	Unspread(ctx context.Context) ([]int64, error)
	// Claim takes at most limit deliveries of a publication that are due, and
	// leases them until now+lease: nobody else gets them before. A lease that
	// ran out is due again.
	Claim(ctx context.Context, publication int64, limit int, now time.Time, lease time.Duration) ([]Delivery, error)
	// Settle records what became of a claimed delivery, if this claim still holds it.
	Settle(ctx context.Context, d Delivery, o Outcome) error
	// NextDue tells when the next delivery of a publication that is neither
	// sent nor dead is due; ok is false when there is none.
	NextDue(ctx context.Context, publication int64) (at time.Time, ok bool, err error)
	// Undelivered lists the publications that have a delivery which is neither sent nor dead.
	Undelivered(ctx context.Context) ([]int64, error)

	// Held tells whether an operator lets deliveries wait.
	Held(ctx context.Context) (bool, error)
	// Standing restores the latest publication of each incident and
	// maintenance that is open.
	Standing(ctx context.Context) ([]signoff.Publication, error)
	// ClaimSignups takes at most limit requests for mail whose mail is due, the
	// oldest first, and leases them until now+lease.
	ClaimSignups(ctx context.Context, limit int, now time.Time, lease time.Duration) ([]Signup, error)
	// SettleSignup records what became of a claimed request's mail, if this
	// claim still holds it.
	SettleSignup(ctx context.Context, v Signup, o Outcome) error
	// NextSignup tells when the next such mail is due; ok is false for none.
	NextSignup(ctx context.Context) (at time.Time, ok bool, err error)
	// SignupsTried counts the requests whose mail was tried since a time.
	SignupsTried(ctx context.Context, since time.Time) (int, error)
	// Tidy deletes requests whose time is over and ends subscriptions to
	// incidents that are over for long; it counts both.
	Tidy(ctx context.Context, now time.Time) (purged, ended int64, err error)

	// Notice returns a notice to the desk's people; sent tells to whom it went already.
	Notice(ctx context.Context, id comms.ID) (n desk.Notice, sent map[string]bool, err error)
	// Moot tells whether a notice is a reminder that comes too late: its promise
	// is decided, or a later reminder of it is there.
	Moot(ctx context.Context, id comms.ID) (bool, error)
	// NoticeSent records that the notice went to a person.
	NoticeSent(ctx context.Context, id comms.ID, person string, at time.Time) error
	// Unsent lists the notices that have not gone to everybody.
	Unsent(ctx context.Context) ([]comms.ID, error)
	// Subject says what an update is about, for the desk's people, and
	// when it goes out; zero for as soon as it is signed.
	Subject(ctx context.Context, update comms.ID) (desk.Subject, error)
}

// Delivery is one publication for one subscriber by one way.
type Delivery struct {
	Publication int64
	Subscriber  comms.ID
	Way         string // "mail"
	Address     string
	Lang        comms.Lang
	Attempt     int // counts from 1
	Lease       time.Time
}

// Signup is a request for mail that was claimed to ask for its confirmation.
type Signup struct {
	comms.Signup
	Known   comms.Subscriber // who gets mail at the address already; zero for nobody
	Attempt int              // counts from 1
	Lease   time.Time
}

// Outcome is what became of an attempt.
type Outcome struct {
	State DeliveryState
	At    time.Time
	Next  time.Time // when to try again, for Waiting
	Error string    // without the address
}

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	Waiting DeliveryState = "waiting" // due at its time
	Sending DeliveryState = "sending" // leased
	Sent    DeliveryState = "sent"
	Dead    DeliveryState = "dead" // refused for good
)
