package mail_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/mail/mailtest"
)

func notice(kind string) mail.Notice {
	return mail.Notice{
		ID: "noticenotice", Kind: kind, Update: "updateupdate", Title: "Sign-in is not working", By: "Dana Writer",
		Roles: []string{"Incident lead"}, Digest: comms.DigestOf([]byte("words")), At: mailtest.At,
		Head: signoff.Head{Number: 7, Seal: signoff.Seal{Key: "0011223344556677", Signature: bytes.Repeat([]byte{7}, 64)}},
	}
}

func TestNotice(t *testing.T) {
	c := composer(t)
	for _, kind := range []string{"sign", "changes", "suggested", "kept", "parked", "published", "voided", "withdrawn", "expiring"} {
		for _, lang := range []comms.Lang{"en", "es"} {
			name := "notice." + kind + "." + string(lang) + ".eml"
			t.Run(name, func(t *testing.T) {
				n := notice(kind)
				if kind == "changes" || kind == "parked" || kind == "voided" || kind == "withdrawn" {
					n.Reason = "The time is wrong."
				}
				m, err := c.Notice(n, mailtest.Catalogue(), mail.Person{ID: "lead", Name: "Lee Lead", Address: "lee@northwind.example", Lang: lang})
				if err != nil {
					t.Fatal(err)
				}
				golden(t, name, unix(m.Raw))
				l, err := mail.ReadLetter(bytes.NewReader(m.Raw))
				if err != nil {
					t.Fatal(err)
				}
				for _, part := range []string{l.Text, l.HTML} {
					if !strings.Contains(part, n.Head.String()) || !strings.Contains(part, "https://desk.northwind.example/updates/updateupdate") {
						t.Errorf("a part lacks the head of the chain or the link:\n%s", part)
					}
				}
			})
		}
	}
}

// That a drill is due leads to the plan's page.
func TestNoticeOfADrill(t *testing.T) {
	c := composer(t)
	for _, lang := range []comms.Lang{"en", "es"} {
		n := mail.Notice{ID: "noticenotice", Kind: "drill", Update: "updateupdate", At: mailtest.At}
		m, err := c.Notice(n, mailtest.Catalogue(), mail.Person{ID: "lead", Name: "Lee Lead", Address: "lee@northwind.example", Lang: lang})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "notice.drill."+string(lang)+".eml", unix(m.Raw))
	}
}

// Mails about a handover lead to it, not to an update.
func TestNoticeOfAHandover(t *testing.T) {
	c := composer(t)
	for _, kind := range []string{"handover", "handed", "declined", "taken_back", "taken"} {
		for _, lang := range []comms.Lang{"en", "es"} {
			name := "notice." + kind + "." + string(lang) + ".eml"
			t.Run(name, func(t *testing.T) {
				n := mail.Notice{ID: "noticenotice", Kind: kind, Handover: "handoverhand", Title: "Sign-in is not working", By: "Dana Writer", At: mailtest.At}
				if kind == "declined" {
					n.Reason = "I am on a train until six."
				}
				m, err := c.Notice(n, mailtest.Catalogue(), mail.Person{ID: "lead", Name: "Lee Lead", Address: "lee@northwind.example", Lang: lang})
				if err != nil {
					t.Fatal(err)
				}
				golden(t, name, unix(m.Raw))
				l, err := mail.ReadLetter(bytes.NewReader(m.Raw))
				if err != nil {
					t.Fatal(err)
				}
				for _, part := range []string{l.Text, l.HTML} {
					if !strings.Contains(part, "https://desk.northwind.example/handovers/handoverhand") || !strings.Contains(part, "Dana Writer") || !strings.Contains(part, n.Reason) {
						t.Errorf("a part lacks the link, the person or the reason:\n%s", part)
					}
				}
			})
		}
	}
}

// Whoever is asked to sign reads when it would go out.
func TestNoticeSaysWhenItGoesOut(t *testing.T) {
	for lang, want := range map[comms.Lang]string{"en": "Saturday 28 November, 02:00 UTC", "es": "sábado 28 de noviembre, 02:00 UTC"} {
		n := notice("sign")
		n.GoesOut = time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
		m, err := composer(t).Notice(n, mailtest.Catalogue(), mail.Person{ID: "lead", Name: "Lee Lead", Address: "lee@northwind.example", Lang: lang})
		if err != nil {
			t.Fatal(err)
		}
		l, err := mail.ReadLetter(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{l.Text, l.HTML} {
			if !strings.Contains(part, want) {
				t.Errorf("a part lacks %q:\n%s", want, part)
			}
		}
	}
}

// A notice shows words that nobody has signed: they must not reach the header.
func TestNoticeTakesNoOrdersFromItsWords(t *testing.T) {
	n := notice("changes")
	n.Title = "Down\r\nBcc: all@example.com\u202egnp.exe"
	n.By, n.Reason = "Dana\nX-Evil: 1", "a\u0000b <script>alert(1)</script>\r\n.\r\n"
	m, err := composer(t).Notice(n, mailtest.Catalogue(), mail.Person{ID: "lead", Name: "Lee\r\nBcc: x@example.com", Address: "lee@northwind.example"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := mail.ReadLetter(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range l.Header {
		if f.Name == "Bcc" || f.Name == "X-Evil" {
			t.Errorf("the words made a field %s", f.Name)
		}
	}
	if l.Subject != "Changes asked for: Down Bcc: all@example.comgnp.exe" {
		t.Errorf("subject %q", l.Subject)
	}
	if strings.Contains(l.HTML, "<script>") || strings.ContainsAny(l.Text+l.HTML, "\x00\u202e") {
		t.Errorf("unsigned words were not made harmless:\n%s", l.HTML)
	}
	if _, err := composer(t).Notice(notice("other"), mailtest.Catalogue(), mail.Person{ID: "lead", Address: "lee@northwind.example"}); err == nil {
		t.Error("a notice without words was written")
	}
}

// A reminder says by when customers should hear, what has to be done and where.
func TestReminders(t *testing.T) {
	c := composer(t)
	for kind, need := range map[string]string{"remind": "write", "stand_in": "finish", "everyone": "sign", "passed": "signer"} {
		for lang, by := range map[comms.Lang]string{"en": "Saturday 28 November, 02:00 UTC", "es": "sábado 28 de noviembre, 02:00 UTC"} {
			n := notice(kind)
			n.By, n.Digest, n.Head = "", comms.Digest{}, signoff.Head{}
			n.Need, n.Due, n.Incident, n.Holding = need, due, "incidentinci", kind == "everyone"
			m, err := c.Notice(n, mailtest.Catalogue(), mail.Person{ID: "lead", Name: "Lee Lead", Address: "lee@northwind.example", Lang: lang})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "notice."+kind+"."+string(lang)+".eml", unix(m.Raw))
			l, err := mail.ReadLetter(bytes.NewReader(m.Raw))
			if err != nil {
				t.Fatal(err)
			}
			link := "https://desk.northwind.example/updates/updateupdate"
			if need == "write" {
				link = "https://desk.northwind.example/incidents/incidentinci"
			}
			for _, part := range []string{l.Text, l.HTML} {
				if !strings.Contains(part, by) || !strings.Contains(part, link) {
					t.Errorf("%s in %s lacks the time or the link:\n%s", kind, lang, part)
				}
			}
			for _, part := range []string{l.Text, l.HTML} {
				if strings.Contains(part, "https://desk.northwind.example/incidents/incidentinci/holding") != n.Holding {
					t.Errorf("%s in %s tells of a holding statement that is not there, or not of one that is:\n%s", kind, lang, part)
				}
			}
			n.Report = true
			if m, err = c.Notice(n, mailtest.Catalogue(), mail.Person{ID: "lead", Name: "Lee Lead", Address: "lee@northwind.example", Lang: lang}); err != nil {
				t.Fatal(err)
			}
			if l, err = mail.ReadLetter(bytes.NewReader(m.Raw)); err != nil {
				t.Fatal(err)
			}
			if about := map[comms.Lang]string{"en": "report on what happened", "es": "informe de lo ocurrido"}[lang]; !strings.Contains(l.Text, about) || !strings.Contains(l.Text, by) {
				t.Errorf("%s about a report in %s does not say so:\n%s", kind, lang, l.Text)
			}
		}
	}
}

var due = time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
