package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
)

func request(address string, at time.Time, c comms.Choice) comms.Signup {
	return comms.Signup{ID: comms.NewID(), Address: address, Lang: "es", Choice: c, AskedAt: at}
}

// signups become subscriptions by confirmation alone, and go when nobody confirms.
func signups(t *testing.T, st *store.Store) {
	ctx, now := t.Context(), Clock()
	q := &queue{}
	st.SetEnqueuer(q)
	ask := func(v comms.Signup, wantLimited bool) {
		t.Helper()
		limited, full, err := st.SignUp(ctx, v)
		must(t, err)
		same(t, "limited, full", [2]bool{limited, full}, [2]bool{wantLimited, false})
	}
	everything, search := comms.Choice{Everything: true}, comms.Choice{Kind: comms.KindIncident, Components: []comms.ComponentID{"search"}}
	first := request("Ana+a@example.com", now, search)
	ask(first, false)
	same(t, "jobs", q.signups, 1)
	got, err := st.Signup(ctx, first.ID, now)
	must(t, err)
	same(t, "request", got, first)
	ask(request("ana+B@example.com", now.Add(time.Minute), everything), false)
	ask(request("ana@Example.com", now.Add(2*time.Minute), everything), false)
	ask(request("ana@example.com", now.Add(3*time.Minute), everything), true)
	same(t, "jobs of what was limited", q.signups, 3)
	ask(request("bob@example.com", now.Add(3*time.Minute), everything), false)

	vs, err := st.ClaimSignups(ctx, 2, now.Add(time.Hour), time.Minute)
	must(t, err)
	same(t, "claimed", len(vs), 2)
	if vs[0].ID != first.ID && vs[1].ID != first.ID {
		t.Error("the oldest request is not served first")
	}
	tried, err := st.SignupsTried(ctx, now)
	must(t, err)
	same(t, "tried", tried, 2)
	for _, v := range vs {
		same(t, "attempt", v.Attempt, 1)
		must(t, st.SettleSignup(ctx, v, outbox.Outcome{State: outbox.Sent, At: now.Add(time.Hour)}))
	}
	rest, err := st.ClaimSignups(ctx, 10, now.Add(time.Hour), time.Minute)
	must(t, err)
	same(t, "the rest", len(rest), 2)
	must(t, st.SettleSignup(ctx, rest[0], outbox.Outcome{State: outbox.Waiting, At: now, Next: now.Add(3 * time.Hour)}))
	must(t, st.SettleSignup(ctx, rest[1], outbox.Outcome{State: outbox.Dead, At: now}))
	at, ok, err := st.NextSignup(ctx)
	must(t, err)
	same(t, "next", ok && at.Equal(now.Add(3*time.Hour)), true)

	id, err := st.Confirm(ctx, first.ID, first.Choice, now.Add(time.Hour))
	must(t, err)
	again, err := st.Confirm(ctx, first.ID, first.Choice, now.Add(2*time.Hour))
	must(t, err)
	same(t, "confirming again", again, id)
	ana, err := st.Subscriber(ctx, id)
	must(t, err)
	same(t, "subscriber", ana, comms.Subscriber{ID: id, Address: "Ana+a@example.com", Lang: "es", Choice: search, ConfirmedAt: now.Add(time.Hour)})

	more := request("ana+a@example.com", now.Add(25*time.Hour), comms.Choice{Groups: []string{"core"}, Incidents: []comms.ID{"x"}})
	ask(more, false)
	vs, err = st.ClaimSignups(ctx, 10, now.Add(25*time.Hour), time.Minute)
	must(t, err)
	known := map[comms.ID]comms.ID{}
	for _, v := range vs {
		known[v.ID] = v.Known.ID
	}
	same(t, "the address is known", known[more.ID], id)
	merged, err := st.Confirm(ctx, more.ID, more.Choice, now.Add(26*time.Hour))
	must(t, err)
	same(t, "the same subscriber", merged, id)
	ana, err = st.Subscriber(ctx, id)
	must(t, err)
	same(t, "choice", ana.Choice, search.With(more.Choice))
	same(t, "changed at", ana.ChangedAt, now.Add(26*time.Hour))
	must(t, st.Choose(ctx, id, "en", comms.Choice{Everything: true, Kind: comms.KindMaintenance}, now.Add(27*time.Hour)))
	ana, err = st.Subscriber(ctx, id)
	must(t, err)
	same(t, "chosen", ana.Choice, comms.Choice{Everything: true, Kind: comms.KindMaintenance})
	held, err := st.Kept(ctx, id)
	must(t, err)
	same(t, "requests held", len(held.Signups), 2)
	f, err := st.Following(ctx, now)
	must(t, err)
	same(t, "following", f, comms.Following{Subscribers: 1, Everything: 1, PlannedOnly: 1, Languages: map[comms.Lang]int{"en": 1},
		Asked: 4, Confirmed: 1, Unconfirmed: 3, Waiting: 2, Undue: 1})

	late := now.Add(3 * time.Minute).Add(comms.SignupLife)
	_, err = st.Confirm(ctx, first.ID, first.Choice, late)
	code(t, "a request whose time is over", err, comms.NotFound)
	purged, _, err := st.Tidy(ctx, late)
	must(t, err)
	same(t, "purged", purged, int64(4))
	must(t, st.Unsubscribe(ctx, id, late))
	_, err = st.Signup(ctx, more.ID, late)
	code(t, "a request of who has left", err, comms.NotFound)
	code(t, "a choice of who has left", st.Choose(ctx, id, "en", everything, late), comms.NotFound)
	held, err = st.Kept(ctx, id)
	must(t, err)
	same(t, "what is left", held.Subscriber.Address+fmt.Sprint(len(held.Signups)), "0")
}

// bombing: many at once leave as many mails as are allowed, and no more
// waiting than the bound.
func bombing(t *testing.T, st *store.Store) {
	ctx, now := t.Context(), Clock()
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i := range 5 {
				_, _, err := st.SignUp(ctx, request("victim@example.com", now.Add(time.Duration(n*5+i)*time.Second), comms.Choice{Everything: true}))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	vs, err := st.ClaimSignups(ctx, 100, now.Add(time.Hour), time.Minute)
	must(t, err)
	same(t, "mails to one address", len(vs), comms.SignupsPerAddress)
	_, err = st.DB().Exec(`INSERT INTO signups (id, address, counted_as, lang, choice, asked_at, confirmed_at, subscriber, state, attempt, due, tried_at)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
		SELECT 'filler' || i, 'a' || i || '@example.com', 'x', 'en', '{}', 1, 0, '', 'waiting', 0, 1, 0 FROM n`)
	must(t, err)
	_, full, err := st.SignUp(ctx, request("honest@example.com", now, comms.Choice{Everything: true}))
	must(t, err)
	same(t, "full", full, true)
}

// ends: who waits for the end of an incident is told that, corrections of it,
// and nothing else, once; then the subscription ends.
func ends(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	ctx := o.ctx()
	i := o.Incident("minor")
	group := o.Plan.Catalogue.GroupsOf([]comms.ComponentID{o.Component()})
	once := o.Follow("once@example.com", comms.Choice{Incidents: []comms.ID{i.ID}})
	both := o.Follow("both@example.com", comms.Choice{Everything: true, Kind: comms.KindMaintenance, Incidents: []comms.ID{i.ID}})
	grouped := o.Follow("group@example.com", comms.Choice{Groups: group})
	o.Follow("planned@example.com", comms.Choice{Everything: true, Kind: comms.KindMaintenance})
	o.Follow("another@example.com", comms.Choice{Incidents: []comms.ID{comms.NewID()}})
	publish := func(change func(*comms.Message)) signoff.Publication {
		t.Helper()
		must(t, st.Read(ctx, func(tx desk.Tx) (err error) { i, err = tx.Incident(ctx, i.ID); return err }))
		s := o.Submit(i, "dana", change)
		p := o.Countersign(s, o.SignAll(s))
		must(t, o.Keep(s, p))
		for done := false; !done; {
			var err error
			done, err = st.Spread(ctx, p.Number(), 2, o.tick())
			must(t, err)
		}
		return p
	}
	told := func(what string, p signoff.Publication, want ...comms.ID) {
		t.Helper()
		ds, err := st.Claim(ctx, p.Number(), 100, o.tick(), time.Minute)
		must(t, err)
		got := map[comms.ID]int{}
		for _, d := range ds {
			got[d.Subscriber]++
		}
		wanted := map[comms.ID]int{}
		for _, id := range want {
			wanted[id] = 1
		}
		same(t, what, got, wanted)
	}
	told("of the beginning", publish(func(*comms.Message) {}), grouped)
	end := publish(func(m *comms.Message) { m.Incident.Phase, m.Incident.Template = comms.PhaseResolved, "resolved" })
	told("of the end", end, once, both, grouped)
	late := o.Follow("late@example.com", comms.Choice{Incidents: []comms.ID{i.ID}})
	correction := publish(func(m *comms.Message) {
		m.Kind, m.Incident.Phase, m.Incident.Template = comms.MessageCorrection, comms.PhaseResolved, "correction"
		m.Correction = &comms.Correction{Publication: end.Number(), Digest: end.Digest(), Update: end.Message().Update, Reason: comms.Words{"en": "A wrong time."}}
	})
	told("of the correction of the end", correction, once, both, grouped, late)

	_, ended, err := st.Tidy(ctx, correction.At().Add(comms.EndKept-time.Second))
	must(t, err)
	same(t, "ended too early", ended, int64(0))
	_, ended, err = st.Tidy(ctx, correction.At().Add(comms.EndKept))
	must(t, err)
	same(t, "ended by themselves", ended, int64(2))
	v, err := st.Subscriber(ctx, once)
	must(t, err)
	same(t, "the address of who was told", v.Address, "")
	v, err = st.Subscriber(ctx, both)
	must(t, err)
	same(t, "what is left", v.Choice, comms.Choice{Everything: true, Kind: comms.KindMaintenance})
}
