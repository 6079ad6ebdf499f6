package feed_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
)

// TestARedactionKeepsItsEntry leaves the identifier, so that readers replace
// the words that they have, and says why they are gone.
func TestARedactionKeepsItsEntry(t *testing.T) {
	p := press(t)
	before := decode(t, write(t, record(t, p.All(), "en"), "", "atom"))
	for _, old := range p.All()[1:3] {
		p.Redact(old, at(4, 9), comms.Words{"en": "It named <a customer>.", "es": "Nombraba a un cliente."})
	}
	pubs := p.All()
	text := write(t, record(t, pubs, "en"), "", "atom")
	after := decode(t, text)
	if len(after.Entries) != len(before.Entries) || after.Updated != "2026-11-04T09:00:00Z" {
		t.Fatalf("%d entries became %d in a feed of %s", len(before.Entries), len(after.Entries), after.Updated)
	}
	for n, e := range after.Entries {
		redacted := n > 0 // all but the newest, the planned work
		if e.ID != before.Entries[n].ID || redacted != (e.Updated == "2026-11-04T09:00:00Z") {
			t.Errorf("entry %s of %s became %s of %s", before.Entries[n].ID, before.Entries[n].Updated, e.ID, e.Updated)
		}
		if redacted != strings.Contains(e.Content, "These words were removed on 4 Nov, 09:00 UTC. Why: It named &lt;a customer&gt;.") {
			t.Errorf("entry %s says %s", e.ID, e.Content)
		}
	}
	for _, gone := range []string{"Search", "Europe", "Asia"} {
		if strings.Contains(text, gone) {
			t.Errorf("the feed still says %q", gone)
		}
	}
	if es := write(t, record(t, pubs, "es"), "", "atom"); !strings.Contains(es, "Nombraba a un cliente.") {
		t.Error("the Spanish feed does not say why")
	}
}
