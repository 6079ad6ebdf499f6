package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
)

var _ auth.Store = (*Store)(nil)

const accountColumns = `person, password, totp, disabled, created_at, changed_at`

func scanAccount(r row) (a auth.Account, err error) {
	var disabled, created, changed int64
	err = r.Scan(&a.Person, &a.Password, &a.TOTP, &disabled, &created, &changed)
	a.Disabled, a.CreatedAt, a.ChangedAt = disabled != 0, fromMicros(created), fromMicros(changed)
	return a, err
}

// Account implements auth.Store.
func (s *Store) Account(ctx context.Context, person plan.PersonID) (a auth.Account, err error) {
	err = s.view(ctx, func(t *tx) error {
		a, err = one(ctx, t, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE person = $1`, person)
		return missing(err, comms.Say("account of"), person)
	})
	return a, err
}

// Accounts implements auth.Store.
func (s *Store) Accounts(ctx context.Context) (as []auth.Account, err error) {
	err = s.view(ctx, func(t *tx) error {
		as, err = all(ctx, t, scanAccount, `SELECT `+accountColumns+` FROM accounts ORDER BY person`)
		return err
	})
	return as, err
}

// UseTOTP implements auth.Store.
func (s *Store) UseTOTP(ctx context.Context, person plan.PersonID, step int64) (fresh bool, err error) {
	err = s.change(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO totp_steps (person, step) VALUES ($1, $2) ON CONFLICT DO NOTHING`, person, step)
		fresh = n == 1
		return err
	})
	return fresh, err
}

// AddToken implements auth.Store.
func (s *Store) AddToken(ctx context.Context, k auth.Token) error {
	return s.change(ctx, func(t *tx) error {
		return t.insert(ctx, "the token", `INSERT INTO tokens (hash, name, person, scope, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			hex.EncodeToString(k.Hash[:]), k.Name, k.Person, k.Scope, micros(k.CreatedAt), micros(k.ExpiresAt))
	})
}

// Token implements auth.Store. An unknown one is a refusal with NotFound.
func (s *Store) Token(ctx context.Context, hash [32]byte) (k auth.Token, err error) {
	k.Hash = hash
	err = s.view(ctx, func(t *tx) error {
		var created, expires int64
		err := t.tx.QueryRowContext(ctx, `SELECT name, person, scope, created_at, expires_at FROM tokens WHERE hash = $1`,
			hex.EncodeToString(hash[:])).Scan(&k.Name, &k.Person, &k.Scope, &created, &expires)
		k.CreatedAt, k.ExpiresAt = fromMicros(created), fromMicros(expires)
		return missing(err, comms.Say("such"), "token")
	})
	return k, err
}

// sessionKey keeps a stolen copy of the database from being a set of sessions.
func sessionKey(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx implements auth.Store; an expired session is not found.
func (s *Store) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	err = s.view(ctx, func(t *tx) error {
		rows, err := all(ctx, t, value[[]byte], `SELECT data FROM sessions WHERE hash = $1 AND expires > $2`, sessionKey(token), micros(s.now()))
		if err == nil && len(rows) == 1 {
			b, found = rows[0], true
		}
		return err
	})
	return b, found, err
}

// CommitCtx implements auth.Store.
func (s *Store) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return s.change(ctx, func(t *tx) error {
		return t.insert(ctx, "the session", `INSERT INTO sessions (hash, data, expires) VALUES ($1, $2, $3)
			ON CONFLICT (hash) DO UPDATE SET data = excluded.data, expires = excluded.expires`, sessionKey(token), b, micros(expiry))
	})
}

// DeleteCtx implements auth.Store.
func (s *Store) DeleteCtx(ctx context.Context, token string) error {
	return s.change(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM sessions WHERE hash = $1`, sessionKey(token))
		return err
	})
}

// totpMemory is for how many time steps of 30 seconds (RFC 6238 section 4) a
// used code is remembered: an hour, far longer than any is accepted.
const totpMemory = 120

// tokenMemory is how long a program whose token has expired is told so.
const tokenMemory = 30 * 24 * time.Hour

// Sweep implements auth.Store.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	return s.change(ctx, func(t *tx) error {
		for _, q := range []struct {
			text string
			arg  int64
		}{
			{`DELETE FROM sessions WHERE expires <= $1`, micros(now)},
			{`DELETE FROM tokens WHERE expires_at <= $1`, micros(now.Add(-tokenMemory))},
			{`DELETE FROM totp_steps WHERE step < $1`, now.Unix()/30 - totpMemory},
		} {
			if _, err := t.exec(ctx, q.text, q.arg); err != nil {
				return fmt.Errorf("sweep what has expired: %w", err)
			}
		}
		return nil
	})
}
