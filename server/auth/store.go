package auth

import (
	"context"
	"time"

	"github.com/countersign/countersign/comms/plan"
)

// Store keeps credentials, sessions and tokens. Roles are the plan's alone.
type Store interface {
	// Account returns a person's account; a *comms.Refusal with NotFound if none.
	Account(ctx context.Context, person plan.PersonID) (Account, error)
	Accounts(ctx context.Context) ([]Account, error)
	// AddAccount inserts an account; a *comms.Refusal with Conflict if there is one.
	AddAccount(ctx context.Context, a Account) error
	// ChangeAccount changes what c names and nothing else, and gives the account
	// a later ChangedAt than it had. It returns the account as it is then; a
	// *comms.Refusal with NotFound if there is none, with Conflict if it has
	// changed since c.From.
	ChangeAccount(ctx context.Context, person plan.PersonID, c Change) (Account, error)
	// UseTOTP records a time step as used and tells whether it was unused: a
	// code counts once (RFC 6238 section 5.2).
	UseTOTP(ctx context.Context, person plan.PersonID, step int64) (fresh bool, err error)

	// AddToken stores a token by the SHA-256 of its secret.
	AddToken(ctx context.Context, t Token) error
	Token(ctx context.Context, hash [32]byte) (Token, error)

	// FindCtx, CommitCtx, DeleteCtx keep sessions, as scs.CtxStore asks; the
	// store hashes the session token and never keeps it as it is.
	FindCtx(ctx context.Context, token string) (b []byte, found bool, err error)
	CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error
	DeleteCtx(ctx context.Context, token string) error
	// ExtendSession moves the end of a session, if it has not ended.
	ExtendSession(ctx context.Context, token string, expiry time.Time) error
	// Sweep deletes sessions that have expired, and tokens a month after.
	Sweep(ctx context.Context, now time.Time) error
}

// Account is how a person proves who they are.
type Account struct {
	Person    plan.PersonID
	Password  string // argon2id in the PHC string format
	TOTP      string // secret in base32 (RFC 4648); "" when not set up
	Disabled  bool
	CreatedAt time.Time
	// ChangedAt is the version of the credential: what was proved under another
	// one counts no more. It only ever grows, whatever the clock does.
	ChangedAt time.Time
}

// Change is what becomes of an account. Two changes that come together each
// write their own part: whoever gives a new password does not open an account
// that was shut meanwhile.
type Change struct {
	Password, TOTP *string // nil leaves it as it is
	Disabled       *bool
	At             time.Time
	From           time.Time // the ChangedAt that was decided upon; zero for whatever it is
}

// Token lets a program act for a person: it drafts and reads, and never signs.
type Token struct {
	Hash      [32]byte
	Name      string
	Person    plan.PersonID
	Scope     string // "draft", "signal" or "metrics"
	CreatedAt time.Time
	ExpiresAt time.Time
}
