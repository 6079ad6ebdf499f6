package mail_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/language/languagetest"
	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/mail/mailtest"
	"github.com/countersign/countersign/templates"
)

// foreign are words in plain letters that are no name and no address: the
// made-up languages have none.
var (
	foreign = regexp.MustCompile(`[A-Za-z]{3,}`)
	names   = regexp.MustCompile(`https?://\S+|[\w.]+@[\w.]+|Northwind(?: Ltd, 1 Harbour Street)?|Dana Writer|Lee Lead|Incident lead|Sign-in(?: is not working| fails)?|Because\.|UTC|[0-9a-f]{4}·[0-9a-f]{4}|[0-9a-f:/+=A-Za-z]{40,}`)
)

// TestNoWordOfAMailGoesPastTheCatalogue writes every kind of mail in languages
// that nobody speaks.
func TestNoWordOfAMailGoesPastTheCatalogue(t *testing.T) {
	words, err := language.New(languagetest.With(t, templates.FS))
	if err != nil {
		t.Fatal(err)
	}
	c, err := mail.NewComposer(mail.Config{From: "status@northwind.example", DeskURL: "https://desk.northwind.example"}, templates.FS, words, tokens(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	for lang, dir := range map[comms.Lang]string{languagetest.Accented: "ltr", languagetest.Mirrored: "rtl"} {
		look := func(kind string, m mail.Mail, err error, signed string) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			l, err := mail.ReadLetter(bytes.NewReader(m.Raw))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(l.HTML, `<html lang="`+string(lang)+`" dir="`+dir+`">`) {
				t.Errorf("%s in %s does not name its language and direction", kind, lang)
			}
			for part, text := range map[string]string{"the subject": l.Subject, "the text": strings.ReplaceAll(l.Text, signed, "")} {
				if said := foreign.FindString(names.ReplaceAllString(text, "")); said != "" && (part != "the subject" || signed == "") {
					t.Errorf("%s in %s says %q in %s:\n%s", kind, lang, said, part, text)
				}
			}
		}
		person := mail.Person{ID: "lead", Name: "Lee Lead", Address: "lee@northwind.example", Lang: lang}
		for _, kind := range []string{"sign", "changes", "suggested", "kept", "parked", "published", "voided", "withdrawn", "expiring"} {
			n := notice(kind)
			if kind == "changes" || kind == "parked" || kind == "voided" || kind == "withdrawn" {
				n.Reason = "Because."
			}
			m, err := c.Notice(n, mailtest.Catalogue(), person)
			look(kind, m, err, "")
		}
		for _, kind := range []string{"handover", "handed", "declined", "taken_back", "taken"} {
			m, err := c.Notice(mail.Notice{ID: "noticenotice", Kind: kind, Handover: "handoverhand", Title: "Sign-in is not working", By: "Dana Writer", At: mailtest.At}, mailtest.Catalogue(), person)
			look(kind, m, err, "")
		}
		for _, known := range []comms.Subscriber{{}, {ID: "abcdefghijkl", Address: "ana@example.com", Choice: comms.Choice{Everything: true}}} {
			m, err := c.Signup(comms.Signup{ID: "signupsignup", Address: "ana@example.com", Lang: lang, Choice: comms.Choice{Everything: true}, AskedAt: mailtest.At}, known, nil, mailtest.Catalogue())
			look("signup", m, err, "")
		}
		update := mailtest.Update()
		m, err := c.Update(mailtest.Publish(t, update, 6), mailtest.Catalogue(), mail.Recipient{Subscriber: "abcdefghijkl", Address: "ana@example.com", Lang: lang})
		look("update", m, err, update.Forms["en"].Text)
	}
}
