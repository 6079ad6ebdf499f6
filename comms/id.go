package comms

import (
	"crypto/rand"
	"fmt"
	"io"
	"regexp"
)

// ID names an incident, update, approval, subscriber or any other record:
// 12 random characters of a–z and 0–9.
type ID string

const idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

var idPattern = regexp.MustCompile(`^[a-z0-9]{12}$`)

// NewID returns a random identifier. It reads the system's random source,
// which does not fail.
func NewID() ID { return newID(rand.Reader) }

func newID(r io.Reader) ID {
	out := make([]byte, 0, 12)
	buf := make([]byte, 24)
	for len(out) < 12 {
		if _, err := io.ReadFull(r, buf); err != nil {
			panic(err) // crypto/rand never returns an error
		}
		for _, b := range buf {
			// 252 is the largest multiple of 36 below 256: no character is likelier than another.
			if b < 252 && len(out) < 12 {
				out = append(out, idAlphabet[int(b)%36])
			}
		}
	}
	return ID(out)
}

// ParseID reads an identifier from outside and says what is wrong with it.
func ParseID(s string) (ID, error) {
	if !idPattern.MatchString(s) {
		return "", fmt.Errorf("%q is not an identifier: use the 12 lower-case letters and digits that the page shows", clip(s))
	}
	return ID(s), nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
