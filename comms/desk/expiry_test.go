package desk_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// TestAnExpiryIsToldInTimeAndOnce: those who approve a statement hear of its
// end two weeks before, once, and not while another approval is on its way.
func TestAnExpiryIsToldInTimeAndOnce(t *testing.T) {
	o := open(t)
	tell := func(want int) {
		t.Helper()
		for range 2 {
			if err := o.Expiring(o.ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := o.notices(desk.NoticeExpiring); got != want {
			t.Errorf("people were told %d times, want %d", got, want)
		}
	}
	tell(0)
	pub := o.approve()
	expires := pub.Message().Statement.Expires
	o.wait(expires.Sub(o.clock()) - plan.WarnBefore - time.Minute)
	tell(0)
	o.wait(2 * time.Minute)
	u, err := o.AskForStatement(o.ctx, o.drafter(), pub.Message().Statement.ID)
	if err != nil {
		t.Fatal(err)
	}
	tell(0)
	if _, err := o.Withdraw(o.ctx, o.drafter(), u.ID, "Later"); err != nil {
		t.Fatal(err)
	}
	tell(1)
	o.wait(24 * time.Hour)
	tell(1)
}
