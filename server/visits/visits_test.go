package visits_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/countersign/countersign/server/visits"
)

var noon = time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC)

// ledger is a store that adds up, keeps every unknown key, and fails when told.
type ledger struct {
	mu      sync.Mutex
	fail    error
	writes  int
	hours   map[string]visits.Tally
	unknown map[string]visits.Unknown
}

func (l *ledger) AddVisits(_ context.Context, counts []visits.Count, unknown []visits.Unknown) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writes++
	if l.fail != nil {
		return nil, l.fail
	}
	if l.hours == nil {
		l.hours, l.unknown = map[string]visits.Tally{}, map[string]visits.Unknown{}
	}
	for _, h := range counts {
		k := h.Key + " " + h.At.Truncate(time.Hour).Format("15:04")
		t := l.hours[k]
		l.hours[k] = visits.Tally{Visits: t.Visits + h.Visits, Reports: t.Reports + h.Reports}
	}
	var kept []string
	for _, u := range unknown {
		old := l.unknown[u.Key]
		u.Visits, u.Reports = u.Visits+old.Visits, u.Reports+old.Reports
		l.unknown[u.Key] = u
	}
	for key := range l.unknown {
		if key != visits.Others {
			kept = append(kept, key)
		}
	}
	return kept, nil
}

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func counter(t testing.TB, l *ledger, now func() time.Time) *visits.Counter {
	t.Helper()
	c, err := visits.New(l, now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func flush(t testing.TB, c *visits.Counter) {
	t.Helper()
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestCountsByKeyAndHour(t *testing.T) {
	l, at := &ledger{}, &clock{noon}
	c := counter(t, l, at.now)
	c.Visit("sign-in", true, "a")
	c.Visit("sign-in", true, "b")
	if !c.Report("sign-in", true, "a") {
		t.Error("the first report was refused")
	}
	at.at = noon.Add(time.Hour)
	c.Visit("sign-in", true, "a")
	flush(t, c)
	flush(t, c)
	if l.writes != 1 {
		t.Errorf("%d writes, want one: nothing was counted after the first", l.writes)
	}
	if got := l.hours["sign-in 12:00"]; got != (visits.Tally{Visits: 2, Reports: 1}) {
		t.Errorf("at noon: %+v", got)
	}
	if got := l.hours["sign-in 13:00"]; got != (visits.Tally{Visits: 1}) {
		t.Errorf("an hour later: %+v", got)
	}
}

func TestFailingDatabaseLosesNothing(t *testing.T) {
	l, at := &ledger{fail: errors.New("the disk is full")}, &clock{noon}
	c := counter(t, l, at.now)
	for n := range 3 {
		at.at = noon.Add(time.Duration(n) * time.Minute)
		c.Visit("sign-in", true, "a")
		c.Visit("new-key", false, "a")
		if err := c.Flush(t.Context()); !errors.Is(err, l.fail) {
			t.Errorf("the error is %v", err)
		}
	}
	l.fail = nil
	flush(t, c)
	if got := l.hours["sign-in 12:00"].Visits; got != 3 {
		t.Errorf("%d visits of a known key, want 3", got)
	}
	if got := l.unknown["new-key"]; got.Visits != 3 || !got.First.Equal(noon) || !got.Last.Equal(at.at) {
		t.Errorf("the unknown key: %+v", got)
	}
}

// A flood of keys from one network, and from many, takes bounded room, is
// counted all the same, and keeps nobody's real key out.
func TestFloodOfUnknownKeys(t *testing.T) {
	l, at := &ledger{}, &clock{noon}
	c := counter(t, l, at.now)
	c.Visit("real", false, "honest")
	flush(t, c)
	const flood = 5000
	for n := range flood {
		c.Visit(fmt.Sprintf("random-%d", n), false, "flooder")
	}
	c.Visit("real", false, "flooder") // a key that is kept needs no room
	c.Visit("late", false, "honest")
	flush(t, c)
	if got := len(l.unknown); got > 30 {
		t.Errorf("one network brought %d keys", got)
	}
	if l.unknown["real"].Visits != 2 || l.unknown["late"].Visits != 1 {
		t.Errorf("real keys: %+v, %+v", l.unknown["real"], l.unknown["late"])
	}
	for n := range flood {
		c.Visit(fmt.Sprintf("other-%d", n), false, fmt.Sprint("network", n))
	}
	flush(t, c)
	if got := len(l.unknown); got > 2*visits.MostUnknown {
		t.Errorf("%d keys reached the store at once", got)
	}
	var all int64
	for _, u := range l.unknown {
		all += u.Visits
	}
	if all != 2*flood+3 {
		t.Errorf("%d visits were counted, want %d", all, 2*flood+3)
	}
}

func TestWhatCanBeNoKeyIsCountedWithoutAName(t *testing.T) {
	l, at := &ledger{}, &clock{noon}
	c := counter(t, l, at.now)
	for n, key := range []string{"", "Sign-In", "a/b", "<script>", "a b", "ü"} {
		c.Visit(key, false, fmt.Sprint(n))
	}
	flush(t, c)
	if len(l.unknown) != 1 || l.unknown[visits.Others].Visits != 6 {
		t.Errorf("kept %+v", l.unknown)
	}
}

func TestReportsAreLimitedByNetwork(t *testing.T) {
	l, at := &ledger{}, &clock{noon}
	c := counter(t, l, at.now)
	taken := 0
	for range 100 {
		if c.Report("sign-in", true, "loud") {
			taken++
		}
	}
	if taken == 0 || taken > 5 {
		t.Errorf("%d of 100 reports of one network were counted", taken)
	}
	if !c.Report("sign-in", true, "quiet") {
		t.Error("another network was not heard")
	}
	at.at = noon.Add(visits.NetworkEvery)
	if !c.Report("sign-in", true, "loud") {
		t.Error("a network is not heard again")
	}
	flush(t, c)
	if got := l.hours["sign-in 12:00"].Reports + l.hours["sign-in 13:00"].Reports; got != int64(taken+2) {
		t.Errorf("%d reports are stored, want %d", got, taken+2)
	}
}

// TestAKillLosesFiveSeconds holds what is promised: whatever was counted is
// stored within five seconds, and at the end at once.
func TestAKillLosesFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{}
		c := counter(t, l, time.Now)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { c.Run(ctx); close(done) }()
		stored := func() (n int64) {
			l.mu.Lock()
			defer l.mu.Unlock()
			for _, v := range l.hours {
				n += v.Visits
			}
			return n
		}
		for n := range 3 {
			c.Visit("sign-in", true, fmt.Sprint(n))
			time.Sleep(5 * time.Second)
			synctest.Wait()
			if got := stored(); got != int64(n+1) {
				t.Errorf("after five seconds %d visits are stored, want %d", got, n+1)
			}
		}
		c.Visit("sign-in", true, "b")
		stop()
		<-done
		if got := stored(); got != 4 {
			t.Errorf("after the end %d visits are stored, want 4", got)
		}
	})
}

// Whoever loads a page again and again counts five times an hour, at each key,
// and hides nobody else.
func TestOneNetworkCountsFewTimes(t *testing.T) {
	l, at := &ledger{}, &clock{noon.Truncate(time.Hour)}
	c := counter(t, l, at.now)
	for range 59 {
		for range 20 {
			c.Visit("sign-in", true, "reloading")
		}
		at.at = at.at.Add(time.Minute)
	}
	c.Visit("sign-in", true, "somebody")
	c.Visit("export", true, "reloading")
	flush(t, c)
	if got := l.hours["sign-in 12:00"].Visits; got > 6 || got < 4 {
		t.Errorf("%d visits of two networks, one of which came a thousand times", got)
	}
	if l.hours["export 12:00"].Visits != 1 {
		t.Error("another key is not counted")
	}
}

func TestManyCountAtOnce(t *testing.T) {
	l, at := &ledger{}, &clock{noon}
	c := counter(t, l, at.now)
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for i := range 500 {
				c.Visit("sign-in", true, fmt.Sprint(n, " ", i))
			}
			if err := c.Flush(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	flush(t, c)
	if got := l.hours["sign-in 12:00"].Visits; got != 4000 {
		t.Errorf("%d visits, want 4000", got)
	}
}
