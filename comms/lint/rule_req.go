package lint

import (
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// The rules of this family look at slots, never at prose: a slot is empty or
// it is not.

// reqImpact asks what customers cannot do, in every language that goes out.
func reqImpact(j *judge) []Finding { return j.emptySlots(plan.SlotImpact, "REQ-IMPACT") }

// reqAction asks what a customer can do. When it is over, there is nothing
// left to do; a holding statement does not know yet.
func reqAction(j *judge) []Finding {
	if j.template.Holding || j.phase().Closed() {
		return nil
	}
	return j.emptySlots(plan.SlotAction, "REQ-ACTION")
}

// reqUs asks what the company does about it.
func reqUs(j *judge) []Finding {
	if j.template.Holding || j.phase().Closed() {
		return nil
	}
	return j.emptySlots(plan.SlotUs, "REQ-US")
}

// emptySlots finds slots of a type that nobody filled, where the template has
// any.
func (j *judge) emptySlots(typ plan.SlotType, reason string) []Finding {
	var out []Finding
	for _, s := range j.template.Slots {
		if s.Type != typ {
			continue
		}
		for _, lang := range j.langs() {
			if strings.TrimSpace(j.Draft.Slots.Get(lang, s.Name)) == "" {
				out = append(out, j.about(lang, s.Name, reason))
			}
		}
	}
	return out
}

func (j *judge) phase() comms.Phase {
	if j.Message.Incident == nil {
		return j.Phase
	}
	return j.Message.Incident.Phase
}

// reqComponents asks which components it is about.
func reqComponents(j *judge) []Finding {
	i := j.Message.Incident
	if i == nil || len(i.Claims) > 0 {
		return nil
	}
	if _, named := j.slot(plan.SlotComponents); !named && i.Phase.Closed() {
		return nil
	}
	return []Finding{j.about(draft.Shared, "claims", "REQ-COMP")}
}

// reqNext asks when customers hear again. What is over promises nothing, and a
// maintenance promises its own start and end instead, unless its template says
// otherwise.
func reqNext(j *judge) []Finding {
	i := j.Message.Incident
	if i == nil || i.Phase.Closed() || i.NextUpdate != nil {
		return nil
	}
	_, declared := j.slot(plan.SlotNextUpdate)
	promised := i.Phase.Of() == comms.KindIncident && j.severity.Every > 0
	if !declared && !promised {
		return nil
	}
	return []Finding{j.about(draft.Shared, nextUpdate, "REQ-NEXT")}
}

// reqData asks for one of the plan's sentences about data when an incident is
// over.
func reqData(j *judge) []Finding {
	if !j.endsIncident() {
		return nil
	}
	s, ok := j.slot(plan.SlotData)
	if !ok {
		return []Finding{j.about(draft.Shared, "template", "REQ-DATA.template")}
	}
	key := j.Draft.Slots.Get(draft.Shared, s.Name)
	for _, choice := range j.Plan.DataSentences {
		if choice.Key == key {
			return nil
		}
	}
	return []Finding{j.about(draft.Shared, s.Name, "REQ-DATA")}
}

// reqDuration asks from when to when it lasted.
func reqDuration(j *judge) []Finding {
	if !j.endsIncident() {
		return nil
	}
	if j.Message.Incident.EndedAt == nil {
		return []Finding{j.about(draft.Shared, "ended_at", "REQ-DUR")}
	}
	for _, s := range j.template.Slots {
		if s.Type == plan.SlotDuration || s.From == "duration" || s.From == "ended" {
			return nil
		}
	}
	return []Finding{j.about(draft.Shared, "template", "REQ-DUR.template")}
}

func (j *judge) endsIncident() bool {
	return j.Message.Kind == comms.MessageUpdate && j.Message.Incident != nil && j.Message.Incident.Phase == comms.PhaseResolved
}
