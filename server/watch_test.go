package server

import (
	"testing"
	"time"
)

func TestLeap(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		after  time.Time
		passed time.Duration
		want   time.Duration
	}{
		"time goes by":     {at.Add(5 * time.Second), 5 * time.Second, 0},
		"a clock is eased": {at.Add(7 * time.Second), 5 * time.Second, 0},
		"ahead":            {at.Add(3*time.Hour + 5*time.Second), 5 * time.Second, 3 * time.Hour},
		"back":             {at.Add(-2 * time.Minute), 5 * time.Second, -2*time.Minute - 5*time.Second},
		"a busy machine":   {at.Add(10 * time.Minute), 10 * time.Minute, 0},
	} {
		if got := leap(at, c.after, c.passed); got != c.want {
			t.Errorf("%s: the clock leapt by %s, want %s", name, got, c.want)
		}
	}
}
