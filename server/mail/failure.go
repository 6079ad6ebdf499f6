package mail

import (
	"context"
	"errors"
	"regexp"

	"github.com/emersion/go-smtp"
)

// Failure is why a mail was not handed over, without any address. One that is
// neither Permanent nor Down is about this mail alone and may pass.
type Failure struct {
	// Permanent: the recipient's server will never take this mail.
	Permanent bool
	// Down: no mail at all can be handed over now, whoever it is for: nobody
	// answers, or the server does not let this installation in.
	Down bool
	text string
	err  error
}

func (f *Failure) Error() string { return f.text }

func (f *Failure) Unwrap() error { return f.err }

// down says that the mail server cannot be used at all. Not even a refusal
// with a permanent code is about a recipient then: a wrong password must not
// end everybody's subscription.
func down(doing string, err error) *Failure {
	return &Failure{Down: true, text: "the mail server cannot be used now (" + doing + "): " + hidden(err), err: err}
}

// refused sorts an answer about one mail by its code (RFC 5321 section 4.2.1).
func refused(doing string, err error) *Failure {
	f := &Failure{text: doing + ": " + hidden(err), err: err}
	var answer *smtp.SMTPError
	if errors.As(err, &answer) && !answer.Temporary() {
		f.Permanent = !aboutUs(answer.Code)
	}
	return f
}

// aboutUs lists the permanent codes that complain of this client and not of
// the recipient or the mail: commands out of order, TLS or sign-in missing.
func aboutUs(code int) bool {
	switch code {
	case 500, 501, 502, 503, 504, 530, 534, 535, 538:
		return true
	}
	return false
}

// hasConnection tells whether the server's answer came over a connection that
// can still be used.
func hasConnection(err error) bool {
	var answer *smtp.SMTPError
	return errors.As(err, &answer) && answer.Code != 421 // RFC 5321 section 3.8
}

var addressLike = regexp.MustCompile(`[^\s<>"'(),;:]+@[^\s<>"'(),;:]+`)

// hidden gives the error's text, cut short and without addresses: servers like
// to repeat them.
func hidden(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "it was stopped"
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long"
	}
	s := visible(addressLike.ReplaceAllString(err.Error(), "(address)"))
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}
