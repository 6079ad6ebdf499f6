package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/countersign/countersign/comms"
)

// parameters of argon2id; memory is in KiB.
type parameters struct {
	memory uint32
	passes uint32
	lanes  uint8
}

const (
	memory   = 46 * 1024 // KiB, where nothing else is asked for
	saltSize = 16
	keySize  = 32
	// atOnce bounds the checks that run together, and with them the memory
	// that a flood of sign-ins can take: 4 × 46 MiB.
	atOnce = 4

	minPassword = 12  // characters
	maxPassword = 200 // bytes
)

// hasher runs at most a few argon2id computations at a time.
type hasher struct {
	cost  parameters // of new passwords
	slots chan struct{}
}

func newHasher(kib uint32) hasher {
	if kib == 0 {
		kib = memory
	}
	return hasher{parameters{memory: kib, passes: 1, lanes: 1}, make(chan struct{}, atOnce)}
}

func (h hasher) key(ctx context.Context, password string, salt []byte, p parameters) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a free place to check a password: %w", ctx.Err())
	}
	return argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, keySize), nil
}

// hash gives the PHC string of a password under the present cost.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := random(saltSize)
	key, err := h.key(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	return encodePHC(h.cost, salt, key), nil
}

// matches tells whether the password is the one of the PHC string.
func (h hasher) matches(ctx context.Context, password, phc string) (bool, error) {
	p, salt, want, err := decodePHC(phc)
	if err != nil {
		return false, err
	}
	got, err := h.key(ctx, password, salt, p)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// nobody is a hash that no password has, for people who do not exist: checking
// it takes as long as checking a real one.
func (h hasher) nobody() string { return encodePHC(h.cost, random(saltSize), random(keySize)) }

func encodePHC(p parameters, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// decodePHC reads a PHC string and refuses a cost that would let one stored
// row exhaust the memory.
func decodePHC(phc string) (p parameters, salt, key []byte, err error) {
	fail := func(what string) (parameters, []byte, []byte, error) {
		return parameters{}, nil, nil, fmt.Errorf("the stored password is not a PHC string of argon2id (%s); set the password again", what)
	}
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return fail("its parts")
	}
	if parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return fail("its version")
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); n != 3 || err != nil {
		return fail("its cost")
	}
	if p.memory < 8 || p.memory > 1<<20 || p.passes < 1 || p.passes > 16 || p.lanes < 1 || p.lanes > 16 {
		return fail("its cost is out of bounds")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 || len(salt) > 64 {
		return fail("its salt")
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) != keySize {
		return fail("its key")
	}
	return p, salt, key, nil
}

// CheckPassword refuses a new password that is too short or too long.
func CheckPassword(password string) error {
	switch {
	case !utf8.ValidString(password):
		return comms.Refuse(comms.Invalid, "password", "this password is not valid UTF-8; type it again")
	case utf8.RuneCountInString(password) < minPassword:
		return comms.Refuse(comms.Invalid, "password", "this password has fewer than %d characters; choose a longer one, such as four unrelated words", minPassword)
	case len(password) > maxPassword:
		return comms.Refuse(comms.Invalid, "password", "this password is longer than %d bytes; choose a shorter one", maxPassword)
	}
	return nil
}

// letters of made passwords: none looks like another on a screen.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// NewPassword makes a password of four groups of four letters and digits, some
// 79 bits, that can be read aloud: "k3fw-…".
func NewPassword() string {
	var out strings.Builder
	for out.Len() < 19 {
		if out.Len()%5 == 4 {
			out.WriteByte('-')
			continue
		}
		// 248 is the largest multiple of 31 below 256: no letter is likelier than another.
		if b := random(1)[0]; b < 248 {
			out.WriteByte(letters[int(b)%len(letters)])
		}
	}
	return out.String()
}

// random reads the system's random source, which does not fail.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
