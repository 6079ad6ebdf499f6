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

// Token gives the subscriber's token.
func (t Tokens) Token(subscriber comms.ID) string {
	return string(subscriber) + "." + base64.RawURLEncoding.EncodeToString(t.mac(subscriber))
}

var errToken = errors.New("this link is not complete or was changed; open it from the mail again")

// Parse reads a token and tells whose it is.
func (t Tokens) Parse(token string) (comms.ID, error) {
	name, code, ok := strings.Cut(token, ".")
	id, err := comms.ParseID(name)
	if !ok || err != nil || len(t.secret) == 0 {
		return "", errToken
	}
	// Strict: otherwise one subscriber would have several valid tokens.
	got, err := base64.RawURLEncoding.Strict().DecodeString(code)
	if err != nil || strings.ContainsAny(code, "\r\n") || !hmac.Equal(got, t.mac(id)) {
		return "", errToken
	}
	return id, nil
}

func (t Tokens) mac(subscriber comms.ID) []byte {
	h := hmac.New(sha256.New, t.secret)
	h.Write([]byte("countersign subscription 1\n" + subscriber))
	return h.Sum(nil)
}
