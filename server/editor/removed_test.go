package editor_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
)

// TestWhatWasWithdrawnAndRemoved opens an update that was submitted, withdrawn
// and emptied, because it repeated words that a redaction took away.
func TestWhatWasWithdrawnAndRemoved(t *testing.T) {
	ctx, dana := context.Background(), desk.Actor{Person: "dana"}
	in := install(t, "dana", "ines", "sam")
	incident, first := in.opened("dana")
	in.signed(t, "ines", first, in.submit("dana", first, func(*draft.Draft) {}))
	next, err := in.desk.Begin(ctx, dana, incident, "investigating", "")
	must(t, err)
	in.submit("dana", next.ID, func(*draft.Draft) {})
	_, err = in.desk.Withdraw(ctx, dana, next.ID, "Not needed")
	must(t, err)
	const secret = "one in five customers"
	handover, err := in.desk.Offer(ctx, dana, "sam", []comms.ID{incident}, "Ask them about "+secret)
	must(t, err)
	_, err = in.desk.Decline(ctx, desk.Actor{Person: "sam"}, handover.ID, "I know nothing of "+secret)
	must(t, err)
	pages := []string{"/updates/" + string(next.ID), "/updates/" + string(first), "/incidents/" + string(incident), "/handovers/" + string(handover.ID), "/", "/incidents", "/audit", "/holding"}
	for _, path := range pages[:4] {
		if got := in.as("ines").get(path); !strings.Contains(got.body, secret) {
			t.Errorf("%s does not say it before: the test proves nothing", path)
		}
	}
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
	for _, path := range append(pages, "/updates/"+string(took.ID)) {
		got := in.as("ines").get(path)
		if got.status != http.StatusOK || strings.Contains(got.body, secret) {
			t.Errorf("%s: %d\n%s", path, got.status, words(got.body))
		}
	}
}
