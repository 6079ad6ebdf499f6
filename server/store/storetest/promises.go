package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/server/store"
)

func (o *Office) promises(incident comms.ID) (all []promise.Promise) {
	o.T.Helper()
	must(o.T, o.Store.Read(o.ctx(), func(tx desk.Tx) (err error) {
		all, err = tx.Promises(o.ctx(), incident)
		return err
	}))
	return all
}

// promises are kept as they were made, and what became of them with them.
func promises(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s, pub := o.Publish("major")
	first := promise.Promise{ID: comms.NewID(), Incident: s.Incident.ID, Kind: promise.First, Made: o.tick(), Due: o.Now.Add(15 * time.Minute), State: promise.Open}
	signature := promise.Promise{ID: comms.NewID(), Incident: s.Incident.ID, Update: s.ID, Kind: promise.Signature, Made: o.tick(), Due: o.Now.Add(time.Minute), State: promise.Open}
	o.Write(func(tx desk.Tx) error {
		return errors.Join(tx.AddPromise(o.ctx(), first), tx.AddPromise(o.ctx(), signature))
	})
	same(t, "of the incident", o.promises(s.Incident.ID), []promise.Promise{first, signature})
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		all, err := tx.PromisesWaiting(o.ctx())
		same(t, "waiting, the most urgent first", all, []promise.Promise{signature, first})
		return err
	}))

	first, signature = first.Pass(first.Due.Add(time.Hour)), signature.Fulfil(o.tick(), pub.Number())
	change := func(p promise.Promise) { o.Write(func(tx desk.Tx) error { return tx.ChangePromise(o.ctx(), p) }) }
	change(first)
	change(signature)
	same(t, "missed and kept", o.promises(s.Incident.ID), []promise.Promise{first, signature})
	first.After = pub.Number()
	first = first.Fulfil(first.Due, pub.Number()) // the clock had run ahead
	change(first)
	same(t, "in time after all", o.promises(s.Incident.ID)[0], first)
	for _, kind := range promise.Kinds()[1:] { // whatever may be promised can be kept here
		if kind != promise.Signature {
			owed := promise.Promise{ID: comms.NewID(), Incident: s.Incident.ID, Kind: kind, After: pub.Number(), Made: o.tick(), Due: o.Now.Add(time.Hour), State: promise.Open}
			o.Write(func(tx desk.Tx) error { return tx.AddPromise(o.ctx(), owed) })
			change(owed.Withdraw(o.tick()))
		}
	}
	counts, _, err := st.PromiseCounts(o.ctx())
	must(t, err)
	same(t, "counts", counts, map[promise.Kind]map[promise.State]int{
		promise.First: {promise.Kept: 1}, promise.Signature: {promise.Kept: 1}, promise.Next: {promise.Withdrawn: 1}, promise.Notice: {promise.Withdrawn: 1},
		promise.Start: {promise.Withdrawn: 1}, promise.End: {promise.Withdrawn: 1}, promise.Report: {promise.Withdrawn: 1},
	})
}

// promisesStay holds what was promised against ordinary SQL.
func promisesStay(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s, pub := o.Publish("major")
	open := promise.Promise{ID: comms.NewID(), Incident: s.Incident.ID, Kind: promise.Next, After: pub.Number(), Made: o.tick(), Due: o.Now.Add(time.Hour), State: promise.Open}
	missed := promise.Promise{ID: comms.NewID(), Incident: o.Incident("minor").ID, Kind: promise.First, Made: o.tick(), Due: o.Now, State: promise.Open}
	kept := promise.Promise{ID: comms.NewID(), Incident: s.Incident.ID, Kind: promise.First, Made: o.tick(), Due: o.Now.Add(time.Hour), State: promise.Open}
	kept, missed = kept.Fulfil(o.tick(), pub.Number()), missed.Pass(o.Now.Add(time.Hour))
	o.Write(func(tx desk.Tx) error {
		for _, p := range []promise.Promise{kept, missed, open} {
			must(t, tx.AddPromise(o.ctx(), p))
		}
		_, err := tx.ClaimReminder(o.ctx(), desk.Reminder{Promise: open.ID, Step: promise.Remind, At: o.tick(), To: []plan.PersonID{"dana"}})
		return err
	})
	for _, sql := range []string{
		`UPDATE promises SET due = due + 1 WHERE id = '` + string(open.ID) + `'`,
		`UPDATE promises SET made_at = 1 WHERE id = '` + string(open.ID) + `'`,
		`UPDATE promises SET seen = 0 WHERE id = '` + string(open.ID) + `'`,
		`UPDATE promises SET kind = 'first' WHERE id = '` + string(open.ID) + `'`,
		`UPDATE promises SET state = 'kept', decided_at = 5 WHERE id = '` + string(open.ID) + `'`, // by nothing
		`UPDATE promises SET state = 'open', decided_at = 0 WHERE id = '` + string(missed.ID) + `'`,
		`UPDATE promises SET state = 'withdrawn' WHERE id = '` + string(missed.ID) + `'`,
		`UPDATE promises SET state = 'missed' WHERE id = '` + string(kept.ID) + `'`,
		`UPDATE promises SET answered_at = 7 WHERE id = '` + string(kept.ID) + `'`,
		`DELETE FROM promises`,
		`DELETE FROM reminders`,
		`UPDATE reminders SET at = 0`,
		`INSERT INTO promises (id, incident, kind, seen, made_at, due, state, decided_at, answered_at)
		 SELECT '` + string(comms.NewID()) + `', incident, kind, seen, made_at, due, state, decided_at, answered_at FROM promises WHERE state = 'open'`, // a second that waits
	} {
		if _, err := st.DB().Exec(sql); err == nil {
			t.Errorf("the database let this through: %s", sql)
		}
	}
	same(t, "left", o.promises(s.Incident.ID), []promise.Promise{open, kept})
}

// reminding claims each step once, and none after a later one.
func reminding(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s, _ := o.Publish("major")
	p := promise.Promise{ID: comms.NewID(), Incident: s.Incident.ID, Kind: promise.Next, Made: o.tick(), Due: o.Now.Add(time.Hour), State: promise.Open}
	q := &queue{}
	st.SetEnqueuer(q)
	o.Write(func(tx desk.Tx) error { return tx.AddPromise(o.ctx(), p) })
	claim := func(step promise.Step) (claimed int) {
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				err := st.Write(o.ctx(), func(tx desk.Tx) error {
					first, err := tx.ClaimReminder(o.ctx(), desk.Reminder{Promise: p.ID, Step: step, At: o.Now, To: []plan.PersonID{"dana"}})
					if err != nil || !first {
						return err
					}
					mu.Lock()
					claimed++
					mu.Unlock()
					return tx.Notify(o.ctx(), desk.Notice{Kind: desk.NoticeKind(step.String()), Update: s.ID, To: []plan.PersonID{"dana"}, Promise: p.ID, Step: step, Need: desk.NeedWrite, Holding: step == promise.Everyone})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		return claimed
	}
	for _, c := range []struct {
		step promise.Step
		want int
	}{{promise.StandIn, 1}, {promise.StandIn, 0}, {promise.Remind, 0}, {promise.Everyone, 1}, {promise.StandIn, 0}} {
		same(t, "claimed "+c.step.String(), claim(c.step), c.want)
	}
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		all, err := tx.Reminders(o.ctx(), p.ID)
		same(t, "reminders", all, []desk.Reminder{
			{Promise: p.ID, Step: promise.StandIn, At: o.Now, To: []plan.PersonID{"dana"}},
			{Promise: p.ID, Step: promise.Everyone, At: o.Now, To: []plan.PersonID{"dana"}},
		})
		return err
	}))
	_, steps, err := st.PromiseCounts(o.ctx())
	must(t, err)
	same(t, "steps", steps, map[promise.Step]int{promise.StandIn: 1, promise.Everyone: 1})
	if len(q.notices) != 2 {
		t.Fatalf("%d mails, want one for each reminder", len(q.notices))
	}
	moot := func(notice int) bool {
		yes, err := st.Moot(o.ctx(), q.notices[notice])
		must(t, err)
		return yes
	}
	unsent, err := st.Unsent(o.ctx())
	must(t, err)
	if !moot(0) || moot(1) || len(unsent) != 1 || unsent[0] != q.notices[1] {
		t.Errorf("a reminder that a later one overtook is still to be sent, or the later one is not: %v of %v", unsent, q.notices)
	}
	n, _, err := st.Notice(o.ctx(), q.notices[1])
	must(t, err)
	if n.Incident != s.Incident.ID || !n.Due.Equal(p.Due) || n.Need != desk.NeedWrite || n.Step != promise.Everyone || !n.Holding {
		t.Errorf("the mail does not know what it reminds of: %+v", n)
	}
	o.Write(func(tx desk.Tx) error { return tx.ChangePromise(o.ctx(), p.Withdraw(o.tick())) })
	if !moot(1) {
		t.Error("a reminder of what was withdrawn is still to be sent")
	}
}
