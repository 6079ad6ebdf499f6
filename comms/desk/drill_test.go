package desk_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

// TestADrillIsToldOnceAndRecordedForGood: a drill comes due so many days after
// the last one; then those who take part hear of it once, whoever asks at the
// same moment, until one is recorded and the next comes due.
func TestADrillIsToldOnceAndRecordedForGood(t *testing.T) {
	o := open(t)
	every := time.Duration(o.plan.Drills.EveryDays) * 24 * time.Hour
	tell := func(want int) {
		t.Helper()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := o.DrillDue(o.ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := o.notices(desk.NoticeDrill); got != want {
			t.Errorf("people were told %d times, want %d", got, want)
		}
	}
	asked := func(person plan.PersonID) bool {
		t.Helper()
		agenda, err := o.Agenda(o.ctx, desk.Actor{Person: person})
		if err != nil {
			t.Fatal(err)
		}
		return agenda.Drill
	}
	first, err := o.Practised(o.ctx, o.drafter())
	if err != nil {
		t.Fatal(err)
	}
	o.wait(first.Due.Sub(o.clock()) - time.Minute)
	if tell(0); asked("dana") {
		t.Error("the drill is asked for before it is due")
	}
	o.wait(time.Minute)
	if tell(1); !asked("dana") {
		t.Error("the first page does not say that a drill is due")
	}
	o.wait(40 * 24 * time.Hour)
	tell(1)

	today := o.plan.Day(o.clock())
	if err := o.RecordDrill(o.ctx, o.drafter(), today, "Dana and Ines took part; the telephone list was old."); err != nil {
		t.Fatal(err)
	}
	got, err := o.Practised(o.ctx, o.drafter())
	if err != nil || len(got.Held) != 1 || got.Held[0].By != o.drafter().Person || got.Over || asked("dana") {
		t.Fatalf("after the record: %+v, %v", got, err)
	}
	if want, err := o.plan.NextDrill(today); err != nil || !got.Due.Equal(want) {
		t.Errorf("the next is due %s, want %s, %v", got.Due, want, err)
	}
	o.wait(every + 24*time.Hour)
	tell(2)
}

// TestADrillThatCannotBe: what is wrong with a record is said, and none of it
// is kept.
func TestADrillThatCannotBe(t *testing.T) {
	o := open(t)
	today := o.plan.Day(o.clock())
	if err := o.RecordDrill(o.ctx, o.drafter(), today, "Everybody."); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		actor     desk.Actor
		day, note string
		code      comms.Code
		says      string
	}{
		"no date":      {o.drafter(), "28/11/2026", "Everybody.", comms.Invalid, "2026-11-28"},
		"to come":      {o.drafter(), o.plan.Day(o.clock().AddDate(0, 0, 1)), "Everybody.", comms.Invalid, "still to come"},
		"twice":        {o.drafter(), today, "Everybody.", comms.Conflict, "recorded already"},
		"no words":     {o.drafter(), "2026-01-05", "  ", comms.Invalid, "who took part"},
		"hidden signs": {o.drafter(), "2026-01-05", "a\x00b", comms.Invalid, "control character"},
		"a program":    {desk.Actor{Person: "dana", Token: "ci"}, "2026-01-05", "Everybody.", comms.Forbidden, "take part"},
		"a stranger":   {desk.Actor{Person: "nobody"}, "2026-01-05", "Everybody.", comms.Forbidden, "take part"},
	} {
		if err := o.RecordDrill(o.ctx, c.actor, c.day, c.note); comms.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := o.Practised(o.ctx, o.drafter()); err != nil || len(got.Held) != 1 {
		t.Errorf("%d drills are kept, %v", len(got.Held), err)
	}
}

// TestTheDayOfADrillIsByTheCalendar: days are counted in the organisation's
// zone, across the change of its clocks.
func TestTheDayOfADrillIsByTheCalendar(t *testing.T) {
	p := &plan.Plan{Drills: plan.Drills{EveryDays: 10}}
	p.Catalogue.TimeZone = "Europe/Madrid"
	for held, want := range map[string]string{
		"2026-03-24": "2026-04-03T07:00:00Z", // summer time began between
		"2026-03-10": "2026-03-20T08:00:00Z",
		"2026-10-20": "2026-10-30T08:00:00Z", // and ended
		"2026-12-28": "2027-01-07T08:00:00Z",
	} {
		if got, err := p.NextDrill(held); err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("after %s it is due %s, want %s, %v", held, got.UTC().Format(time.RFC3339), want, err)
		}
	}
	if got := p.Day(time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)); got != "2026-07-02" {
		t.Errorf("it is %s there", got)
	}
}
