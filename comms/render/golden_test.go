package render

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// builtin reads the plan that ships with the program.
func builtin(t testing.TB) *plan.Plan {
	t.Helper()
	p, err := plan.Read(plan.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestBuiltinTemplates shows every form of every template in every language,
// once with all slots filled and once with the optional ones empty.
func TestBuiltinTemplates(t *testing.T) {
	p := builtin(t)
	for _, tpl := range p.Templates {
		for _, fill := range []string{"full", "minimal"} {
			t.Run(tpl.ID+"."+fill, func(t *testing.T) {
				d, c := filled(p, tpl, fill == "full")
				m, err := Message(d, p, c)
				if err != nil {
					t.Fatal(err)
				}
				if len(m.Forms) != len(p.Catalogue.Languages) {
					t.Errorf("%d languages go out, want all %d", len(m.Forms), len(p.Catalogue.Languages))
				}
				golden(t, tpl.ID+"."+fill+".txt", show(p, m))
			})
		}
	}
}

// filled fills a template's slots as a person would.
func filled(p *plan.Plan, tpl plan.Template, optional bool) (draft.Draft, Context) {
	d := draft.Draft{
		Kind: tpl.Message, Template: tpl.ID, Severity: "major", Slots: draft.Slots{}, Corrects: 3,
		Claims:    []comms.Claim{{Component: "sign-in", State: comms.Partial}, {Component: "exports", State: comms.Degraded}},
		StartedAt: "2026-11-23T14:20", EndedAt: "2026-11-24T00:05",
	}
	c := Context{
		Update: "up0000000001", Incident: "in0000000001", Kind: comms.KindIncident, Phase: comms.PhaseIdentified,
		Corrected: &Corrected{Publication: 3, Message: comms.Message{Update: "old000000001"}},
	}
	if tpl.Phase.Of() == comms.KindMaintenance {
		d.Severity, c.Kind = "maintenance", comms.KindMaintenance
	}
	for _, f := range Fields(tpl, p.Catalogue.Languages) {
		if f.Slot.Required || optional {
			d.Slots.Set(f.Lang, f.Slot.Name, answer(p, f))
		}
	}
	return d, c
}

func answer(p *plan.Plan, f Field) string {
	switch f.Slot.Type {
	case plan.SlotNextUpdate, plan.SlotTime:
		return "2026-11-23T15:00"
	case plan.SlotDate:
		return "2026-11-30"
	case plan.SlotData:
		return p.DataSentences[0].Key
	case plan.SlotChoice:
		return f.Slot.Options[0].Key
	}
	if f.Lang == "es" {
		return "(lo que se escribe en " + f.Slot.Name + ")."
	}
	return "(what is typed into " + f.Slot.Name + ")."
}

// show writes a message's forms for people to read and compare.
func show(p *plan.Plan, m comms.Message) string {
	var w strings.Builder
	for _, lang := range p.Catalogue.Languages {
		f := m.Forms[lang]
		for _, form := range []struct{ name, words string }{
			{"title", f.Title}, {"subject", f.Subject}, {"html", f.HTML}, {"text", f.Text},
			{"short", f.Short}, {"support", f.Support}, {"in_product", f.InProduct},
		} {
			fmt.Fprintf(&w, "-- %s %s --\n%s\n", lang, form.name, form.words)
		}
		if m.Correction != nil {
			fmt.Fprintf(&w, "-- %s reason --\n%s\n", lang, m.Correction.Reason[lang])
		}
	}
	return w.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; write it with go test -update and read what it says", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
