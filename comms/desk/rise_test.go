package desk_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rise"
)

// What a look at the key sign-in can show.
var (
	more   = rise.Arrivals{Visits: rise.Reading{Rises: true, Window: rise.Short, Count: 40, Usual: 3.25}, Reports: rise.Reading{Calm: true}}
	busy   = rise.Arrivals{Reports: rise.Reading{Calm: true}} // neither a rise nor calm
	asEver = rise.Arrivals{Visits: rise.Reading{Calm: true}, Reports: rise.Reading{Calm: true}}
)

// came lets the desk see who came to sign-in, and gives what goes on afterwards
// and whom it told in all.
func (o *office) came(a rise.Arrivals) (on []desk.Rise, told []plan.PersonID) {
	o.t.Helper()
	if err := o.SeeArrivals(o.ctx, map[string]rise.Arrivals{"sign-in": a, "export": asEver}); err != nil {
		o.t.Fatal(err)
	}
	agenda, err := o.Agenda(o.ctx, o.drafter())
	if err != nil {
		o.t.Fatal(err)
	}
	return agenda.Rises, o.toldOfRises()
}

func (o *office) toldOfRises() (told []plan.PersonID) {
	o.t.Helper()
	for _, s := range o.read(o.noticesWhere(`kind = 'rise' ORDER BY created_at, id`)) {
		told = append(told, s.to...)
	}
	return told
}

func TestARiseIsToldOnce(t *testing.T) {
	o := open(t)
	if on, told := o.came(busy); len(on)+len(told) != 0 {
		t.Fatalf("nothing rises, and %v goes on; told are %v", on, told)
	}
	on, told := o.came(more)
	if len(on) != 1 || on[0].Key != "sign-in" || on[0].Count != 40 || on[0].Usual != 3.25 || on[0].Window != rise.Short || on[0].Reports {
		t.Fatalf("what goes on is %+v", on)
	}
	once := len(told)
	if once == 0 || told[0] != o.holder(plan.Drafter) {
		t.Fatalf("told are %v, want who writes", told)
	}
	var replicas sync.WaitGroup
	for range 4 { // other processes, and after a restart
		replicas.Go(func() {
			if err := o.SeeArrivals(context.WithoutCancel(o.ctx), map[string]rise.Arrivals{"sign-in": more}); err != nil {
				t.Error(err)
			}
		})
	}
	replicas.Wait()
	o.wait(20 * time.Minute)
	if on, told = o.came(busy); len(on) != 1 || len(told) != once {
		t.Errorf("it goes on, and %+v; told are %v", on, told)
	}
	if on, _ = o.came(asEver); len(on) != 0 {
		t.Errorf("it is over, and %+v", on)
	}
	o.wait(time.Hour)
	if on, told = o.came(more); len(on) != 1 || len(told) != 2*once {
		t.Errorf("another one: %+v; told are %v", on, told)
	}
}

func TestARiseIsSilencedByWhoeverKnows(t *testing.T) {
	o := open(t)
	on, told := o.came(more)
	if err := o.SeeRise(o.ctx, desk.Actor{Person: "dana", Token: "script"}, on[0].ID); comms.CodeOf(err) != comms.Forbidden {
		t.Errorf("a token knows: %v", err)
	}
	if err := o.SeeRise(o.ctx, o.drafter(), on[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := o.SeeRise(o.ctx, o.drafter(), on[0].ID); err != nil {
		t.Errorf("twice: %v", err)
	}
	o.wait(3 * time.Hour)
	if on, again := o.came(more); len(on) != 0 || len(again) != len(told) {
		t.Errorf("somebody knows, and %+v; told are %v", on, again)
	}
	all, err := o.RisesSince(o.ctx, o.drafter(), monday)
	if err != nil || len(all) != 1 || all[0].SeenBy != "dana" || !all[0].EndedAt.IsZero() {
		t.Errorf("%+v: %v", all, err)
	}
	if err := o.SeeRise(o.ctx, o.drafter(), comms.NewID()); comms.CodeOf(err) != comms.NotFound {
		t.Errorf("of nothing: %v", err)
	}
}

// A publication silences it, and what comes while customers read it is no news;
// what goes on an hour after it is over is.
func TestARiseIsSilencedByAPublication(t *testing.T) {
	o := open(t)
	_, told := o.came(more)
	u := o.published(o.incident(), honest)
	if on, again := o.came(busy); len(on) != 0 || len(again) != len(told) {
		t.Fatalf("customers are told, and %+v; told are %v", on, again)
	}
	o.came(asEver)
	o.wait(30 * time.Minute)
	if on, again := o.came(more); len(on) != 0 || len(again) != len(told) {
		t.Errorf("more come because of what they read, and %+v; told are %v", on, again)
	}
	o.turn(u.Incident, comms.PhaseResolved)
	o.wait(30 * time.Minute)
	if on, _ := o.came(more); len(on) != 0 {
		t.Errorf("soon after the end %+v", on)
	}
	o.wait(time.Hour)
	if on, again := o.came(more); len(on) != 1 || len(again) != 2*len(told) {
		t.Errorf("long after the end %+v; told are %v", on, again)
	}
}

func TestMailOfARiseWaitsForQuietHours(t *testing.T) {
	o := open(t)
	files := plan.Builtin()
	for i, f := range files {
		if f.Name == "channels.yaml" {
			files[i].Text = "channels:\n  mail:\n    quiet: { from: \"22:00\", to: \"07:00\", severities: [minor] }\n"
		}
	}
	o.adopt(files)
	night := time.Date(2026, 3, 3, 2, 0, 0, 0, time.UTC)
	o.wait(night.Sub(o.clock()))
	if on, told := o.came(more); len(on) != 1 || len(told) != 0 {
		t.Errorf("at night %+v; told are %v", on, told)
	}
	o.wait(6 * time.Hour)
	if _, told := o.came(more); len(told) == 0 {
		t.Error("nobody is told in the morning")
	}
}

// A link that leaves the plan ends its rise.
func TestARiseEndsWithItsLink(t *testing.T) {
	o := open(t)
	o.came(more)
	files := plan.Builtin()
	for i, f := range files {
		files[i].Text = strings.Replace(f.Text, "key: sign-in\n", "key: signing-in\n", 1)
	}
	o.adopt(files)
	if on, _ := o.came(more); len(on) != 0 {
		t.Errorf("%+v", on)
	}
}
