package auth

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/countersign/countersign/comms/plan"
)

const (
	sessionLife = 12 * time.Hour
	sessionIdle = 2 * time.Hour

	keyPerson  = "person"
	keyVersion = "version" // of the credential that was proved, in microseconds
)

func newSessions(c Config) *scs.SessionManager {
	m := scs.New()
	m.Store = sessionStore{c.Store}
	m.Lifetime, m.IdleTimeout = sessionLife, sessionIdle
	m.Cookie.Name = "countersign"
	if c.Secure {
		m.Cookie.Name = "__Host-countersign" // browsers take this prefix only with Secure, Path=/ and no Domain
		m.Cookie.Secure = true
	}
	m.Cookie.HttpOnly, m.Cookie.Path, m.Cookie.SameSite = true, "/", http.SameSiteLaxMode
	return m
}

// Resume reads the session that comes with a request; what is asked of the
// session afterwards is asked with the context of the request that it returns.
// Reading writes nothing but, once a minute, that the session is in use; a
// database that takes no writes keeps nobody from reading.
func (a *Auth) Resume(r *http.Request) (*http.Request, error) {
	token := ""
	if cookie, err := r.Cookie(a.sessions.Cookie.Name); err == nil {
		token = cookie.Value
	}
	ctx, err := a.sessions.Load(r.Context(), token)
	if err != nil {
		return nil, fmt.Errorf("read the session: %w", err)
	}
	a.touch(ctx)
	return r.WithContext(ctx), nil
}

func (a *Auth) touch(ctx context.Context) {
	token, now := a.sessions.Token(ctx), a.c.Now()
	if token == "" || a.touches.Take(token, now) > 0 {
		return
	}
	expiry := now.Add(sessionIdle)
	if end := a.sessions.Deadline(ctx); end.Before(expiry) {
		expiry = end
	}
	if err := a.c.Store.ExtendSession(ctx, token, expiry); err != nil {
		a.c.Log.WarnContext(ctx, "the use of a session could not be written down; it may end early", "error", err)
	}
}

// SignIn begins a session for a person whom Check believed, under a new name,
// and hands it to their browser.
func (a *Auth) SignIn(ctx context.Context, w http.ResponseWriter, p Proof) error {
	if err := a.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	a.sessions.Put(ctx, keyPerson, string(p.Person))
	a.sessions.Put(ctx, keyVersion, p.version.UnixMicro())
	token, _, err := a.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	a.sessions.WriteSessionCookie(ctx, w, token, a.sessions.Deadline(ctx))
	return nil
}

// SignOut ends the session.
func (a *Auth) SignOut(ctx context.Context, w http.ResponseWriter) error {
	if err := a.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	a.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	return nil
}

// Person returns who is signed in. A session that began with another
// credential than the account has now, or of somebody who is disabled or left
// the roster, is *Denied.
func (a *Auth) Person(ctx context.Context) (plan.PersonID, error) {
	person := plan.PersonID(a.sessions.GetString(ctx, keyPerson))
	if person == "" {
		return "", &Denied{NoSession}
	}
	account, standing, err := a.standing(ctx, person)
	if err != nil {
		return "", err
	}
	if !standing || a.sessions.GetInt64(ctx, keyVersion) != account.ChangedAt.UnixMicro() {
		return "", &Denied{NoSession}
	}
	return person, nil
}

// sessionStore is our store in the shape that scs asks for; scs itself uses
// the methods with a context.
type sessionStore struct{ Store }

func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
