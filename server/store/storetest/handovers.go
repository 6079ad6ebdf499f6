package storetest

import (
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
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
	lawful := func() {
		t.Helper()
		for _, sql := range []string{
			`UPDATE handovers SET note = 'other'`, `UPDATE handovers SET state = 'offered', closed_at = 0`, `DELETE FROM handovers`,
			`UPDATE handovers SET note = '', reason = '', statement = '[]'`, `UPDATE handovers SET note = '', reason = '', sender = 'eve'`,
			`UPDATE leads SET person = 'dana'`, `DELETE FROM leads`,
		} {
			if _, err := st.DB().Exec(sql); err == nil {
				t.Errorf("the database let this through: %s", sql)
			}
		}
	}
	lawful()
	empty := `UPDATE handovers SET note = '', reason = '' WHERE id = '` + string(h.ID) + `'`
	_, err := st.DB().Exec(empty)
	refuses(t, err, "a redaction alone empties its words")

	// A redaction of another incident leaves it, one of this takes its words.
	s, p := o.Publish("data")
	other := desk.Handover{ID: comms.NewID(), From: "dana", To: "sam", Note: "All is well", OfferedAt: o.tick(), State: desk.Offered, Statement: []desk.Stated{{Incident: o.Incident("major").ID}}}
	named := desk.Handover{ID: comms.NewID(), From: "dana", To: "sam", Note: "Mind the customer", OfferedAt: o.tick(), State: desk.Offered,
		Statement: []desk.Stated{{Incident: i.ID}, {Incident: s.Incident.ID}}}
	o.Write(func(tx desk.Tx) error {
		must(t, tx.AddHandover(o.ctx(), other))
		must(t, tx.AddHandover(o.ctx(), named))
		return tx.Notify(o.ctx(), desk.Notice{Kind: desk.NoticeHandover, Update: s.ID, To: []plan.PersonID{"sam"}, By: "dana", Reason: named.Note, Handover: named.ID})
	})
	o.Redact(s, p)
	named.Note = ""
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		for _, want := range []desk.Handover{h, other, named} {
			got, err := tx.Handover(o.ctx(), want.ID)
			must(t, err)
			same(t, "after a redaction", got, want)
		}
		return nil
	}))
	var told int
	must(t, st.DB().QueryRow(`SELECT COUNT(*) FROM notices WHERE reason <> ''`).Scan(&told))
	same(t, "mails with its words", told, 0)
	_, err = st.DB().Exec(empty)
	refuses(t, err, "a redaction alone empties its words")
	lawful()
	named.State, named.ClosedAt = desk.Accepted, o.tick() // an emptied one can still be answered
	o.Write(func(tx desk.Tx) error { return tx.CloseHandover(o.ctx(), named) })
}
