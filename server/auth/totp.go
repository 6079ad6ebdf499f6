package auth

import (
	"context"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// period of a one-time code (RFC 6238 section 4.1).
const period = 30 * time.Second

var codeShape = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// Enrolment is a secret for one-time codes that waits for its first code.
type Enrolment struct {
	Secret string // base32 (RFC 4648)
	URL    string // otpauth://, as authenticator apps read it
}

// Enrol makes a secret, or shows the given one again. It counts for nothing
// until ConfirmTOTP has seen a code of it.
func (a *Auth) Enrol(issuer string, person plan.PersonID, secret string) (Enrolment, error) {
	raw, err := decodeSecret(secret)
	if err != nil {
		raw = random(20)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: string(person), Period: uint(period.Seconds()), Secret: raw})
	if err != nil {
		return Enrolment{}, fmt.Errorf("make a secret for one-time codes: %w", err)
	}
	return Enrolment{Secret: key.Secret(), URL: key.URL()}, nil
}

func decodeSecret(secret string) ([]byte, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil || len(raw) < 16 || len(raw) > 64 {
		return nil, comms.Refuse(comms.Invalid, "secret", "this secret is damaged; start again to get a new one")
	}
	return raw, nil
}

// ConfirmTOTP sets the secret up for somebody who proved themselves, once a
// code shows that their app has it. The proof that it returns takes the place
// of theirs.
func (a *Auth) ConfirmTOTP(ctx context.Context, p Proof, secret, code string) (Proof, error) {
	if _, err := decodeSecret(secret); err != nil {
		return Proof{}, err
	}
	if err := take(a.codes, limitKey(p.Person), a.c.Now()); err != nil {
		return Proof{}, err
	}
	if err := a.useCode(ctx, p.Person, secret, code); err != nil {
		return Proof{}, err
	}
	return a.own(ctx, p, Change{TOTP: &secret})
}

// RemoveTOTP takes the one-time codes of somebody who proved themselves off.
// The proof that it returns takes the place of theirs.
func (a *Auth) RemoveTOTP(ctx context.Context, p Proof) (Proof, error) {
	none := ""
	return a.own(ctx, p, Change{TOTP: &none})
}

// useCode accepts the code of this period or a neighbouring one, once.
func (a *Auth) useCode(ctx context.Context, person plan.PersonID, secret, code string) error {
	code = strings.Join(strings.Fields(code), "")
	now := a.c.Now().Unix() / int64(period.Seconds())
	for _, step := range []int64{now, now - 1, now + 1} {
		ok, err := hotp.ValidateCustom(code, uint64(max(step, 0)), secret, codeShape)
		if err != nil || !ok {
			continue // a code of the wrong length is an error of the library and a wrong code to us
		}
		fresh, err := a.c.Store.UseTOTP(ctx, person, step)
		if err != nil {
			return fmt.Errorf("record a used code: %w", err)
		}
		if !fresh {
			return &Denied{CodeUsed}
		}
		return nil
	}
	return &Denied{Credentials}
}
