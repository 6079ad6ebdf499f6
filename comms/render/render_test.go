package render

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

func TestMessage(t *testing.T) {
	next := at("2026-11-23T15:30")
	got, err := Message(testDraft(), testPlan(), testContext())
	if err != nil {
		t.Fatal(err)
	}
	want := comms.Message{
		Format: 1, Kind: comms.MessageUpdate, Update: "up0000000001", Plan: comms.DigestOf([]byte("plan")), Basis: 7,
		Incident: &comms.Incident{
			ID: "in0000000001", Kind: comms.KindIncident, Phase: comms.PhaseInvestigating, Severity: "major", Template: "update",
			Claims: []comms.Claim{{Component: "exports", State: comms.Major}, {Component: "sign-in", State: comms.Partial}},
			Changes: []comms.Change{
				{Component: "exports", Before: comms.Operational, After: comms.Major},
				{Component: "sign-in", Before: comms.Operational, After: comms.Partial},
			},
			StartedAt: at("2026-11-23T14:20"), NextUpdate: &next,
		},
		Audience: &comms.Audience{Components: []comms.ComponentID{"exports", "sign-in"}, Kind: comms.KindIncident},
		Forms: map[comms.Lang]comms.Forms{
			"en": {
				Title:     "Problem with Sign-in and Exports",
				Subject:   "Problem with Sign-in and Exports since 14:20 UTC",
				HTML:      "<p>Exports fail. This affects customers in Europe.</p>\n<p>See <a href=\"https://status.example/incidents/in0000000001\">the page</a>. Next update: 15:30 UTC.</p>",
				Text:      "Exports fail. This affects customers in Europe.\n\nSee the page (https://status.example/incidents/in0000000001). Next update: 15:30 UTC.",
				Short:     "Exports fail. Next update at 15:30 UTC. https://status.example/incidents/in0000000001",
				Support:   "Thank you for writing.\n\nExports fail.\n\nNext update at 15:30 UTC.",
				InProduct: "Sign-in and Exports: next update at 15:30 UTC.",
			},
			"es": {
				Title:     "Problema con Acceso y Exportaciones",
				Subject:   "Problema con Acceso y Exportaciones desde las 14:20 UTC",
				HTML:      "<p>Las exportaciones fallan. Afecta a los clientes de Europa.</p>\n<p>Vea <a href=\"https://status.example/es/incidents/in0000000001\">la página</a>. Próxima actualización: 15:30 UTC.</p>",
				Text:      "Las exportaciones fallan. Afecta a los clientes de Europa.\n\nVea la página (https://status.example/es/incidents/in0000000001). Próxima actualización: 15:30 UTC.",
				Short:     "Las exportaciones fallan. Próxima actualización: 15:30 UTC. https://status.example/es/incidents/in0000000001",
				Support:   "Gracias por escribirnos.\n\nLas exportaciones fallan.\n\nPróxima actualización: 15:30 UTC.",
				InProduct: "Acceso y Exportaciones: próxima actualización a las 15:30 UTC.",
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

func TestSlotValues(t *testing.T) {
	tests := []struct {
		slot, typed string // typed into en, or shared where the slot is
		shared      bool
		want        string
	}{
		{"who", "  customers\n in   Europe ", false, "customers in Europe"},
		{"impact", "a \r\n\r\n\r\n b\rc", false, "a\n\nb\nc"},
		{"impact", "a\x00b\u202ec\xff\ufffcd", false, "a\uFFFDb\uFFFDc\uFFFD\uFFFDd"},
		{"impact", "guar\u00adantee\u200b nev\u200der \ufeff👩\u200d🚒", false, "guarantee never 👩\u200d🚒"},
		{"impact", "", true, ""},
		{"time", "", true, "14:20 UTC"},
		{"date", "", true, "Monday 23 November"},
		{"end", "", true, "00:05 UTC on 24 November"},
		{"duration", "", true, "9 hours 45 minutes"},
		{"seen", "2026-11-23 16:00", true, "16:00 UTC"},
		{"seen", "half past four", true, ""},
		{"notice", "2026-11-28", true, "Saturday 28 November"},
		{"next_update", "2026-11-25T09:00:00+02:00", true, "07:00 UTC on 25 November"},
		{"next_update", "soon", true, ""},
		{"data", "none", true, "No data was lost."},
		{"data", "other", true, ""},
		{"region", "eu", true, "in Europe"},
		{"components", "typed by hand", true, "Sign-in and Exports"},
		{"url", "https://evil.example", true, "https://status.example/incidents/in0000000001"},
		{"undeclared", "x", false, ""},
	}
	for _, tt := range tests {
		d := testDraft()
		d.EndedAt, d.Slots = "2026-11-24T00:05", draft.Slots{}
		lang := comms.Lang("en")
		if tt.shared {
			lang = draft.Shared
		}
		d.Slots.Set(lang, tt.slot, tt.typed)
		tpl, _ := testPlan().Template("update")
		if got := gather(d, testPlan(), tpl, testContext()).value("en", tt.slot); got != tt.want {
			t.Errorf("%s typed %q: got %q, want %q", tt.slot, tt.typed, got, tt.want)
		}
	}
}

func TestHalfFinishedDraftsHaveAPreview(t *testing.T) {
	d := draft.Draft{Kind: comms.MessageUpdate, Template: "update", Severity: "major", StartedAt: "yesterday"}
	m, err := Message(d, testPlan(), testContext())
	if err != nil {
		t.Fatal(err)
	}
	if !m.Incident.StartedAt.IsZero() || m.Incident.EndedAt != nil || m.Incident.NextUpdate != nil {
		t.Errorf("times that cannot be read should be empty: %+v", m.Incident)
	}
	want := "{impact} This affects {who}.\n\nSee the page (https://status.example/incidents/in0000000001). Next update: {next_update}."
	if got := m.Forms["en"].Text; got != want {
		t.Errorf("text\n got %q\nwant %q", got, want)
	}
	if got, want := m.Forms["en"].Subject, "Problem with {components} since {time}"; got != want {
		t.Errorf("subject %q, want %q", got, want)
	}
}

func TestLanguages(t *testing.T) {
	tests := []struct {
		name     string
		change   func(*draft.Draft, *plan.Plan)
		want     []comms.Lang
		unfilled bool // Spanish goes out with a slot in braces
	}{
		{"all filled", func(*draft.Draft, *plan.Plan) {}, []comms.Lang{"en", "es"}, false},
		{"optional not begun", func(d *draft.Draft, _ *plan.Plan) { delete(d.Slots, "es") }, []comms.Lang{"en"}, false},
		{"only space typed", func(d *draft.Draft, _ *plan.Plan) { d.Slots["es"] = map[string]string{"impact": " \n"} }, []comms.Lang{"en"}, false},
		{"typed into a slot that the template does not have", func(d *draft.Draft, _ *plan.Plan) { d.Slots["es"] = map[string]string{"cause": "x"} }, []comms.Lang{"en"}, false},
		{"optional half filled", func(d *draft.Draft, _ *plan.Plan) { d.Slots.Set("es", "who", "") }, []comms.Lang{"en", "es"}, true},
		{"an optional slot begins it too", func(d *draft.Draft, _ *plan.Plan) { d.Slots["es"] = map[string]string{"action": "x"} }, []comms.Lang{"en", "es"}, true},
		{"required and empty", func(d *draft.Draft, p *plan.Plan) {
			delete(d.Slots, "es")
			p.Required = []comms.Lang{"en", "es"}
		}, []comms.Lang{"en", "es"}, true},
		{"nothing to type", func(d *draft.Draft, p *plan.Plan) {
			delete(d.Slots, "es")
			for i := range p.Templates[0].Slots {
				p.Templates[0].Slots[i].Required = false
			}
		}, []comms.Lang{"en", "es"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, p := testDraft(), testPlan()
			tt.change(&d, p)
			m, err := Message(d, p, testContext())
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(m.Forms)); !slices.Equal(got, tt.want) {
				t.Errorf("languages %v, want %v", got, tt.want)
			}
			if got := strings.Contains(m.Forms["es"].Text, "{"); got != tt.unfilled {
				t.Errorf("Spanish has a slot in braces: %v, want %v: %q", got, tt.unfilled, m.Forms["es"].Text)
			}
		})
	}
}

func TestPhasesAndClaims(t *testing.T) {
	tests := []struct {
		template string
		phase    comms.Phase
		want     comms.State
	}{
		{"update", comms.PhaseInvestigating, comms.Major},
		{"resolved", comms.PhaseResolved, comms.Operational},
		{"scheduled", comms.PhaseScheduled, comms.Operational},
		{"any", comms.PhaseIdentified, comms.Major},
	}
	for _, tt := range tests {
		d := testDraft()
		d.Template = tt.template
		c := testContext()
		c.States = map[comms.ComponentID]comms.State{"exports": comms.Partial, "invoices": comms.Degraded}
		c.Others = map[comms.ComponentID]comms.State{"exports": comms.Degraded}
		m, err := Message(d, testPlan(), c)
		if err != nil {
			t.Fatal(err)
		}
		i := m.Incident
		if i.Phase != tt.phase || i.Claims[0] != (comms.Claim{Component: "exports", State: tt.want}) {
			t.Errorf("%s: phase %q, claim %v; want %q, %q", tt.template, i.Phase, i.Claims[0], tt.phase, tt.want)
		}
		want := []comms.Change{
			{Component: "exports", Before: comms.Partial, After: comms.Worst(tt.want, comms.Degraded)},
			{Component: "invoices", Before: comms.Degraded, After: comms.Operational},
			{Component: "sign-in", Before: comms.Operational, After: i.Claims[1].State},
		}
		if !slices.Equal(i.Changes, want) {
			t.Errorf("%s: changes %v, want %v", tt.template, i.Changes, want)
		}
		if d.Claims[0].State != comms.Partial {
			t.Error("the draft's own claims were changed")
		}
	}
}

func TestCorrection(t *testing.T) {
	d, c := testDraft(), testContext()
	d.Kind, d.Template, d.Corrects = comms.MessageCorrection, "correction", 5
	d.Slots.Set("en", "reason", "The region was wrong.")
	c.Phase = comms.PhaseResolved
	c.Corrected = &Corrected{Publication: 5, Digest: comms.DigestOf([]byte("old")), Message: comms.Message{Update: "old000000001"}}
	m, err := Message(d, testPlan(), c)
	if err != nil {
		t.Fatal(err)
	}
	want := &comms.Correction{
		Publication: 5, Digest: comms.DigestOf([]byte("old")), Update: "old000000001",
		Reason: comms.Words{"en": "The region was wrong.", "es": "{reason}"},
	}
	if diff := cmp.Diff(want, m.Correction); diff != "" {
		t.Errorf("correction (-want +got):\n%s", diff)
	}
	without := testPlan()
	for i := range without.Templates {
		without.Templates[i].Slots = slices.DeleteFunc(without.Templates[i].Slots, func(s plan.Slot) bool { return s.Name == "reason" })
	}
	if m, err = Message(d, without, c); err != nil || m.Correction.Reason["es"] != m.Forms["es"].InProduct {
		t.Errorf("without a slot for it the reason is the in-product line: %v, %v", m.Correction, err)
	}
	if m.Incident.Phase != comms.PhaseResolved || m.Incident.Claims[0].State != comms.Operational {
		t.Errorf("a correction keeps the phase of the incident and what follows from it: %+v", m.Incident)
	}
}

func TestMaintenanceAddress(t *testing.T) {
	d, c := testDraft(), testContext()
	c.Kind = comms.KindMaintenance
	m, err := Message(d, testPlan(), c)
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://status.example/es/maintenances/in0000000001"; !strings.HasSuffix(m.Forms["es"].Short, want) {
		t.Errorf("short form %q does not end in %q", m.Forms["es"].Short, want)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name, field string
		change      func(*draft.Draft, *plan.Plan, *Context)
	}{
		{"kind", "kind", func(d *draft.Draft, _ *plan.Plan, _ *Context) { d.Kind = comms.MessagePlan }},
		{"template", "template", func(d *draft.Draft, _ *plan.Plan, _ *Context) { d.Template = "no-such" }},
		{"template of another kind", "template", func(d *draft.Draft, _ *plan.Plan, _ *Context) { d.Template = "correction" }},
		{"template without a required language", "template", func(_ *draft.Draft, p *plan.Plan, _ *Context) { delete(p.Templates[0].Forms, "en") }},
		{"severity", "severity", func(d *draft.Draft, _ *plan.Plan, _ *Context) { d.Severity = "terrible" }},
		{"component", "claims", func(d *draft.Draft, _ *plan.Plan, _ *Context) { d.Claims[0].Component = "db-prod-03" }},
		{"state", "claims", func(d *draft.Draft, _ *plan.Plan, _ *Context) { d.Claims[0].State = "on fire" }},
		{"twice", "claims", func(d *draft.Draft, _ *plan.Plan, _ *Context) { d.Claims[1].Component = "sign-in" }},
		{"corrects nothing", "corrects", func(d *draft.Draft, _ *plan.Plan, _ *Context) {
			d.Kind, d.Template = comms.MessageCorrection, "correction"
		}},
		{"corrects another", "corrects", func(d *draft.Draft, _ *plan.Plan, c *Context) {
			d.Kind, d.Template, d.Corrects, c.Corrected = comms.MessageCorrection, "correction", 4, &Corrected{Publication: 5}
		}},
	}
	for _, tt := range tests {
		d, p, c := testDraft(), testPlan(), testContext()
		tt.change(&d, p, &c)
		_, err := Message(d, p, c)
		var r *comms.Refusal
		if !errors.As(err, &r) || r.Code != comms.Invalid || r.Field != tt.field {
			t.Errorf("%s: got %v, want a refusal of %q", tt.name, err, tt.field)
		}
	}
}

func TestFields(t *testing.T) {
	tpl, _ := testPlan().Template("update")
	var got []string
	for _, f := range Fields(tpl, []comms.Lang{"en", "es"}) {
		got = append(got, draft.SlotField(f.Lang, f.Slot.Name))
	}
	want := []string{
		"slots.en.impact", "slots.es.impact", "slots.en.who", "slots.es.who",
		"slots.en.not_affected", "slots.es.not_affected", "slots.en.action", "slots.es.action", "slots.en.reason", "slots.es.reason",
		"slots.seen", "slots.notice", "slots.next_update", "slots.data", "slots.region",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func BenchmarkMessage(b *testing.B) {
	d, p, c := testDraft(), testPlan(), testContext()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Message(d, p, c); err != nil {
			b.Fatal(err)
		}
	}
}

func TestATimeOfAnotherDayThanTheReadersHasItsDay(t *testing.T) {
	d := testDraft()
	d.Slots.Set(draft.Shared, "next_update", "2026-11-25T15:30")
	m, err := Message(d, testPlan(), testContext())
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[comms.Lang][2]string{"en": {"14:20 UTC on 23 November", "15:30 UTC on 25 November"}, "es": {"14:20 UTC del 23 de noviembre", "15:30 UTC del 25 de noviembre"}} {
		if f := m.Forms[lang]; !strings.Contains(f.Subject, want[0]) || !strings.Contains(f.Text, want[1]) {
			t.Errorf("%s says %q and %q", lang, f.Subject, f.Text)
		}
	}
}
