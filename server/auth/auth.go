package auth

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/limit"
)

// Config is what Auth needs. Every field but Secure and Void is required.
type Config struct {
	Store Store
	// Plan returns the plan in force: whoever is not on its roster is nobody.
	Plan func(ctx context.Context) (*plan.Plan, error)
	Now  func() time.Time
	Log  *slog.Logger
	// Secure says that people reach the desk over TLS. Only plain loopback
	// goes without.
	Secure bool
	// Void takes back the signatures of a person that are not published yet. It
	// is called before and after each change of a credential; nil if nobody signs.
	Void func(ctx context.Context, person plan.PersonID, reason string) error
	// Memory is what one password check takes, in KiB (argon2id, one pass, RFC
	// 9106 section 3.1); 46 MiB where it is 0, some 40 milliseconds on a small
	// server. A password that was set before keeps the cost that it was set with.
	Memory uint32
}

// Auth knows people by their credentials.
type Auth struct {
	c                      Config
	hasher                 hasher
	nobody                 string
	sessions               *scs.SessionManager
	networks, pairs, names *limit.Limits       // of sign-ins
	known                  *limit.Recent[bool] // networks where a person has signed in
	// Signatures have a limit of their own: only somebody with a session can
	// use it up.
	proofs, codes *limit.Limits
	tokens        *limit.Limits // of requests by each token
	touches       *limit.Limits // how often the use of a session is written down
}

// remembered bounds what a flood of names or addresses can make the service
// remember.
const remembered = 10_000

// New returns an Auth.
func New(c Config) *Auth {
	hasher := newHasher(c.Memory)
	return &Auth{
		c:        c,
		hasher:   hasher,
		nobody:   hasher.nobody(),
		sessions: newSessions(c),
		networks: limit.New(3*time.Second, 30, remembered),
		pairs:    limit.New(20*time.Second, 6, remembered),
		names:    limit.New(2*time.Second, 300, remembered),
		known:    limit.NewRecent[bool](remembered),
		proofs:   limit.New(10*time.Second, 6, remembered),
		codes:    limit.New(10*time.Second, 6, remembered),
		tokens:   limit.New(100*time.Millisecond, 120, remembered),
		touches:  limit.New(time.Minute, 1, remembered),
	}
}

// standing reads an account and tells whether it counts: it exists, is not
// disabled, and its person is on the roster of the plan in force.
func (a *Auth) standing(ctx context.Context, person plan.PersonID) (Account, bool, error) {
	p, err := a.c.Plan(ctx)
	if err != nil {
		return Account{}, false, fmt.Errorf("read the roster: %w", err)
	}
	if _, listed := p.Person(person); !listed {
		return Account{}, false, nil // what somebody typed as a name need not be one that a database takes
	}
	account, err := a.c.Store.Account(ctx, person)
	if comms.CodeOf(err) == comms.NotFound {
		return Account{}, false, nil
	}
	if err != nil {
		return Account{}, false, fmt.Errorf("read the account of %q: %w", person, err)
	}
	return account, !account.Disabled, nil
}

// HasTOTP tells whether the person has set up one-time codes.
func (a *Auth) HasTOTP(ctx context.Context, person plan.PersonID) (bool, error) {
	account, err := a.c.Store.Account(ctx, person)
	return account.TOTP != "", err
}
