package lint_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
)

// TestEmptyDraftsAreBlockedAtTheirFields renders every built-in template
// from a draft in which nothing is filled in: every finding that a person can
// mend stands at a field of theirs, and nothing can go out.
func TestEmptyDraftsAreBlockedAtTheirFields(t *testing.T) {
	p, err := plan.Read(plan.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, template := range p.Templates {
		t.Run(template.ID, func(t *testing.T) {
			severity := p.Severities[0].ID
			if len(template.Severities) > 0 {
				severity = template.Severities[0]
			}
			d := draft.Draft{Kind: template.Message, Template: template.ID, Phase: template.Phase, Severity: severity, Slots: draft.Slots{}, Corrects: 1}
			c := render.Context{Update: "aaaaaaaaaaaa", Incident: "bbbbbbbbbbbb", Kind: comms.KindIncident, Phase: comms.PhaseInvestigating, Basis: 1,
				Corrected: &render.Corrected{Publication: 1}}
			m, err := render.Message(d, p, c)
			if err != nil {
				t.Fatal(err)
			}
			content, err := comms.Seal(m)
			if err != nil {
				t.Fatal(err)
			}
			r := lint.Check(lint.Subject{Content: content, Draft: d, Plan: p, Phase: comms.PhaseInvestigating, Now: now, Reader: "en"})
			if len(r.Blocks()) == 0 {
				t.Error("an empty draft is not blocked")
			}
			at := map[string]int{}
			for _, f := range r.Findings() {
				if f.Level == plan.Block {
					at[string(f.Lang)+" "+f.Field]++
				}
				if slices.Contains([]string{"title", "subject", "text", "short", "support", "in_product"}, f.Field) {
					t.Errorf("%s stands at the form %q (%s %q), where nobody can mend it", f.Rule, f.Field, f.Lang, f.Span)
				}
			}
			for place, n := range at {
				if n > 1 && !strings.HasSuffix(place, "claims") {
					t.Errorf("%d findings that block stand at %q; one is enough", n, place)
				}
			}
		})
	}
}
