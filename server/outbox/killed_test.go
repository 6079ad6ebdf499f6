package outbox_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/countersign/countersign/server/mail/mailtest"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

const (
	databaseEnv = "COUNTERSIGN_TEST_DATABASE"
	smtpEnv     = "COUNTERSIGN_TEST_SMTP"
	connections = 4 // that a sender opens unless told otherwise
)

// mortal is a pace at which the dead are soon found.
var mortal = outbox.Pace{
	Poll: brisk.Poll, Batch: 10, Lease: 6 * time.Second, Turn: brisk.Turn, First: brisk.First,
	Most: brisk.Most, Outage: brisk.Outage, Sweep: brisk.Sweep,
}

// TestServeUntilKilled is the process that the next test kills.
func TestServeUntilKilled(t *testing.T) {
	database := os.Getenv(databaseEnv)
	if database == "" {
		return // it is a process of the next test, and shows nothing by itself
	}
	o := newOutbox(t, outbox.Config{Store: openAt(t, database), Pace: mortal, Now: ticking()}, os.Getenv(smtpEnv))
	must(t, o.Start(context.Background()))
	time.Sleep(5 * time.Minute)
}

func openAt(t testing.TB, address string) *store.Store {
	t.Helper()
	st, err := store.Open(context.Background(), address, store.Options{Keys: storetest.Keys(), Now: storetest.Clock})
	must(t, err)
	t.Cleanup(func() { st.Close() })
	return st
}

func TestAKillRepeatsAtMostWhatWasInFlight(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "test.db") },
		"postgres": storetest.PostgresSchema,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it mostly waits
			const subscribers = 200
			database := address(t)
			c := found(t, openAt(t, database), subscribers, func(at mailtest.Stage, _ string, _ int) error {
				if at == mailtest.AtRcpt {
					time.Sleep(4 * time.Millisecond)
				}
				return nil
			})
			_, p := c.Publish("minor")

			kills := 0
			for _, told := range []int{30, 90} {
				child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServeUntilKilled$")
				child.Env = append(os.Environ(), databaseEnv+"="+database, smtpEnv+"="+c.server.Addr)
				must(t, child.Start())
				waitFor(t, "some are told", func() bool { return len(c.server.Letters()) >= told })
				must(t, child.Process.Kill())
				child.Wait()
				kills++
			}
			if n := c.tally(p.Number())[outbox.Sent]; n == subscribers {
				t.Fatal("everybody was told before the kill; there is nothing to see")
			}
			began := time.Now()
			c.run(c.open(c.server.Addr, mortal))
			c.becomes(p.Number(), outbox.Sent, subscribers)
			t.Logf("all were told %s after the start", time.Since(began))
			repeats := len(c.server.Letters()) - subscribers
			if told := len(c.server.Count()); told != subscribers || repeats > kills*connections {
				t.Errorf("%d of %d were told, %d mails came twice", told, subscribers, repeats)
			}
			waitFor(t, "the job is over", func() bool { return jobs(t, c.Store.DB(), "deliver") == 0 })
		})
	}
}
