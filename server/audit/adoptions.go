package audit

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/store"
)

// adoptions are the plans that incidents went by, from which publication on.
type adoptions struct {
	byIncident map[comms.ID][]store.RawAdoption // oldest first
	digests    map[int64]comms.Digest           // of plans, by the number of their publication
}

// adoptions: every incident was put under the plan that was in force then, and
// under a newer one each time.
func (w *walk) adoptions(ctx context.Context, rows store.Raw) (adoptions, error) {
	out := adoptions{byIncident: map[comms.ID][]store.RawAdoption{}, digests: map[int64]comms.Digest{}}
	var plans []int64 // in order
	for _, p := range w.publications {
		if p.Message().PlanVersion != nil {
			plans = append(plans, p.Number())
			out.digests[p.Number()] = p.Digest()
		}
	}
	all, err := rows.Adoptions(ctx)
	for _, a := range all {
		inForce := int64(0)
		for _, n := range plans {
			if n <= a.Head {
				inForce = n
			}
		}
		before := out.byIncident[comms.ID(a.Incident)]
		switch {
		case a.Plan != inForce:
			w.find("adoptions", adoptionKey(a), "the plan in force after publication %d was that of publication %d", a.Head, inForce)
		case len(before) > 0 && before[len(before)-1].Head > a.Head:
			w.find("adoptions", adoptionKey(a), "it comes before the one that it follows")
		}
		out.byIncident[comms.ID(a.Incident)] = append(before, a)
	}
	return out, err
}

func adoptionKey(a store.RawAdoption) string {
	return fmt.Sprintf("incident %s, plan %d", a.Incident, a.Plan)
}

// at is the plan that an incident went by when a publication of it was made;
// zero for none.
func (a adoptions) at(incident comms.ID, publication int64) comms.Digest {
	var plan int64
	for _, one := range a.byIncident[incident] {
		if one.Head < publication {
			plan = one.Plan
		}
	}
	return a.digests[plan]
}
