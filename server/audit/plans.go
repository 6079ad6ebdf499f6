package audit

import (
	"context"
	"reflect"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// plans: every publication was signed under the plan that it had to go by (a
// plan by the one in force, all else by the one that its incident was under),
// by as many people as that asks for, and by people who held the roles then;
// and each was written on the latest that customers knew.
func (w *walk) plans(ctx context.Context, rows store.Raw) error {
	var err error
	if w.adopted, err = w.adoptions(ctx, rows); err != nil {
		return err
	}
	var inForce *plan.Plan
	var digest comms.Digest
	before := w.before()
	told := map[comms.ID]comms.Severity{}
	digests := make(map[int64]string, len(w.rows))
	for _, r := range w.rows {
		digests[r.Number] = r.Digest
	}
	for _, p := range w.publications {
		m := p.Message()
		under := inForce
		if m.Incident != nil {
			under = w.wereInForce[m.Plan]
			if m.Plan != w.adopted.at(m.Incident.ID, p.Number()) {
				w.find("publications", number(p.Number()), "it was written under another plan than the one that its incident went by")
			}
		} else if m.Plan != digest {
			w.find("publications", number(p.Number()), "it was written under another plan than the one in force")
		}
		w.inForceAt[p.Number()] = inForce
		if knew := before[p.Number()]; !m.After.IsZero() {
			if after := m.After.String(); after != digests[knew] {
				w.find("publications", number(p.Number()), "it was written to follow the words %s, and customers knew publication %d last", after, knew)
			}
		} else if m.Basis != knew {
			w.find("publications", number(p.Number()), "it was written when customers knew publication %d of the same, and they knew %d", m.Basis, knew)
		}
		var proposed *plan.Plan
		if m.PlanVersion != nil {
			var err error
			if proposed, err = plan.Read(m.PlanVersion.Files); err != nil {
				w.find("publications", number(p.Number()), "its plan cannot be read by this version of the program: %v", err)
			}
		}
		if p.Warrant().Kind == signoff.Quorum && under != nil && inForce != nil && (m.PlanVersion == nil || proposed != nil) {
			w.roles(p, told[incidentOf(m)], under, inForce, proposed)
		}
		if p.Warrant().Kind == signoff.Holding && under != nil && inForce != nil {
			w.roles(p, "", under, inForce, nil)
			w.rests(p, plan.Under(under, inForce))
		}
		if m.PlanVersion != nil {
			inForce, digest = proposed, p.Digest()
			w.wereInForce[digest] = inForce
		} else if m.Incident != nil {
			told[m.Incident.ID] = m.Incident.Severity
			w.told[p.Number()] = m.Incident.Severity
		}
	}
	w.inForce = inForce
	return nil
}

// before gives for each publication the one before it of the same incident, of
// the same holding statement, or of the plan; 0 for none.
func (w *walk) before() map[int64]int64 {
	statements := map[int64]string{}
	for _, p := range w.publications {
		if s := p.Message().Statement; s != nil {
			statements[p.Number()] = s.ID
		}
	}
	type of struct{ incident, statement string }
	latest, before := map[of]int64{}, make(map[int64]int64, len(w.rows))
	for _, r := range w.rows {
		key := of{r.Incident, statements[r.Number]}
		before[r.Number] = latest[key]
		latest[key] = r.Number
	}
	return before
}

func incidentOf(m comms.Message) comms.ID {
	if m.Incident == nil {
		return ""
	}
	return m.Incident.ID
}

// roles checks that the plan that a publication went by asked for these
// signatures, and that their givers could give them by the plan in force;
// before is the severity that was told last.
func (w *walk) roles(p signoff.Publication, before comms.Severity, under, inForce, proposed *plan.Plan) {
	needed, err := signoff.Requirements(p.Message(), before, under, proposed)
	if err != nil {
		w.find("publications", number(p.Number()), "its plan asks nobody for it: %v", err)
		return
	}
	if p.Warrant().Kind == signoff.Holding && len(p.Warrant().Approvals) == 0 {
		needed = nil // it went out by itself; rests looks by what right
	}
	if !reflect.DeepEqual(needed, p.Warrant().Requirements) {
		w.find("publications", number(p.Number()), "its plan asks for other signatures than its warrant")
		return
	}
	for i, a := range p.Warrant().Approvals {
		if !signoff.MayFill(inForce, needed[i], a.Person) {
			w.find("approvals", "id "+string(a.ID), "%s held no role that may give it when publication %d was published", a.Person, p.Number())
		}
		if signoff.Gains(a.Person, inForce, proposed) {
			w.find("approvals", "id "+string(a.ID), "%s gained a role by publication %d and could not sign it", a.Person, p.Number())
		}
	}
}
