package comms_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
)

func message() comms.Message {
	next := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	return comms.Message{
		Kind: comms.MessageUpdate, Update: "abcdefghijkl", Plan: comms.DigestOf([]byte("plan")), Basis: 3,
		Incident: &comms.Incident{
			ID: "incidentaaaa", Kind: comms.KindIncident, Phase: comms.PhaseIdentified, Severity: "major", Template: "identified",
			Claims:    []comms.Claim{{Component: "sign-in", State: comms.Partial}},
			Changes:   []comms.Change{{Component: "sign-in", Before: comms.Operational, After: comms.Partial}},
			StartedAt: time.Date(2026, 11, 23, 13, 58, 0, 0, time.UTC), NextUpdate: &next,
		},
		Audience: &comms.Audience{Components: []comms.ComponentID{"sign-in"}, Kind: comms.KindIncident},
		Forms: map[comms.Lang]comms.Forms{
			"en": {Title: "Sign-in", Text: "Zażółć <b> & “quoted” \u2028", Short: "s"},
			"es": {Title: "Inicio de sesión", Text: "ñ"},
		},
	}
}

func seal(t testing.TB, m comms.Message) comms.Content {
	t.Helper()
	c, err := comms.Seal(m)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryChangeGivesAnotherDigest(t *testing.T) {
	base := seal(t, message()).Digest()
	later := time.Date(2026, 11, 23, 15, 0, 0, 1000, time.UTC)
	for name, change := range map[string]func(*comms.Message){
		"a letter":          func(m *comms.Message) { f := m.Forms["es"]; f.Text += "."; m.Forms["es"] = f },
		"a language":        func(m *comms.Message) { delete(m.Forms, "es") },
		"a state":           func(m *comms.Message) { m.Incident.Claims[0].State = comms.Major },
		"a resulting state": func(m *comms.Message) { m.Incident.Changes[0].Before = comms.Degraded },
		"the audience":      func(m *comms.Message) { m.Audience.Components = nil },
		"a microsecond":     func(m *comms.Message) { m.Incident.NextUpdate = &later },
		"the phase":         func(m *comms.Message) { m.Incident.Phase = comms.PhaseMonitoring },
		"the basis":         func(m *comms.Message) { m.Basis++ },
		"the update":        func(m *comms.Message) { m.Update = "bbbbbbbbbbbb" },
	} {
		m := message()
		change(&m)
		if seal(t, m).Digest() == base {
			t.Errorf("%s changed and the digest did not", name)
		}
	}
	m := message()
	m.Incident.StartedAt = m.Incident.StartedAt.In(time.FixedZone("elsewhere", 3600))
	if seal(t, m).Digest() != base {
		t.Error("the same instant in another zone gave another digest")
	}
}

func TestContentReadsBack(t *testing.T) {
	c := seal(t, message())
	stored, err := comms.OpenContent(c.Digest(), c.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := stored.Message()
	if err != nil {
		t.Fatal(err)
	}
	want := message()
	want.Format = comms.Format
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a message came back changed (-want +got):\n%s", diff)
	}
	if _, err := comms.OpenContent(c.Digest(), append(c.Bytes(), ' ')); err == nil {
		t.Error("changed bytes were taken under the old digest")
	}
	newer := bytes.Replace(c.Bytes(), []byte(`"format":1`), []byte(`"format":9`), 1)
	future, err := comms.OpenContent(comms.DigestOf(newer), newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := future.Message(); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("a newer format gave %v, want an error that says what to install", err)
	}
	if _, err := (comms.Content{}).Message(); err == nil {
		t.Error("the zero content holds a message")
	}
}

// TestCanonicalForm checks the properties of RFC 8785 that digests rest on:
// keys in the order of their UTF-16 code units, no white space, literal Unicode.
func TestCanonicalForm(t *testing.T) {
	got := string(seal(t, message()).Bytes())
	for _, want := range []string{`{"audience":{"components":["sign-in"],"kind":"incident"},"basis":3,`, `"forms":{"en":{`, `Zażółć <b> & “quoted”`} {
		if !strings.Contains(got, want) {
			t.Errorf("the canonical form lacks %s:\n%s", want, got)
		}
	}
	if strings.Contains(got, "\n") || strings.Contains(got, `\u003c`) {
		t.Errorf("the canonical form has white space or escapes that RFC 8785 forbids:\n%s", got)
	}
}

func TestWorst(t *testing.T) {
	if got := comms.Worst(); got != comms.Operational {
		t.Errorf("Worst() = %s, want operational", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		states := rapid.SliceOf(rapid.SampledFrom(comms.States())).Draw(t, "states")
		worst := comms.Worst(states...)
		for _, s := range states {
			if s.Rank() > worst.Rank() {
				t.Fatalf("Worst(%v) = %s, but %s is worse", states, worst, s)
			}
		}
	})
}

func TestIDs(t *testing.T) {
	seen := map[comms.ID]bool{}
	for range 1000 {
		id := comms.NewID()
		if _, err := comms.ParseID(string(id)); err != nil || seen[id] {
			t.Fatalf("NewID gave %q (seen before: %v): %v", id, seen[id], err)
		}
		seen[id] = true
	}
	for _, wrong := range []string{"", "ABCDEFGHIJKL", "abcdefghijk", "abcdefghijklm", "abc-efghijkl", strings.Repeat("a", 100_000)} {
		if _, err := comms.ParseID(wrong); err == nil || len(err.Error()) > 300 {
			t.Errorf("ParseID took %.20q or gave a long error", wrong)
		}
	}
}

func FuzzParseDigest(f *testing.F) {
	f.Add(comms.DigestOf([]byte("x")).String())
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := comms.ParseDigest(s)
		if err == nil && d.String() != strings.ToLower(s) {
			t.Fatalf("ParseDigest(%q) reads back as %q", s, d)
		}
	})
}

func TestWordsInSomeLanguageAreAlwaysFound(t *testing.T) {
	m := message()
	for _, c := range []struct{ want, source, got comms.Lang }{
		{"es", "en", "es"}, {"fr", "es", "es"}, {"fr", "de", "en"}, {"", "", "en"},
	} {
		for range 20 { // never by the luck of a map
			if f, lang := m.In(c.want, c.source); lang != c.got || f.Text == "" {
				t.Fatalf("In(%q, %q) is in %q, want %q", c.want, c.source, lang, c.got)
			}
		}
	}
	if f, lang := (comms.Message{}).In("en", "es"); lang != "en" || f.Text != "" {
		t.Errorf("a message without words has some in %q", lang)
	}
}
