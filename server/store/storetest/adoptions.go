package storetest

import (
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// Replan puts a new version of the plan in force, signed by whom it asks for.
// The office goes on under it; what is open stays under the one before.
func (o *Office) Replan(change func([]comms.PlanFile)) signoff.Publication {
	o.T.Helper()
	s := o.SubmitPlan(o.planDigest, change)
	p := o.CountersignPlan(s, o.SignAll(s))
	must(o.T, o.KeepPlan(s, p))
	var err error
	o.Plan, err = plan.Read(p.Message().PlanVersion.Files)
	must(o.T, err)
	o.planDigest = p.Digest()
	return p
}

// SubmitPlan asks for the signatures under a changed plan that names another
// as the one that it goes by.
func (o *Office) SubmitPlan(under comms.Digest, change func([]comms.PlanFile)) Submitted {
	o.T.Helper()
	files := append([]comms.PlanFile(nil), o.Plan.Files...)
	change(files)
	proposed, err := plan.Read(files)
	must(o.T, err)
	var before signoff.Publication
	o.Write(func(tx desk.Tx) (err error) { before, err = tx.PlanInForce(o.ctx()); return err })
	m := comms.Message{Kind: comms.MessagePlan, Plan: under, Basis: before.Number(), PlanVersion: &comms.PlanVersion{
		Version: before.Message().PlanVersion.Version + 1, Parts: []string{"rules"}, Files: proposed.Files, Catalogue: proposed.Catalogue}}
	u := desk.Update{ID: comms.NewID(), Kind: m.Kind, State: desk.Draft, CreatedAt: o.tick(), CreatedBy: "dana", Version: 1}
	m.Update = u.ID
	content, err := comms.Seal(m)
	must(o.T, err)
	needed, err := signoff.Requirements(m, "", o.Plan, proposed)
	must(o.T, err)
	o.Write(func(tx desk.Tx) error {
		must(o.T, tx.InsertUpdate(o.ctx(), u))
		must(o.T, tx.AddRevision(o.ctx(), desk.Revision{Update: u.ID, Number: 1, Author: "dana", At: o.Now}))
		u.State, u.Digest, u.SubmittedAt, u.SubmittedBy = desk.InReview, content.Digest(), o.tick(), "dana"
		must(o.T, tx.AddContent(o.ctx(), content))
		must(o.T, tx.AddRequirements(o.ctx(), asRows(u, needed)))
		must(o.T, tx.ChangeUpdate(o.ctx(), u))
		u, err = tx.Update(o.ctx(), u.ID)
		return err
	})
	return Submitted{Update: u, Content: content, Requirements: needed, Author: "dana"}
}

// CountersignPlan seals a plan that goes by whatever its words name.
func (o *Office) CountersignPlan(s Submitted, approvals []signoff.Approval) signoff.Publication {
	o.T.Helper()
	head, err := o.Store.Head(o.ctx())
	must(o.T, err)
	m, err := s.Content.Message()
	must(o.T, err)
	p, err := signoff.Countersign(Key(), s.Content, lint.Report{}, approvals, signoff.Basis{Chain: head, Incident: m.Basis, Plan: o.Plan,
		PlanDigest: m.Plan, Requirements: s.Requirements, Authors: []plan.PersonID{s.Author}, Keys: Keys()}, o.tick())
	must(o.T, err)
	return p
}

// KeepPlan stores the publication of a plan, which is in force from then on,
// for the transaction as well that stores it.
func (o *Office) KeepPlan(s Submitted, p signoff.Publication) error {
	return o.Store.Write(o.ctx(), func(tx desk.Tx) error {
		if _, err := tx.PlanInForce(o.ctx()); err != nil {
			return err
		}
		if err := tx.AddPublication(o.ctx(), p); err != nil {
			return err
		}
		inForce, err := tx.PlanInForce(o.ctx())
		must(o.T, err)
		same(o.T, "plan in force", inForce.Number(), p.Number())
		s.State, s.Update.Publication = desk.Published, p.Number()
		return tx.ChangeUpdate(o.ctx(), s.Update)
	})
}

// Adopt puts an incident under the plan in force.
func (o *Office) Adopt(i desk.Incident, plan signoff.Publication) desk.Adoption {
	o.T.Helper()
	head, err := o.Store.Head(o.ctx())
	must(o.T, err)
	a := desk.Adoption{Incident: i.ID, Plan: plan.Number(), Head: head.Number, At: o.tick(), Person: "dana"}
	o.Write(func(tx desk.Tx) error { return tx.Adopt(o.ctx(), a) })
	return a
}

// remark changes a plan in nothing but its writing.
func remark(words string) func([]comms.PlanFile) {
	return func(files []comms.PlanFile) {
		for i := range files {
			files[i].Text += "\n# " + words + "\n"
		}
	}
}

// incidentsKeepTheirPlan: an incident goes by the plan that it was opened
// under until it is moved, and only to the one in force.
func incidentsKeepTheirPlan(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	first := o.planDigest
	i := o.Incident("minor")
	other := o.Incident("minor")
	stale := o.SubmitPlan(o.planDigest, remark("one line"))
	signed := o.SignAll(stale)
	second := o.Replan(remark("another line"))

	s := o.Submit(i, "dana") // names the new plan
	refuses(t, o.Keep(s, o.Countersign(s, o.SignAll(s))), "under the plan that its incident goes by")
	refuses(t, o.KeepPlan(stale, o.CountersignPlan(stale, signed)), "under the plan in force")
	insert := `INSERT INTO adoptions (incident_id, plan, head, at, person) VALUES ($1, $2, $3, 1, 'eve')`
	for _, c := range []struct {
		sentence   string
		plan, head int64
	}{
		{"under the plan in force alone", 1, second.Number()},
		{"from the latest publication on", second.Number(), 1},
		{"", 99, second.Number()},
	} {
		_, err := st.DB().Exec(insert, string(i.ID), c.plan, c.head)
		refuses(t, err, c.sentence)
	}
	a := o.Adopt(i, second)
	_, err := st.DB().Exec(insert, string(i.ID), a.Plan, a.Head)
	refuses(t, err, "by this plan already")
	for _, attack := range []string{"UPDATE adoptions SET plan = 1", "DELETE FROM adoptions"} {
		_, err := st.DB().Exec(attack)
		refuses(t, err, "the plan of an incident is never")
	}
	must(t, o.Keep(s, o.Countersign(s, o.SignAll(s))))

	o.Write(func(tx desk.Tx) error {
		got, err := tx.Adoptions(o.ctx(), i.ID)
		must(t, err)
		same(t, "adoptions", got, []desk.Adoption{{Incident: i.ID, Plan: 1, Head: 1, At: i.OpenedAt, Person: "dana"}, a})
		return nil
	})
	o.planDigest = first
	s = o.Submit(other, "dana")
	must(t, o.Keep(s, o.Countersign(s, o.SignAll(s))))
}
