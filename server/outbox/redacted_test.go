package outbox_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
)

// TestRedactedWordsAreNotSent redacts while the mail server is away: nobody
// gets the words once it is back, and nobody a mail about their removal.
func TestRedactedWordsAreNotSent(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 25, nil)
		s, p := c.Publish("minor")
		_, by := c.Redact(s, p)
		c.start()
		c.becomes(p.Number(), outbox.Dead, 25)
		_, later := c.Publish("minor")
		c.becomes(later.Number(), outbox.Sent, 25)
		waitFor(t, "the jobs are over", func() bool { return jobs(t, st.DB(), "deliver") == 0 })
		c.eachOnce(25) // of the later publication
		if n := len(c.tally(by.Number())); n != 0 {
			t.Errorf("%d deliveries tell of the redaction", n)
		}
		var reason string
		must(t, st.DB().QueryRow(`SELECT error FROM deliveries WHERE publication = $1`, p.Number()).Scan(&reason))
		if !strings.Contains(reason, "the words of publication 2 were removed by publication 3") {
			t.Errorf("they were given up because: %s", reason)
		}
		c.log.silent(t)
	})
}
