package plan

import "slices"

// Join makes a quorum that is at least as strict as both: each requirement of
// either has one of its own in it that asks for as much.
func Join(have, add []Requirement) []Requirement {
	out := slices.Clone(have)
	taken := make([]bool, len(out))
	find := func(fits func(Requirement) bool) int {
		for i, o := range out {
			if !taken[i] && fits(o) {
				return i
			}
		}
		return -1
	}
	add = slices.Clone(add)
	slices.SortStableFunc(add, func(a, b Requirement) int { return a.looseness() - b.looseness() })
	for _, r := range add {
		i := find(func(o Requirement) bool { return o.covers(r) })
		if i < 0 {
			if i = find(func(o Requirement) bool { return r.covers(o) }); i >= 0 {
				out[i] = r
			}
		}
		if i < 0 {
			out, taken = append(out, r), append(taken, true)
			continue
		}
		taken[i] = true
	}
	return out
}

// covers tells whether whoever gives r has given other as well.
func (r Requirement) covers(other Requirement) bool {
	if r.Kind != other.Kind && other.Kind != Any {
		return false
	}
	return !slices.ContainsFunc(r.Roles, func(role RoleID) bool { return !slices.Contains(other.Roles, role) })
}

// looseness orders requirements from the strictest.
func (r Requirement) looseness() int {
	if r.Kind == Any {
		return 1000 + len(r.Roles)
	}
	return len(r.Roles)
}
