package page

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

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
		"one second of ninety days":         {[]span{{ago(time.Hour), ago(time.Hour - time.Second), comms.Major, nil}}, ago(1000 * day), 9999, true},
		"half of what is known":             {[]span{{ago(time.Hour), now, comms.Partial, nil}}, ago(2 * time.Hour), 5000, true},
		"slow is not out":                   {[]span{{ago(time.Hour), now, comms.Degraded, nil}}, ago(2 * time.Hour), 10000, true},
		"planned work is not out":           {[]span{{ago(time.Hour), now, comms.Maintenance, nil}}, ago(2 * time.Hour), 10000, true},
		"two at once count once":            {[]span{{ago(time.Hour), now, comms.Major, nil}, {ago(90 * time.Minute), ago(30 * time.Minute), comms.Partial, nil}}, ago(3 * time.Hour), 5000, true},
		"what began before it was known of": {[]span{{ago(5 * time.Hour), ago(time.Hour), comms.Major, nil}}, ago(2 * time.Hour), 5000, true},
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
		{midnight.Add(-25 * time.Hour), midnight.Add(-time.Minute), comms.Degraded, nil},
		{midnight.Add(-2 * time.Hour), midnight.Add(-time.Hour), comms.Major, nil},
		{midnight.Add(-10 * day), midnight.Add(-9 * day), comms.Partial, nil}, // before anything was known
	}, midnight.Add(-5*day), now)
	want := map[int]comms.State{89: comms.Operational, 88: comms.Major, 87: comms.Degraded, 86: comms.Operational, 84: comms.Operational, 83: "", 79: "", 0: ""}
	for n, state := range want {
		if h.days[n].worst != state {
			t.Errorf("day %d is %q, want %q", n, h.days[n].worst, state)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory(7 << 10)
	made := 0
	get := func(key string) {
		if _, err := m.get(key, func() (*Document, error) {
			made++
			return newDocument("text/plain", "", make([]byte, 2<<10)).asItIs(), nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"a", "b", "a", "c", "a", "b"} {
		get(key)
	}
	if made != 4 || m.docs.Len() != 2 {
		t.Errorf("made %d documents and held %d, want 4 and 2", made, m.docs.Len())
	}
}

// TestDaysAreOfUTC holds days to 24 hours of UTC, wherever a time was said and
// whatever the clocks there do.
func TestDaysAreOfUTC(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	utc := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) }
	for name, test := range map[string]struct {
		spans []span
		now   time.Time
		want  map[int]daily // by days before today
	}{
		"the hour that New York has twice": {
			[]span{{time.Date(2026, 11, 1, 0, 30, 0, 0, newYork), time.Date(2026, 11, 1, 2, 30, 0, 0, newYork), comms.Major, nil}}, utc(2, 12, 0),
			map[int]daily{1: {comms.Major, 3 * time.Hour, time.Time{}}, 2: {comms.Operational, day, time.Time{}}},
		},
		"the hour that Madrid leaves out": {
			[]span{{time.Date(2026, 3, 29, 1, 30, 0, 0, madrid), time.Date(2026, 3, 29, 3, 30, 0, 0, madrid), comms.Partial, nil}},
			time.Date(2026, 3, 30, 12, 0, 0, 0, madrid),
			map[int]daily{1: {comms.Partial, time.Hour, time.Time{}}},
		},
		"over midnight in UTC, an evening in New York": {
			[]span{{time.Date(2026, 11, 10, 18, 30, 0, 0, newYork), time.Date(2026, 11, 10, 19, 15, 0, 0, newYork), comms.Degraded, nil}}, utc(11, 12, 0),
			map[int]daily{1: {comms.Degraded, 30 * time.Minute, time.Time{}}, 0: {comms.Degraded, 15 * time.Minute, time.Time{}}},
		},
		"now, a day ahead in the east": {
			[]span{{utc(10, 20, 0), utc(10, 21, 0), comms.Major, nil}}, utc(10, 22, 0).In(time.FixedZone("", 14*60*60)),
			map[int]daily{0: {comms.Major, time.Hour, time.Time{}}},
		},
		"all of a day": {
			[]span{{utc(8, 12, 0), utc(10, 12, 0), comms.Partial, nil}}, utc(11, 12, 0),
			map[int]daily{3: {comms.Partial, 12 * time.Hour, time.Time{}}, 2: {comms.Partial, day, time.Time{}}, 1: {comms.Partial, 12 * time.Hour, time.Time{}}},
		},
		"going on": {
			[]span{{utc(10, 23, 0), utc(11, 12, 0), comms.Major, nil}}, utc(11, 12, 0),
			map[int]daily{1: {comms.Major, time.Hour, time.Time{}}, 0: {comms.Major, 12 * time.Hour, utc(10, 23, 0)}},
		},
		"not as bad any more": {
			[]span{{utc(11, 1, 0), utc(11, 2, 0), comms.Major, nil}, {utc(11, 2, 0), utc(11, 12, 0), comms.Degraded, nil}}, utc(11, 12, 0),
			map[int]daily{0: {comms.Major, time.Hour, time.Time{}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := historyOf(test.spans, utc(1, 0, 0).AddDate(-1, 0, 0), test.now)
			for ago, want := range test.want {
				if got := h.days[barDays-1-ago]; got.worst != want.worst || got.lasted != want.lasted || !got.since.Equal(want.since) {
					t.Errorf("%d days ago: %+v, want %+v", ago, got, want)
				}
			}
		})
	}
}

// TestTimeAddsUp throws any claims at a component: its days and its uptime stay
// within what there is.
func TestTimeAddsUp(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Custom(func(t *rapid.T) time.Time {
			return now.Add(-time.Duration(rapid.Int64Range(0, int64(100*day/time.Microsecond)).Draw(t, "ago")) * time.Microsecond)
		})
		spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) span {
			if rapid.Bool().Draw(t, "going on") {
				return span{moment.Draw(t, "from"), now, rapid.SampledFrom(comms.States()).Draw(t, "state"), nil}
			}
			return span{moment.Draw(t, "from"), moment.Draw(t, "to"), rapid.SampledFrom(comms.States()).Draw(t, "state"), nil}
		}), 0, 12).Draw(t, "spans")
		since := moment.Draw(t, "since")

		var total time.Duration
		at := since
		for _, s := range stretches(spans, since, now) {
			if !s.from.Equal(at) || !s.to.After(s.from) {
				t.Fatalf("%v does not go on at %s", s, at)
			}
			middle, worst := s.from.Add(s.to.Sub(s.from)/2), comms.Operational
			for _, c := range spans {
				if !c.from.After(middle) && c.to.After(middle) {
					worst = comms.Worst(worst, c.state)
				}
			}
			if s.state != worst {
				t.Fatalf("at %s it is %q, and %q was claimed", middle, s.state, worst)
			}
			total, at = total+s.to.Sub(s.from), s.to
		}
		if total != now.Sub(since) {
			t.Fatalf("the stretches are %s long, and the time is %s", total, now.Sub(since))
		}

		h := historyOf(spans, since, now)
		first := now.Truncate(day).Add(-(barDays - 1) * day)
		for n, d := range h.days {
			start := first.Add(time.Duration(n) * day)
			if known := start.Add(day).After(since); known != (d.worst != "") || d.lasted < 0 || d.lasted > day || !known && d.lasted != 0 {
				t.Fatalf("day %d, known since %s: %+v", n, since, d)
			}
			parts, same := dayOf(spans, since, start, now)
			var sum time.Duration
			for _, s := range parts {
				sum += s.to.Sub(s.from)
			}
			if want := earlier(start.Add(day), now).Sub(later(since, start)); sum != max(0, want) {
				t.Fatalf("day %d adds up to %s, not to %s", n, sum, want)
			}
			if d.worst != "" && d != same {
				t.Fatalf("day %d is %+v in the bars and %+v on its page", n, d, same)
			}
		}
		got, ok := h.uptime()
		if !ok {
			return
		}
		share := new(big.Int).Mul(big.NewInt(int64(h.known-h.down)), big.NewInt(10_000))
		if want := share.Div(share, big.NewInt(int64(h.known))).Int64(); got < 0 || got > 10_000 || got != want || got == 10_000 && h.down > 0 {
			t.Fatalf("an uptime of %d for %s out of %s", got, h.down, h.known)
		}
	})
}
