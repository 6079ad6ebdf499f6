package visits

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/rise"
)

// History reads what was counted.
type History interface {
	// VisitHours lists what was counted of every key by hour since a time.
	VisitHours(ctx context.Context, since time.Time) ([]Count, error)
	// VisitSlots lists the latest by five minutes.
	VisitSlots(ctx context.Context, since time.Time) ([]Count, error)
}

// Watch compares who comes to each link with what is usual. What is usual is
// learnt once an hour. It is for one goroutine.
type Watch struct {
	history History
	hour    time.Time         // for which usual was learnt
	former  map[string]string // and with these names
	usual   map[string][2]rise.Usual
	unknown [2]rise.Usual // of a key of which nothing was counted
}

// NewWatch makes a watch that has learnt nothing yet.
func NewWatch(h History) *Watch {
	return &Watch{history: h, unknown: [2]rise.Usual{rise.Learn(nil), rise.Learn(nil)}}
}

// Arrivals tells who came to each link lately, by its key.
func (w *Watch) Arrivals(ctx context.Context, links []comms.Link, now time.Time) (map[string]rise.Arrivals, error) {
	if err := w.learn(ctx, links, now); err != nil {
		return nil, err
	}
	latest := now.Add(-rise.Long).Truncate(rise.Slot)
	slots, err := w.history.VisitSlots(ctx, latest)
	if err != nil {
		return nil, fmt.Errorf("read the latest visits of links: %w", err)
	}
	rows := series(Renamed(slots, links), now.UTC().Truncate(rise.Slot), rise.Slot)
	out := map[string]rise.Arrivals{}
	for _, l := range links {
		usual, ok := w.usual[l.Key]
		if !ok {
			usual = w.unknown
		}
		row := rows[l.Key]
		out[l.Key] = rise.Arrivals{
			Visits:  usual[0].Look(row[0], rise.LeastVisits, now),
			Reports: usual[1].Look(row[1], rise.LeastReports, now),
		}
	}
	return out, nil
}

// learn finds what is usual in the hour that goes on.
func (w *Watch) learn(ctx context.Context, links []comms.Link, now time.Time) error {
	hour, names := now.UTC().Truncate(time.Hour), former(links)
	if w.usual != nil && hour.Equal(w.hour) && maps.Equal(names, w.former) {
		return nil
	}
	counts, err := w.history.VisitHours(ctx, hour.Add(-rise.Known*time.Hour))
	if err != nil {
		return fmt.Errorf("read the visits of links: %w", err)
	}
	usual := map[string][2]rise.Usual{}
	for key, row := range series(Renamed(counts, links), hour, time.Hour) {
		usual[key] = [2]rise.Usual{rise.Learn(row[0]), rise.Learn(row[1])}
	}
	w.usual, w.hour, w.former = usual, hour, names
	return nil
}

// series puts the counts of each key in a row, visits and reports, the latest
// first. Both begin with the first that was counted.
func series(counts []Count, latest time.Time, step time.Duration) map[string][2][]int64 {
	out := map[string][2][]int64{}
	for _, c := range counts {
		i := int(latest.Sub(c.At) / step)
		if i < 0 { // a clock that is ahead
			continue
		}
		row := out[c.Key]
		for n := range row {
			if len(row[n]) <= i {
				row[n] = slices.Concat(row[n], make([]int64, i+1-len(row[n])))
			}
		}
		row[0][i] += c.Visits
		row[1][i] += c.Reports
		out[c.Key] = row
	}
	return out
}
