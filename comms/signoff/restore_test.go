package signoff

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// TestRestoreKnowsTheTime seals what Countersign refuses, as whoever holds the
// key and another program can: a message that went out before its time.
func TestRestoreKnowsTheTime(t *testing.T) {
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	m := comms.Message{Kind: comms.MessageUpdate, Update: "abcdefghijkl", PublishAt: &at, Incident: &comms.Incident{ID: "incidentaaaa"}}
	content, err := comms.Seal(m)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Attest(key, Approval{ID: "aaaaaaaaaaaa", Update: m.Update, Digest: content.Digest(), Person: "ana", At: at.Add(-time.Hour), Expires: at.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	w := Warrant{Kind: Quorum, Requirements: []plan.Requirement{{Kind: plan.Any}}, Approvals: []Approval{a}}
	for when, want := range map[time.Time]string{at: "", at.Add(-time.Microsecond): "before its time"} {
		p, err := seal(key, content, m, w, Basis{}, when)
		if err != nil {
			t.Fatal(err)
		}
		warrant, err := p.EncodeWarrant()
		if err != nil {
			t.Fatal(err)
		}
		_, err = Restore(Record{Number: 1, At: p.At(), Digest: p.Digest(), Content: content.Bytes(), Warrant: warrant, Seal: p.Head().Seal.String()}, NewKeyring(key.Public()))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("published at %s: %v, want %q", when, err, want)
		}
	}
}
