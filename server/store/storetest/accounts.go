package storetest

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/store"
)

// changes write what they name, raise the version whatever the clock says, and
// fail when what they rest on has moved.
func changes(t *testing.T, st *store.Store) {
	ctx := t.Context()
	a := auth.Account{Person: "dana", Password: "old", TOTP: "JBSWY3DP", CreatedAt: Clock(), ChangedAt: Clock()}
	must(t, st.AddAccount(ctx, a))
	word, none, shut, opened := "new", "", true, false
	steps := []struct {
		what   string
		change auth.Change
		then   func(*auth.Account)
	}{
		{"a password", auth.Change{Password: &word, At: Clock().Add(time.Hour), From: Clock()}, func(a *auth.Account) { a.Password, a.ChangedAt = "new", Clock().Add(time.Hour) }},
		{"shut by a clock that went back", auth.Change{Disabled: &shut, At: Clock()}, func(a *auth.Account) { a.Disabled, a.ChangedAt = true, a.ChangedAt.Add(time.Microsecond) }},
		{"everything at once", auth.Change{Password: &a.Password, TOTP: &none, Disabled: &opened, At: Clock().Add(2 * time.Hour)},
			func(a *auth.Account) {
				a.Password, a.TOTP, a.Disabled, a.ChangedAt = "old", "", false, Clock().Add(2*time.Hour)
			}},
	}
	want := a
	for _, s := range steps {
		s.then(&want)
		got, err := st.ChangeAccount(ctx, "dana", s.change)
		must(t, err)
		same(t, s.what, got, want)
	}
	_, err := st.ChangeAccount(ctx, "dana", auth.Change{Password: &word, At: Clock(), From: Clock()})
	code(t, "a change that rests on an old version", err, comms.Conflict)
	_, err = st.ChangeAccount(ctx, "nobody", auth.Change{Password: &word, At: Clock()})
	code(t, "a change of nobody", err, comms.NotFound)
	got, err := st.Account(ctx, "dana")
	must(t, err)
	same(t, "after refused changes", got, want)

	must(t, st.CommitCtx(ctx, "used", []byte("data"), Clock()))
	must(t, st.ExtendSession(ctx, "used", Clock().Add(time.Hour)))
	must(t, st.ExtendSession(ctx, "ended", Clock().Add(time.Hour)))
	for token, want := range map[string]bool{"used": true, "ended": false} {
		_, found, err := st.FindCtx(ctx, token)
		must(t, err)
		same(t, "the session "+token+" is found", found, want)
	}
}
