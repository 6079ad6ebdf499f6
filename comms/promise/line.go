package promise

import (
	"slices"

	"github.com/countersign/countersign/comms/plan"
)

// Line is who is to act, in the order in which they are reminded.
type Line struct {
	First    []plan.PersonID // whoever must act
	Next     []plan.PersonID // whoever stands in
	Everyone []plan.PersonID // everybody who could
}

// At lists whom a step reminds. Where nobody is left in a place of the line,
// whoever stands behind is reminded instead.
func (l Line) At(s Step) []plan.PersonID {
	places := [][]plan.PersonID{l.First, l.Next, l.Everyone}
	switch s {
	case None:
		return nil
	case StandIn:
		places = places[1:]
	case Everyone, Passed:
		places = places[2:]
	}
	for _, who := range places {
		if len(who) > 0 {
			return who
		}
	}
	return nil
}

// Writing is the line while nobody is asked to sign: whoever holds the
// incident, then those who share a role with them, then everybody who writes
// or signs. may tells who can act at all.
func Writing(p *plan.Plan, lead plan.PersonID, may func(plan.PersonID) bool) Line {
	var l Line
	roles := acting(p, lead)
	if len(roles) > 0 && may(lead) {
		l.First = []plan.PersonID{lead}
	}
	if len(roles) == 0 {
		roles = []plan.RoleID{plan.Drafter}
	}
	for _, role := range roles {
		for _, person := range p.Holders(role) {
			if person != lead && may(person) {
				l.Next = with(l.Next, person)
			}
		}
	}
	for _, person := range p.People {
		if len(acting(p, person.ID)) > 0 && may(person.ID) {
			l.Everyone = with(l.Everyone, person.ID)
		}
	}
	return l
}

// acting lists the roles of a person that write or sign.
func acting(p *plan.Plan, person plan.PersonID) []plan.RoleID {
	return slices.DeleteFunc(p.RolesOf(person), func(r plan.RoleID) bool { return r == plan.Reporter })
}

// Signing is the line while signatures are missing: those who hold a role that
// may give one, then those who stand in, then all of them and whoever else is
// concerned. may tells who can give which.
func Signing(p *plan.Plan, missing []plan.Requirement, may func(i int, person plan.PersonID) bool, concerned ...plan.PersonID) Line {
	var l Line
	for i, r := range missing {
		for _, id := range r.Roles {
			for _, role := range p.Roles {
				if role.ID != id {
					continue
				}
				for _, person := range role.Holders {
					if may(i, person) {
						l.First = with(l.First, person)
					}
				}
			}
		}
	}
	for i, r := range missing {
		for _, id := range r.Roles {
			for _, person := range p.Holders(id) {
				if may(i, person) && !slices.Contains(l.First, person) {
					l.Next = with(l.Next, person)
				}
			}
		}
	}
	for _, person := range slices.Concat(l.First, l.Next, concerned) {
		l.Everyone = with(l.Everyone, person)
	}
	return l
}

func with(people []plan.PersonID, person plan.PersonID) []plan.PersonID {
	if person == "" || slices.Contains(people, person) {
		return people
	}
	return append(people, person)
}
