package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// The scopes of tokens.
const (
	ScopeDraft   = "draft"   // read the desk, write drafts
	ScopeSignal  = "signal"  // tell the desk of alerts, and nothing else
	ScopeMetrics = "metrics" // read /metrics and nothing else
)

const tokenPrefix = "cs_"

// NewToken makes a token that acts for a person until it expires. The secret
// is returned once and stored nowhere.
func (a *Auth) NewToken(ctx context.Context, person plan.PersonID, name, scope string, life time.Duration) (secret string, err error) {
	switch {
	case scope != ScopeDraft && scope != ScopeSignal && scope != ScopeMetrics:
		return "", comms.Refuse(comms.Invalid, "scope", "%q is not a scope; choose %q, %q or %q", scope, ScopeDraft, ScopeSignal, ScopeMetrics)
	case name == "":
		return "", comms.Refuse(comms.Invalid, "name", "the token has no name; say what uses it")
	case draft.CheckText("name", name, false) != nil || len(name) > 100:
		return "", comms.Refuse(comms.Invalid, "name", "the name of a token is one line of at most 100 characters; say in a few words what uses it")
	case life <= 0:
		return "", comms.Refuse(comms.Invalid, "life", "the token would have expired already; give a longer life")
	}
	_, standing, err := a.standing(ctx, person)
	if err != nil {
		return "", err
	}
	if !standing {
		return "", comms.Refuse(comms.Invalid, "person", "%q has no account that counts; add the person first", person)
	}
	secret = tokenPrefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random(30)))
	now := a.c.Now()
	t := Token{Hash: sha256.Sum256([]byte(secret)), Name: name, Person: person, Scope: scope, CreatedAt: now, ExpiresAt: now.Add(life)}
	if err := a.c.Store.AddToken(ctx, t); err != nil {
		return "", fmt.Errorf("store the token %q: %w", name, err)
	}
	return secret, nil
}

// Token finds the token of an Authorization header's value, if it counts. Each
// token has a limit of its own: 120 requests at once and ten a second after that.
func (a *Auth) Token(ctx context.Context, header string) (Token, error) {
	scheme, secret, _ := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(secret, tokenPrefix) || len(secret) > 100 {
		return Token{}, &Denied{TokenUnknown}
	}
	t, err := a.c.Store.Token(ctx, sha256.Sum256([]byte(secret)))
	if comms.CodeOf(err) == comms.NotFound {
		return Token{}, &Denied{TokenUnknown}
	}
	if err != nil {
		return Token{}, fmt.Errorf("look a token up: %w", err)
	}
	if !a.c.Now().Before(t.ExpiresAt) {
		return Token{}, &Denied{TokenExpired}
	}
	if err := take(a.tokens, string(t.Hash[:]), a.c.Now()); err != nil {
		return Token{}, err
	}
	_, standing, err := a.standing(ctx, t.Person)
	if err != nil {
		return Token{}, err
	}
	if !standing {
		return Token{}, &Denied{TokenOrphaned}
	}
	return t, nil
}
