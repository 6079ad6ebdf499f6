package mail

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-message"
	gomail "github.com/emersion/go-message/mail"

	"github.com/countersign/countersign/comms"
)

// Letter is a mail as somebody received it.
type Letter struct {
	ID         comms.ID  // in the mailbox
	ReceivedAt time.Time // UTC
	To         string    // envelope recipient
	From       string    // as the header shows it
	Subject    string
	MessageID  string // without its brackets
	Header     []Field
	Text, HTML string // the parts; "" when there is none
}

// Field is one field of a letter's header, decoded.
type Field struct{ Name, Value string }

// maxParts bounds the work that one letter can make.
const (
	maxParts  = 50
	maxFields = 200
)

// ReadLetter reads a mail (RFC 5322, RFC 2045). What cannot be decoded is
// given as it stands; only a text that is no mail at all is an error.
func ReadLetter(r io.Reader) (Letter, error) {
	e, err := message.Read(r)
	if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) || e == nil {
		return Letter{}, fmt.Errorf("this is not a mail: %w", err)
	}
	h := gomail.Header{Header: e.Header}
	l := Letter{Header: fields(h)}
	l.Subject, _ = h.Subject()
	l.MessageID = strings.Trim(h.Get("Message-Id"), "<> ")
	l.From, _ = h.Text("From")
	l.To = h.Get("Delivered-To")
	l.ReceivedAt, _ = time.Parse(time.RFC3339Nano, h.Get(receivedAt))
	parts := 0
	if err := l.read(e, &parts); err != nil {
		return Letter{}, fmt.Errorf("read the mail's parts: %w", err)
	}
	return l, nil
}

func fields(h gomail.Header) []Field {
	var out []Field
	for f := h.Fields(); f.Next() && len(out) < maxFields; {
		value, err := f.Text()
		if err != nil {
			value = f.Value()
		}
		out = append(out, Field{f.Key(), strings.ToValidUTF8(value, "\uFFFD")})
	}
	return out
}

// read takes the first text part and the first HTML part, at any depth.
func (l *Letter) read(e *message.Entity, parts *int) error {
	if *parts++; *parts > maxParts {
		return nil
	}
	if multi := e.MultipartReader(); multi != nil {
		for *parts <= maxParts {
			p, err := multi.NextPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) || p == nil {
				return err
			}
			if err := l.read(p, parts); err != nil {
				return err
			}
		}
		return nil
	}
	kind, _, _ := e.Header.ContentType()
	into := &l.Text
	if kind == "text/html" {
		into = &l.HTML
	} else if kind != "text/plain" {
		return nil
	}
	b, err := io.ReadAll(e.Body)
	if *into == "" {
		*into = strings.ReplaceAll(strings.ToValidUTF8(string(b), "\uFFFD"), "\r\n", "\n")
	}
	return err
}
