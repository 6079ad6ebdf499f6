package editor_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
)

// TestWhatWasWithdrawnAndRemoved opens an update that was submitted, withdrawn
// and emptied, because it repeated words that a redaction took away.
func TestWhatWasWithdrawnAndRemoved(t *testing.T) {
	ctx, dana := context.Background(), desk.Actor{Person: "dana"}
	in := install(t, "dana", "ines")
	incident, first := in.opened("dana")
	in.signed(t, "ines", first, in.submit("dana", first, func(*draft.Draft) {}))
	next, err := in.desk.Begin(ctx, dana, incident, "investigating", "")
	must(t, err)
	in.submit("dana", next.ID, func(*draft.Draft) {})
	_, err = in.desk.Withdraw(ctx, dana, next.ID, "Not needed")
	must(t, err)
	took, err := in.desk.Redact(ctx, dana, 2)
	must(t, err)
	digest := in.submit("dana", took.ID, func(d *draft.Draft) {
		d.Slots = draft.Slots{"en": {"reason": "It named a customer."}, "es": {"reason": "Nombraba a un cliente."}}
	})
	form := signature(digest)
	form.Add("languages", "es")
	if got := in.as("ines").post("/updates/"+string(took.ID)+"/sign", form); !strings.Contains(got.where, "published") {
		t.Fatalf("sign: %d %s\n%s", got.status, got.where, words(got.body))
	}
	for _, path := range []string{"/updates/" + string(next.ID), "/updates/" + string(first), "/incidents/" + string(incident)} {
		got := in.as("ines").get(path)
		if got.status != http.StatusOK || strings.Contains(got.body, "one in five customers") {
			t.Errorf("%s: %d\n%s", path, got.status, words(got.body))
		}
	}
}
