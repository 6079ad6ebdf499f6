package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/emersion/go-message"
	gomail "github.com/emersion/go-message/mail"

	"github.com/countersign/countersign/comms"
)

// Mail is one message for one recipient, ready for a mail server.
type Mail struct {
	From string // envelope sender
	To   string // envelope recipient
	ID   string // Message-ID without its brackets; the same for a repeat
	Raw  []byte // RFC 5322, lines end in CRLF
}

// LogValue names the mail without its recipient, so that no log learns an address.
func (m Mail) LogValue() slog.Value { return slog.StringValue(m.ID) }

// envelope is what stands around the words of a mail.
type envelope struct {
	id, thread   string // Message-IDs without brackets; thread is "" for none
	sender, from string // name and address
	to           string
	subject      string
	at           time.Time
	lang         comms.Lang
	more         [][2]string // further header fields
}

// compose writes a mail with a text and an HTML part (RFC 2046 section 5.1.4).
// The same arguments give the same bytes, so that a repeat is recognisable.
func compose(e envelope, text, html string) (Mail, error) {
	h, err := e.header()
	if err != nil {
		return Mail{}, err
	}
	sum := sha256.Sum256([]byte(e.id + "\n" + text + "\n" + html))
	h.SetContentType("multipart/alternative", map[string]string{"boundary": hex.EncodeToString(sum[:16])})

	var out bytes.Buffer
	w, err := message.CreateWriter(&out, h.Header)
	if err != nil {
		return Mail{}, fmt.Errorf("write the mail's header: %w", err)
	}
	for _, p := range []struct{ kind, body string }{{"text/plain", text}, {"text/html", html}} {
		if err := part(w, p.kind, e.lang, p.body); err != nil {
			return Mail{}, fmt.Errorf("write the mail's %s part: %w", p.kind, err)
		}
	}
	if err := w.Close(); err != nil {
		return Mail{}, fmt.Errorf("end the mail: %w", err)
	}
	return Mail{From: e.from, To: e.to, ID: e.id, Raw: out.Bytes()}, nil
}

// part writes one form of the text. Quoted-printable keeps every line short
// whatever the text holds, and the reader's program wraps where it likes.
func part(w *message.Writer, kind string, lang comms.Lang, body string) error {
	var h message.Header
	h.SetContentType(kind, map[string]string{"charset": "utf-8"})
	h.Set("Content-Language", string(lang))
	h.Set("Content-Transfer-Encoding", "quoted-printable")
	p, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(p, body); err != nil {
		return err
	}
	return p.Close()
}

func (e envelope) header() (gomail.Header, error) {
	var h gomail.Header
	if err := e.check(); err != nil {
		return h, err
	}
	// The library writes the field that was set last first.
	for i := len(e.more) - 1; i >= 0; i-- {
		h.Set(e.more[i][0], e.more[i][1])
	}
	h.Set("Auto-Submitted", "auto-generated") // RFC 3834 section 5
	h.Set("Content-Language", string(e.lang)) // RFC 3282
	h.Set("MIME-Version", "1.0")
	if e.thread != "" {
		h.SetMsgIDList("References", []string{e.thread})
		h.SetMsgIDList("In-Reply-To", []string{e.thread})
	}
	h.SetMessageID(e.id)
	h.SetDate(e.at.UTC())
	h.SetSubject(e.subject)
	h.SetAddressList("To", []*gomail.Address{{Address: e.to}})
	h.SetAddressList("From", []*gomail.Address{{Name: e.sender, Address: e.from}})
	return h, nil
}

// check refuses what could begin a header field of its own. The library does
// so too for most fields; the encoded ones would hide it.
func (e envelope) check() error {
	fields := [][2]string{{"sender name", e.sender}, {"subject", e.subject}, {"language", string(e.lang)}, {"message identifier", e.id + e.thread}}
	for _, f := range append(fields, e.more...) {
		if strings.ContainsFunc(f[1], unicode.IsControl) {
			return comms.Refuse(comms.Invalid, f[0], "it holds a line break or another control character, which a mail's header cannot; take it out")
		}
	}
	if e.subject == "" {
		return comms.Refuse(comms.Invalid, "subject", "the mail has no subject; give it one")
	}
	if !ValidAddress(e.from) {
		return comms.Refuse(comms.Invalid, "from", "the sender's address is not one; write it as name@example.com")
	}
	if !ValidAddress(e.to) {
		return comms.Refuse(comms.Invalid, "to", "the recipient's address is not one that mail can go to")
	}
	return nil
}

// ValidAddress tells whether the text is one bare mail address (RFC 5322
// section 3.4.1), as "ana@example.com" is.
func ValidAddress(address string) bool {
	a, err := netmail.ParseAddress(address)
	return err == nil && a.Address == address && a.Name == "" && len(address) <= 254 &&
		!strings.ContainsFunc(address, func(r rune) bool {
			return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune("<>\"", r)
		})
}
