package comms

import (
	"testing"
	"time"
)

func TestQuietHours(t *testing.T) {
	night := Quiet{From: "22:00", To: "07:00", Zone: "Europe/Madrid"}
	noon := Quiet{From: "13:00", To: "15:30", Zone: "Europe/Madrid"}
	for _, c := range []struct {
		name      string
		q         Quiet
		at, until string // UTC
	}{
		{"by day", night, "2026-11-23T12:00", "2026-11-23T12:00"},
		{"before they begin", night, "2026-11-23T20:59", "2026-11-23T20:59"},
		{"when they begin", night, "2026-11-23T21:00", "2026-11-24T06:00"},
		{"after midnight", night, "2026-11-24T02:00", "2026-11-24T06:00"},
		{"when they end", night, "2026-11-24T06:00", "2026-11-24T06:00"},
		{"in summer", night, "2026-07-01T20:00", "2026-07-02T05:00"},
		{"the clocks go forward", night, "2026-03-28T22:30", "2026-03-29T05:00"},
		{"the clocks go back", night, "2026-10-24T21:30", "2026-10-25T06:00"},
		{"of a day", noon, "2026-11-23T13:00", "2026-11-23T14:30"},
		{"of a day, over", noon, "2026-11-23T14:30", "2026-11-23T14:30"},
		{"no zone", Quiet{From: "22:00", To: "07:00", Zone: "Nowhere"}, "2026-11-23T23:00", "2026-11-23T23:00"},
		{"no hours", Quiet{Zone: "UTC"}, "2026-11-23T23:00", "2026-11-23T23:00"},
	} {
		at, _ := time.Parse("2006-01-02T15:04", c.at)
		if got := c.q.Until(at).UTC().Format("2006-01-02T15:04"); got != c.until {
			t.Errorf("%s: mails of %s go at %s, want %s", c.name, c.at, got, c.until)
		}
	}
}
