package lint

import (
	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
)

// phaseOrder checks that the plan has the step from where the incident stands.
// A correction takes no step.
func phaseOrder(j *judge) []Finding {
	i := j.Message.Incident
	if i == nil {
		return nil
	}
	if j.Message.Kind == comms.MessageCorrection {
		if i.Phase == j.Phase {
			return nil
		}
		return []Finding{j.about(draft.Shared, "phase", "PHASE-ORDER.correction", "from", j.phaseName(j.Phase), "to", j.phaseName(i.Phase))}
	}
	if j.Plan.Follows(j.Phase, i.Phase) {
		return nil
	}
	if j.Phase == comms.PhaseNone {
		return []Finding{j.about(draft.Shared, "phase", "PHASE-ORDER.first", "to", j.phaseName(i.Phase))}
	}
	return []Finding{j.about(draft.Shared, "phase", "PHASE-ORDER", "from", j.phaseName(j.Phase), "to", j.phaseName(i.Phase))}
}

// phaseName is what the plan calls a phase, in the reader's language.
func (j *judge) phaseName(p comms.Phase) string {
	if name, _ := j.Plan.Catalogue.Phases[p].In(j.Reader, j.Plan.Catalogue.Source); name != "" {
		return name
	}
	return string(p)
}
