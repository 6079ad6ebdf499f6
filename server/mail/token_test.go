package mail_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/mail"
)

func tokens(t testing.TB, fill byte) mail.Tokens {
	t.Helper()
	tokens, err := mail.NewTokens(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func TestTokensNameTheirSubscriberAlone(t *testing.T) {
	ours, others := tokens(t, 1), tokens(t, 2)
	good := ours.Token("abcdefghijkl")
	if id, err := ours.Parse(good); err != nil || id != "abcdefghijkl" {
		t.Fatalf("got %q, %v", id, err)
	}
	_, code, _ := strings.Cut(good, ".")
	for name, bad := range map[string]string{
		"nothing":            "",
		"no code":            "abcdefghijkl",
		"an empty code":      "abcdefghijkl.",
		"another's code":     "bbcdefghijkl." + code,
		"another secret":     others.Token("abcdefghijkl"),
		"a shorter code":     good[:len(good)-2],
		"a longer code":      good + "A",
		"a padded code":      good + "=",
		"a line break":       good[:20] + "\n" + good[20:],
		"no identifier":      "ABCDEFGHIJKL." + code,
		"a changed last bit": good[:len(good)-1] + string(rune(good[len(good)-1]+1)),
	} {
		if id, err := ours.Parse(bad); err == nil {
			t.Errorf("%s: %q was taken as a token of %s", name, bad, id)
		}
	}
	if _, err := (mail.Tokens{}).Parse(good); err == nil {
		t.Error("tokens without a secret take a token")
	}
	if _, err := mail.NewTokens(make([]byte, 31)); err == nil {
		t.Error("a short secret was taken")
	}
}

func FuzzTokens(f *testing.F) {
	ours := tokens(f, 1)
	f.Add(ours.Token("abcdefghijkl"))
	f.Add("abcdefghijkl.")
	f.Add(".=")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ours.Parse(s)
		if err != nil {
			return
		}
		if _, bad := comms.ParseID(string(id)); bad != nil || ours.Token(id) != s {
			t.Fatalf("%q is a second token of %q", s, id)
		}
	})
}
