package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"
)

// TLSMode says how the connection to the mail server is protected.
type TLSMode string

// The ways of protection.
const (
	TLSNone     TLSMode = "none"     // for a server on this machine only
	TLSStart    TLSMode = "starttls" // RFC 3207, usually port 587
	TLSImplicit TLSMode = "tls"      // RFC 8314, usually port 465
)

// Server is the mail server that mails are handed to.
type Server struct {
	Addr     string // host:port
	TLS      TLSMode
	Username string // "" signs in nowhere
	Password string
	Name     string // that this machine calls itself by; "" is localhost
	// Connections is how many are used at once; 0 is 4.
	Connections int
	// Roots overrides the certificates that are trusted; nil trusts the system's.
	Roots *tls.Config
	// Command and Submission are the longest waits for the server's answer to a
	// command and to a whole mail; 0 is 10 s and 15 s.
	Command, Submission time.Duration
}

// Sender hands mails to a mail server. It keeps no connection between batches
// and is safe for use by several goroutines.
type Sender struct{ server Server }

// NewSender checks the settings; it connects to nothing.
func NewSender(s Server) (*Sender, error) {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil || host == "" {
		return nil, fmt.Errorf("the mail server's address %q needs a host and a port, as in smtp.example.com:587", s.Addr)
	}
	switch s.TLS {
	case TLSStart, TLSImplicit:
	case TLSNone:
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, fmt.Errorf("mail to %q would travel unprotected: use %q or %q; %q is for a mail server on this machine", s.Addr, TLSStart, TLSImplicit, TLSNone)
		}
	default:
		return nil, fmt.Errorf("%q is no protection of the connection to the mail server: use %q, %q or %q", s.TLS, TLSStart, TLSImplicit, TLSNone)
	}
	if s.Username == "" && s.Password != "" {
		return nil, fmt.Errorf("there is a password for the mail server and no user name: give both or neither")
	}
	if s.Connections <= 0 {
		s.Connections = 4
	}
	if s.Command <= 0 {
		s.Command = 10 * time.Second
	}
	if s.Submission <= 0 {
		s.Submission = 15 * time.Second
	}
	if s.Name == "" {
		s.Name = "localhost"
	}
	return &Sender{s}, nil
}

// Send hands the mails over and calls done exactly once for each, as soon as
// its fate is known: nil, or a *Failure. done is called by several goroutines.
// When the context ends, connections are closed and the mails that are left
// fail as Down, so that they are tried again.
func (s *Sender) Send(ctx context.Context, mails []Mail, done func(i int, err error)) {
	next := make(chan int, len(mails))
	for i := range mails {
		next <- i
	}
	close(next)
	var (
		group sync.WaitGroup
		lost  outage
	)
	for range min(s.server.Connections, len(mails)) {
		group.Go(func() { s.carry(ctx, mails, next, &lost, done) })
	}
	group.Wait()
}

// outage is the failure after which a batch connects no more.
type outage struct {
	mu  sync.Mutex
	err *Failure
}

func (o *outage) get() *Failure {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

func (o *outage) set(f *Failure) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = f
}

// carry sends what it can get over one connection, and opens another one when
// it is lost.
func (s *Sender) carry(ctx context.Context, mails []Mail, next <-chan int, lost *outage, done func(int, error)) {
	var open *connection
	defer func() { open.quit() }()
	for i := range next {
		if err := ctx.Err(); err != nil {
			lost.set(down("sending", err))
		}
		if f := lost.get(); f != nil {
			done(i, f)
			continue
		}
		if open == nil {
			var f *Failure
			if open, f = s.connect(ctx); f != nil {
				open = nil
				lost.set(f)
				done(i, f)
				continue
			}
		}
		f, usable := open.send(mails[i])
		if !usable {
			open.close()
			open = nil
		}
		if f == nil {
			done(i, nil)
			continue
		}
		if err := ctx.Err(); err != nil && !usable {
			f = down("sending", err)
		}
		if f.Down {
			lost.set(f)
		}
		done(i, f)
	}
}
