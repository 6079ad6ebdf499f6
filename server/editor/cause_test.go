package editor_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
)

// TestTheCauseIsConfirmedBeforeItIsSigned takes a cause through the page on
// which it is signed.
func TestTheCauseIsConfirmedBeforeItIsSigned(t *testing.T) {
	in := install(t, "dana", "ines")
	ctx := context.Background()
	first, digest := in.submitted("dana")
	_, err := in.desk.Sign(ctx, desk.Actor{Person: "ines", Proof: "password"}, desk.Signing{Update: first, Digest: digest, Languages: []comms.Lang{"en"}})
	must(t, err)
	in.pass(10 * time.Minute)
	u, err := in.desk.Begin(ctx, desk.Actor{Person: "dana"}, in.look(first).Update.Incident, comms.PhaseIdentified, "")
	must(t, err)
	digest = in.submit("dana", u.ID, func(d *draft.Draft) { d.Slots.Set("en", "cause", "a certificate had run out & nobody saw it") })
	before, path, dana, ines := in.publications(), "/updates/"+string(u.ID), in.as("dana"), in.as("ines")
	if own := dana.get(path); !strings.Contains(own.body, "Who may: Inés") || strings.Contains(own.body, path+"/cause") {
		t.Errorf("its author is told otherwise:\n%s", words(own.body))
	}
	got := ines.post(path+"/sign", signature(digest))
	if got.status != http.StatusConflict || !strings.Contains(got.body, "run out &amp; nobody") || in.publications() != before {
		t.Fatalf("signed before the cause was confirmed: %d\n%s", got.status, words(got.body))
	}
	if got = ines.post(path+"/cause", url.Values{"cause": {"what"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a form that says nothing: %d", got.status)
	}
	form := url.Values{"cause": {in.look(u.ID).Cause.Digest.String()}}
	if got = dana.post(path+"/cause", form); got.status != http.StatusForbidden {
		t.Errorf("its author confirms: %d", got.status)
	}
	if got = ines.post(path+"/cause", form); got.status != http.StatusSeeOther || !strings.Contains(got.where, "said=confirmed") {
		t.Fatalf("confirmed: %d\n%s", got.status, words(got.body))
	}
	if got = dana.get(path); !strings.Contains(got.body, "Confirmed by Inés") {
		t.Errorf("the page does not say who confirmed:\n%s", words(got.body))
	}
	if got = ines.post(path+"/sign", signature(digest)); got.status != http.StatusSeeOther || in.publications() != before+1 {
		t.Fatalf("signed: %d\n%s", got.status, words(got.body))
	}
}
