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

func TestZeroPublicationIsNone(t *testing.T) {
	var p signoff.Publication
	if !p.IsZero() {
		t.Fatal("the zero publication does not say that it is none")
	}
	if err := json.Unmarshal([]byte(`{"number":1}`), &p); err == nil || !p.IsZero() {
		t.Fatal("a publication was decoded from JSON")
	}
	if _, err := json.Marshal(p); err == nil {
		t.Fatal("a publication was encoded to JSON")
	}
}

func TestKeysAndHeadsReadBack(t *testing.T) {
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	again, err := signoff.ParseKey(key.Encode() + "\n")
	if err != nil || again.Public().ID() != key.Public().ID() {
		t.Fatalf("a key does not read back: %v", err)
	}
	public, err := signoff.ParsePublicKey(key.Public().Encode())
	if err != nil || public.ID() != key.Public().ID() {
		t.Fatalf("a public key does not read back: %v", err)
	}
	a, err := signoff.Attest(key, signoff.Approval{ID: "aaaaaaaaaaaa", Person: "ana", At: start, Expires: start.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	head := signoff.Head{Number: 7, Seal: a.Seal}
	back, err := signoff.ParseHead(" " + head.String() + "\n")
	if err != nil || back.String() != head.String() {
		t.Fatalf("head %s reads back as %s: %v", head, back, err)
	}
	for _, wrong := range []string{"", "x", "7", "7:", "-1:a:b", "7:key:%%%", "7:nocolon"} {
		if h, err := signoff.ParseHead(wrong); err == nil && h.Seal.String() != "" {
			t.Errorf("ParseHead(%q) = %v, want an error", wrong, h)
		}
	}
	for _, wrong := range []string{"", "secret", strings.Repeat("A", 44)} {
		if _, err := signoff.ParseKey(wrong); err == nil && wrong != strings.Repeat("A", 43)+"=" {
			t.Errorf("ParseKey(%q) took it", wrong)
		}
	}
}

// TestGenesis holds the one publication that nobody signs to the first plan.
func TestGenesis(t *testing.T) {
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Read(plan.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	first := comms.Message{
		Kind: comms.MessagePlan, Update: comms.NewID(),
		PlanVersion: &comms.PlanVersion{Version: 1, Parts: []string{}, Files: p.Files, Catalogue: p.Catalogue},
	}
	publish := func(m comms.Message, b signoff.Basis) error {
		t.Helper()
		c, err := comms.Seal(m)
		if err != nil {
			t.Fatal(err)
		}
		_, err = signoff.Countersign(key, c, lint.Report{}, nil, b, start)
		return err
	}
	if err := publish(first, signoff.Basis{}); err != nil {
		t.Fatalf("the first plan is refused: %v", err)
	}
	other := *first.PlanVersion
	other.Catalogue.Organisation = "Somebody else"
	wrongWords, second := first, first
	wrongWords.PlanVersion = &other
	v2 := *first.PlanVersion
	v2.Version = 2
	second.PlanVersion = &v2
	update := comms.Message{Kind: comms.MessageUpdate, Incident: &comms.Incident{}, Forms: map[comms.Lang]comms.Forms{"en": {Text: "x"}}}
	for name, try := range map[string]struct {
		m comms.Message
		b signoff.Basis
	}{
		"on a chain":            {first, signoff.Basis{Chain: signoff.Head{Number: 1}}},
		"other compiled words":  {wrongWords, signoff.Basis{}},
		"version 2":             {second, signoff.Basis{}},
		"an update":             {update, signoff.Basis{}},
		"a plan under the plan": {first, signoff.Basis{Plan: p}},
	} {
		if err := publish(try.m, try.b); comms.CodeOf(err) == "" {
			t.Errorf("%s: genesis gave %v, want a refusal", name, err)
		}
	}
}

// TestPlanChange holds a new plan to the quorums of the plan in force.
func TestPlanChange(t *testing.T) {
	inForce, err := plan.Read(plan.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	files := plan.Builtin()
	changed := false
	for i := range files {
		if strings.Contains(files[i].Text, "Northwind") {
			files[i].Text = strings.ReplaceAll(files[i].Text, "Northwind", "Southwind")
			changed = true
		}
	}
	proposed, err := plan.Read(files)
	if err != nil || !changed {
		t.Fatalf("the changed plan does not read: %v", err)
	}
	m := comms.Message{Kind: comms.MessagePlan}
	needed, err := signoff.Requirements(m, "", inForce, proposed)
	if err != nil || len(needed) == 0 {
		t.Fatalf("Requirements = %v, %v; want the quorum of the catalogue", needed, err)
	}
	if _, err := signoff.Requirements(m, "", inForce, inForce); comms.CodeOf(err) != comms.Invalid {
		t.Fatalf("an unchanged plan gave %v, want a refusal", err)
	}
}

func BenchmarkCountersign(b *testing.B) {
	key, err := signoff.NewKey()
	if err != nil {
		b.Fatal(err)
	}
	w := &world{key: key, keys: signoff.NewKeyring(key.Public()), now: start, genuine: map[comms.ID]bool{}}
	next := start.Add(20 * time.Minute)
	w.plan = &plan.Plan{
		Catalogue:   comms.Catalogue{Source: "en"},
		Transitions: map[comms.Phase][]comms.Phase{comms.PhaseNone: {comms.PhaseInvestigating}},
		Severities:  []plan.Severity{{ID: "major", Kind: comms.KindIncident, Every: 30 * time.Minute, Approvals: quorums[2]}},
		Roles:       []plan.Role{{ID: plan.IncidentLead, Holders: people[:1]}, {ID: plan.LegalRole, Holders: people[1:2]}},
	}
	w.message = comms.Message{
		Kind: comms.MessageUpdate, Update: "abcdefghijkl",
		Incident: &comms.Incident{Kind: comms.KindIncident, Phase: comms.PhaseInvestigating, Severity: "major", StartedAt: start, NextUpdate: &next},
	}
	w.edit("eve")
	w.judged = w.content.Digest()
	for i := range 2 {
		a, err := signoff.Attest(key, signoff.Approval{
			ID: comms.NewID(), Update: w.message.Update, Digest: w.judged, Requirement: i, Person: people[i],
			Means: signoff.MeansTOTP, Languages: []comms.Lang{"en", "es"}, At: start, Expires: start.Add(time.Hour),
		})
		if err != nil {
			b.Fatal(err)
		}
		w.approvals = append(w.approvals, a)
	}
	report := lint.NewReport(w.judged, 1, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := signoff.Countersign(key, w.content, report, w.approvals, w.basis(), w.now); err != nil {
			b.Fatal(err)
		}
	}
}
