// Package mailtest has what tests of mail need: a real mail server that
// misbehaves as told, and publications to write mails of.
package mailtest

import (
	"bytes"
	"io"
	"log"
	"net"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/countersign/countersign/server/mail"
)

// Stage is a moment of a mail's handing over.
type Stage string

// The stages at which a fault can happen.
const (
	AtRcpt    Stage = "rcpt"    // the recipient is named
	AtData    Stage = "data"    // the mail has been read, nothing is kept yet
	AfterData Stage = "settled" // the mail is kept, the answer is still to come
)

// Fault decides what happens to the n-th mail for a recipient, counted from 1:
// nil lets it pass, Drop ends the connection, anything else is the answer.
type Fault func(at Stage, to string, n int) error

// Drop ends the connection without an answer.
var Drop = &smtp.SMTPError{Code: 421, Message: "drop"}

// Refuse is an answer with a code: 4xx passes, 5xx stays.
func Refuse(code int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "no, not for <somebody@example.com>"}
}

// Server is a mail server (RFC 5321) on loopback that keeps mails in memory.
type Server struct {
	Addr string

	mu      sync.Mutex
	fault   Fault
	letters []mail.Letter
	tries   map[string]int
	server  *smtp.Server
}

// Start starts a server at the address; "" takes a free port.
func Start(t testing.TB, addr string, fault Fault) *Server {
	t.Helper()
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: l.Addr().String(), fault: fault, tries: map[string]int{}}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	s.server.Domain, s.server.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	ended := make(chan error, 1)
	go func() { ended <- s.server.Serve(l) }()
	t.Cleanup(func() {
		s.Stop()
		<-ended
	})
	return s
}

// Stop closes the listener and every connection.
func (s *Server) Stop() { s.server.Close() }

// Letters are the mails that were kept, in their order.
func (s *Server) Letters() []mail.Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]mail.Letter(nil), s.letters...)
}

// Count tells how many mails each recipient has.
func (s *Server) Count() map[string]int {
	out := map[string]int{}
	for _, l := range s.Letters() {
		out[l.To]++
	}
	return out
}

type session struct {
	server *Server
	conn   *smtp.Conn
	to     string
	n      int
}

func (s *session) ask(at Stage) error {
	if s.server.fault == nil {
		return nil
	}
	err := s.server.fault(at, s.to, s.n)
	if err == error(Drop) {
		s.conn.Conn().Close()
	}
	return err
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	s.server.tries[to]++
	s.to, s.n = to, s.server.tries[to]
	s.server.mu.Unlock()
	return s.ask(AtRcpt)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.ask(AtData); err != nil {
		return err
	}
	l, err := mail.ReadLetter(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	l.To = s.to
	s.server.mu.Lock()
	s.server.letters = append(s.server.letters, l)
	s.server.mu.Unlock()
	return s.ask(AfterData)
}

func (s *session) Reset() { s.to, s.n = "", 0 }

func (s *session) Logout() error { return nil }
