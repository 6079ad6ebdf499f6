package signoff_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// TestWaivable holds what a second person may waive to findings that look for
// secrets.
func TestWaivable(t *testing.T) {
	for rule, want := range map[lint.Rule]bool{"SEC-HOST": true, "SEC-SECRET": true, "SEC-AGAIN": false, "PROM-ABS": false, "SLOT": false, "SECURE": false} {
		if got := signoff.Waivable(lint.Finding{Rule: rule, Level: plan.Block}); got != want {
			t.Errorf("%s is waivable: %v", rule, got)
		}
	}
	if signoff.Waivable(lint.Finding{Rule: "SEC-HOST", Level: plan.Warn}) {
		t.Error("a warning needs no second person")
	}
}

// TestWaiverIsForOneFinding changes one part of a finding after the other.
func TestWaiverIsForOneFinding(t *testing.T) {
	f := lint.Finding{Rule: "SEC-HOST", Level: plan.Block, Lang: "en", Field: "impact", Start: 3, End: 13, Span: "db-prod-03"}
	w := signoff.Waive(f, "it is the product's name")
	if !w.Covers(f) || w.Words != signoff.WaivedWords("db-prod-03", "it is the product's name") {
		t.Fatalf("%+v does not cover its own finding", w)
	}
	for name, change := range map[string]func(*lint.Finding){
		"rule":  func(f *lint.Finding) { f.Rule = "SEC-IP" },
		"lang":  func(f *lint.Finding) { f.Lang = "es" },
		"field": func(f *lint.Finding) { f.Field = "who" },
		"start": func(f *lint.Finding) { f.Start++ },
		"end":   func(f *lint.Finding) { f.End++ },
	} {
		other := f
		if change(&other); w.Covers(other) {
			t.Errorf("another %s is covered", name)
		}
	}
	digest := comms.DigestOf([]byte("words"))
	report := lint.NewReport(digest, 1, []lint.Finding{f})
	if open := signoff.Unwaived(report, []signoff.Approval{{Digest: digest, Waivers: []signoff.Waiver{w}}}); len(open) != 0 {
		t.Errorf("%v stays open", open)
	}
	if open := signoff.Unwaived(report, []signoff.Approval{{Digest: comms.DigestOf([]byte("other")), Waivers: []signoff.Waiver{w}}}); len(open) != 1 {
		t.Error("a waiver under other words counts")
	}
}

// TestApprovalsWithoutWaiversStay holds the sealed form of signatures that
// waive nothing to what it was, and seals what they waive.
func TestApprovalsWithoutWaiversStay(t *testing.T) {
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	a, err := signoff.Attest(key, signoff.Approval{ID: "aaaaaaaaaaaa", Person: "ana", At: start, Expires: start.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(a)
	if err != nil || strings.Contains(string(b), "waivers") {
		t.Errorf("it is stored as %s (%v)", b, err)
	}
	a.Waivers = []signoff.Waiver{{Rule: "SEC-HOST"}}
	if a.Verify(signoff.NewKeyring(key.Public())) == nil {
		t.Error("a waiver was added to a sealed signature")
	}
}
