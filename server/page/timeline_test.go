package page

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
)

func TestUptimeIsRoundedDown(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, test := range map[string]struct {
		spans []span
		since time.Time
		want  int64
		ok    bool
	}{
		"nothing known":                     {nil, now, 0, false},
		"never out":                         {nil, ago(1000 * day), 10000, true},
		"one second of ninety days":         {[]span{{ago(time.Hour), ago(time.Hour - time.Second), comms.Major}}, ago(1000 * day), 9999, true},
		"half of what is known":             {[]span{{ago(time.Hour), now, comms.Partial}}, ago(2 * time.Hour), 5000, true},
		"slow is not out":                   {[]span{{ago(time.Hour), now, comms.Degraded}}, ago(2 * time.Hour), 10000, true},
		"planned work is not out":           {[]span{{ago(time.Hour), now, comms.Maintenance}}, ago(2 * time.Hour), 10000, true},
		"two at once count once":            {[]span{{ago(time.Hour), now, comms.Major}, {ago(90 * time.Minute), ago(30 * time.Minute), comms.Partial}}, ago(3 * time.Hour), 5000, true},
		"what began before it was known of": {[]span{{ago(5 * time.Hour), ago(time.Hour), comms.Major}}, ago(2 * time.Hour), 5000, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := historyOf(test.spans, test.since, now).uptime()
			if got != test.want || ok != test.ok {
				t.Errorf("got %d, %t; want %d, %t", got, ok, test.want, test.ok)
			}
		})
	}
}

func TestDaysShowTheirWorstState(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	midnight := now.Truncate(day)
	h := historyOf([]span{
		{midnight.Add(-25 * time.Hour), midnight.Add(-time.Minute), comms.Degraded},
		{midnight.Add(-2 * time.Hour), midnight.Add(-time.Hour), comms.Major},
		{midnight.Add(-10 * day), midnight.Add(-9 * day), comms.Partial}, // before anything was known
	}, midnight.Add(-5*day), now)
	want := map[int]comms.State{89: comms.Operational, 88: comms.Major, 87: comms.Degraded, 86: comms.Operational, 84: comms.Operational, 83: "", 79: "", 0: ""}
	for n, state := range want {
		if h.days[n] != state {
			t.Errorf("day %d is %q, want %q", n, h.days[n], state)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory(2)
	made := 0
	get := func(key string) {
		if _, err := m.get(key, func() (*Document, error) { made++; return &Document{}, nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"a", "b", "a", "c", "a", "b"} {
		get(key)
	}
	if made != 4 || m.order.Len() != 2 || len(m.byKey) != 2 {
		t.Errorf("made %d documents and held %d, want 4 and 2", made, m.order.Len())
	}
}
