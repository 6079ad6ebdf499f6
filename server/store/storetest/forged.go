package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
)

const insertApproval = `INSERT INTO approvals (id, update_id, digest, requirement, person, means, languages, at, expires, seal)
	VALUES ($1, $2, $3, $4, $5, 'totp', '["en","es"]', 1, 9000000000000000, $6)`

// forgedSealsReachNobody writes rows that fit each other in everything but
// their seals, as somebody with a SQL shell can. SQLite refuses them. A
// PostgreSQL cannot verify a seal: there they are stored, and count for
// nothing.
func forgedSealsReachNobody(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	_, real := o.Publish("data")
	for name, seal := range map[string]string{
		"no seal":             "",
		"no seal's form":      "forged",
		"no signature":        "x:AAAA",
		"a seal of elsewhere": real.Warrant().Approvals[0].Seal.String(),
	} {
		s := o.Submit(o.Incident("data"), "dana")
		for i := range s.Requirements {
			_, err := st.DB().Exec(insertApproval, string(comms.NewID()), string(s.ID), s.Digest.String(), i, fmt.Sprintf("nobody%d", i), seal)
			if st.Dialect() == "sqlite" {
				refuses(t, err, "the seal of this approval does not fit it")
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}

	s := o.Submit(o.Incident("data"), "dana")
	o.SignAll(s)
	f := o.forge(s)
	if st.Dialect() == "sqlite" {
		refuses(t, o.insert(f), "the seal of this publication does not fit it")
		must(t, o.Keep(s, o.Countersign(s, o.approvals(s))))
		return
	}
	must(t, o.insert(f))
	ps, err := st.Publications(o.ctx(), 0, 10)
	refuses(t, err, "countersign audit verify")
	if len(ps) != 2 || ps[1].Head().String() != real.Head().String() {
		t.Errorf("of 2 publications and a forgery came %d, want the 2", len(ps))
	}
	if ps, err := st.Publications(o.ctx(), 2, 10); err == nil || len(ps) != 0 {
		t.Errorf("after what is signed came %d publications, error %v", len(ps), err)
	}
	_, err = st.Head(o.ctx())
	refuses(t, err, "countersign audit verify") // so that nobody publishes on top of it
}

// approvals reads the signatures of an update back.
func (o *Office) approvals(s Submitted) (as []signoff.Approval) {
	o.T.Helper()
	must(o.T, o.Store.Read(o.ctx(), func(tx desk.Tx) (err error) {
		as, err = tx.Approvals(o.ctx(), s.ID, s.Digest)
		return err
	}))
	return as
}

// mailIsAccountedFor tries to make the records of mail say what did not happen.
func mailIsAccountedFor(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	o.Subscribe("one@example.com")
	o.Subscribe("two@example.com")
	_, p := o.Publish("data")
	refuse := func(sentence string, queries ...string) {
		t.Helper()
		for _, q := range queries {
			_, err := st.DB().Exec(q)
			refuses(t, err, sentence)
		}
	}
	refuse("only goes on", `UPDATE fanouts SET done_at = 1`, `UPDATE fanouts SET made = -1`)
	refuse("keeps its publication and its audience", `UPDATE fanouts SET components = '["all"]'`, `UPDATE fanouts SET cutoff = cutoff + 1`,
		`UPDATE fanouts SET kind = 'maintenance'`, `UPDATE fanouts SET plan = ''`)
	refuse("must be of a publication", `INSERT INTO fanouts (publication, cutoff, kind, components, plan, reached, made, done_at) VALUES (1, 1, 'incident', '[]', '', '', 0, 0)`)

	now := o.tick()
	_, err := st.Spread(o.ctx(), p.Number(), 10, now)
	must(t, err)
	refuse("only goes on", `UPDATE fanouts SET done_at = 0`)
	refuse("settled by whoever claimed it", `UPDATE deliveries SET state = 'sent'`, `UPDATE deliveries SET state = 'dead', attempt = 1`)
	refuse("counts one attempt", `UPDATE deliveries SET state = 'sending'`, `UPDATE deliveries SET attempt = 3`)
	refuse("keeps its publication, subscriber and way", `UPDATE deliveries SET subscriber = 'x'`, `UPDATE deliveries SET created_at = 1`)
	refuse("a delivery is never deleted", `DELETE FROM deliveries`)
	ds, err := st.Claim(o.ctx(), p.Number(), 1, now, time.Minute)
	must(t, err)
	refuse("counts one attempt", `UPDATE deliveries SET attempt = attempt - 1 WHERE state = 'sending'`)
	must(t, st.Settle(o.ctx(), ds[0], outbox.Outcome{State: outbox.Sent, At: now}))
	refuse("settled is never changed", `UPDATE deliveries SET state = 'waiting' WHERE state = 'sent'`, `UPDATE deliveries SET error = 'x' WHERE state = 'sent'`)
	refuse("begins as waiting", `INSERT INTO deliveries (publication, subscriber, way, state, attempt, due, lease, created_at, settled_at, error)
		SELECT publication, subscriber, 'post', state, attempt, due, lease, created_at, settled_at, error FROM deliveries WHERE state = 'sent'`)
	if st.Dialect() == "sqlite" { // which replaces a row without asking for its deletion
		o.Exec(`INSERT OR REPLACE INTO deliveries (publication, subscriber, way, state, attempt, due, lease, created_at, settled_at, error)
			SELECT publication, subscriber, way, 'waiting', 0, 0, 0, created_at, 0, '' FROM deliveries`)
	}
	counts, _, err := st.Tally(o.ctx(), p.Number())
	must(t, err)
	same(t, "deliveries after the attacks", counts, map[outbox.DeliveryState]int{outbox.Sent: 1, outbox.Waiting: 1})
}

// ForgePlan takes the law away and writes a plan that nobody signed at the end
// of the chain, as whoever holds the database can.
func ForgePlan(t testing.TB, st *store.Store) {
	t.Helper()
	drop := `DROP TRIGGER publications_insert`
	if st.Dialect() == "postgres" {
		drop += ` ON publications`
	}
	digest := comms.DigestOf([]byte("{}")).String()
	for _, q := range []struct {
		query string
		args  []any
	}{
		{drop, nil},
		{`INSERT INTO contents (digest, bytes) VALUES ($1, $2)`, []any{digest, []byte("{}")}},
		{`INSERT INTO publications (number, at, digest, kind, update_id, phase, warrant_kind, warrant, frame, previous, seal)
			SELECT number + 1, at, $1, 'plan', 'forged000000', '', 'genesis', '{"kind":"genesis"}', '', seal, 'x:AAAA'
			FROM publications ORDER BY number DESC LIMIT 1`, []any{digest}},
	} {
		_, err := st.DB().Exec(q.query, q.args...)
		must(t, err)
	}
}
