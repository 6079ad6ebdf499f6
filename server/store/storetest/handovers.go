package storetest

import (
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/server/store"
)

// handovers are kept as they were stated, answered once, and whoever holds an
// incident is the last who took it.
func handovers(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	i := o.Incident("major")
	h := desk.Handover{ID: comms.NewID(), From: "dana", To: "sam", Note: "The 2nd – Kim's", OfferedAt: o.tick(), State: desk.Offered, Statement: []desk.Stated{{
		Incident: i.ID, Severity: "major", StartedAt: i.StartedAt, Claims: []comms.Claim{{Component: "search", State: comms.Partial}},
		Promises: []desk.StatedClock{{Kind: promise.First, Due: o.tick()}}, Drafts: []desk.StatedDraft{{Update: comms.NewID(), Kind: comms.MessageUpdate, State: desk.Draft, Author: "dana"}},
	}}}
	lead := func() (person string) {
		must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
			p, err := tx.Lead(o.ctx(), i.ID)
			person = string(p)
			return err
		}))
		return person
	}
	same(t, "who opened it holds it", lead(), "dana")
	o.Write(func(tx desk.Tx) error { return tx.AddHandover(o.ctx(), h) })
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		all, err := tx.HandoversOffered(o.ctx())
		same(t, "offered", all, []desk.Handover{h})
		_, missing := tx.Handover(o.ctx(), comms.NewID())
		code(t, "a handover that is not there", missing, comms.NotFound)
		return err
	}))
	h.State, h.ClosedAt, h.Reason = desk.Accepted, o.tick(), "well"
	o.Write(func(tx desk.Tx) error {
		must(t, tx.SetLead(o.ctx(), i.ID, "sam", o.tick(), h.ID))
		return tx.CloseHandover(o.ctx(), h)
	})
	same(t, "sam holds it", lead(), "sam")
	o.Write(func(tx desk.Tx) error { return tx.SetLead(o.ctx(), i.ID, "ines", o.tick(), "") })
	same(t, "ines holds it", lead(), "ines")
	if err := st.Write(o.ctx(), func(tx desk.Tx) error { return tx.CloseHandover(o.ctx(), h) }); err == nil {
		t.Error("a handover was answered twice")
	}
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		got, err := tx.Handover(o.ctx(), h.ID)
		same(t, "accepted", got, h)
		return err
	}))
	for _, sql := range []string{
		`UPDATE handovers SET note = 'other'`, `UPDATE handovers SET state = 'offered', closed_at = 0`, `DELETE FROM handovers`,
		`UPDATE leads SET person = 'dana'`, `DELETE FROM leads`,
	} {
		if _, err := st.DB().Exec(sql); err == nil {
			t.Errorf("the database let this through: %s", sql)
		}
	}
}
