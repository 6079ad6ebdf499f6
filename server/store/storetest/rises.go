package storetest

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/store"
)

// rises go on one at a time of a key, and what became of one is stored until it
// is over; a notice of one that nobody has to act on is not sent.
func rises(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	u := o.Submit(o.Incident("minor"), "dana")
	r := desk.Rise{ID: comms.NewID(), Key: "sign-in", Reports: true, Window: 15 * time.Minute, Count: 7, Usual: 0.25, BeganAt: o.tick(), MailedAt: o.tick()}
	o.Write(func(tx desk.Tx) error { return tx.AddRise(o.ctx(), r) })
	if err := st.Write(o.ctx(), func(tx desk.Tx) error {
		return tx.AddRise(o.ctx(), desk.Rise{ID: comms.NewID(), Key: "sign-in", BeganAt: o.tick()})
	}); err == nil {
		t.Error("two rises of a key go on")
	}
	other := desk.Rise{ID: comms.NewID(), Key: "export", Window: time.Hour, Count: 30, Usual: 12.5, BeganAt: o.tick(), ToldAt: o.tick()}
	o.Write(func(tx desk.Tx) error { return tx.AddRise(o.ctx(), other) })
	read := func(list func(desk.Tx) ([]desk.Rise, error)) (out []desk.Rise) {
		t.Helper()
		must(t, st.Read(o.ctx(), func(tx desk.Tx) (err error) {
			out, err = list(tx)
			return err
		}))
		return out
	}
	on := func(tx desk.Tx) ([]desk.Rise, error) { return tx.RisesOn(o.ctx()) }
	same(t, "what goes on", read(on), []desk.Rise{other, r})

	o.Write(func(tx desk.Tx) error {
		return tx.Notify(o.ctx(), desk.Notice{Kind: desk.NoticeRise, Update: u.ID, Rise: r.ID, To: []plan.PersonID{"dana"}})
	})
	ids, err := st.Unsent(o.ctx())
	must(t, err)
	if len(ids) != 1 {
		t.Fatalf("%d notices wait", len(ids))
	}
	n, _, err := st.Notice(o.ctx(), ids[0])
	must(t, err)
	same(t, "the rise of the notice", n.Risen, r)

	r.SeenAt, r.SeenBy = o.tick(), "ines"
	o.Write(func(tx desk.Tx) error { return tx.ChangeRise(o.ctx(), r) })
	moot, err := st.Moot(o.ctx(), ids[0])
	must(t, err)
	if ids, err := st.Unsent(o.ctx()); err != nil || len(ids) != 0 || !moot {
		t.Errorf("somebody knows, and %d notices wait: %v", len(ids), err)
	}
	r.EndedAt = o.tick()
	o.Write(func(tx desk.Tx) error { return tx.ChangeRise(o.ctx(), r) })
	if err := st.Write(o.ctx(), func(tx desk.Tx) error { return tx.ChangeRise(o.ctx(), r) }); err == nil {
		t.Error("a rise that is over is changed")
	}
	same(t, "what goes on then", read(on), []desk.Rise{other})
	same(t, "what went on since", read(func(tx desk.Tx) ([]desk.Rise, error) { return tx.RisesSince(o.ctx(), r.BeganAt) }), []desk.Rise{other, r})
	o.Write(func(tx desk.Tx) error {
		return tx.AddRise(o.ctx(), desk.Rise{ID: comms.NewID(), Key: "sign-in", BeganAt: o.tick()})
	})
}
