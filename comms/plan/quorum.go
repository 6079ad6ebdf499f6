package plan

import (
	"fmt"
	"slices"
	"strings"
)

// quorums looks for signatures that could not be given when they are needed:
// by nobody, whoever wrote; by nobody when a certain person wrote; by nobody
// when one more person is away.
func (k *checker) quorums() {
	for _, s := range k.plan.Severities {
		k.quorum("severities."+string(s.ID)+".approvals", fmt.Sprintf("an update of the severity %q", s.ID), s.Approvals)
	}
	for _, part := range Parts() {
		k.quorum("quorums."+string(part), fmt.Sprintf("a change of the plan's %s", part), k.plan.Quorums[part])
	}
}

func (k *checker) quorum(place, what string, needed []Requirement) {
	who := k.scarce(needed)
	authors := k.authors(who)
	var stuck, risky []string
	for _, author := range authors {
		if !canSign(who, author, "") {
			stuck = append(stuck, string(author))
			continue
		}
		for _, away := range concerned(who) {
			if away != author && !canSign(who, author, away) {
				risky = append(risky, fmt.Sprintf("%s wrote it and %s is away", author, away))
			}
		}
	}
	fix := fmt.Sprintf("name more people who may sign (%s); nobody signs what they wrote, and nobody signs twice", signatures(needed))
	switch at := k.places[place]; {
	case len(authors) > 0 && len(stuck) == len(authors):
		at.bad(fix, "%s can never be signed: there are not enough different people", what)
	case len(stuck) > 0:
		at.ask(fix, "%s cannot be signed when %s wrote it", what, strings.Join(stuck, " or "))
	case len(risky) > 0:
		at.ask(fix, "%s cannot be signed when %s", what, risky[0])
	}
}

// scarce lists who may give each signature. One that more people may give than
// could be away, writing or signing otherwise is never in want, and left out.
func (k *checker) scarce(needed []Requirement) [][]PersonID {
	var out [][]PersonID
	for _, r := range needed {
		var who []PersonID
		for _, role := range r.Roles {
			for _, person := range k.plan.Holders(role) {
				if !slices.Contains(who, person) {
					who = append(who, person)
				}
			}
		}
		if len(who) < len(needed)+2 {
			out = append(out, who)
		}
	}
	return out
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

// canSign tells whether different people, neither author nor away, can give
// every signature: a matching by augmenting paths (Kuhn).
func canSign(who [][]PersonID, author, away PersonID) bool {
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
			return false
		}
	}
	return true
}
