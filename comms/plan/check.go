package plan

import (
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/say"
)

// Complaint is what a judge has against words of the plan.
type Complaint struct {
	Rule  string // by which it complains
	Text  string // what is wrong
	Fix   string // what to do
	Span  string // the words, if it is about some alone
	Level Level
}

// Judge judges words that a plan would send out, with its slots filled by
// examples. The language rules are one; they import this package, so they are
// passed in.
type Judge func(p *Plan, lang comms.Lang, text string) []Complaint

// Check reads a plan as Read does and, if it can be read, looks for what would
// go wrong in an incident: Mistakes lists the kinds. Problems of the level
// Block keep a plan from taking effect; the others ask.
func Check(files []comms.PlanFile, judges ...Judge) Problems {
	p, r := read(files)
	if len(r.problems) > 0 {
		return r.problems
	}
	k := &checker{reading: r, plan: p}
	k.phases()
	k.names()
	k.roles()
	k.quorums()
	k.cadence()
	k.levels()
	k.untried()
	k.holding()
	for _, t := range p.Templates {
		k.lengths(t)
	}
	k.links()
	for _, j := range judges {
		k.words(j)
		k.ownRules(j)
	}
	all := append(r.problems, r.asked...)
	all.sort()
	return all
}

// checker judges a plan that could be read.
type checker struct {
	*reading
	plan *Plan
}

// phases looks for steps that the plan allows and has no words for, and for
// phases that an incident could not leave again.
func (k *checker) phases() {
	for _, s := range k.plan.Severities {
		if from := k.reachable(s.Kind); len(from) == 1 {
			k.places["transitions.start"].as(MistakePhase).bad(fix("add a phase of that kind to start"), "nothing of the severity %q can be started", k.plan.severityNamed(s.ID))
		} else {
			k.steps(s, from)
		}
		if len(k.plan.TemplatesFor(comms.MessageCorrection, comms.PhaseNone, s.ID)) == 0 {
			k.places["severities."+string(s.ID)].as(MistakeTemplate).ask(fix("add a template with message: correction"), "an update of the severity %q could not be corrected: it has no template", k.plan.severityNamed(s.ID))
		}
	}
	for _, kind := range []comms.Kind{comms.KindIncident, comms.KindMaintenance} {
		for _, phase := range k.reachable(kind) {
			if phase != comms.PhaseNone && !phase.Closed() && len(k.plan.Transitions[phase]) == 0 {
				k.step(k.before(phase)).as(MistakePhase).ask(fix("add steps that lead on from it"), "the phase %q can be reached and never left", k.plan.phaseNamed(phase))
			}
		}
	}
}

// steps looks for words for every step of a severity from the phases that can
// be reached.
func (k *checker) steps(s Severity, reached []comms.Phase) {
	for _, from := range reached {
		for _, to := range k.plan.Transitions[from] {
			if to.Of() != s.Kind || len(k.plan.Following(from, to, s.ID)) > 0 {
				continue
			}
			k.step(from).as(MistakeTemplate).bad(fix("add a template for it, or take the step out of transitions"),
				"the step from %q to %q has no template for the severity %q", k.plan.phaseNamed(from), k.plan.phaseNamed(to), k.plan.severityNamed(s.ID))
		}
	}
}

// reachable lists the phases that a kind can come to, PhaseNone first.
func (k *checker) reachable(kind comms.Kind) []comms.Phase {
	out := []comms.Phase{comms.PhaseNone}
	for next := 0; next < len(out); next++ {
		for _, to := range k.plan.Transitions[out[next]] {
			if to.Of() == kind && !slices.Contains(out, to) {
				out = append(out, to)
			}
		}
	}
	return out
}

// before is the first phase that leads to another one.
func (k *checker) before(phase comms.Phase) comms.Phase {
	for _, from := range append([]comms.Phase{comms.PhaseNone}, comms.Phases()...) {
		if from != phase && k.plan.Follows(from, phase) {
			return from
		}
	}
	return phase
}

// step is where the plan says what may follow a phase.
func (k *checker) step(from comms.Phase) value { return k.places["transitions."+phaseName(from)] }

func phaseName(p comms.Phase) string {
	if p == comms.PhaseNone {
		return start
	}
	return string(p)
}

// names looks for things that carry the same name, so that nobody could tell
// which of them is meant.
func (k *checker) names() {
	roles, people := map[string]string{}, map[string]string{}
	for _, r := range k.plan.Roles {
		name := r.Name[k.plan.Catalogue.Source]
		if other, twice := roles[name]; twice {
			k.places["roles."+string(r.ID)].as(MistakeName).bad(fix("give one of them another name"), "the roles %q and %q are both called %s", other, r.ID, quote(name))
		}
		roles[name] = string(r.ID)
	}
	for _, p := range k.plan.People {
		if other, twice := people[p.Name]; twice {
			k.places["people."+string(p.ID)].as(MistakeName).ask(fix("add what tells them apart, as a second name"), "%q and %q are both called %s", other, p.ID, quote(p.Name))
		}
		people[p.Name] = string(p.ID)
	}
}

// roles looks for roles that one person's absence empties.
func (k *checker) roles() {
	for _, r := range k.plan.Roles {
		at := k.places["roles."+string(r.ID)].as(MistakeRole)
		switch n := len(r.Holders) + len(r.StandIns); {
		case n == 0:
			at.ask(fix("name a holder and somebody who stands in, or remove the role"), "nobody holds the role %q", k.plan.roleNamed(r.ID))
		case n == 1:
			at.ask(fix("name somebody who stands in"), "one person alone holds the role %q, and nobody signs what they wrote", k.plan.roleNamed(r.ID))
		}
	}
}

// cadence looks for promises that pass while signatures are still good: the
// last one may come as late as the first one lives.
func (k *checker) cadence() {
	for _, s := range k.plan.Severities {
		if s.Every > 0 && s.Every < k.plan.ApprovalLife {
			k.places["severities."+string(s.ID)+".every"].as(MistakeCadence).ask(fix("promise updates less often, or let approvals live for a shorter time"),
				"the severity %q promises an update every %s, and its signatures may take %s", k.plan.severityNamed(s.ID), say.Span(s.Every), say.Span(k.plan.ApprovalLife))
		}
	}
}
