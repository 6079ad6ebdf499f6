package signoff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store/storetest"
)

// TestRedactionsSayWhatWasSigned changes one thing of an honest redaction
// each time. The honest one lacks nothing but its signatures.
func TestRedactionsSayWhatWasSigned(t *testing.T) {
	st := storetest.SQLite(t)
	o := storetest.NewOffice(t, st)
	founding, err := st.Publication(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	_, p := o.Publish("data")
	_, other := o.Publish("minor")
	for name, c := range map[string]struct {
		change func(m *comms.Message, b *signoff.Basis)
		says   string
	}{
		"nothing":              {func(*comms.Message, *signoff.Basis) {}, "the signature for"},
		"no redaction":         {func(m *comms.Message, _ *signoff.Basis) { m.Redaction = nil }, "does not say what it takes away"},
		"nothing that remains": {func(m *comms.Message, _ *signoff.Basis) { m.Redaction.Remains = nil }, "does not say what it takes away"},
		"words of its own":     {func(m *comms.Message, _ *signoff.Basis) { m.Forms = p.Message().Forms }, "does not say what it takes away"},
		"an audience":          {func(m *comms.Message, _ *signoff.Basis) { m.Audience = p.Message().Audience }, "does not say what it takes away"},
		"another number":       {func(m *comms.Message, _ *signoff.Basis) { m.Redaction.Publication++ }, "other things of publication 2"},
		"another digest":       {func(m *comms.Message, _ *signoff.Basis) { m.Redaction.Digest = other.Digest() }, "other things of publication 2"},
		"another severity":     {func(m *comms.Message, _ *signoff.Basis) { m.Redaction.Remains.Incident.Severity = "minor" }, "other things of publication 2"},
		"words that remain":    {func(m *comms.Message, _ *signoff.Basis) { m.Redaction.Remains.Forms = p.Message().Forms }, "other things of publication 2"},
		"no reason":            {func(m *comms.Message, _ *signoff.Basis) { m.Redaction.Reason = nil }, "the reason is missing"},
		"an endless reason":    {func(m *comms.Message, _ *signoff.Basis) { m.Redaction.Reason["es"] = strings.Repeat("a", 301) }, "more than 300 characters"},
		"another phase":        {func(m *comms.Message, _ *signoff.Basis) { m.Incident.Phase = comms.PhaseIdentified }, "has moved"},
		"a claim": {func(m *comms.Message, _ *signoff.Basis) {
			m.Incident.Claims = []comms.Claim{{Component: o.Component(), State: comms.Major}}
		}, "has moved"},
		"a promise":                   {func(m *comms.Message, _ *signoff.Basis) { at := o.Now.Add(time.Hour); m.Incident.NextUpdate = &at }, "has moved"},
		"of an incident without news": {func(_ *comms.Message, b *signoff.Basis) { b.Standing = nil }, "has moved"},
		"something newer was said":    {func(_ *comms.Message, b *signoff.Basis) { b.Incident, b.Latest = 9, other.Digest() }, "something newer"},
		"of nothing":                  {func(_ *comms.Message, b *signoff.Basis) { b.Withdraws = signoff.Publication{} }, "is missing"},
		"of a plan":                   {func(_ *comms.Message, b *signoff.Basis) { b.Withdraws = founding }, "submit a new version of the plan"},
		"of another publication":      {func(_ *comms.Message, b *signoff.Basis) { b.Withdraws = other }, "other things of publication 3"},
	} {
		t.Run(name, func(t *testing.T) {
			remains, standing, now := p.Message().WithoutWords(), *p.Message().Incident, *p.Message().Incident
			inner := *remains.Incident
			remains.Incident = &inner
			m := comms.Message{Kind: comms.MessageRedaction, Update: comms.NewID(), Plan: founding.Digest(), Basis: p.Number(), Incident: &now,
				Redaction: &comms.Redaction{Publication: p.Number(), Digest: p.Digest(), Remains: &remains, Reason: comms.Words{"en": "Why."}}}
			b := signoff.Basis{Chain: other.Head(), Incident: p.Number(), Latest: p.Digest(), Phase: standing.Phase, Severity: standing.Severity,
				Standing: &standing, Withdraws: p, Plan: o.Plan, PlanDigest: founding.Digest(), Keys: storetest.Keys()}
			c.change(&m, &b)
			content, err := comms.Seal(m)
			if err != nil {
				t.Fatal(err)
			}
			b.Requirements, _ = signoff.Requirements(m, b.Severity, o.Plan, nil)
			_, err = signoff.Countersign(storetest.Key(), content, lint.NewReport(content.Digest(), 1, nil), nil, b, o.Now)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("refused with %v, want %q", err, c.says)
			}
		})
	}
}

// TestRestoreWithoutWords asks for a publication whose bytes are gone, with the
// redaction that took them, with others and with none.
func TestRestoreWithoutWords(t *testing.T) {
	o := storetest.NewOffice(t, storetest.SQLite(t))
	s, p := o.Publish("data")
	s2, other := o.Publish("minor")
	_, by := o.Redact(s, p)
	_, elsewhere := o.Redact(s2, other)
	warrant, err := p.EncodeWarrant()
	if err != nil {
		t.Fatal(err)
	}
	record := signoff.Record{Number: p.Number(), At: p.At(), Digest: p.Digest(), Warrant: warrant, Frame: p.Frame(), Previous: p.Previous().String(), Seal: p.Head().Seal.String()}
	for name, c := range map[string]struct {
		redaction signoff.Publication
		says      string
	}{
		"none":                {signoff.Publication{}, "the stored bytes hash to"},
		"of other words":      {elsewhere, "publication 5 is no redaction of publication 2"},
		"that is an update":   {other, "publication 3 is no redaction of publication 2"},
		"that is this itself": {p, "publication 2 is no redaction of publication 2"},
	} {
		record.Redaction = c.redaction
		if _, err := signoff.Restore(record, storetest.Keys()); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("a redaction %s: %v", name, err)
		}
	}
	record.Redaction = by
	got, err := signoff.Restore(record, storetest.Keys())
	if err != nil || got.Redacted() == nil || got.Redacted().Number != by.Number() || len(got.Message().Forms) > 0 || got.Digest() != p.Digest() {
		t.Fatalf("with its redaction: %+v, %v", got.Redacted(), err)
	}
	record.At = record.At.Add(time.Microsecond)
	if _, err := signoff.Restore(record, storetest.Keys()); err == nil || !strings.Contains(err.Error(), "the seal does not fit") {
		t.Errorf("at another time: %v", err)
	}
	outlines, err := signoff.Outlines([]signoff.Publication{p, other, by})
	if err != nil || outlines[0].Redacted() == nil || outlines[1].Redacted() != nil || p.Redacted() != nil {
		t.Errorf("withdrawn in memory: %v", err)
	}
}
