package storetest

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/store"
)

func (o *Office) working(u desk.Update, who plan.PersonID, words string) desk.Working {
	text := draft.Draft{Kind: comms.MessageUpdate, Slots: draft.Slots{"en": {"impact": words}}}
	return desk.Working{Update: u.ID, Author: who, At: o.tick(), Draft: text}
}

// typing: the last text of each person, in the order in which they were put,
// and who is there.
func typing(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	u, other := o.Draft(o.Incident("minor"), "dana"), o.Draft(o.Incident("minor"), "dana")
	first, second, last := o.working(u, "dana", "one"), o.working(u, "sam", "two"), o.working(u, "dana", "three")
	o.Write(func(tx desk.Tx) error {
		for _, w := range []desk.Working{first, second, last, o.working(other, "dana", "elsewhere")} {
			must(t, tx.PutWorking(o.ctx(), w))
		}
		return nil
	})
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		ws, err := tx.Workings(o.ctx(), u.ID)
		must(t, err)
		if len(ws) != 2 {
			t.Fatalf("%d texts, want 2: %+v", len(ws), ws)
		}
		for i, want := range []desk.Working{second, last} {
			same(t, "author", ws[i].Author, want.Author)
			same(t, "time", ws[i].At, want.At)
			same(t, "words", ws[i].Draft.Slots.Get("en", "impact"), want.Draft.Slots.Get("en", "impact"))
		}
		authors, err := tx.Authors(o.ctx(), u.ID)
		must(t, err)
		same(t, "authors", authors, []plan.PersonID{"dana", "sam"}) // dana had begun before
		return nil
	}))

	meet := func(who plan.PersonID, at time.Time) (others []desk.Presence) {
		o.Write(func(tx desk.Tx) (err error) {
			others, err = tx.Meet(o.ctx(), desk.Presence{Update: u.ID, Person: who, Field: "slots.en.impact", At: at}, at.Add(-time.Minute))
			return err
		})
		return others
	}
	now := o.tick()
	same(t, "who is with the first", len(meet("dana", now)), 0)
	others := meet("sam", now.Add(time.Second))
	if len(others) != 1 || others[0] != (desk.Presence{Update: u.ID, Person: "dana", Field: "slots.en.impact", At: now}) {
		t.Errorf("who is with the second: %+v", others)
	}
	same(t, "who is there two minutes later", len(meet("sam", now.Add(2*time.Minute))), 0)
}

// typingEndsAsRevisions: nobody's typing is dropped or given to somebody else,
// and nothing is signed while it is not a revision.
func typingEndsAsRevisions(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s := o.Submit(o.Incident("minor"), "dana")
	u := o.Draft(s.Incident, "dana")
	w := o.working(u, "sam", "one")
	o.Write(func(tx desk.Tx) error { return tx.PutWorking(o.ctx(), w) })

	review := u
	review.State, review.Digest = desk.InReview, s.Digest
	refuses(t, st.Write(o.ctx(), func(tx desk.Tx) error { return tx.ChangeUpdate(o.ctx(), review) }), "must become revisions")
	refuses(t, st.Write(o.ctx(), func(tx desk.Tx) error { return tx.EndWorkings(o.ctx(), u.ID) }), "ends as a revision of theirs")
	_, err := st.DB().Exec(`UPDATE workings SET person = 'dana' WHERE update_id = $1`, string(u.ID))
	refuses(t, err, "stays theirs")

	o.Write(func(tx desk.Tx) error {
		must(t, tx.AddRevision(o.ctx(), desk.Revision{Update: u.ID, Number: 2, Author: w.Author, At: w.At, Draft: w.Draft}))
		must(t, tx.EndWorkings(o.ctx(), u.ID))
		return tx.ChangeUpdate(o.ctx(), review)
	})
}
