package storetest

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/store"
)

// accounts are kept, and a code counts once.
func accounts(t *testing.T, st *store.Store) {
	ctx := t.Context()
	dana := auth.Account{Person: "dana", Password: "$argon2id$…", TOTP: "JBSWY3DP", CreatedAt: Clock(), ChangedAt: Clock().Add(time.Hour)}
	must(t, st.AddAccount(ctx, dana))
	code(t, "a second account of one person", st.AddAccount(ctx, auth.Account{Person: "dana"}), comms.Conflict)
	must(t, st.AddAccount(ctx, auth.Account{Person: "eve", Disabled: true}))
	got, err := st.Account(ctx, "dana")
	must(t, err)
	same(t, "account", got, dana)
	_, err = st.Account(ctx, "nobody")
	code(t, "an account that is not there", err, comms.NotFound)
	everyone, err := st.Accounts(ctx)
	must(t, err)
	same(t, "accounts", len(everyone), 2)
	must(t, st.Read(ctx, func(tx desk.Tx) error {
		barred, err := tx.Barred(ctx, []plan.PersonID{"dana", "eve", "nobody"})
		if _, ok := barred["dana"]; ok || barred["eve"] == "" || barred["nobody"] == "" || len(barred) != 2 {
			t.Errorf("barred: %v", barred)
		}
		must(t, err)
		none, err := tx.Barred(ctx, nil)
		same(t, "nobody barred", len(none), 0)
		return err
	}))
	for i, want := range []bool{true, false} {
		fresh, err := st.UseTOTP(ctx, "dana", Clock().Unix()/30)
		must(t, err)
		if fresh != want {
			t.Errorf("use %d of one code: fresh is %v", i+1, fresh)
		}
	}
	must(t, st.Sweep(ctx, Clock()))
	fresh, err := st.UseTOTP(ctx, "dana", Clock().Unix()/30)
	must(t, err)
	same(t, "fresh after a sweep of the same time", fresh, false)
}

// sessions and tokens end when they expire, and no secret is stored.
func sessions(t *testing.T, st *store.Store) {
	ctx := t.Context()
	must(t, st.CommitCtx(ctx, "secret", []byte("old"), Clock().Add(time.Minute)))
	must(t, st.CommitCtx(ctx, "secret", []byte("data"), Clock().Add(time.Hour)))
	must(t, st.CommitCtx(ctx, "ended", []byte("data"), Clock()))
	b, found, err := st.FindCtx(ctx, "secret")
	must(t, err)
	if !found || string(b) != "data" {
		t.Errorf("session: %q, %v", b, found)
	}
	_, found, err = st.FindCtx(ctx, "ended")
	must(t, err)
	same(t, "an expired session is found", found, false)
	var plain int
	must(t, st.DB().QueryRow(`SELECT COUNT(*) FROM sessions WHERE hash LIKE '%secret%'`).Scan(&plain))
	same(t, "session tokens in the database", plain, 0)
	token := auth.Token{Hash: [32]byte{1}, Name: "robot", Person: "dana", Scope: "draft", CreatedAt: Clock(), ExpiresAt: Clock().Add(time.Minute)}
	must(t, st.AddToken(ctx, token))
	got, err := st.Token(ctx, token.Hash)
	must(t, err)
	same(t, "token", got, token)
	_, err = st.Token(ctx, [32]byte{2})
	code(t, "a token that is not there", err, comms.NotFound)
	must(t, st.Sweep(ctx, Clock().Add(time.Minute)))
	_, err = st.Token(ctx, token.Hash)
	must(t, err) // or its program could not be told that it has expired
	_, found, err = st.FindCtx(ctx, "secret")
	must(t, err)
	same(t, "a live session after a sweep", found, true)
	must(t, st.DeleteCtx(ctx, "secret"))
	_, found, err = st.FindCtx(ctx, "secret")
	must(t, err)
	same(t, "a deleted session", found, false)
	must(t, st.Sweep(ctx, Clock().Add(time.Minute+30*24*time.Hour)))
	_, err = st.Token(ctx, token.Hash)
	code(t, "an expired token after a sweep a month later", err, comms.NotFound)
	must(t, st.Ping(ctx))
}

// subscribers come and go.
func subscribers(t *testing.T, st *store.Store) {
	ctx := t.Context()
	ada := comms.Subscriber{ID: comms.NewID(), Address: "ada@example.com", Lang: "es", ConfirmedAt: Clock(),
		Choice: comms.Choice{Kind: comms.KindIncident, Groups: []string{"core"}, Components: []comms.ComponentID{"api", "web"}}}
	must(t, st.AddSubscriber(ctx, ada))
	got, err := st.Subscriber(ctx, ada.ID)
	must(t, err)
	same(t, "subscriber", got, ada)
	again := ada
	again.ID, again.Address = comms.NewID(), "Ada@Example.com"
	code(t, "the same address again", st.AddSubscriber(ctx, again), comms.Conflict)
	_, err = st.Subscriber(ctx, again.ID)
	code(t, "what was refused left nothing", err, comms.NotFound)
	must(t, st.Unsubscribe(ctx, ada.ID, Clock().Add(time.Hour)))
	must(t, st.Unsubscribe(ctx, ada.ID, Clock().Add(2*time.Hour)))
	got, err = st.Subscriber(ctx, ada.ID)
	must(t, err)
	same(t, "ended at", got.EndedAt, Clock().Add(time.Hour))
	same(t, "the address of who has left", got.Address, "")
	must(t, st.AddSubscriber(ctx, again)) // who has left may come back
	n, err := st.SubscriberCount(ctx)
	must(t, err)
	same(t, "subscribers", n, 1)
	code(t, "end what is not there", st.Unsubscribe(ctx, "nothing00000", Clock()), comms.NotFound)
}
