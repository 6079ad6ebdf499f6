package auth_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

const password = "four unrelated words"

var home = netip.MustParseAddr("192.0.2.1")

// door is an Auth on a real database, with a roster of two.
type door struct {
	*auth.Auth
	store  *store.Store
	roster *plan.Plan
	now    time.Time
}

func (d *door) clock() time.Time { return d.now }

func newDoor(t *testing.T, secure bool) *door {
	t.Helper()
	d := &door{now: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC), roster: &plan.Plan{People: []plan.Person{{ID: "dana"}, {ID: "ines"}}}}
	var err error
	d.store, err = store.Open(context.Background(), storetest.SQLiteFile(t), store.Options{Now: d.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.store.Close() })
	d.Auth = auth.New(auth.Config{
		Memory: 64,
		Store:  d.store, Now: d.clock, Log: slog.New(slog.DiscardHandler), Secure: secure,
		Plan: func(context.Context) (*plan.Plan, error) { return d.roster, nil },
	})
	if err := d.SetPassword(context.Background(), "dana", password); err != nil {
		t.Fatal(err)
	}
	return d
}

func reason(err error) auth.Reason {
	var denied *auth.Denied
	if errors.As(err, &denied) {
		return denied.Reason
	}
	return ""
}

func TestCheck(t *testing.T) {
	ctx := context.Background()
	for name, test := range map[string]struct {
		change   func(*door) error
		person   plan.PersonID
		password string
		want     auth.Reason
	}{
		"right":                  {nil, "dana", password, ""},
		"wrong password":         {nil, "dana", "four unrelated wordz", auth.Credentials},
		"empty password":         {nil, "dana", "", auth.Credentials},
		"a very long password":   {nil, "dana", strings.Repeat("x", 1<<20), auth.Credentials},
		"unknown person":         {nil, "mallory", password, auth.Credentials},
		"no account":             {nil, "ines", password, auth.Credentials},
		"disabled":               {func(d *door) error { return d.Disable(ctx, "dana", true) }, "dana", password, auth.Credentials},
		"left the roster":        {func(d *door) error { d.roster = &plan.Plan{}; return nil }, "dana", password, auth.Credentials},
		"the password of before": {func(d *door) error { return d.Reset(ctx, "dana", "another long password") }, "dana", password, auth.Credentials},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, false)
			if test.change != nil {
				if err := test.change(d); err != nil {
					t.Fatal(err)
				}
			}
			_, err := d.Check(ctx, test.person, test.password, "", home)
			if reason(err) != test.want || (err == nil) != (test.want == "") {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestANameThatNoDatabaseTakes signs in under a name that PostgreSQL cannot be
// asked about.
func TestANameThatNoDatabaseTakes(t *testing.T) {
	st, err := store.Open(t.Context(), storetest.PostgresSchema(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	a := auth.New(auth.Config{
		Memory: 64,
		Store:  st, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Plan: func(context.Context) (*plan.Plan, error) { return &plan.Plan{People: []plan.Person{{ID: "dana"}}}, nil },
	})
	for _, name := range []plan.PersonID{"da\x00na", "\xff"} {
		if _, err := a.Check(t.Context(), name, password, "", home); reason(err) != auth.Credentials {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestACodeCountsOnce(t *testing.T) {
	ctx := context.Background()
	d := newDoor(t, false)
	enrolment, err := d.Enrol("Northwind", "dana", "")
	if err != nil {
		t.Fatal(err)
	}
	code := func() string { c, _ := totp.GenerateCode(enrolment.Secret, d.now); return c }
	proof, err := d.Prove(ctx, "dana", password, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.ConfirmTOTP(ctx, proof, enrolment.Secret, "12"); reason(err) != auth.Credentials {
		t.Fatalf("a code of two digits: %v", err)
	}
	if _, err := d.ConfirmTOTP(ctx, proof, enrolment.Secret, code()); err != nil {
		t.Fatal(err)
	}
	prove := func(code string) auth.Reason { _, err := d.Prove(ctx, "dana", password, code); return reason(err) }
	if got := prove(code()); got != auth.CodeUsed {
		t.Errorf("the code of the enrolment again: %q", got)
	}
	if got := prove(""); got != auth.CodeMissing {
		t.Errorf("no code: %q", got)
	}
	d.now = d.now.Add(2 * time.Minute)
	if got := prove(code()[:3] + " " + code()[3:]); got != "" {
		t.Errorf("a fresh code, typed with a space: %q", got)
	}
	if got := prove(code()); got != auth.CodeUsed {
		t.Errorf("the same code twice: %q", got)
	}
	if _, err := d.Prove(ctx, "dana", "wrong", code()); reason(err) != auth.Credentials {
		t.Errorf("a code without the password: %v", err)
	}
}

func TestAttemptsAreLimited(t *testing.T) {
	ctx := context.Background()
	limited := func(err error) bool { var l *auth.Limited; return errors.As(err, &l) }
	elsewhere := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}) }
	t.Run("by person and network", func(t *testing.T) {
		d := newDoor(t, false)
		var err error
		for range 7 {
			_, err = d.Check(ctx, "dana", "wrong", "", elsewhere(1))
		}
		if !limited(err) {
			t.Fatalf("the seventh attempt: %v", err)
		}
		if _, err := d.Check(ctx, "dana", password, "", elsewhere(1)); !limited(err) {
			t.Errorf("the right password from there: %v", err)
		}
		if _, err := d.Check(ctx, "dana", password, "", home); err != nil {
			t.Errorf("a stranger elsewhere keeps the person out: %v", err)
		}
		if _, err := d.Prove(ctx, "dana", password, ""); err != nil {
			t.Errorf("a stranger's attempts keep the person from signing: %v", err)
		}
		d.now = d.now.Add(time.Minute)
		if _, err := d.Check(ctx, "dana", password, "", elsewhere(1)); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
	t.Run("by person, from many networks", func(t *testing.T) {
		d := newDoor(t, false)
		if _, err := d.Check(ctx, "dana", password, "", home); err != nil {
			t.Fatal(err)
		}
		hurried, cancel := context.WithCancel(ctx)
		cancel() // so that 300 passwords need not be hashed
		var err error
		tries := 0
		for ; tries < 400 && !limited(err); tries++ {
			_, err = d.Check(hurried, "dana", "", "", elsewhere(tries))
		}
		if !limited(err) || tries < 100 {
			t.Fatalf("a crowd of machines was stopped after %d attempts: %v", tries, err)
		}
		if _, err := d.Check(ctx, "dana", password, "", home); err != nil {
			t.Errorf("the crowd keeps the person out of where they work: %v", err)
		}
	})
	t.Run("by network, over many names", func(t *testing.T) {
		d := newDoor(t, false)
		var err error
		for i := range 31 {
			_, err = d.Check(ctx, plan.PersonID(string(rune('a'+i))), "wrong", "", netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(i)}))
		}
		if !limited(err) {
			t.Fatalf("the 31st attempt from one /64: %v", err)
		}
		if _, err := d.Check(ctx, "dana", password, "", home); err != nil {
			t.Errorf("from another network: %v", err)
		}
	})
	t.Run("not those that succeed", func(t *testing.T) {
		d := newDoor(t, false)
		for range 12 {
			if _, err := d.Check(ctx, "dana", password, "", home); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAFloodOfChecksEndsWithItsContext(t *testing.T) {
	d := newDoor(t, false)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { _, _ = d.Check(ctx, "dana", password, "", home) })
	}
	wait.Wait()
	if _, err := d.Check(context.Background(), "dana", password, "", netip.MustParseAddr("203.0.113.9")); err != nil {
		var l *auth.Limited
		if !errors.As(err, &l) {
			t.Errorf("after the flood: %v", err)
		}
	}
}

func TestTokens(t *testing.T) {
	ctx := context.Background()
	d := newDoor(t, false)
	secret, err := d.NewToken(ctx, "dana", "robot", auth.ScopeDraft, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Token(ctx, "bearer "+secret); err != nil || got.Person != "dana" || got.Scope != auth.ScopeDraft {
		t.Errorf("the token: %+v, %v", got, err)
	}
	for _, header := range []string{"", "Bearer", "Bearer cs_", "Basic " + secret, "Bearer " + secret + "x", "Bearer " + strings.Repeat("x", 1<<16)} {
		if _, err := d.Token(ctx, header); reason(err) != auth.TokenUnknown {
			t.Errorf("%.20q: %v", header, err)
		}
	}
	for _, bad := range []struct {
		person      plan.PersonID
		name, scope string
		life        time.Duration
	}{{"dana", "x", "sign", time.Hour}, {"dana", "", auth.ScopeDraft, time.Hour}, {"dana", "x\ny", auth.ScopeDraft, time.Hour}, {"dana", "x", auth.ScopeDraft, 0}, {"mallory", "x", auth.ScopeDraft, time.Hour}} {
		if _, err := d.NewToken(ctx, bad.person, bad.name, bad.scope, bad.life); comms.CodeOf(err) != comms.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	d.roster = &plan.Plan{}
	if _, err := d.Token(ctx, "Bearer "+secret); reason(err) != auth.TokenOrphaned {
		t.Errorf("of somebody who left: %v", err)
	}
	d.roster = &plan.Plan{People: []plan.Person{{ID: "dana"}}}
	d.now = d.now.Add(time.Hour)
	if _, err := d.Token(ctx, "Bearer "+secret); reason(err) != auth.TokenExpired {
		t.Errorf("after its time: %v", err)
	}
}

func TestTheCookie(t *testing.T) {
	for _, secure := range []bool{false, true} {
		d := newDoor(t, secure)
		c := d.signIn(t)
		name := map[bool]string{false: "countersign", true: "__Host-countersign"}[secure]
		if c.Name != name || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("secure %v: %+v", secure, c)
		}
	}
}

func TestMadePasswords(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		p := auth.NewPassword()
		if auth.CheckPassword(p) != nil || len(p) != 19 || seen[p] {
			t.Fatalf("made %q", p)
		}
		seen[p] = true
	}
	for _, bad := range []string{"", "short", strings.Repeat("x", 201), "twelve chars\xff"} {
		if auth.CheckPassword(bad) == nil {
			t.Errorf("%.20q is accepted", bad)
		}
	}
}
