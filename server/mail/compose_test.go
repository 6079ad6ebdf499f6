package mail_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/mail/mailtest"
	"github.com/countersign/countersign/templates"
)

var renew = flag.Bool("update", false, "write the golden files anew")

func composer(t testing.TB) *mail.Composer {
	t.Helper()
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	c, err := mail.NewComposer(mail.Config{From: "status@northwind.example", DeskURL: "https://desk.northwind.example"}, templates.FS, words, tokens(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *renew {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, diff)
	}
}

// unix makes golden files readable: mails end their lines in CRLF.
func unix(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }

func TestUpdate(t *testing.T) {
	c := composer(t)
	english := mailtest.Update()
	delete(english.Forms, "es")
	upkeep := mailtest.Update()
	upkeep.Incident.Kind, upkeep.Incident.Phase, upkeep.Incident.Severity = comms.KindMaintenance, comms.PhaseScheduled, "maintenance"
	for _, test := range []struct {
		name    string
		message comms.Message
		lang    comms.Lang
	}{
		{"update.en.eml", mailtest.Update(), "en"},
		{"update.es.eml", mailtest.Update(), "es"},
		{"untranslated.es.eml", english, "es"},
		{"maintenance.en.eml", upkeep, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := mailtest.Publish(t, test.message, 6)
			to := mail.Recipient{Subscriber: "abcdefghijkl", Address: "ana@example.com", Lang: test.lang}
			m, err := c.Update(p, mailtest.Catalogue(), to)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, test.name, unix(m.Raw))
			again, err := c.Update(p, mailtest.Catalogue(), to)
			if err != nil || !bytes.Equal(m.Raw, again.Raw) {
				t.Errorf("a repeat is another mail (%v)", err)
			}
			if m.From != "status@northwind.example" || m.To != to.Address || m.ID != "p7.abcdefghijkl@northwind.example" {
				t.Errorf("envelope: %s → %s, %s", m.From, m.To, m.ID)
			}
			if m.LogValue().String() != m.ID {
				t.Error("a log would show more than the Message-ID")
			}
			for _, line := range strings.Split(string(m.Raw), "\r\n") {
				if len(line) > 78 && !strings.HasPrefix(line, "List-Unsubscribe:") {
					t.Errorf("a line of %d characters: %s", len(line), line)
				}
			}
		})
	}
}

func TestSignedWordsArriveAsTheyWereSigned(t *testing.T) {
	message := mailtest.Update()
	forms := message.Forms["en"]
	forms.Subject = "Ünïcode, <tags> & a very long subject that needs more than one line in the header of a mail"
	forms.Text = "A line that begins with a dot:\n.\n--boundary\nFrom me\nTrailing space \n" + strings.Repeat("long ", 400)
	message.Forms["en"] = forms
	m, err := composer(t).Update(mailtest.Publish(t, message, 0), mailtest.Catalogue(), mail.Recipient{Subscriber: "abcdefghijkl", Address: "ana@example.com", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := mail.ReadLetter(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	if l.Subject != forms.Subject {
		t.Errorf("subject %q", l.Subject)
	}
	if !strings.HasPrefix(l.Text, forms.Text+"\n") {
		t.Errorf("text %q", l.Text)
	}
	if !strings.Contains(l.HTML, forms.HTML) {
		t.Errorf("HTML %q", l.HTML)
	}
}

func TestUpdateRefuses(t *testing.T) {
	plain := mailtest.Publish(t, mailtest.Update(), 0)
	with := func(change func(*comms.Forms)) signoff.Publication {
		m := mailtest.Update()
		f := m.Forms["en"]
		change(&f)
		m.Forms["en"] = f
		return mailtest.Publish(t, m, 0)
	}
	ana := mail.Recipient{Subscriber: "abcdefghijkl", Address: "ana@example.com", Lang: "en"}
	sender := mailtest.Catalogue()
	sender.Texts.Sender["en"] = "Northwind\r\nBcc: all@example.com"
	for name, test := range map[string]struct {
		p         signoff.Publication
		catalogue comms.Catalogue
		to        mail.Recipient
	}{
		"no publication":             {signoff.Publication{}, mailtest.Catalogue(), ana},
		"a line break in a subject":  {with(func(f *comms.Forms) { f.Subject = "Down\r\nBcc: all@example.com" }), mailtest.Catalogue(), ana},
		"a bare line feed":           {with(func(f *comms.Forms) { f.Subject = "Down\nBcc: all@example.com" }), mailtest.Catalogue(), ana},
		"a NUL in a subject":         {with(func(f *comms.Forms) { f.Subject = "Down\x00" }), mailtest.Catalogue(), ana},
		"no subject":                 {with(func(f *comms.Forms) { f.Subject = "" }), mailtest.Catalogue(), ana},
		"a line break in the sender": {plain, sender, ana},
		"a line break in an address": {plain, mailtest.Catalogue(), mail.Recipient{Subscriber: "abcdefghijkl", Address: "ana@example.com\r\nBcc: all@example.com"}},
		"two addresses":              {plain, mailtest.Catalogue(), mail.Recipient{Subscriber: "abcdefghijkl", Address: "ana@example.com,bob@example.com"}},
		"an address with a name":     {plain, mailtest.Catalogue(), mail.Recipient{Subscriber: "abcdefghijkl", Address: "Ana <ana@example.com>"}},
		"no address":                 {plain, mailtest.Catalogue(), mail.Recipient{Subscriber: "abcdefghijkl"}},
		"a broken identifier":        {plain, mailtest.Catalogue(), mail.Recipient{Subscriber: "a\r\nBcc: b", Address: "ana@example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := composer(t).Update(test.p, test.catalogue, test.to)
			if err == nil {
				t.Fatalf("it was written:\n%s", m.Raw)
			}
			if comms.CodeOf(err) == "" {
				t.Errorf("%v is not a refusal", err)
			}
			if strings.Contains(err.Error(), "@example.com") && !strings.Contains(err.Error(), "name@example.com") {
				t.Errorf("the error shows an address: %v", err)
			}
		})
	}
}

func TestNewComposerRefusesWrongSettings(t *testing.T) {
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for name, config := range map[string]mail.Config{
		"no sender":           {DeskURL: "https://desk.example.com"},
		"a sender with break": {From: "a@b.example\nBcc: c@d.example", DeskURL: "https://desk.example.com"},
		"no desk":             {From: "a@b.example"},
		"a desk with a slash": {From: "a@b.example", DeskURL: "https://desk.example.com/"},
		"a page of no web":    {From: "a@b.example", DeskURL: "https://desk.example.com", PageURL: "ftp://x"},
	} {
		if _, err := mail.NewComposer(config, templates.FS, words, tokens(t, 1)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
