package editor_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/countersign/countersign/comms/desk"
)

// given tells how many signatures of an update are live.
func (in *installation) given(look desk.View) (n int) {
	for _, s := range look.Signatures {
		if s.Approval != nil {
			n++
		}
	}
	return n
}

// TestACredentialTakesItsSignaturesAlong follows one signature of two through
// each change of the credential that gave it.
func TestACredentialTakesItsSignaturesAlong(t *testing.T) {
	ctx := context.Background()
	const next = "another long password"
	for name, change := range map[string]func(*installation, *browser) error{
		"disabled": func(in *installation, _ *browser) error { return in.auth.Disable(ctx, "ines", true) },
		"reset":    func(in *installation, _ *browser) error { return in.auth.Reset(ctx, "ines", next) },
		"changed": func(in *installation, b *browser) error {
			got := b.post("/account/password", url.Values{"current": {password}, "password": {next}, "again": {next}})
			if got.status != http.StatusSeeOther {
				in.t.Errorf("the password: %d\n%s", got.status, words(got.body))
			}
			if got := b.get("/account"); got.status != http.StatusOK {
				in.t.Errorf("the browser in which it was changed is signed out: %d", got.status)
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := install(t, "dana", "ines", "nora")
			id, digest := in.submittedAs("dana", "data")
			ines := in.as("ines")
			if got := ines.post("/updates/"+string(id)+"/sign", signature(digest)); got.status != http.StatusSeeOther {
				t.Fatalf("sign: %d\n%s", got.status, words(got.body))
			}
			look, err := in.desk.Look(ctx, desk.Actor{Person: "dana"}, id)
			must(t, err)
			if look.Update.State != desk.InReview || in.given(look) != 1 {
				t.Fatalf("%s with %d signatures; the test needs one of several", look.Update.State, in.given(look))
			}
			must(t, change(in, ines))
			look, err = in.desk.Look(ctx, desk.Actor{Person: "dana"}, id)
			must(t, err)
			if in.given(look) != 0 {
				t.Error("the signature of the old credential still counts")
			}
		})
	}
}
