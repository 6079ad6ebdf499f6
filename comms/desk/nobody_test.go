package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/comms/signoff"
)

// unanswered writes and submits the first update of an incident, and lets the
// service look at its clocks every half minute while nobody answers.
func (o *office) unanswered(severity comms.Severity, lasts time.Duration) (desk.Update, map[time.Duration]sent) {
	o.t.Helper()
	began := o.clock()
	v, err := o.LookIncident(o.ctx, o.drafter(), o.opened(severity).ID)
	if err != nil {
		o.t.Fatal(err)
	}
	r := o.write(o.drafter(), v.Updates[0].ID, honest)
	text := r.Draft.Clone()
	text.Slots.Set(draft.Shared, "next_update", draft.FormatTime(began.Add(20*time.Minute)))
	if r, err = o.Save(o.ctx, o.drafter(), r.Update, r.Number, text); err != nil {
		o.t.Fatal(err)
	}
	u := o.submit(r.Update, r.Number)
	mails := map[time.Duration]sent{}
	for o.clock().Before(began.Add(lasts)) {
		o.wait(30 * time.Second)
		o.due()
		for _, s := range o.watch() {
			at := o.clock().Sub(began)
			if _, twice := mails[at]; twice {
				o.t.Errorf("after %s two reminders went out", at)
			}
			mails[at] = s
		}
	}
	return u, mails
}

// TestNobodySigns lets those who could sign sleep through the first update's
// time: the reminders rise by the plan's times, and what customers get is the
// holding statement that was approved in advance, or nothing.
func TestNobodySigns(t *testing.T) {
	first, next := people("ines", "carlos"), people("marta", "omar", "lucia", "ada")
	critical := map[time.Duration]sent{
		3 * time.Minute: {"remind", "sign", people("ines")}, 5 * time.Minute: {"stand_in", "sign", people("marta", "omar")},
		7 * time.Minute: {"everyone", "sign", people("ines", "marta", "omar", "dana")},
	}
	late := func(of map[time.Duration]sent, due time.Duration, to []plan.PersonID) map[time.Duration]sent {
		out := map[time.Duration]sent{due: {"passed", "sign", to}}
		for at, s := range of {
			out[at] = s
		}
		return out
	}
	major := map[time.Duration]sent{
		4*time.Minute + 30*time.Second: {"remind", "sign", first}, 7*time.Minute + 30*time.Second: {"stand_in", "sign", next},
		10*time.Minute + 30*time.Second: {"everyone", "sign", slices.Concat(first, next, people("dana"))},
	}
	for name, c := range map[string]struct {
		severity   comms.Severity
		approved   bool
		itself     bool // the plan opts in
		mails      map[time.Duration]sent
		offered    bool
		whereafter promise.State
	}{
		"the plan opts in":                     {"critical", true, true, critical, false, promise.Kept},
		"the plan opts in and nobody approved": {"critical", false, false, late(critical, 10*time.Minute+90*time.Second, people("ines", "marta", "omar", "dana")), false, promise.Missed},
		"the plan does not opt in":             {"major", true, false, late(major, 15*time.Minute+90*time.Second, slices.Concat(first, next, people("dana"))), true, promise.Missed},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			if c.approved {
				o.approve()
			}
			before := o.head()
			u, mails := o.unanswered(c.severity, 17*time.Minute)
			for at, want := range c.mails {
				o.expect(at.String(), []sent{mails[at]}, want)
			}
			if len(mails) != len(c.mails) {
				t.Errorf("%d reminders went out, want %d: %v", len(mails), len(c.mails), mails)
			}
			if o.state(u.ID) == desk.Published {
				t.Error("what nobody signed is out")
			}
			for _, p := range o.promises(u.Incident) {
				if p.Kind == promise.First && p.State != c.whereafter {
					t.Errorf("the first update is %s, want %s", p.State, c.whereafter)
				}
			}
			if want := before; c.itself {
				o.heldItself(u, before+1)
			} else if o.head() != want {
				t.Errorf("%d publications went out", o.head()-want)
			}
			a, err := o.Agenda(o.ctx, o.drafter())
			if err != nil || (len(a.Silent) == 1) != c.offered {
				t.Fatalf("the statement is offered %d times: %v", len(a.Silent), err)
			}
			if c.offered {
				o.heldByHand(u, before+1)
			}
		})
	}
}

// held is the one publication of an incident: the words of the statement, and
// nothing that waited for signatures.
func (o *office) held(u desk.Update, number int64) signoff.Publication {
	o.t.Helper()
	if o.head() != number {
		o.t.Fatalf("the chain ends at %d, want %d", o.head(), number)
	}
	pub := o.publication(number)
	if w := pub.Warrant(); w.Kind != signoff.Holding || pub.Message().Incident.ID != u.Incident {
		o.t.Errorf("publication %d is under %+v", number, w)
	}
	for lang, f := range pub.Message().Forms {
		if strings.Contains(f.Text+f.Title+f.Support+f.Short, honest) {
			o.t.Errorf("in %s it says what nobody signed: %s", lang, f.Text)
		}
	}
	return pub
}

func (o *office) heldItself(u desk.Update, number int64) {
	o.t.Helper()
	pub := o.held(u, number)
	if len(pub.Warrant().Approvals) != 0 || !pub.At().Equal(monday.Add(10*time.Minute)) {
		o.t.Errorf("by itself at %s with the signatures of %v", pub.At(), pub.Warrant().Approvals)
	}
	told := o.read(o.noticesWhere(`kind = 'held'`))
	if len(told) != 1 || !slices.Contains(told[0].to, "ines") || !slices.Contains(told[0].to, "dana") {
		o.t.Errorf("of what went out by itself, these are told: %v", told)
	}
}

func (o *office) heldByHand(u desk.Update, number int64) {
	o.t.Helper()
	inc, err := o.LookIncident(o.ctx, o.drafter(), u.Incident)
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.hold(signer(o.drafter().Person), inc.Incident); err != nil {
		o.t.Fatal(err)
	}
	if pub := o.held(u, number); len(pub.Warrant().Approvals) != 1 {
		o.t.Errorf("by hand, with the signatures of %v", pub.Warrant().Approvals)
	}
}
