package storetest

import (
	"reflect"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// waiversStay keeps what people let stand, refuses every change of it by hand,
// and lets a redaction empty the words.
func waiversStay(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s := o.Submit(o.Incident("data"), "dana")
	host := lint.Finding{Rule: "SEC-HOST", Level: plan.Block, Lang: "en", Field: "impact", Start: 3, End: 13, Span: "db-prod-03"}
	jargon := lint.Finding{Rule: "JARGON", Level: plan.Warn, Lang: "en", Field: "impact", Start: 20, End: 28, Span: "failover"}
	waiver := func(f lint.Finding, by plan.PersonID, part comms.ID, reason string) desk.Waiver {
		return desk.Waiver{ID: comms.NewID(), Update: s.ID, Digest: s.Digest, Finding: f, Person: by, Approval: part, Reason: reason, At: o.tick()}
	}
	add := func(w desk.Waiver) error {
		return st.Write(o.ctx(), func(tx desk.Tx) error { return tx.AddWaiver(o.ctx(), w) })
	}
	given := []desk.Waiver{waiver(jargon, "dana", "", ""), waiver(host, "dana", "", "a product")}
	a := o.Approval(s, 0, o.Signer(s, 0))
	a.Waivers = []signoff.Waiver{signoff.Waive(host, "it is a product")}
	a, err := signoff.Attest(Key(), a)
	must(t, err)
	o.Write(func(tx desk.Tx) error { return tx.AddApproval(o.ctx(), a) })
	given = append(given, waiver(host, a.Person, a.ID, "it is a product"))
	for _, w := range given {
		must(t, add(w))
	}
	refuses(t, add(waiver(host, "dana", a.ID, "mine")), "part of a signature of the same person")
	refuses(t, add(waiver(host, "dana", "", "")), "let stand for a reason")
	other := waiver(jargon, "dana", "", "")
	other.Digest = o.Submit(s.Incident, "dana").Digest
	refuses(t, add(other), "words that are in review alone")
	for query, sentence := range map[string]string{
		`UPDATE waivers SET reason = 'x'`:           "a waiver is never changed",
		`UPDATE waivers SET span = '', reason = ''`: "a waiver is never changed",
		`DELETE FROM waivers`:                       "a waiver is never deleted",
		`UPDATE approvals SET waivers = '[]'`:       "an approval is never changed",
	} {
		_, err := st.DB().Exec(query)
		refuses(t, err, sentence)
	}
	read := func() (ws []desk.Waiver) {
		must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
			approvals, err := tx.Approvals(o.ctx(), s.ID, s.Digest)
			must(t, err)
			if !reflect.DeepEqual(approvals[0], a) {
				t.Errorf("the signature is read as %+v, want %+v", approvals[0], a)
			}
			ws, err = tx.Waivers(o.ctx(), s.ID)
			return err
		}))
		return ws
	}
	if got := read(); !reflect.DeepEqual(got, given) {
		t.Fatalf("kept are %+v, want %+v", got, given)
	}

	second := o.Sign(s, 1, o.Signer(s, 1))
	p := o.Countersign(s, []signoff.Approval{a, second})
	must(t, o.Keep(s, p))
	o.Redact(s, p)
	for i, w := range read() {
		if w.Finding.Span != "" || w.Reason != "" || w.ID != given[i].ID || w.Finding.Rule != given[i].Finding.Rule || w.Person != given[i].Person {
			t.Errorf("after the redaction there is %+v", w)
		}
	}
}
