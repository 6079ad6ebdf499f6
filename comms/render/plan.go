package render

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Plan makes the message that carries a new version of the plan. inForce is
// nil for the first. The files are read and compiled here; a mistake in them
// is plan.Problems. A plan without a difference has no parts, which signoff
// refuses.
func Plan(files []comms.PlanFile, inForce *plan.Plan, c Context, version int, summary string) (comms.Message, error) {
	proposed, err := plan.Read(files)
	if err != nil {
		return comms.Message{}, err
	}
	sorted := slices.Clone(files)
	slices.SortFunc(sorted, func(a, b comms.PlanFile) int { return strings.Compare(a.Name, b.Name) })
	parts := []string{}
	for _, p := range plan.Changed(inForce, proposed) {
		parts = append(parts, string(p))
	}
	return comms.Message{
		Format: comms.Format,
		Kind:   comms.MessagePlan,
		Update: c.Update,
		Plan:   c.Plan,
		Basis:  c.Basis,
		PlanVersion: &comms.PlanVersion{
			Version:   version,
			Parts:     parts,
			Files:     sorted,
			Catalogue: proposed.Catalogue,
			Summary:   strings.TrimSpace(clean(summary)),
		},
	}, nil
}
