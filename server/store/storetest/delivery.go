package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
)

// queue remembers what was enqueued inside which transaction.
type queue struct {
	fanouts []int64
	notices []comms.ID
	signups int
}

func (q *queue) Signups(context.Context, *sql.Tx) error { q.signups++; return nil }

func (q *queue) Fanout(ctx context.Context, tx *sql.Tx, publication int64) error {
	q.fanouts = append(q.fanouts, publication)
	_, err := tx.ExecContext(ctx, `SELECT 1 FROM fanouts`) // the row is there, and the transaction is alive
	return err
}

func (q *queue) Notice(ctx context.Context, tx *sql.Tx, id comms.ID) error {
	q.notices = append(q.notices, id)
	return nil
}

// fanOut: everybody of the audience gets one delivery, in batches, and nobody else.
func fanOut(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	ctx := o.ctx()
	q := &queue{}
	st.SetEnqueuer(q)
	other := o.Plan.Catalogue.Components()[1].ID
	want := map[comms.ID]bool{}
	for n := range 25 {
		want[o.Subscribe(fmt.Sprintf("all%d@example.com", n))] = true
		want[o.Subscribe(fmt.Sprintf("this%d@example.com", n), o.Component(), other)] = true
		o.Subscribe(fmt.Sprintf("other%d@example.com", n), other)
	}
	left := o.Subscribe("left@example.com")
	must(t, st.Unsubscribe(ctx, left, o.tick()))
	_, p := o.Publish("minor")
	o.Now = o.Now.Add(time.Minute)
	o.Subscribe("late@example.com")
	same(t, "jobs", q.fanouts, []int64{p.Number()})
	must(t, st.Read(ctx, func(tx desk.Tx) error {
		reach, err := tx.Reach(ctx, p.Message())
		same(t, "reach", reach, 51)
		return err
	}))

	rounds := 0
	for done := false; !done; rounds++ {
		var err error
		done, err = st.Spread(ctx, p.Number(), 7, o.tick())
		must(t, err)
		if rounds > 20 {
			t.Fatal("the fan-out never ends")
		}
	}
	same(t, "batches", rounds, 8)
	done, err := st.Spread(ctx, p.Number(), 7, o.tick())
	must(t, err)
	same(t, "done stays done", done, true)
	ds, err := st.Claim(ctx, p.Number(), 1000, o.tick(), time.Minute)
	must(t, err)
	for _, d := range ds {
		if !want[d.Subscriber] {
			t.Errorf("%s got a delivery and is not in the audience, or got two", d.Address)
		}
		delete(want, d.Subscriber)
	}
	same(t, "subscribers without a delivery", len(want), 0)
	unspread, err := st.Unspread(ctx)
	must(t, err)
	same(t, "unspread", len(unspread), 0)
	_, err = st.Spread(ctx, 1, 7, o.Now)
	code(t, "spread a plan", err, comms.NotFound)
}

// published gives a publication with deliveries to n subscribers.
func (o *Office) published(n int) int64 {
	o.T.Helper()
	for i := range n {
		o.Subscribe(fmt.Sprintf("s%d@example.com", i))
	}
	_, p := o.Publish("minor")
	_, err := o.Store.Spread(o.ctx(), p.Number(), n+1, o.Now)
	must(o.T, err)
	return p.Number()
}

// leases: of eight who claim at once, no two get the same row, and a lease
// that ran out is claimed again.
func leases(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	ctx := o.ctx()
	number := o.published(200)
	now := o.tick()
	var mu sync.Mutex
	var got []comms.ID
	var wg sync.WaitGroup
	claim := func(at time.Time) int {
		ds, err := st.Claim(ctx, number, 10, at, time.Minute)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, d := range ds {
			got = append(got, d.Subscriber)
		}
		return len(ds)
	}
	for range 8 {
		wg.Go(func() {
			for idle := 0; idle < 3; { // a batch may come back empty while others hold their rows
				if claim(now) == 0 {
					idle++
				}
			}
		})
	}
	wg.Wait()
	slices.Sort(got)
	same(t, "rows claimed", len(got), 200)
	same(t, "rows claimed once", len(slices.Compact(got)), 200)
	at, ok, err := st.NextDue(ctx, number)
	must(t, err)
	if !ok || !at.Equal(now.Add(time.Minute)) {
		t.Errorf("next due at %v (%v), want the end of the leases", at, ok)
	}
	same(t, "before the leases end", claim(now.Add(59*time.Second)), 0)
	same(t, "after the leases ended", claim(now.Add(time.Minute)), 10)
}

// outcomes: only the claim that holds a delivery settles it.
func outcomes(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	ctx := o.ctx()
	number := o.published(3)
	now := o.tick()
	first, err := st.Claim(ctx, number, 1, now, time.Minute)
	must(t, err)
	d := first[0]
	later := now.Add(2 * time.Minute)
	rest, err := st.Claim(ctx, number, 10, later, time.Minute) // the lease of the first ran out
	must(t, err)
	same(t, "claimed later", len(rest), 3)
	must(t, st.Settle(ctx, d, outbox.Outcome{State: outbox.Dead, At: later})) // too late: it is somebody else's
	for _, r := range rest {
		if r.Subscriber == d.Subscriber {
			same(t, "attempt", r.Attempt, 2)
			must(t, st.Settle(ctx, r, outbox.Outcome{State: outbox.Waiting, At: later, Next: later.Add(time.Hour), Error: "421 try later"}))
			continue
		}
		must(t, st.Settle(ctx, r, outbox.Outcome{State: outbox.Sent, At: later}))
	}
	at, ok, err := st.NextDue(ctx, number)
	must(t, err)
	if !ok || !at.Equal(later.Add(time.Hour)) {
		t.Errorf("next due at %v (%v), want in an hour", at, ok)
	}
	open, err := st.Undelivered(ctx)
	must(t, err)
	same(t, "undelivered", open, []int64{number})
	must(t, st.Unsubscribe(ctx, d.Subscriber, later)) // who has left gets nothing more
	none, err := st.Claim(ctx, number, 10, later.Add(time.Hour), time.Minute)
	must(t, err)
	same(t, "claims for who left", len(none), 0)
	counts, spread, err := st.Tally(ctx, number)
	must(t, err)
	same(t, "spread", spread, true)
	same(t, "tally", counts, map[outbox.DeliveryState]int{outbox.Sent: 2, outbox.Dead: 1})
	_, ok, err = st.NextDue(ctx, number)
	must(t, err)
	same(t, "anything due", ok, false)
	if err := st.Settle(ctx, d, outbox.Outcome{State: outbox.Sending}); err == nil {
		t.Error("sending was taken for an outcome")
	}
}

// notices go to the people of the desk, once each.
func notices(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	ctx := o.ctx()
	q := &queue{}
	st.SetEnqueuer(q)
	s := o.Submit(o.Incident("minor"), "dana")
	head, err := st.Head(ctx)
	must(t, err)
	n := desk.Notice{Kind: desk.NoticeSign, Update: s.ID, Digest: s.Digest, To: []plan.PersonID{"sam", "ines", "sam"}, By: "dana", Reason: "please", Head: head}
	o.Write(func(tx desk.Tx) error {
		must(t, tx.Notify(ctx, desk.Notice{Kind: desk.NoticeSign, Update: s.ID})) // to nobody: no mail
		return tx.Notify(ctx, n)
	})
	if len(q.notices) != 1 {
		t.Fatalf("%d jobs, want 1", len(q.notices))
	}
	id := q.notices[0]
	got, sent, err := st.Notice(ctx, id)
	must(t, err)
	n.To = []plan.PersonID{"sam", "ines"}
	same(t, "notice", got, n)
	same(t, "sent to", len(sent), 0)
	must(t, st.NoticeSent(ctx, id, "sam", o.tick()))
	_, sent, err = st.Notice(ctx, id)
	must(t, err)
	same(t, "sent to", sent, map[string]bool{"sam": true})
	open, err := st.Unsent(ctx)
	must(t, err)
	same(t, "unsent", open, []comms.ID{id})
	must(t, st.NoticeSent(ctx, id, "ines", o.tick()))
	open, err = st.Unsent(ctx)
	must(t, err)
	same(t, "unsent", len(open), 0)
	_, _, err = st.Notice(ctx, "nothing00000")
	code(t, "a notice that is not there", err, comms.NotFound)
	about, err := st.Subject(ctx, s.ID)
	must(t, err)
	same(t, "title", about.Title("en", "en"), "Some customers cannot sign in.")
	same(t, "title in the reader's language", about.Title("es", "en"), "Algunos clientes no pueden entrar.")
	same(t, "title in no language of the reader's", about.Title("fr", "de"), "Some customers cannot sign in.")
	about, err = st.Subject(ctx, o.Draft(s.Incident, "dana").ID)
	must(t, err)
	same(t, "title of a draft", about.Title("es", "en"), "Sign-in is slow")
	later := o.Now.Add(time.Hour).UTC().Truncate(time.Second)
	about, err = st.Subject(ctx, o.Submit(s.Incident, "dana", func(m *comms.Message) { m.PublishAt = &later }).ID)
	must(t, err)
	same(t, "goes out", about.GoesOut, later)
}
