package comms_test

import (
	"testing"

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
