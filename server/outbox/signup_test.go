package outbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/mail/mailtest"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

// TestRequestsAreAskedForAtAPace: more requests than a minute's mails wait
// their turn, faults lose none, and what nobody confirms is forgotten.
func TestRequestsAreAskedForAtAPace(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 1, func(at mailtest.Stage, to string, n int) error {
			switch {
			case to == "r1@example.com" && at == mailtest.AtRcpt:
				return mailtest.Refuse(550)
			case to == "r2@example.com" && at == mailtest.AtData && n == 1:
				return mailtest.Refuse(451)
			}
			return nil
		})
		c.start()
		now := storetest.Clock()
		ask := func(address string) {
			limited, full, err := st.SignUp(t.Context(), comms.Signup{ID: comms.NewID(), Address: address, Lang: "en", Choice: comms.Choice{Everything: true}, AskedAt: now})
			must(t, err)
			if limited || full {
				t.Fatalf("a request was not taken: %t %t", limited, full)
			}
		}
		ask(address(0)) // gets mail already
		for i := range comms.SignupsPerMinute + 5 {
			ask(fmt.Sprintf("r%d@example.com", i))
		}
		waitFor(t, "a minute's mails are out", func() bool { return len(c.server.Letters()) >= comms.SignupsPerMinute-2 })
		time.Sleep(100 * time.Millisecond) // for one too many, if there is one
		if n := len(c.server.Letters()); n > comms.SignupsPerMinute {
			t.Errorf("%d mails within a minute", n)
		}
		c.ahead.Add(int64(2 * time.Minute))
		waitFor(t, "the rest is out", func() bool { return len(c.server.Letters()) == comms.SignupsPerMinute+5 })
		for to, n := range c.server.Count() {
			if n != 1 {
				t.Errorf("%s has %d mails", to, n)
			}
		}
		if c.server.Count()["r1@example.com"] != 0 || c.server.Count()["r2@example.com"] != 1 {
			t.Error("the refused one got a mail, or the late one none")
		}
		c.log.silent(t)
		c.ahead.Add(int64(comms.SignupLife))
		waitFor(t, "what nobody confirmed is forgotten", func() bool {
			f, err := st.Following(t.Context(), now)
			must(t, err)
			return f.Unconfirmed == 0
		})
	})
}
