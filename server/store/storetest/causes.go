package storetest

import (
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/store"
)

// causesStay keeps who confirmed a cause, and takes no word for it of those who
// wrote the text.
func causesStay(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s := o.Submit(o.Incident("minor"), "dana")
	add := func(c desk.Confirmation) error {
		return st.Write(o.ctx(), func(tx desk.Tx) error { return tx.AddConfirmation(o.ctx(), c) })
	}
	given := desk.Confirmation{ID: comms.NewID(), Update: s.ID, Revision: 1, Cause: comms.DigestOf([]byte("a full disk")), Person: "ines", At: o.tick()}
	must(t, add(given))
	own := given
	own.ID, own.Person = comms.NewID(), "dana"
	refuses(t, add(own), "in a text that they wrote")
	other := given
	other.ID, other.Revision = comms.NewID(), 2
	refuses(t, add(other), "in the latest revision of its text")
	for query, sentence := range map[string]string{
		`UPDATE causes SET person = 'sam'`: "who confirmed a cause is never changed",
		`DELETE FROM causes`:               "who confirmed a cause is never deleted",
		`INSERT INTO causes (id, update_id, revision, cause, person, at, head) SELECT 'early', update_id, revision, cause, person, at, head - 1 FROM causes`: "after the latest publication",
		`INSERT INTO laws (name, head) VALUES ('causes', 7)`: "is never added to",
	} {
		_, err := st.DB().Exec(query)
		refuses(t, err, sentence)
	}
	must(t, o.Keep(s, o.Countersign(s, o.SignAll(s))))
	late := given
	late.ID = comms.NewID()
	refuses(t, add(late), "has no cause to confirm")
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		all, err := tx.Confirmations(o.ctx(), s.Update.Incident)
		same(t, "confirmed", all, []desk.Confirmation{given})
		return err
	}))
}
