package outbox_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countersign/countersign/server/mail/mailtest"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

func TestRefusals(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 30, func(at mailtest.Stage, to string, n int) error {
			switch {
			case to == address(3) && at == mailtest.AtRcpt:
				return mailtest.Refuse(550)
			case to == address(4) && at == mailtest.AtData && n < 3:
				return mailtest.Refuse(451)
			case to == address(5) && at == mailtest.AfterData && n == 1:
				return mailtest.Drop
			}
			return nil
		})
		c.start()
		_, p := c.Publish("minor")
		c.becomes(p.Number(), outbox.Sent, 29)
		if n := c.tally(p.Number())[outbox.Dead]; n != 1 {
			t.Errorf("%d were given up, want the one whose mailbox does not exist", n)
		}
		count := c.server.Count()
		if count[address(3)] != 0 || count[address(4)] != 1 {
			t.Errorf("the refused one has %d mails, the late one %d", count[address(3)], count[address(4)])
		}
		// A lost answer is the one case in which a mail comes twice: then it is
		// recognisable by its Message-ID.
		ids := map[string]int{}
		for _, l := range c.server.Letters() {
			ids[l.MessageID]++
		}
		if count[address(5)] != 2 || len(ids) != 29 {
			t.Errorf("the one whose answer was lost has %d mails; %d different ones were sent", count[address(5)], len(ids))
		}
		waitFor(t, "all are counted", func() bool {
			return c.counted.of(outbox.Waiting) == 3 && c.counted.of(outbox.Dead) == 1
		})
		var reason string
		must(t, st.DB().QueryRow(`SELECT error FROM deliveries WHERE state = 'dead'`).Scan(&reason))
		if reason != "the recipient was not accepted: SMTP error 550: no, not for <(address)>" {
			t.Errorf("reason %q", reason)
		}
		c.log.silent(t)
	})
}

func TestADeadMailServerLosesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 60, nil)
		addr := c.server.Addr
		c.server.Stop()
		c.start()
		_, p := c.Publish("minor")
		time.Sleep(700 * time.Millisecond)
		if n := c.tally(p.Number()); n[outbox.Sent] != 0 || n[outbox.Dead] != 0 {
			t.Fatalf("without a mail server: %v", n)
		}
		c.server = mailtest.Start(t, addr, nil)
		c.becomes(p.Number(), outbox.Sent, 60)
		c.eachOnce(60)
	})
}

func TestPatienceEnds(t *testing.T) {
	c := found(t, storetest.SQLite(t), 3, func(mailtest.Stage, string, int) error { return mailtest.Refuse(451) })
	c.start()
	_, p := c.Publish("minor")
	waitFor(t, "all were tried twice", func() bool { return c.counted.of(outbox.Waiting) >= 6 })
	if n := c.tally(p.Number())[outbox.Dead]; n != 0 {
		t.Fatalf("%d were given up at once", n)
	}
	c.ahead.Store(int64(5 * 24 * time.Hour))
	c.becomes(p.Number(), outbox.Dead, 3)
}

func TestStopLeavesTheRestForLater(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		var slow atomic.Bool
		slow.Store(true)
		c := found(t, st, 60, func(at mailtest.Stage, _ string, _ int) error {
			if at == mailtest.AtRcpt && slow.Load() {
				time.Sleep(50 * time.Millisecond)
			}
			return nil
		})
		must(t, c.outbox.Start(t.Context()))
		_, p := c.Publish("minor")
		waitFor(t, "some are sent", func() bool { return c.tally(p.Number())[outbox.Sent] >= 3 })
		stop(t, c.outbox)
		n := c.tally(p.Number())
		if n[outbox.Sending] != 0 || n[outbox.Sent] == 60 {
			t.Errorf("after the stop: %v", n)
		}
		slow.Store(false)
		c.run(c.open(c.server.Addr, brisk))
		c.becomes(p.Number(), outbox.Sent, 60)
		c.eachOnce(60)
	})
}

func TestAHangingServerDoesNotKeepTheStopWaiting(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	c := found(t, storetest.SQLite(t), 3, nil)
	pace := brisk
	pace.Lease = 3 * time.Second
	o := c.open(l.Addr().String(), pace)
	must(t, o.Start(t.Context()))
	_, p := c.Publish("minor")
	c.becomes(p.Number(), outbox.Sending, 3)
	stop(t, o) // fails when the outbox does not stop in its time
	if n := c.tally(p.Number()); n[outbox.Waiting] != 3 {
		t.Errorf("after the stop: %v", n)
	}
}

func TestSeveralProcessesTellEachOnce(t *testing.T) {
	c := found(t, storetest.Postgres(t), 300, nil)
	for range 3 {
		c.run(c.open(c.server.Addr, brisk))
	}
	var numbers [3]int64
	for i := range numbers {
		_, p := c.Publish("minor")
		numbers[i] = p.Number()
	}
	for _, number := range numbers {
		c.becomes(number, outbox.Sent, 300)
	}
	for to, n := range c.server.Count() {
		if n != len(numbers) {
			t.Errorf("%s has %d mails of %d publications", to, n, len(numbers))
		}
	}
}

func TestTheSweepFindsWhatHasNoJob(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 4, nil)
		st.SetEnqueuer(nil) // as another program on the same database
		_, before := c.Publish("minor")
		c.start()
		c.becomes(before.Number(), outbox.Sent, 4)
		_, after := c.Publish("minor")
		c.becomes(after.Number(), outbox.Sent, 4)
		c.eachTimes(4, 2)
	})
}

func (c *company) eachTimes(n, times int) {
	c.t.Helper()
	for to, got := range c.server.Count() {
		if got != times {
			c.t.Errorf("%s was told %d times", to, got)
		}
	}
	if len(c.server.Count()) != n {
		c.t.Errorf("%d were told", len(c.server.Count()))
	}
}

func TestStartFailsWithoutItsTables(t *testing.T) {
	st := storetest.SQLite(t)
	storetest.NewOffice(t, st)
	o := newOutbox(t, outbox.Config{Store: st, Pace: brisk}, "127.0.0.1:1")
	if err := o.Start(context.Background()); err == nil {
		t.Error("it started")
	}
	if _, err := outbox.New(outbox.Config{Dialect: "oracle"}); err == nil {
		t.Error("an unknown database was taken")
	}
}
