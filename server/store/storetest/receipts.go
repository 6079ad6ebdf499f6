package storetest

import (
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/store"
)

// receipts belong to the person and the token that sent the request.
func receipts(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	u := o.Draft(o.Incident("major"), "dana")
	r := desk.Receipt{Person: "dana", Token: "robot", Request: desk.Request{Key: "k 1", Digest: comms.DigestOf([]byte("x"))}, Update: u.ID, At: o.tick()}
	o.Write(func(tx desk.Tx) error { return tx.AddReceipt(o.ctx(), r) })
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		got, err := tx.Receipt(o.ctx(), "dana", "robot", "k 1")
		must(t, err)
		same(t, "receipt", got, r)
		for _, other := range [][2]string{{"robot", "k 2"}, {"", "k 1"}} {
			_, err = tx.Receipt(o.ctx(), "dana", other[0], other[1])
			code(t, "another request", err, comms.NotFound)
		}
		_, err = tx.Receipt(o.ctx(), "eve", "robot", "k 1")
		code(t, "another person's", err, comms.NotFound)
		return nil
	}))
	r.Update = o.Draft(o.Incident("major"), "dana").ID
	code(t, "the same request for another update", st.Write(o.ctx(), func(tx desk.Tx) error { return tx.AddReceipt(o.ctx(), r) }), comms.Conflict)
}

// pages of a list hold everything once, also what was opened at the same time.
func pages(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	at := o.tick()
	o.Write(func(tx desk.Tx) error {
		for range 5 {
			i := desk.Incident{ID: comms.NewID(), Kind: comms.KindIncident, Name: "x", Severity: "major", StartedAt: at, OpenedAt: at, OpenedBy: "dana", Version: 1}
			if err := tx.InsertIncident(o.ctx(), i); err != nil {
				return err
			}
		}
		return nil
	})
	o.Incident("major")
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		for _, openOnly := range []bool{false, true} {
			want, err := tx.Incidents(o.ctx(), openOnly, 0)
			must(t, err)
			same(t, "incidents", len(want), 6)
			got, err := tx.Incidents(o.ctx(), openOnly, 2)
			must(t, err)
			for len(got) < len(want) {
				next, err := tx.IncidentsBehind(o.ctx(), got[len(got)-1], openOnly, 2)
				must(t, err)
				if len(next) == 0 {
					break
				}
				got = append(got, next...)
			}
			same(t, "pages", got, want)
			rest, err := tx.IncidentsBehind(o.ctx(), want[0], openOnly, 0)
			must(t, err)
			same(t, "the rest", rest, want[1:])
		}
		return nil
	}))
}
