package statuspage

import (
	"slices"

	"github.com/countersign/countersign/comms"
)

// status is how things stand as a whole.
type status struct {
	Indicator   string `json:"indicator"`
	Description string `json:"description"`
}

// The phrases that the interface has for how things stand. Clients compare
// them letter by letter.
var (
	allWell      = status{"none", "All Systems Operational"}
	someDegraded = status{"minor", "Partially Degraded Service"}
	allDegraded  = status{"minor", "Degraded System Service"}
	somePartial  = status{"minor", "Minor Service Outage"}
	someMajor    = status{"major", "Partial System Outage"}
	allMajor     = status{"critical", "Major System Outage"}
	atWork       = status{"maintenance", "Service Under Maintenance"}
)

// rollUp adds the states of components up: the worst of them decides, and
// whether all share it. A single component that is slow counts as some.
func rollUp(states []comms.State) status {
	count := map[comms.State]int{}
	for _, s := range states {
		count[s]++
	}
	all := len(states)
	switch {
	case all > 0 && count[comms.Major] == all:
		return allMajor
	case count[comms.Major] > 0, all > 0 && count[comms.Partial] == all:
		return someMajor
	case count[comms.Partial] > 0:
		return somePartial
	case all > 1 && count[comms.Degraded] == all:
		return allDegraded
	case count[comms.Degraded] > 0:
		return someDegraded
	case count[comms.Maintenance] > 0:
		return atWork
	}
	return allWell
}

// now is how things stand: what the listed components add up to, and for a
// page without any what its open incidents say.
func (r *Record) now() status {
	var states []comms.State
	for _, c := range r.catalogue.Components() {
		states = append(states, comms.Worst(r.states[c.ID]))
	}
	if len(states) > 0 {
		return rollUp(states)
	}
	order := []status{allWell, atWork, somePartial, someMajor, allMajor} // one for each impact
	worst := 0
	for _, i := range r.incidents {
		if i.open() && i.latest().Phase() != comms.PhaseScheduled {
			worst = max(worst, slices.IndexFunc(order, func(s status) bool { return s.Indicator == i.impact() }))
		}
	}
	return order[worst]
}

// componentStatus is the interface's word for a state.
func componentStatus(s comms.State) string {
	switch comms.Worst(s) {
	case comms.Maintenance:
		return "under_maintenance"
	case comms.Degraded:
		return "degraded_performance"
	case comms.Partial:
		return "partial_outage"
	case comms.Major:
		return "major_outage"
	}
	return "operational"
}

// phase is the interface's word for a phase, and the label of it in feeds.
func phase(p comms.Phase) (word, label string) {
	switch p {
	case comms.PhaseInvestigating:
		return "investigating", "Investigating"
	case comms.PhaseIdentified:
		return "identified", "Identified"
	case comms.PhaseMonitoring:
		return "monitoring", "Monitoring"
	case comms.PhasePostmortem:
		return "postmortem", "Postmortem"
	case comms.PhaseScheduled:
		return "scheduled", "Scheduled"
	case comms.PhaseInProgress:
		return "in_progress", "In progress"
	case comms.PhaseVerifying:
		return "verifying", "Verifying"
	case comms.PhaseCompleted, comms.PhaseCancelled:
		return "completed", "Completed"
	}
	return "resolved", "Resolved" // a false alarm is over as well
}

// impact is how bad it is. The severities of the plan that the interface has a
// word for keep it; any other counts for what its components add up to, at
// least as minor, and one about data at least as major, whatever works.
func (i *incident) impact() string {
	severity := string(i.latest().Severity())
	switch {
	case i.kind == comms.KindMaintenance:
		return "maintenance"
	case i.latest().Phase() == comms.PhaseFalseAlarm:
		return "none"
	case slices.Contains([]string{"minor", "major", "critical"}, severity):
		return severity
	}
	worst := map[comms.ComponentID]comms.State{}
	for _, u := range i.updates {
		for _, c := range u.Claims() {
			worst[c.Component] = comms.Worst(worst[c.Component], c.State)
		}
	}
	var states []comms.State
	for _, s := range worst {
		states = append(states, s)
	}
	impact := rollUp(states).Indicator
	if impact == "critical" {
		return impact
	}
	if severity == dataSeverity {
		return "major"
	}
	if impact != "major" {
		return "minor"
	}
	return impact
}

// dataSeverity is the plan's severity of what touches customers' data.
const dataSeverity = "data"
