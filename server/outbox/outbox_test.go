package outbox_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
)

var _ store.Enqueuer = (*outbox.Outbox)(nil)

func TestASignedPublicationIsSoonInEveryMailbox(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 5, nil)
		c.start()
		c.Subscribe("elsewhere@example.com", "no-such-component")
		_, p := c.Publish("minor")
		began := time.Now()
		c.becomes(p.Number(), outbox.Sent, 5)
		t.Logf("it took %s", time.Since(began))
		for _, l := range c.server.Letters() {
			if l.Subject != "Some customers cannot sign in." || l.To == "elsewhere@example.com" {
				t.Errorf("%s got %q", l.To, l.Subject)
			}
		}
		// A delivery is counted after it is settled.
		waitFor(t, "five are counted", func() bool { return c.counted.of(outbox.Sent) == 5 })
		waitFor(t, "the job is over", func() bool { return jobs(t, st.DB(), "deliver") == 0 })
		c.log.silent(t)
	})
}

func TestFiveHundredSubscribersAreToldOnceEach(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 500, nil)
		c.start()
		_, p := c.Publish("minor")
		began := time.Now()
		c.becomes(p.Number(), outbox.Sent, 500)
		t.Logf("it took %s", time.Since(began))
		c.eachOnce(500)
	})
}

func (c *company) eachOnce(n int) {
	c.t.Helper()
	count := c.server.Count()
	if len(count) != n {
		c.t.Errorf("%d of %d were told", len(count), n)
	}
	for to, times := range count {
		if times != 1 {
			c.t.Errorf("%s was told %d times", to, times)
		}
	}
}

func TestNothingIsStoredWhenThePublicationIsNot(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 1, nil)
		tx, err := st.DB().BeginTx(t.Context(), nil)
		must(t, err)
		must(t, c.outbox.Fanout(t.Context(), tx, 2))
		must(t, c.outbox.Notice(t.Context(), tx, comms.NewID()))
		must(t, tx.Rollback())
		if jobs(t, st.DB(), "deliver") != 0 || jobs(t, st.DB(), "notice") != 0 {
			t.Error("a job outlived the transaction that made it")
		}
	})
}
