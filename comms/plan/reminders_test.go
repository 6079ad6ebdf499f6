package plan

import (
	"strings"
	"testing"
	"time"
)

func TestRemindersAndOverdueUnlessThePlanSaysOtherwise(t *testing.T) {
	files := Builtin()
	for i, f := range files {
		head, rest, _ := strings.Cut(f.Text, "reminders:\n")
		if f.Name == "rules.yaml" {
			_, rest, _ = strings.Cut(rest, "\n\n")
			files[i].Text = head + rest
		}
		files[i].Text = strings.Replace(files[i].Text, "show_overdue: true # the page says so when a promised update is late\n", "", 1)
		files[i].Text = strings.Replace(files[i].Text, "    every: 30m\n", "    every: 30m\n    reminders: { remind: 10, stand_in: 20 }\n", 1)
	}
	p := read1(t, files)
	if want := (Reminders{30, 50, 70}); p.Reminders != want {
		t.Errorf("a plan that is silent reminds at %v, want %v", p.Reminders, want)
	}
	if !p.Catalogue.ShowOverdue {
		t.Error("a plan that is silent hides that an update is late")
	}
	for severity, want := range map[string][3]time.Duration{
		"critical": {3 * time.Minute, 5 * time.Minute, 7 * time.Minute},
		"major":    {time.Minute, 2 * time.Minute, 7 * time.Minute},
	} {
		for _, s := range p.Severities {
			if got := remindedAfter(p.RemindersOf(s), 10*time.Minute); string(s.ID) == severity && got != want {
				t.Errorf("a promise of ten minutes of the severity %s is reminded of at %v, want %v", severity, got, want)
			}
		}
	}
}

// remindedAfter gives the three reminders as time since a promise was made.
func remindedAfter(r Reminders, within time.Duration) (after [3]time.Duration) {
	var made time.Time
	for i, at := range r.At(made, made.Add(within)) {
		after[i] = at.Sub(made)
	}
	return after
}

func TestCadence(t *testing.T) {
	s := Severity{Every: 20 * time.Minute, LongAfter: 2 * time.Hour, LongEvery: time.Hour}
	began := at(t, "2026-11-23T12:00")
	for _, c := range []struct {
		reopened, lasted, want time.Duration // the first two since it began; reopened 0 for never
	}{
		{0, 0, s.Every}, {0, 2*time.Hour - 1, s.Every}, {0, 2 * time.Hour, s.LongEvery}, {0, 48 * time.Hour, s.LongEvery},
		{47 * time.Hour, 48 * time.Hour, s.Every}, {47 * time.Hour, 49 * time.Hour, s.LongEvery}, // what came back is counted anew
		{-time.Hour, 90 * time.Minute, s.Every}, // and never from before its start, which somebody may have put right
	} {
		var reopened time.Time
		if c.reopened != 0 {
			reopened = began.Add(c.reopened)
		}
		if got := s.Cadence(began, reopened, began.Add(c.lasted)); got != c.want {
			t.Errorf("after %s, reopened after %s, updates come every %s, want %s", c.lasted, c.reopened, got, c.want)
		}
	}
	if got := (Severity{Every: time.Hour}).Cadence(began, time.Time{}, began.Add(72*time.Hour)); got != time.Hour {
		t.Errorf("without long-incident mode updates come every %s after three days", got)
	}
}
