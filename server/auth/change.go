package auth

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// reason says why signatures are taken back: before a change of the credential
// that gave them, and after it.
type reason struct{ before, after string }

var (
	wasReset    = reason{"the person's password is being reset", "the person's password was reset"}
	wasDisabled = reason{"the person's account is being disabled", "the person's account was disabled"}
	wasOpened   = reason{"the person's account is being opened again", "the person's account was opened again"}
	wasOwn      = reason{"the person is changing their own credential", "the person changed their own credential"}
)

// SetPassword gives a person a password, with a new account if there is none.
// Sessions from before it no longer count. If the account changes meanwhile,
// it refuses with comms.Conflict.
func (a *Auth) SetPassword(ctx context.Context, person plan.PersonID, password string) error {
	if err := CheckPassword(password); err != nil {
		return err
	}
	account, err := a.c.Store.Account(ctx, person)
	fresh := comms.CodeOf(err) == comms.NotFound
	if err != nil && !fresh {
		return fmt.Errorf("read the account of %q: %w", person, err)
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	if fresh {
		now := a.c.Now()
		return a.c.Store.AddAccount(ctx, Account{Person: person, Password: hash, CreatedAt: now, ChangedAt: now})
	}
	_, err = a.change(ctx, person, Change{Password: &hash, From: account.ChangedAt}, wasReset)
	return err
}

// Reset gives a person a new password, takes their one-time codes off and
// opens their account if it was shut: all of it or nothing.
func (a *Auth) Reset(ctx context.Context, person plan.PersonID, password string) error {
	if err := CheckPassword(password); err != nil {
		return err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	none, open := "", false
	_, err = a.change(ctx, person, Change{Password: &hash, TOTP: &none, Disabled: &open}, wasReset)
	return err
}

// Disable shuts an account, or opens it again.
func (a *Auth) Disable(ctx context.Context, person plan.PersonID, disabled bool) error {
	why := wasOpened
	if disabled {
		why = wasDisabled
	}
	_, err := a.change(ctx, person, Change{Disabled: &disabled}, why)
	return err
}

// ChangePassword gives somebody who proved themselves another password. The
// proof that it returns takes the place of theirs.
func (a *Auth) ChangePassword(ctx context.Context, p Proof, password string) (Proof, error) {
	if err := CheckPassword(password); err != nil {
		return Proof{}, err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return Proof{}, err
	}
	return a.own(ctx, p, Change{Password: &hash})
}

// own is a change by the person: it rests on a proof, and fails if the
// credential has changed since.
func (a *Auth) own(ctx context.Context, p Proof, c Change) (Proof, error) {
	c.From = p.version
	account, err := a.change(ctx, p.Person, c, wasOwn)
	if err != nil {
		return Proof{}, err
	}
	p.version = account.ChangedAt
	return p, nil
}

// change takes the person's open signatures back, changes the account, and
// takes back what the old credential signed in between. Whatever stops it half
// way, no signature of a changed credential is left standing from before.
func (a *Auth) change(ctx context.Context, person plan.PersonID, c Change, why reason) (Account, error) {
	if _, err := a.c.Store.Account(ctx, person); err != nil {
		return Account{}, err
	}
	if err := a.void(ctx, person, why.before); err != nil {
		return Account{}, err
	}
	c.At = a.c.Now()
	account, err := a.c.Store.ChangeAccount(ctx, person, c)
	if err != nil {
		return Account{}, err
	}
	return account, a.void(context.WithoutCancel(ctx), person, why.after)
}

func (a *Auth) void(ctx context.Context, person plan.PersonID, why string) error {
	if a.c.Void == nil {
		return nil
	}
	if err := a.c.Void(ctx, person, why); err != nil {
		return fmt.Errorf("take back the signatures of %q: %w", person, err)
	}
	return nil
}
