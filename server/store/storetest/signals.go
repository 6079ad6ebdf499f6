package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/store"
)

// signals are kept as they were told last, one at a time for each fingerprint.
func signals(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	i := o.Incident("major")
	u := o.Draft(i, "dana")
	first := desk.Signal{
		ID: comms.NewID(), Fingerprint: "ab12", Incident: i.ID, Name: "SignInErrors", Labels: map[string]string{"alertname": "SignInErrors"},
		Notes: map[string]string{"summary": "5 % fail – now"}, Firing: true, Fired: 1, Since: o.tick(), At: o.tick(),
	}
	put := func(s desk.Signal) {
		t.Helper()
		o.Write(func(tx desk.Tx) error { return tx.PutSignal(o.ctx(), s, 3) })
	}
	put(first)
	first.Firing, first.At = false, o.tick()
	put(first)
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		got, err := tx.Signal(o.ctx(), "ab12")
		must(t, err)
		same(t, "signal", got, first)
		_, err = tx.Signal(o.ctx(), "ab13")
		code(t, "an unknown one", err, comms.NotFound)
		n, err := tx.Drawn(o.ctx(), u.ID)
		must(t, err)
		same(t, "a draft of a person", n, 0)
		return nil
	}))

	second := first
	second.ID, second.Incident, second.Firing, second.Fired = comms.NewID(), o.Incident("major").ID, true, 1
	put(second)
	for n := 1; n <= 2; n++ {
		o.Write(func(tx desk.Tx) error { return tx.SetDrawn(o.ctx(), u.ID, n) })
	}
	for n := range 5 { // of which three are kept
		put(desk.Signal{ID: comms.NewID(), Fingerprint: fmt.Sprint(n), Name: "x", Labels: map[string]string{}, Notes: map[string]string{}, Firing: true, Fired: 1, Since: o.tick(), At: o.tick()})
	}
	must(t, st.Read(context.Background(), func(tx desk.Tx) error {
		got, err := tx.Signal(o.ctx(), "ab12")
		must(t, err)
		same(t, "the latest", got, second)
		of, err := tx.SignalsOf(o.ctx(), i.ID)
		must(t, err)
		same(t, "of the incident", of, []desk.Signal{first})
		unmapped, err := tx.SignalsOf(o.ctx(), "")
		must(t, err)
		same(t, "without an incident", len(unmapped), 3)
		same(t, "the newest", unmapped[0].Fingerprint, "4")
		n, err := tx.Drawn(o.ctx(), u.ID)
		must(t, err)
		same(t, "drawn", n, 2)
		return nil
	}))
}
