package mail_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/mail/mailtest"
)

func TestSignup(t *testing.T) {
	asked := time.Date(2026, 11, 22, 13, 0, 0, 0, time.UTC)
	titles := map[comms.ID]comms.Words{"aaaaaaaaaaaa": {"en": "Sign-in fails", "es": "Falla el inicio de sesión"}}
	catalogue := mailtest.Catalogue()
	catalogue.Groups = []comms.Group{{ID: "core", Name: comms.Words{"en": "Core", "es": "Núcleo"}, Components: []comms.Component{
		{ID: "search", Name: comms.Words{"en": "Search", "es": "Búsqueda"}},
	}}}
	some := comms.Choice{Kind: comms.KindIncident, Groups: []string{"core"}, Components: []comms.ComponentID{"search", "gone"}, Incidents: []comms.ID{"aaaaaaaaaaaa", "bbbbbbbbbbbb"}}
	ana := comms.Subscriber{ID: "abcdefghijkl", Address: "ana@example.com", Choice: comms.Choice{Everything: true}}
	for _, test := range []struct {
		name   string
		lang   comms.Lang
		choice comms.Choice
		known  comms.Subscriber
	}{
		{"signup.en.eml", "", comms.Choice{Everything: true}, comms.Subscriber{}},
		{"signup.es.eml", "es", some, comms.Subscriber{}},
		{"known.en.eml", "en", comms.Choice{Everything: true}, ana},
		{"more.es.eml", "es", some, ana},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := comms.Signup{ID: "signupsignup", Address: "ana@example.com", Lang: test.lang, Choice: test.choice, AskedAt: asked}
			m, err := composer(t).Signup(s, test.known, titles, catalogue)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, test.name, unix(m.Raw))
			again, err := composer(t).Signup(s, test.known, titles, catalogue)
			if err != nil || !bytes.Equal(again.Raw, m.Raw) || m.ID != "ssignupsignup@northwind.example" {
				t.Errorf("a repeat is another mail (%v), %s", err, m.ID)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	for typed, want := range map[string]string{
		"ana@example.com":                  "ana@example.com",
		"  Ana.B@Example.COM ":             "Ana.B@example.com",
		"jörg@bücher.example":              "jörg@xn--bcher-kva.example",
		"a+b@example.com":                  "a+b@example.com",
		"root@localhost":                   "root@localhost",
		"":                                 "",
		"ana":                              "",
		"@example.com":                     "",
		"ana@":                             "",
		"ana@example":                      "",
		"ana@exa mple.com":                 "",
		"Ana <ana@example.com>":            "",
		"ana@example.com, bob@example.com": "",
		"ana@example.com\r\nBcc: b@c.de":   "",
		"\"a b\"@example.com":              "",
		strings.Repeat("a", 300) + "@example.com": "",
	} {
		got, err := mail.Address(typed)
		if got != want || (err != nil) != (want == "") || err != nil && comms.CodeOf(err) != comms.Invalid {
			t.Errorf("%q became %q (%v), want %q", typed, got, err, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"ana@example.com", "jörg@bücher.example", "@", "a@b.c\r\n", "a@xn--.de"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := mail.Address(typed)
		if err != nil {
			return
		}
		if again, err := mail.Address(got); err != nil || again != got || !mail.ValidAddress(got) {
			t.Errorf("%q became %q, which becomes %q (%v)", typed, got, again, err)
		}
	})
}

func TestTokensOpenOnlyWhatTheyAreFor(t *testing.T) {
	k := tokens(t, 1)
	if id, err := k.ParseSignup(k.SignupToken("abcdefghijkl")); err != nil || id != "abcdefghijkl" {
		t.Errorf("%q, %v", id, err)
	}
	if _, err := k.Parse(k.SignupToken("abcdefghijkl")); err == nil {
		t.Error("a request's token opens a subscription")
	}
	if _, err := k.ParseSignup(k.Token("abcdefghijkl")); err == nil {
		t.Error("a subscription's token confirms a request")
	}
}
