package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/countersign/countersign/comms"
)

// Tokens makes and reads the tokens by which subscribers end their
// subscription without signing in. A token is the subscriber's identifier and
// an HMAC-SHA256 (RFC 2104) over it; it fits into a path as it is.
type Tokens struct{ secret []byte }

// shortestSecret is as long as the hash, as RFC 2104 section 3 recommends.
const shortestSecret = sha256.Size

// NewTokens takes the installation's secret, at least 32 random bytes. Tokens
// stay good for as long as the secret does.
func NewTokens(secret []byte) (Tokens, error) {
	if len(secret) < shortestSecret {
		return Tokens{}, fmt.Errorf("the secret of the subscription links has %d bytes; it needs at least %d random ones", len(secret), shortestSecret)
	}
	return Tokens{secret: append([]byte(nil), secret...)}, nil
}

// Of what a token is; none opens what another is for.
const (
	ofSubscription = "countersign subscription 1\n"
	ofSignup       = "countersign signup 1\n"
)

// Token gives the subscriber's token.
func (t Tokens) Token(subscriber comms.ID) string { return t.token(ofSubscription, subscriber) }

// SignupToken gives the token that confirms a request for mail.
func (t Tokens) SignupToken(signup comms.ID) string { return t.token(ofSignup, signup) }

func (t Tokens) token(of string, id comms.ID) string {
	return string(id) + "." + base64.RawURLEncoding.EncodeToString(t.mac(of, id))
}

var errToken = errors.New("this link is not complete or was changed; open it from the mail again")

// Parse reads a token and tells whose it is.
func (t Tokens) Parse(token string) (comms.ID, error) { return t.parse(ofSubscription, token) }

// ParseSignup reads a token and tells which request for mail it confirms.
func (t Tokens) ParseSignup(token string) (comms.ID, error) { return t.parse(ofSignup, token) }

func (t Tokens) parse(of, token string) (comms.ID, error) {
	name, code, ok := strings.Cut(token, ".")
	id, err := comms.ParseID(name)
	if !ok || err != nil || len(t.secret) == 0 {
		return "", errToken
	}
	// Strict: otherwise one subscriber would have several valid tokens.
	got, err := base64.RawURLEncoding.Strict().DecodeString(code)
	if err != nil || strings.ContainsAny(code, "\r\n") || !hmac.Equal(got, t.mac(of, id)) {
		return "", errToken
	}
	return id, nil
}

func (t Tokens) mac(of string, id comms.ID) []byte {
	h := hmac.New(sha256.New, t.secret)
	h.Write([]byte(of + string(id)))
	return h.Sum(nil)
}
