package editor

import (
	"slices"

	"github.com/countersign/countersign/comms"
)

// claimsView is the part of a form where people say what each component does.
type claimsView struct {
	Groups   []claimGroup
	Error    string
	Findings []finding
	Theirs   string  // what somebody else saved meanwhile
	Disputed []field // what somebody else says of a component, to choose from
}

type claimGroup struct {
	Name string
	Rows []claimRow
}

type claimRow struct {
	Name, Field string
	Options     []option
	Claimed     bool
}

// claims builds the rows: one select for each component, "not affected" first.
func (v *visit) claims(kind comms.Kind, claimed []comms.Claim, problem string) claimsView {
	view := claimsView{Error: problem}
	states := offered(kind)
	for _, g := range v.plan.Catalogue.Groups {
		group := claimGroup{Name: in(g.Name, v.Printer, v.plan.Catalogue)}
		for _, c := range g.Components {
			row := claimRow{Name: in(c.Name, v.Printer, v.plan.Catalogue), Field: claimPrefix + string(c.ID)}
			now := stateOf(claimed, c.ID)
			row.Claimed = now != ""
			row.Options = []option{{"", v.T("desk.claims.none"), now == ""}}
			list := states
			if now != "" && !slices.Contains(list, now) {
				list = append(slices.Clone(list), now)
			}
			for _, s := range list {
				row.Options = append(row.Options, option{string(s), v.state(s).Label, s == now})
			}
			group.Rows = append(group.Rows, row)
		}
		view.Groups = append(view.Groups, group)
	}
	return view
}

// disputedClaims lists the components of which somebody else says something
// else than the reader.
func (s sheet) disputedClaims(c claimsView) []field {
	var out []field
	for _, g := range c.Groups {
		for _, row := range g.Rows {
			f := field{Name: row.Field, Label: row.Name, Options: row.Options}
			for _, o := range row.Options {
				if o.Chosen {
					f.Value = o.Value
				}
			}
			if f = s.beside(f); f.HasTheirs {
				f.By = f.Label + " · " + f.By
				out = append(out, f)
			}
		}
	}
	return out
}

// offered are the states that people choose from. An incident never claims
// planned work.
func offered(kind comms.Kind) []comms.State {
	if kind == comms.KindMaintenance {
		return comms.States()
	}
	return []comms.State{comms.Operational, comms.Degraded, comms.Partial, comms.Major}
}

func stateOf(claims []comms.Claim, id comms.ComponentID) comms.State {
	for _, c := range claims {
		if c.Component == id {
			return c.State
		}
	}
	return ""
}

// listed says claims in one line: "Sign-in: Partly not working".
func (v *visit) listed(claims []comms.Claim) string {
	line := ""
	for i, c := range claims {
		if i > 0 {
			line += "; "
		}
		line += v.component(c.Component) + ": " + v.state(c.State).Label
	}
	return line
}
