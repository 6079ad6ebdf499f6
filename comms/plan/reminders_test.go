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
			if got := p.RemindersOf(s).After(10 * time.Minute); string(s.ID) == severity && got != want {
				t.Errorf("a promise of ten minutes of the severity %s is reminded of at %v, want %v", severity, got, want)
			}
		}
	}
}

func TestCadence(t *testing.T) {
	s := Severity{Every: 20 * time.Minute, LongAfter: 2 * time.Hour, LongEvery: time.Hour}
	for lasted, want := range map[time.Duration]time.Duration{
		0: s.Every, 2*time.Hour - 1: s.Every, 2 * time.Hour: s.LongEvery, 48 * time.Hour: s.LongEvery,
	} {
		if got := s.Cadence(lasted); got != want {
			t.Errorf("after %s updates come every %s, want %s", lasted, got, want)
		}
	}
	if got := (Severity{Every: time.Hour}).Cadence(72 * time.Hour); got != time.Hour {
		t.Errorf("without long-incident mode updates come every %s after three days", got)
	}
}
