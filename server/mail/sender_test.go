package mail_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/mail/mailtest"
)

func sender(t *testing.T, addr string, connections int) *mail.Sender {
	t.Helper()
	s, err := mail.NewSender(mail.Server{
		Addr: addr, TLS: mail.TLSNone, Connections: connections, Command: 2 * time.Second, Submission: 2 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mails(n int) []mail.Mail {
	out := make([]mail.Mail, n)
	for i := range out {
		id := fmt.Sprintf("p1.%d@northwind.example", i)
		out[i] = mail.Mail{
			From: "status@northwind.example", To: fmt.Sprintf("ana%d@example.com", i), ID: id,
			Raw: []byte("Message-ID: <" + id + ">\r\nSubject: Hello\r\n\r\nHello\r\n.\r\n"),
		}
	}
	return out
}

// send gives the fate of each mail, and fails if one has two or none.
func send(t *testing.T, ctx context.Context, s *mail.Sender, list []mail.Mail) []*mail.Failure {
	t.Helper()
	var mu sync.Mutex
	fates, heard := make([]*mail.Failure, len(list)), make([]int, len(list))
	s.Send(ctx, list, func(i int, err error) {
		mu.Lock()
		defer mu.Unlock()
		heard[i]++
		if err != nil && !errors.As(err, &fates[i]) {
			t.Errorf("mail %d: %v is no failure", i, err)
		}
		if err != nil && strings.Contains(err.Error(), "@") {
			t.Errorf("mail %d: the failure shows an address: %v", i, err)
		}
	})
	for i, n := range heard {
		if n != 1 {
			t.Errorf("mail %d has %d fates", i, n)
		}
	}
	return fates
}

func TestSendHandsEachMailOverOnce(t *testing.T) {
	server := mailtest.Start(t, "", nil)
	for i, f := range send(t, t.Context(), sender(t, server.Addr, 3), mails(50)) {
		if f != nil {
			t.Errorf("mail %d: %v", i, f)
		}
	}
	for to, n := range server.Count() {
		if n != 1 {
			t.Errorf("%s has %d mails", to, n)
		}
	}
	letters := server.Letters()
	if len(letters) != 50 || letters[0].Text != "Hello\n.\n" {
		t.Fatalf("%d mails, first %+v", len(letters), letters[:1])
	}
}

func TestSendSortsFailures(t *testing.T) {
	for _, test := range []struct {
		name            string
		at              mailtest.Stage
		answer          error
		permanent, down bool
		others          bool // the mails beside it still arrive
	}{
		{"full mailbox", mailtest.AtRcpt, mailtest.Refuse(452), false, false, true},
		{"no such mailbox", mailtest.AtRcpt, mailtest.Refuse(550), true, false, true},
		{"try later", mailtest.AtData, mailtest.Refuse(451), false, false, true},
		{"not this mail", mailtest.AtData, mailtest.Refuse(554), true, false, true},
		{"sign in first", mailtest.AtRcpt, mailtest.Refuse(530), false, false, true},
		{"the line drops before it is kept", mailtest.AtData, mailtest.Drop, false, false, true},
		{"the line drops after it is kept", mailtest.AfterData, mailtest.Drop, false, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := mailtest.Start(t, "", func(at mailtest.Stage, to string, n int) error {
				if at == test.at && to == "ana1@example.com" {
					return test.answer
				}
				return nil
			})
			fates := send(t, t.Context(), sender(t, server.Addr, 1), mails(3))
			if fates[1] == nil || fates[1].Permanent != test.permanent || fates[1].Down != test.down {
				t.Fatalf("fate %+v", fates[1])
			}
			if fates[0] != nil || fates[2] != nil {
				t.Errorf("the others: %v, %v", fates[0], fates[2])
			}
		})
	}
}

func TestSendWithNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	for i, f := range send(t, t.Context(), sender(t, addr, 4), mails(20)) {
		if f == nil || !f.Down || f.Permanent {
			t.Fatalf("mail %d: %+v", i, f)
		}
	}
}

func TestSendToAServerThatSaysNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := mail.NewSender(mail.Server{Addr: l.Addr().String(), TLS: mail.TLSNone, Command: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range send(t, t.Context(), s, mails(8)) {
		if f == nil || !f.Down {
			t.Fatalf("fate %+v", f)
		}
	}
}

func TestSendEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	server := mailtest.Start(t, "", func(at mailtest.Stage, to string, _ int) error {
		if at == mailtest.AtData && to == "ana2@example.com" {
			<-release
		}
		return nil
	})
	defer close(release)
	s, err := mail.NewSender(mail.Server{Addr: server.Addr, TLS: mail.TLSNone, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	fates := send(t, ctx, s, mails(6)) // hangs with the server if the context does not end it
	for i, f := range fates {
		if stopped := i >= 2; stopped != (f != nil && f.Down) {
			t.Errorf("mail %d: %+v", i, f)
		}
	}
}

func TestSendRefusesLettersThatTheServerCannotTake(t *testing.T) {
	server := mailtest.Start(t, "", nil)
	list := mails(2)
	list[0].To = "añá@example.com"
	fates := send(t, t.Context(), sender(t, server.Addr, 1), list)
	if fates[0] == nil || !fates[0].Permanent || fates[1] != nil {
		t.Fatalf("fates %+v, %+v", fates[0], fates[1])
	}
}

func TestNewSenderRefusesWrongSettings(t *testing.T) {
	for name, s := range map[string]mail.Server{
		"no port":              {Addr: "smtp.example.com", TLS: mail.TLSStart},
		"no host":              {Addr: ":25", TLS: mail.TLSStart},
		"no protection":        {Addr: "smtp.example.com:25", TLS: mail.TLSNone},
		"unknown protection":   {Addr: "smtp.example.com:25", TLS: "ssl"},
		"a password of nobody": {Addr: "smtp.example.com:25", TLS: mail.TLSStart, Password: "x"},
	} {
		if _, err := mail.NewSender(s); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
