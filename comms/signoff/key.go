package signoff

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Key seals publications and attests signatures. It lives outside the
// database.
type Key struct{ private ed25519.PrivateKey }

// NewKey makes a key from the system's random source.
func NewKey() (Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make a seal key: %w", err)
	}
	return Key{private}, nil
}

// ParseKey reads a key as Encode writes it.
func ParseKey(text string) (Key, error) {
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(seed) != ed25519.SeedSize {
		return Key{}, fmt.Errorf("this is not a seal key: expected %d bytes in base64 on one line; restore the file from your backup", ed25519.SeedSize)
	}
	return Key{ed25519.NewKeyFromSeed(seed)}, nil
}

// Encode writes the key's seed in base64, for a file that only the service reads.
func (k Key) Encode() string { return base64.StdEncoding.EncodeToString(k.private.Seed()) }

// IsZero tells whether there is no key.
func (k Key) IsZero() bool { return k.private == nil }

// Public returns what verifies the key's seals.
func (k Key) Public() PublicKey {
	return PublicKey{k.private.Public().(ed25519.PublicKey)}
}

func (k Key) sign(text []byte) Seal {
	return Seal{Key: k.Public().ID(), Signature: ed25519.Sign(k.private, text)}
}

// PublicKey verifies seals.
type PublicKey struct{ key ed25519.PublicKey }

// ParsePublicKey reads a public key as Encode writes it.
func ParsePublicKey(text string) (PublicKey, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != ed25519.PublicKeySize {
		return PublicKey{}, fmt.Errorf("%q is not a public seal key: expected %d bytes in base64", text, ed25519.PublicKeySize)
	}
	return PublicKey{b}, nil
}

// Encode writes the key in base64.
func (p PublicKey) Encode() string { return base64.StdEncoding.EncodeToString(p.key) }

// ID names the key: the first 8 bytes of its SHA-256, in hexadecimal.
func (p PublicKey) ID() string {
	sum := sha256.Sum256(p.key)
	return hex.EncodeToString(sum[:8])
}

// Keyring verifies the seals of every key that an installation has had.
type Keyring map[string]PublicKey

// NewKeyring collects public keys by their ID.
func NewKeyring(keys ...PublicKey) Keyring {
	ring := make(Keyring, len(keys))
	for _, k := range keys {
		ring[k.ID()] = k
	}
	return ring
}

func (r Keyring) verify(s Seal, text []byte) error {
	k, ok := r[s.Key]
	if !ok {
		return fmt.Errorf("the seal names the key %q, which is none of this installation's keys", s.Key)
	}
	if !ed25519.Verify(k.key, text, s.Signature) {
		return fmt.Errorf("the seal does not fit what it seals")
	}
	return nil
}

// Seal is a signature of the installation's key.
type Seal struct {
	Key       string `json:"key"`
	Signature []byte `json:"signature"`
}

// String gives the key's ID and the signature in unpadded URL-safe base64.
func (s Seal) String() string {
	if len(s.Signature) == 0 {
		return ""
	}
	return s.Key + ":" + base64.RawURLEncoding.EncodeToString(s.Signature)
}

// equals tells whether both have the same text.
func (s Seal) equals(o Seal) bool {
	return bytes.Equal(s.Signature, o.Signature) && (len(s.Signature) == 0 || s.Key == o.Key)
}

// ParseSeal reads a seal as String writes it; "" is the zero seal.
func ParseSeal(text string) (Seal, error) {
	if text == "" {
		return Seal{}, nil
	}
	id, sig, ok := strings.Cut(text, ":")
	b, err := base64.RawURLEncoding.DecodeString(sig)
	if !ok || err != nil {
		return Seal{}, fmt.Errorf("%q is not a seal: expected the key's name, a colon and base64", text)
	}
	return Seal{Key: id, Signature: b}, nil
}

// Head is the end of the chain: the number and seal of the latest publication.
// The zero Head stands before the first.
type Head struct {
	Number int64
	Seal   Seal
}

// String writes "number:seal", as approval mails print it.
func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Number, h.Seal) }

// ParseHead reads a head as String writes it.
func ParseHead(text string) (Head, error) {
	number, seal, ok := strings.Cut(strings.TrimSpace(text), ":")
	var h Head
	if _, err := fmt.Sscanf(number, "%d", &h.Number); !ok || err != nil || h.Number < 0 {
		return Head{}, fmt.Errorf("%q is not a head of the chain: copy the whole line from an approval mail, as number:key:seal", text)
	}
	s, err := ParseSeal(seal)
	if err != nil {
		return Head{}, err
	}
	h.Seal = s
	return h, nil
}
