package visits_test

import (
	"context"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/visits"
)

// memory is a history of four weeks with five visits an hour, and what comes now.
type memory struct {
	began time.Time
	now   []visits.Count
	reads int
}

func (m *memory) VisitHours(_ context.Context, since time.Time) (out []visits.Count, err error) {
	m.reads++
	for at := m.began; at.Before(noon); at = at.Add(time.Hour) {
		if !at.Before(since) {
			out = append(out, visits.Count{Key: "sign-in", At: at, Tally: visits.Tally{Visits: 5}})
		}
	}
	return out, nil
}

func (m *memory) VisitSlots(_ context.Context, since time.Time) (out []visits.Count, err error) {
	for _, c := range m.now {
		if !c.At.Before(since) {
			out = append(out, c)
		}
	}
	return out, nil
}

func TestArrivals(t *testing.T) {
	m := &memory{began: noon.Truncate(time.Hour).Add(-30 * 24 * time.Hour)}
	links := []comms.Link{{Key: "sign-in"}, {Key: "export"}}
	w := visits.NewWatch(m)
	look := func(at time.Time, now ...visits.Count) map[string]bool {
		t.Helper()
		m.now = now
		got, err := w.Arrivals(t.Context(), links, at)
		if err != nil {
			t.Fatal(err)
		}
		return map[string]bool{"sign-in": got["sign-in"].Rises(), "export": got["export"].Rises(), "calm": got["sign-in"].Calm() && got["export"].Calm()}
	}
	slot := func(key string, ago time.Duration, n, said int64) visits.Count {
		return visits.Count{Key: key, At: noon.Add(-ago).Truncate(5 * time.Minute), Tally: visits.Tally{Visits: n, Reports: said}}
	}
	if got := look(noon, slot("sign-in", 0, 3, 0), slot("export", 0, 3, 0)); got["sign-in"] || got["export"] || !got["calm"] {
		t.Errorf("as usual: %v", got)
	}
	if got := look(noon.Add(time.Minute), slot("sign-in", 0, 30, 0)); !got["sign-in"] || got["export"] || got["calm"] {
		t.Errorf("thirty where five are usual: %v", got)
	}
	if got := look(noon.Add(time.Minute), slot("sign-in", 20*time.Minute, 0, 3), slot("sign-in", 0, 1, 4)); !got["sign-in"] {
		t.Errorf("seven who see trouble: %v", got)
	}
	if got := look(noon.Add(time.Minute), slot("export", 0, 14, 0)); !got["export"] {
		t.Errorf("a link that nobody ever opened: %v", got)
	}
	if got := look(noon.Add(time.Minute), slot("sign-in", -10*time.Minute, 500, 0)); got["sign-in"] {
		t.Errorf("from a clock that is ahead: %v", got)
	}
	if m.reads != 1 {
		t.Errorf("what is usual was read %d times in an hour", m.reads)
	}
	look(noon.Add(time.Hour))
	if m.reads != 2 {
		t.Errorf("what is usual was read %d times in two hours", m.reads)
	}
}

// TestArrivalsOfARenamedLink takes what was counted under the former key for
// its own, also in the hour in which the name changes.
func TestArrivalsOfARenamedLink(t *testing.T) {
	m := &memory{began: noon.Truncate(time.Hour).Add(-30 * 24 * time.Hour)}
	w := visits.NewWatch(m)
	came := visits.Count{Key: "sign-in", At: noon.Truncate(5 * time.Minute), Tally: visits.Tally{Visits: 13}}
	for _, l := range []comms.Link{{Key: "sign-in"}, {Key: "login", Former: []string{"sign-in"}}} {
		m.now = []visits.Count{came}
		few, err := w.Arrivals(t.Context(), []comms.Link{l}, noon)
		if err != nil {
			t.Fatal(err)
		}
		m.now = []visits.Count{came, {Key: l.Key, At: came.At, Tally: visits.Tally{Visits: 30}}}
		many, err := w.Arrivals(t.Context(), []comms.Link{l}, noon)
		if err != nil {
			t.Fatal(err)
		}
		if usual := few[l.Key].Visits.Usual; usual < 1 || !many[l.Key].Rises() {
			t.Errorf("%s: %g are usual, forty-three: %v", l.Key, usual, many[l.Key].Rises())
		}
	}
	totals := []visits.Totals{
		{Key: "login", Hour: visits.Tally{Visits: 2}, Month: visits.Tally{Visits: 2}}, {Key: "search", Month: visits.Tally{Visits: 9}},
		{Key: "sign-in", Day: visits.Tally{Visits: 3}, Month: visits.Tally{Visits: 7, Reports: 1}},
	}
	want := visits.Totals{Key: "login", Hour: visits.Tally{Visits: 2}, Day: visits.Tally{Visits: 3}, Month: visits.Tally{Visits: 9, Reports: 1}}
	if got := visits.Of(totals, comms.Link{Key: "login", Former: []string{"sign-in"}}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
