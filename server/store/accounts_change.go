package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
)

// AddAccount implements auth.Store; a refusal with Conflict if the person has
// an account already.
func (s *Store) AddAccount(ctx context.Context, a auth.Account) error {
	return s.exclusive(ctx, func(t *tx) error {
		return t.insert(ctx, "the account", `INSERT INTO accounts (`+accountColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`,
			a.Person, a.Password, a.TOTP, boolean(a.Disabled), micros(a.CreatedAt), micros(a.ChangedAt))
	})
}

// ChangeAccount implements auth.Store. It waits for the desk's writers, so
// that nobody who is disabled signs in a transaction that is under way.
func (s *Store) ChangeAccount(ctx context.Context, person plan.PersonID, c auth.Change) (a auth.Account, err error) {
	var disabled sql.Null[int64]
	if c.Disabled != nil {
		disabled = sql.Null[int64]{V: boolean(*c.Disabled), Valid: true}
	}
	err = s.exclusive(ctx, func(t *tx) error {
		a, err = one(ctx, t, scanAccount, `UPDATE accounts SET password = COALESCE($2, password), totp = COALESCE($3, totp),
			disabled = COALESCE($4, disabled), changed_at = CASE WHEN changed_at < $5 THEN $5 ELSE changed_at + 1 END
			WHERE person = $1 AND (changed_at = $6 OR $7 <> 0) RETURNING `+accountColumns,
			person, c.Password, c.TOTP, disabled, micros(c.At), micros(c.From), boolean(c.From.IsZero()))
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if _, err = one(ctx, t, value[string], `SELECT person FROM accounts WHERE person = $1`, person); err != nil {
			return missing(err, comms.Say("account of"), person)
		}
		return comms.Refuse(comms.Conflict, "", "this account was changed by somebody else just now, so nothing was changed here; sign in again and look at it")
	})
	if err != nil {
		return auth.Account{}, fmt.Errorf("change the account of %q: %w", person, err)
	}
	return a, nil
}

// ExtendSession implements auth.Store. It brings no session back that ended
// meanwhile.
func (s *Store) ExtendSession(ctx context.Context, token string, expiry time.Time) error {
	return s.change(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE sessions SET expires = $2 WHERE hash = $1`, sessionKey(token), micros(expiry))
		return err
	})
}
