package comms

// ComponentID names a component in the plan's catalogue: lower-case letters,
// digits and hyphens, chosen by the company, stable for as long as it lives.
type ComponentID string

// State is what is said of a component.
type State string

// The states, from best to worst as Rank orders them.
const (
	Operational State = "operational"
	Maintenance State = "maintenance"
	Degraded    State = "degraded"
	Partial     State = "partial"
	Major       State = "major"
)

// States lists every state from best to worst.
func States() []State { return []State{Operational, Maintenance, Degraded, Partial, Major} }

// Rank orders states from 0 (working) to 4 (not working); -1 for a state that
// does not exist.
func (s State) Rank() int {
	for i, v := range States() {
		if v == s {
			return i
		}
	}
	return -1
}

// Valid tells whether the state is one of States.
func (s State) Valid() bool { return s.Rank() >= 0 }

// Worst returns the worst of the states, and Operational for none.
func Worst(states ...State) State {
	worst := Operational
	for _, s := range states {
		if s.Rank() > worst.Rank() {
			worst = s
		}
	}
	return worst
}

// Claim is what one incident or maintenance says of one component. What
// customers see of the component is the worst open claim of all.
type Claim struct {
	Component ComponentID `json:"component"`
	State     State       `json:"state"`
}

// Change is what a publication does to a component as customers see it, over
// all open incidents. It is part of what is signed.
type Change struct {
	Component ComponentID `json:"component"`
	Before    State       `json:"before"`
	After     State       `json:"after"`
}

// Kind tells incidents from maintenances.
type Kind string

// The kinds of thing that customers are told about.
const (
	KindIncident    Kind = "incident"
	KindMaintenance Kind = "maintenance"
)

// Valid tells whether the kind exists.
func (k Kind) Valid() bool { return k == KindIncident || k == KindMaintenance }

// Severity names one of the plan's severities.
type Severity string

// Phase is where an incident or maintenance stands.
type Phase string

// The phases. PhaseNone is where everything starts: nothing was published yet.
const (
	PhaseNone          Phase = ""
	PhaseInvestigating Phase = "investigating"
	PhaseIdentified    Phase = "identified"
	PhaseMonitoring    Phase = "monitoring"
	PhaseResolved      Phase = "resolved"
	PhaseFalseAlarm    Phase = "false_alarm"
	PhasePostmortem    Phase = "postmortem"
	PhaseScheduled     Phase = "scheduled"
	PhaseInProgress    Phase = "in_progress"
	PhaseVerifying     Phase = "verifying"
	PhaseCompleted     Phase = "completed"
	PhaseCancelled     Phase = "cancelled"
)

// Phases lists every phase that can be published, in the order of a life.
func Phases() []Phase {
	return []Phase{
		PhaseInvestigating, PhaseIdentified, PhaseMonitoring, PhaseResolved, PhaseFalseAlarm, PhasePostmortem,
		PhaseScheduled, PhaseInProgress, PhaseVerifying, PhaseCompleted, PhaseCancelled,
	}
}

// Closed tells whether the phase ends the incident's claims.
func (p Phase) Closed() bool {
	switch p {
	case PhaseResolved, PhaseFalseAlarm, PhasePostmortem, PhaseCompleted, PhaseCancelled:
		return true
	}
	return false
}

// Of tells which kind of thing the phase belongs to.
func (p Phase) Of() Kind {
	switch p {
	case PhaseScheduled, PhaseInProgress, PhaseVerifying, PhaseCompleted, PhaseCancelled:
		return KindMaintenance
	}
	return KindIncident
}

// Lang is a language of the plan as a BCP 47 tag: "en", "es".
type Lang string

// Words is one text in several languages.
type Words map[Lang]string

// In returns the text in the language, else in the fallback, and tells which
// language it is.
func (w Words) In(lang, fallback Lang) (string, Lang) {
	if s, ok := w[lang]; ok && s != "" {
		return s, lang
	}
	return w[fallback], fallback
}
