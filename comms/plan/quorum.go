package plan

import (
	"cmp"
	"slices"

	"github.com/countersign/countersign/comms"
)

// quorums looks for signatures that could not be given when they are needed:
// by nobody, whoever wrote; by nobody when a certain person wrote; by nobody
// when one more person is away.
func (k *checker) quorums() {
	for _, s := range k.plan.Severities {
		k.quorum("severities."+string(s.ID)+".approvals", comms.Say("an update of the severity %q", k.plan.severityNamed(s.ID)), s.Approvals)
	}
	k.reports()
	k.moves()
	k.changes()
}

// changes are of the plan itself. Parts that ask for the same signatures are
// spoken of once.
func (k *checker) changes() {
	var keys []string
	first, parts := map[string]Part{}, map[string]comms.Phrase{}
	for _, part := range Parts() {
		key := signatures(k.plan.Quorums[part])
		if _, ok := first[key]; !ok {
			first[key], keys, parts[key] = part, append(keys, key), part.said()
			continue
		}
		parts[key] = comms.Say("%s, %s", parts[key], part.said())
	}
	for _, key := range keys {
		k.quorum("quorums."+string(first[key]), comms.Say("a change of the plan's %s", parts[key]), k.plan.Quorums[first[key]])
	}
}

// reports are signed for their severity and by the plan's own quorum.
func (k *checker) reports() {
	if len(k.plan.Postmortem.Approvals) == 0 {
		return
	}
	judged := map[string]bool{}
	for _, s := range k.plan.Severities {
		needed := k.plan.Approvals(s, comms.PhasePostmortem)
		if key := inOrder(needed); s.Kind == comms.KindIncident && !judged[key] {
			judged[key] = true
			k.quorum("postmortem.approvals", comms.Say("the report on an incident of the severity %q", k.plan.severityNamed(s.ID)), needed)
		}
	}
}

// moves are updates that call an incident more or less severe: both severities
// sign them. Those that are no harder to sign than one of the two are judged
// already.
func (k *checker) moves() {
	judged := map[string]bool{}
	for _, s := range k.plan.Severities {
		judged[inOrder(s.Approvals)] = true
	}
	for _, from := range k.plan.Severities {
		for _, to := range k.plan.Severities {
			needed := Join(from.Approvals, to.Approvals)
			if key := inOrder(needed); from.Kind == to.Kind && !judged[key] {
				judged[key] = true
				k.quorum("severities."+string(to.ID)+".approvals", comms.Say("an update that changes the severity from %q to %q", k.plan.severityNamed(from.ID), k.plan.severityNamed(to.ID)), needed)
			}
		}
	}
}

// inOrder names requirements without regard to their order.
func inOrder(needed []Requirement) string {
	sorted := slices.Clone(needed)
	slices.SortFunc(sorted, func(a, b Requirement) int {
		return cmp.Compare(signatures([]Requirement{a}), signatures([]Requirement{b}))
	})
	return signatures(sorted)
}

// quorum tries every author with nobody away, and with each person away.
func (k *checker) quorum(place string, what comms.Phrase, needed []Requirement) {
	who, kinds := k.scarce(needed)
	authors, signers := k.authors(who), concerned(who)
	var stuck, risky []comms.Phrase // the cases that fail
	var missing comms.Phrase
	for _, author := range authors {
		if lack := lacking(who, author, ""); lack >= 0 {
			missing = kinds[lack].Said()
			stuck = append(stuck, comms.Say("when %s wrote it, nobody is left for %s", k.plan.PersonNamed(author), missing))
			continue
		}
		for _, away := range signers {
			if lack := lacking(who, author, away); away != author && lack >= 0 {
				risky = append(risky, comms.Say("when %s wrote it and %s is away, nobody is left for %s", k.plan.PersonNamed(author), k.plan.PersonNamed(away), kinds[lack].Said()))
			}
		}
	}
	more := fix("name more people who may sign: %s; nobody signs what they wrote, and nobody signs twice", k.plan.signaturesNamed(needed))
	switch at := k.places[place].as(MistakeQuorum); {
	case len(authors) > 0 && len(stuck) == len(authors):
		at.bad(more, "%s can never be signed: whoever wrote it, there are not enough different people, and nobody is left for %s", what, missing)
	case len(stuck) > 0:
		at.cannot(more, what, stuck)
	case len(risky) > 0:
		at.cannot(more, what, risky)
	}
}

// cannot names the first of the cases in which something cannot be signed.
func (v value) cannot(more, what comms.Phrase, cases []comms.Phrase) {
	if n := len(cases); n > 1 {
		v.ask(more, "%s cannot be signed in %d cases, as in this one: %s", what, n, cases[0])
		return
	}
	v.ask(more, "%s cannot be signed in one case: %s", what, cases[0])
}

// Said is the kind of a signature in a sentence.
func (k ApprovalKind) Said() comms.Phrase {
	switch k {
	case Facts:
		return comms.Say("facts")
	case Wording:
		return comms.Say("wording")
	case Legal:
		return comms.Say("legal")
	case Any:
		return comms.Say("an approval")
	}
	return comms.Say("%s", string(k))
}

// said is the part of a plan in a sentence.
func (p Part) said() comms.Phrase {
	switch p {
	case PartRules:
		return comms.Say("rules")
	case PartTemplates:
		return comms.Say("templates")
	case PartCatalogue:
		return comms.Say("catalogue")
	case PartRoster:
		return comms.Say("roster")
	case PartLinks:
		return comms.Say("links")
	}
	return comms.Say("%s", string(p))
}

// scarce lists who may give each signature, and its kind. One that more people
// may give than could be away, writing or signing otherwise is never in want,
// and left out.
func (k *checker) scarce(needed []Requirement) (who [][]PersonID, kinds []ApprovalKind) {
	for _, r := range needed {
		var may []PersonID
		for _, role := range r.Roles {
			for _, person := range k.plan.Holders(role) {
				if !slices.Contains(may, person) {
					may = append(may, person)
				}
			}
		}
		if len(may) < len(needed)+2 {
			who, kinds = append(who, may), append(kinds, r.Kind)
		}
	}
	return who, kinds
}

// authors lists the people who matter as authors: those who might sign, and
// one of those who might not. Reporters do not write.
func (k *checker) authors(who [][]PersonID) []PersonID {
	signers := concerned(who)
	var out []PersonID
	other := false
	for _, p := range k.plan.People {
		writes := slices.ContainsFunc(k.plan.RolesOf(p.ID), func(r RoleID) bool { return r != Reporter })
		signs := slices.Contains(signers, p.ID)
		if writes && (signs || !other) {
			out = append(out, p.ID)
			other = other || !signs
		}
	}
	return out
}

func concerned(who [][]PersonID) []PersonID {
	all := slices.Concat(who...)
	slices.Sort(all)
	return slices.Compact(all)
}

// lacking finds a signature that nobody is left for when different people,
// neither author nor away, give as many as they can: a maximum matching by
// augmenting paths (Kuhn). It is -1 when all can be given.
func lacking(who [][]PersonID, author, away PersonID) int {
	gives := map[PersonID]int{}
	var find func(i int, tried map[PersonID]bool) bool
	find = func(i int, tried map[PersonID]bool) bool {
		for _, person := range who[i] {
			if person == author || person == away || tried[person] {
				continue
			}
			tried[person] = true
			other, taken := gives[person]
			if !taken || find(other, tried) {
				gives[person] = i
				return true
			}
		}
		return false
	}
	for i := range who {
		if !find(i, map[PersonID]bool{}) {
			return i
		}
	}
	return -1
}
