package auth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/countersign/countersign/server/auth"
)

// signIn signs dana in and returns the cookie that her browser gets.
func (d *door) signIn(t *testing.T) *http.Cookie {
	t.Helper()
	proof, err := d.Check(context.Background(), "dana", password, "", home)
	if err != nil {
		t.Fatal(err)
	}
	return d.begin(t, proof)
}

func (d *door) begin(t *testing.T, proof auth.Proof) *http.Cookie {
	t.Helper()
	r, err := d.Resume(httptest.NewRequest(http.MethodPost, "/signin", nil))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := d.SignIn(r.Context(), w, proof); err != nil {
		t.Fatal(err)
	}
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	return cookies[0]
}

// who tells who is signed in with the cookie.
func (d *door) who(t *testing.T, c *http.Cookie) (string, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(c)
	r, err := d.Resume(r)
	if err != nil {
		t.Fatal(err)
	}
	person, err := d.Person(r.Context())
	return string(person), err
}

func TestASessionCountsForItsCredential(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(*door) error{
		"another password": func(d *door) error { return d.SetPassword(ctx, "dana", "another long password") },
		"disabled":         func(d *door) error { return d.Disable(ctx, "dana", true) },
		"disabled and opened by a clock that stands still": func(d *door) error {
			if err := d.Disable(ctx, "dana", true); err != nil {
				return err
			}
			return d.Disable(ctx, "dana", false)
		},
		"reset by a clock that went back": func(d *door) error {
			d.now = d.now.Add(-time.Hour)
			return d.Reset(ctx, "dana", password)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, false)
			proof, err := d.Check(ctx, "dana", password, "", home)
			if err != nil {
				t.Fatal(err)
			}
			cookie := d.begin(t, proof)
			if who, err := d.who(t, cookie); who != "dana" || err != nil {
				t.Fatalf("signed in as %q, %v", who, err)
			}
			if err := change(d); err != nil {
				t.Fatal(err)
			}
			if _, err := d.who(t, cookie); reason(err) != auth.NoSession {
				t.Errorf("the session of before: %v", err)
			}
			// A proof that was checked before the change begins no session after it.
			if _, err := d.who(t, d.begin(t, proof)); reason(err) != auth.NoSession {
				t.Errorf("a session on the proof of before: %v", err)
			}
			if err := d.Stands(ctx, proof); reason(err) != auth.Credentials {
				t.Errorf("the proof of before stands: %v", err)
			}
		})
	}
}

func TestAClockThatWentBackKeepsNobodyOut(t *testing.T) {
	d := newDoor(t, false)
	d.now = d.now.Add(-time.Hour) // before the account's last change
	if who, err := d.who(t, d.signIn(t)); who != "dana" || err != nil {
		t.Errorf("signed in as %q, %v", who, err)
	}
}

func TestSessionsAreReadWithoutWrites(t *testing.T) {
	d := newDoor(t, false)
	cookie := d.signIn(t)
	if _, err := d.store.DB().Exec(`PRAGMA query_only = on`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if who, err := d.who(t, cookie); who != "dana" || err != nil {
			t.Errorf("while nothing can be written: %q, %v", who, err)
		}
		d.now = d.now.Add(2 * time.Minute)
	}
	if _, err := d.store.DB().Exec(`PRAGMA query_only = off`); err != nil {
		t.Fatal(err)
	}
	for range 5 { // five hours in which the session is used now and then
		d.now = d.now.Add(time.Hour)
		if who, err := d.who(t, cookie); who != "dana" || err != nil {
			t.Fatalf("a session in use: %q, %v", who, err)
		}
	}
	d.now = d.now.Add(2*time.Hour + time.Second)
	if _, err := d.who(t, cookie); reason(err) != auth.NoSession {
		t.Errorf("a session that nobody used for two hours: %v", err)
	}
}

func TestSigningOutIsForGood(t *testing.T) {
	d := newDoor(t, false)
	cookie := d.signIn(t)
	r := httptest.NewRequest(http.MethodPost, "/signout", nil)
	r.AddCookie(cookie)
	late := r.Clone(context.Background()) // a page that loads at the same time
	r, err := d.Resume(r)
	if err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(2 * time.Minute)
	if _, err := d.Resume(late); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := d.SignOut(r.Context(), w); err != nil {
		t.Fatal(err)
	}
	if err := d.store.ExtendSession(context.Background(), cookie.Value, d.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if cs := w.Result().Cookies(); len(cs) != 1 || cs[0].Value != "" {
		t.Errorf("the browser keeps %v", cs)
	}
	if _, err := d.who(t, cookie); reason(err) != auth.NoSession {
		t.Errorf("signed out: %v", err)
	}
}
