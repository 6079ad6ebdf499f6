package outbox_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
)

// In quiet hours mails wait, of the publications alone that say so.
func TestMailsWaitForTheEndOfQuietHours(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 3, nil)
		c.start()
		s := c.Submit(c.Incident("minor"), "dana", func(m *comms.Message) {
			m.Audience.Quiet = &comms.Quiet{From: "00:00", To: "23:59", Zone: "UTC"}
		})
		waits := c.Countersign(s, c.SignAll(s))
		must(t, c.Keep(s, waits))
		_, urgent := c.Publish("minor")
		c.becomes(urgent.Number(), outbox.Sent, 3)
		if got := c.tally(waits.Number()); len(got) != 0 {
			t.Fatalf("in quiet hours there are %v", got)
		}
		c.ahead.Store(int64(24 * time.Hour))
		c.becomes(waits.Number(), outbox.Sent, 3)
	})
}
