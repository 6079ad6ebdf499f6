package mail_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/mail/mailtest"
)

// clock goes on by a second each time it is read.
func clock() func() time.Time {
	at := mailtest.At
	return func() time.Time {
		at = at.Add(time.Second)
		return at
	}
}

func mailbox(t *testing.T, dir string, limit int) (*mail.Mailbox, string) {
	t.Helper()
	folder, err := mail.OpenFolder(dir, limit, clock())
	if err != nil {
		t.Fatal(err)
	}
	box := mail.NewMailbox(folder, slog.New(slog.DiscardHandler))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- box.Serve(l) }()
	t.Cleanup(func() {
		box.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return box, l.Addr().String()
}

func TestMailboxKeepsTheLastMailsOverARestart(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("not a mail"), 0o600); err != nil {
		t.Fatal(err)
	}
	box, addr := mailbox(t, dir, 5)
	for _, f := range send(t, t.Context(), sender(t, addr, 1), mails(8)) {
		if f != nil {
			t.Fatal(f)
		}
	}
	check := func(box *mail.Mailbox) {
		t.Helper()
		list := box.List(0)
		if len(list) != 5 {
			t.Fatalf("%d mails", len(list))
		}
		for i, l := range list {
			if want := fmt.Sprintf("ana%d@example.com", 7-i); l.To != want || l.Subject != "Hello" || l.Text != "" {
				t.Errorf("mail %d: %+v, want one for %s", i, l, want)
			}
			whole, err := box.Get(l.ID)
			if err != nil || whole.Text != "Hello\n.\n" || whole.MessageID != fmt.Sprintf("p1.%d@northwind.example", 7-i) || !whole.ReceivedAt.Equal(l.ReceivedAt) {
				t.Errorf("mail %d: %+v, %v", i, whole, err)
			}
		}
		if got := box.List(2); len(got) != 2 || got[0].ID != list[0].ID {
			t.Errorf("the first two: %+v", got)
		}
	}
	check(box)
	again, _ := mailbox(t, dir, 5)
	check(again)
	if smaller, _ := mailbox(t, dir, 2); len(smaller.List(0)) != 2 {
		t.Error("a smaller mailbox keeps more than it may")
	}
	for _, id := range []comms.ID{"abcdefghijkl", "../../../etc", ""} {
		if _, err := again.Get(id); comms.CodeOf(err) != comms.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestMailboxRefuses(t *testing.T) {
	box, addr := mailbox(t, t.TempDir(), 5)
	list := mails(2)
	list[0].Raw = append([]byte("Subject: big\r\n\r\n"), bytes.Repeat([]byte("0123456789\r\n"), 200_000)...)
	fates := send(t, t.Context(), sender(t, addr, 1), list)
	if fates[0] == nil || !fates[0].Permanent {
		t.Errorf("a mail of 2 MB: %+v", fates[0])
	}
	if fates[1] != nil || len(box.List(0)) != 1 {
		t.Errorf("the mail after it: %v, %d kept", fates[1], len(box.List(0)))
	}
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := box.Serve(l); err == nil || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("it listened where others reach it: %v", err)
	}
	if _, err := mail.OpenFolder(t.TempDir(), 0, time.Now); err == nil {
		t.Error("a mailbox of no mails was opened")
	}
}

func FuzzReadLetter(f *testing.F) {
	for _, name := range []string{"update.en.eml", "notice.sign.es.eml"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--"))
	f.Add([]byte("Content-Type: text/plain; charset=utf-7\r\nSubject: =?x?q?y?=\r\n\r\n\xff"))
	f.Add([]byte("Content-Transfer-Encoding: nonsense\r\n\r\nx"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := mail.ReadLetter(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, s := range []string{l.Text, l.HTML} {
			if strings.ToValidUTF8(s, "") != s {
				t.Fatalf("a part is not UTF-8: %q", s)
			}
		}
	})
}

func TestMailboxClosesBeforeItServes(t *testing.T) {
	for range 50 {
		folder, err := mail.OpenFolder(t.TempDir(), 10, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		box := mail.NewMailbox(folder, slog.New(slog.DiscardHandler))
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- box.Serve(l) }()
		if err := box.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("a mailbox that was closed at once serves on")
		}
	}
}
