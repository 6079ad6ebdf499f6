package auth_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"github.com/pquerna/otp/totp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
)

// meddler is a store in which something else happens between the reading of an
// account and the change that rests on it.
type meddler struct {
	auth.Store
	meddle func()
}

func (m *meddler) ChangeAccount(ctx context.Context, person plan.PersonID, c auth.Change) (auth.Account, error) {
	if act := m.meddle; act != nil {
		m.meddle = nil
		act()
	}
	return m.Store.ChangeAccount(ctx, person, c)
}

// meddled is an Auth on the door's database with a meddler in between.
func (d *door) meddled() (*auth.Auth, *meddler) {
	m := &meddler{Store: d.store}
	return auth.New(auth.Config{
		Memory: 64,
		Store:  m, Now: d.clock, Log: slog.New(slog.DiscardHandler),
		Plan: func(context.Context) (*plan.Plan, error) { return d.roster, nil },
	}), m
}

func TestAPasswordChangeLosesAgainstAnAdministrator(t *testing.T) {
	ctx := context.Background()
	const thief, admins = "the thief's password", "the administrator's"
	for name, test := range map[string]struct {
		admin func(*door) error
		left  string // the password that counts in the end, "" for none
	}{
		"disable": {func(d *door) error { return d.Disable(ctx, "dana", true) }, ""},
		"reset":   {func(d *door) error { return d.Reset(ctx, "dana", admins) }, admins},
	} {
		for who, change := range map[string]func(*auth.Auth, auth.Proof) error{
			"by the person": func(a *auth.Auth, p auth.Proof) error { _, err := a.ChangePassword(ctx, p, thief); return err },
			"by a command":  func(a *auth.Auth, _ auth.Proof) error { return a.SetPassword(ctx, "dana", thief) },
		} {
			t.Run(name+", "+who, func(t *testing.T) {
				d := newDoor(t, false)
				a, m := d.meddled()
				proof, err := a.Prove(ctx, "dana", password, "")
				if err != nil {
					t.Fatal(err)
				}
				m.meddle = func() {
					if err := test.admin(d); err != nil {
						t.Error(err)
					}
				}
				if err := change(a, proof); comms.CodeOf(err) != comms.Conflict {
					t.Errorf("the change that came too late: %v", err)
				}
				for _, word := range []string{password, thief, admins} {
					if _, err := d.Prove(ctx, "dana", word, ""); (err == nil) != (word == test.left) {
						t.Errorf("%q: %v", word, err)
					}
				}
			})
		}
	}
}

func TestAPasswordNeverOpensAnAccount(t *testing.T) {
	ctx := context.Background()
	d := newDoor(t, false)
	if err := d.Disable(ctx, "dana", true); err != nil {
		t.Fatal(err)
	}
	if err := d.SetPassword(ctx, "dana", "another long password"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Prove(ctx, "dana", "another long password", ""); reason(err) != auth.Credentials {
		t.Errorf("a disabled account with a new password: %v", err)
	}
}

func TestResetOpensTheAccountInOneWrite(t *testing.T) {
	ctx := context.Background()
	d := newDoor(t, false)
	proof, err := d.Prove(ctx, "dana", password, "")
	if err != nil {
		t.Fatal(err)
	}
	enrolment, err := d.Enrol("Northwind", "dana", "")
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(enrolment.Secret, d.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.ConfirmTOTP(ctx, proof, enrolment.Secret, code); err != nil {
		t.Fatal(err)
	}
	if err := d.Disable(ctx, "dana", true); err != nil {
		t.Fatal(err)
	}
	before, err := d.store.Account(ctx, "dana")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Reset(ctx, "dana", "short"); comms.CodeOf(err) != comms.Invalid {
		t.Errorf("a short password: %v", err)
	}
	if after, err := d.store.Account(ctx, "dana"); err != nil || after != before {
		t.Errorf("a refused reset changed %+v to %+v (%v)", before, after, err)
	}
	if err := d.Reset(ctx, "dana", "another long password"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Prove(ctx, "dana", "another long password", ""); err != nil {
		t.Errorf("after the reset: %v", err)
	}
	if err := d.Reset(ctx, "ines", "another long password"); comms.CodeOf(err) != comms.NotFound {
		t.Errorf("the reset of an account that is not there: %v", err)
	}
}

// TestSignaturesGoFirst holds the order that a crash needs: the signatures are
// taken back while the old credential still counts, and again when it does not.
func TestSignaturesGoFirst(t *testing.T) {
	ctx := context.Background()
	d := newDoor(t, false)
	var counted []bool // whether the old password counted at each taking back
	a := auth.New(auth.Config{
		Memory: 64,
		Store:  d.store, Now: d.clock, Log: slog.New(slog.DiscardHandler),
		Plan: func(context.Context) (*plan.Plan, error) { return d.roster, nil },
		Void: func(ctx context.Context, person plan.PersonID, _ string) error {
			_, err := d.Prove(ctx, person, password, "")
			counted = append(counted, err == nil)
			return nil
		},
	})
	for name, change := range map[string]func() error{
		"disable": func() error { return a.Disable(ctx, "dana", true) },
		"reset":   func() error { return a.Reset(ctx, "dana", "another long password") },
		"own": func() error {
			p, err := a.Prove(ctx, "dana", password, "")
			if err == nil {
				_, err = a.ChangePassword(ctx, p, "another long password")
			}
			return err
		},
	} {
		if err := d.Reset(ctx, "dana", password); err != nil {
			t.Fatal(err)
		}
		counted = nil
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(counted, []bool{true, false}) {
			t.Errorf("%s: the old password counted at the takings back: %v", name, counted)
		}
	}
}
