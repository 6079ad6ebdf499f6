package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// connection is one session with the mail server.
type connection struct {
	client *smtp.Client
	stop   func() bool // forgets the context
}

// connecting bounds everything before the first mail: the dial, the greeting,
// TLS and the sign-in.
const connecting = 15 * time.Second

// connect opens a session that is closed when the context ends: the library
// knows no contexts.
func (s *Sender) connect(ctx context.Context) (*connection, *Failure) {
	begin, cancel := context.WithTimeout(ctx, connecting)
	defer cancel()
	conn, err := s.dial(begin)
	if err != nil {
		return nil, down("connecting", err)
	}
	early := context.AfterFunc(begin, func() { conn.Close() })
	client, err := s.greet(conn)
	if err != nil {
		conn.Close()
		if begin.Err() != nil {
			err = begin.Err()
		}
		return nil, down("greeting", err)
	}
	if !early() {
		return nil, down("greeting", begin.Err())
	}
	return &connection{client: client, stop: context.AfterFunc(ctx, func() { conn.Close() })}, nil
}

func (s *Sender) dial(ctx context.Context) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: s.server.Command}
	if s.server.TLS == TLSImplicit {
		return (&tls.Dialer{NetDialer: dialer, Config: s.tls()}).DialContext(ctx, "tcp", s.server.Addr)
	}
	return dialer.DialContext(ctx, "tcp", s.server.Addr)
}

func (s *Sender) tls() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.server.Roots != nil {
		c = s.server.Roots.Clone()
	}
	if c.ServerName == "" {
		c.ServerName, _, _ = net.SplitHostPort(s.server.Addr)
	}
	return c
}

func (s *Sender) greet(conn net.Conn) (*smtp.Client, error) {
	var client *smtp.Client
	if s.server.TLS == TLSStart {
		var err error
		if client, err = smtp.NewClientStartTLS(conn, s.tls()); err != nil {
			return nil, err
		}
	} else {
		client = smtp.NewClient(conn)
	}
	client.CommandTimeout, client.SubmissionTimeout = s.server.Command, s.server.Submission
	if err := client.Hello(s.server.Name); err != nil {
		return nil, err
	}
	if s.server.Username == "" {
		return client, nil
	}
	return client, client.Auth(sasl.NewPlainClient("", s.server.Username, s.server.Password))
}

// send hands one mail over and tells whether the connection can take another.
func (c *connection) send(m Mail) (f *Failure, usable bool) {
	if f = c.submit(m); f == nil {
		return nil, true
	}
	if f.Permanent && errors.Is(f.err, errors.ErrUnsupported) {
		return f, true
	}
	if !hasConnection(f.err) {
		return f, false
	}
	return f, c.client.Reset() == nil
}

func (c *connection) submit(m Mail) *Failure {
	wide := !ascii(m.To) // needs RFC 6531
	if ok, _ := c.client.Extension("SMTPUTF8"); wide && !ok {
		return &Failure{Permanent: true, text: "the mail server takes only addresses in plain letters a to z, digits and signs", err: errors.ErrUnsupported}
	}
	if err := c.client.Mail(m.From, &smtp.MailOptions{Size: int64(len(m.Raw)), UTF8: wide}); err != nil {
		return aboutSender(err)
	}
	if err := c.client.Rcpt(m.To, nil); err != nil {
		return refused("the recipient was not accepted", err)
	}
	w, err := c.client.Data()
	if err != nil {
		return refused("the mail was not accepted", err)
	}
	if _, err := bytes.NewReader(m.Raw).WriteTo(w); err != nil {
		return refused("handing the mail over", err)
	}
	if err := w.Close(); err != nil {
		return refused("the mail was not accepted", err)
	}
	return nil
}

// aboutSender is a refusal of MAIL FROM: the server does not want this
// installation's mail, whoever it is for. Only a mail that is too large
// (552) is the mail's own fault.
func aboutSender(err error) *Failure {
	f := refused("the sender was not accepted", err)
	if hasConnection(err) && !f.tooLarge() {
		return down("the sender was not accepted", err)
	}
	return f
}

func (f *Failure) tooLarge() bool {
	answer, ok := f.err.(*smtp.SMTPError)
	return ok && answer.Code == 552
}

func (c *connection) close() {
	c.stop()
	c.client.Close()
}

func (c *connection) quit() {
	if c == nil {
		return
	}
	if c.client.Quit() != nil {
		c.client.Close()
	}
	c.stop()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
