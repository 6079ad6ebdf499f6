package storetest

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/store"
)

// drills that were held stay as they were recorded, one of a day; of one that
// is due people are told once, and not any more once one is recorded.
func drills(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	u := o.Submit(o.Incident("minor"), "dana")
	claim := func() (first bool) {
		o.Write(func(tx desk.Tx) (err error) {
			first, err = tx.ClaimDrill(o.ctx(), desk.DrillReminder{Day: "2026-11-28", At: o.tick(), To: []plan.PersonID{"dana"}})
			return err
		})
		return first
	}
	if !claim() || claim() {
		t.Error("a reminder is not claimed once")
	}
	o.Write(func(tx desk.Tx) error {
		if told, err := tx.DrillTold(o.ctx(), "2026-11-28"); err != nil || !told {
			t.Errorf("that people were told is not known: %v", err)
		}
		return tx.Notify(o.ctx(), desk.Notice{Kind: desk.NoticeDrill, Update: u.ID, To: []plan.PersonID{"dana"}})
	})
	waits := func(want int) {
		t.Helper()
		ids, err := st.Unsent(o.ctx())
		must(t, err)
		if len(ids) != want {
			t.Errorf("%d notices wait, want %d", len(ids), want)
		}
	}
	waits(1)
	older := desk.Drill{Day: "2026-05-04", Note: "The whole team.", By: "ines", At: o.tick()}
	latest := desk.Drill{Day: "2026-11-28", Note: "Dana and Ines:\nthe list was old.", By: "dana", At: o.tick()}
	for _, d := range []desk.Drill{latest, older} {
		o.Write(func(tx desk.Tx) error { return tx.AddDrill(o.ctx(), d) })
	}
	waits(0)
	if err := st.Write(o.ctx(), func(tx desk.Tx) error { return tx.AddDrill(o.ctx(), latest) }); err == nil {
		t.Error("a day has two records")
	}
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		got, err := tx.Drills(o.ctx())
		same(t, "the drills", got, []desk.Drill{latest, older})
		return err
	}))
	for _, query := range []string{"UPDATE drills SET note = 'x'", "DELETE FROM drills", "UPDATE drill_reminders SET at = 1", "DELETE FROM drill_reminders"} {
		if _, err := st.DB().ExecContext(o.ctx(), query); err == nil || !strings.Contains(err.Error(), "never") {
			t.Errorf("%s: %v", query, err)
		}
	}
}
