package mail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Mailbox is a mail server (RFC 5321) that takes every mail for everybody and
// keeps it in a folder, for the demonstration. Let it listen on loopback only.
type Mailbox struct {
	*Folder
	server *smtp.Server

	mu       sync.Mutex
	listener net.Listener
	closed   bool
}

// maxLetter is the largest mail that the mailbox takes, in bytes.
const maxLetter = 1 << 20

// NewMailbox makes a mailbox over a folder.
func NewMailbox(folder *Folder, log *slog.Logger) *Mailbox {
	m := &Mailbox{Folder: folder}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{folder: folder}, nil
	}))
	m.server.Domain = "localhost"
	m.server.MaxMessageBytes = maxLetter
	m.server.MaxRecipients = 50
	m.server.ReadTimeout, m.server.WriteTimeout = 2*time.Minute, 30*time.Second
	m.server.EnableSMTPUTF8 = true
	m.server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	return m
}

// Serve takes mails on the listener until Close.
func (m *Mailbox) Serve(l net.Listener) error {
	host, _, err := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("the mailbox would listen on %s, where others could fill it: give it an address of 127.0.0.1 or ::1", l.Addr())
	}
	if !m.begin(l) {
		return l.Close()
	}
	if err := m.server.Serve(l); err != nil && !m.isClosed() {
		return fmt.Errorf("the mailbox stopped: %w", err)
	}
	return nil
}

// begin remembers the listener, because the server knows it only once it
// accepts, and Close may come before that.
func (m *Mailbox) begin(l net.Listener) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listener = l
	return !m.closed
}

func (m *Mailbox) isClosed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.closed
}

// Close stops at once. A mail that was in hand then was not accepted, and its
// sender tries again.
func (m *Mailbox) Close() error {
	m.mu.Lock()
	m.closed = true
	l := m.listener
	m.mu.Unlock()
	err := m.server.Close()
	if l != nil {
		if e := l.Close(); !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// session is one client's conversation.
type session struct {
	folder *Folder
	from   string
	to     []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = append(s.to, to); return nil }

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if _, err := ReadLetter(bytes.NewReader(raw)); err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "this is not a mail"}
	}
	for _, to := range s.to {
		if err := s.folder.keep(to, raw); err != nil {
			return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "the mail could not be stored"}
		}
	}
	return nil
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }
