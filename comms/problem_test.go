package comms_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
)

func TestRefuseKeepsWhatItsSentenceIsMadeOf(t *testing.T) {
	inner := comms.Say("%s or %s", "dana", comms.Say("nobody"))
	r := comms.Refuse(comms.Unsigned, "approvals", "ask %s", inner)
	if r.Text != "ask dana or nobody" || r.Error() != "approvals: ask dana or nobody" {
		t.Errorf("got %q and %q", r.Text, r.Error())
	}
	if r.Format != "ask %s" || len(r.Args) != 1 || r.String() != r.Text {
		t.Errorf("got %q with %v", r.Format, r.Args)
	}
}

// TestARefusalRepeatsTheBeginningOfALongText: what somebody sent does not hide
// what to do about it, and is cut between characters.
func TestARefusalRepeatsTheBeginningOfALongText(t *testing.T) {
	type name string
	long := "x" + strings.Repeat("ñ", 50_000)
	for _, arg := range []any{long, name(long), comms.ID(long)} {
		r := comms.Refuse(comms.Invalid, "", "nothing is called %s; take another", arg)
		if len(r.Text) > 500 || !utf8.ValidString(r.Text) || !strings.HasSuffix(r.Text, "ñ…; take another") || r.String() != r.Text {
			t.Errorf("%T: %d bytes: %.60q", arg, len(r.Text), r.Text)
		}
	}
	if r := comms.Refuse(comms.Invalid, "", "%q and %d", strings.Repeat("x", 400), 7); r.Text != `"`+strings.Repeat("x", 400)+`" and 7` {
		t.Errorf("a text of 400 bytes became %q", r.Text)
	}
}
