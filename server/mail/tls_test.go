package mail_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/countersign/countersign/server/mail"
)

// guarded takes mails over TLS from whoever knows the password.
type guarded struct {
	signedIn bool
	kept     *atomic.Int64
}

func (g *guarded) AuthMechanisms() []string { return []string{sasl.Plain} }

func (g *guarded) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != "countersign" || password != "right" {
			return smtp.ErrAuthFailed
		}
		g.signedIn = true
		return nil
	}), nil
}

func (g *guarded) Mail(string, *smtp.MailOptions) error {
	if !g.signedIn {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (g *guarded) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (g *guarded) Data(r io.Reader) error {
	g.kept.Add(1)
	_, err := io.Copy(io.Discard, r)
	return err
}

func (g *guarded) Reset() {}

func (g *guarded) Logout() error { return nil }

func TestSendProtectedAndSignedIn(t *testing.T) {
	web := httptest.NewTLSServer(nil) // has a certificate for 127.0.0.1
	defer web.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(web.Certificate())

	for _, mode := range []mail.TLSMode{mail.TLSStart, mail.TLSImplicit} {
		var kept atomic.Int64
		server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &guarded{kept: &kept}, nil }))
		server.Domain, server.ErrorLog = "localhost", log.New(io.Discard, "", 0)
		server.TLSConfig = &tls.Config{Certificates: web.TLS.Certificates}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().String()
		if mode == mail.TLSImplicit {
			l = tls.NewListener(l, server.TLSConfig)
		}
		go server.Serve(l)
		defer server.Close()

		for _, test := range []struct {
			name, password string
			roots          *x509.CertPool
			arrives        bool
		}{
			{"all right", "right", trusted, true},
			{"a wrong password", "wrong", trusted, false},
			{"a certificate of a stranger", "right", nil, false},
		} {
			t.Run(string(mode)+"/"+test.name, func(t *testing.T) {
				kept.Store(0)
				s, err := mail.NewSender(mail.Server{
					Addr: addr, TLS: mode, Username: "countersign", Password: test.password, Connections: 1,
					Roots: &tls.Config{RootCAs: test.roots}, Command: 2 * time.Second,
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range send(t, t.Context(), s, mails(2)) {
					if test.arrives != (f == nil) || f != nil && (f.Permanent || !f.Down) {
						t.Errorf("fate %v (%+v)", f, f)
					}
				}
				if want := kept.Load() == 2; want != test.arrives {
					t.Errorf("%d mails arrived", kept.Load())
				}
			})
		}
	}
}
