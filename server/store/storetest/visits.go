package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/visits"
)

// linkVisits add up by key and hour, from several writers, and are forgotten.
func linkVisits(t *testing.T, st *store.Store) {
	ctx := t.Context()
	hour := Clock().Truncate(time.Hour)
	ago := func(d time.Duration) time.Time { return hour.Add(-d) }
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for range 5 {
				if _, err := st.AddVisits(context.WithoutCancel(ctx), []visits.Count{
					{Key: "export", At: hour, Tally: visits.Tally{Visits: 1}},
					{Key: "sign-in", At: hour, Tally: visits.Tally{Visits: 2, Reports: 1}},
				}, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	_, err := st.AddVisits(ctx, []visits.Count{
		{Key: "sign-in", At: ago(time.Hour), Tally: visits.Tally{Visits: 1}},
		{Key: "sign-in", At: ago(2 * time.Hour), Tally: visits.Tally{Visits: 10}},
		{Key: "sign-in", At: ago(25 * time.Hour), Tally: visits.Tally{Reports: 7}},
		{Key: "sign-in", At: ago(10 * 24 * time.Hour), Tally: visits.Tally{Visits: 100}},
		{Key: "sign-in", At: ago(40 * 24 * time.Hour), Tally: visits.Tally{Visits: 1000}},
	}, nil)
	must(t, err)
	got, err := st.LinkVisits(ctx, Clock().Add(30*time.Minute))
	must(t, err)
	same(t, "totals", got, []visits.Totals{
		{Key: "export", Hour: visits.Tally{Visits: 20}, Day: visits.Tally{Visits: 20}, Month: visits.Tally{Visits: 20}},
		{
			Key: "sign-in", Hour: visits.Tally{Visits: 41, Reports: 20}, Day: visits.Tally{Visits: 51, Reports: 20},
			Month: visits.Tally{Visits: 151, Reports: 27},
		},
	})
	var rows int
	must(t, st.DB().QueryRow(`SELECT COUNT(*) FROM link_hours`).Scan(&rows))
	same(t, "hours that are kept", rows, 6)
	_, err = st.AddVisits(ctx, []visits.Count{{Key: "export", At: hour.Add(5 * time.Minute), Tally: visits.Tally{Reports: 2}}}, nil)
	must(t, err)
	hours, err := st.VisitHours(ctx, ago(2*time.Hour))
	must(t, err)
	same(t, "by hour", hours, []visits.Count{
		{Key: "export", At: hour, Tally: visits.Tally{Visits: 20, Reports: 2}},
		{Key: "sign-in", At: ago(2 * time.Hour), Tally: visits.Tally{Visits: 10}},
		{Key: "sign-in", At: ago(time.Hour), Tally: visits.Tally{Visits: 1}},
		{Key: "sign-in", At: hour, Tally: visits.Tally{Visits: 40, Reports: 20}},
	})
	slots, err := st.VisitSlots(ctx, hour)
	must(t, err)
	same(t, "by five minutes", slots, []visits.Count{
		{Key: "export", At: hour, Tally: visits.Tally{Visits: 20}},
		{Key: "export", At: hour.Add(5 * time.Minute), Tally: visits.Tally{Reports: 2}},
		{Key: "sign-in", At: hour, Tally: visits.Tally{Visits: 40, Reports: 20}},
	})
	must(t, st.DB().QueryRow(`SELECT COUNT(*) FROM link_slots`).Scan(&rows))
	same(t, "five minutes that are kept", rows, 5)
}

// unknownLinks keeps the keys that count, whatever floods it.
func unknownLinks(t *testing.T, st *store.Store) {
	ctx := t.Context()
	add := func(at time.Time, us ...visits.Unknown) []string {
		t.Helper()
		for i := range us {
			us[i].First, us[i].Last = at, at
		}
		kept, err := st.AddVisits(ctx, nil, us)
		must(t, err)
		return kept
	}
	add(Clock().Add(-40*24*time.Hour), visits.Unknown{Key: "forgotten", Tally: visits.Tally{Visits: 900}})
	add(Clock().Add(-time.Hour), visits.Unknown{Key: "real", Tally: visits.Tally{Visits: 1}}, visits.Unknown{Key: visits.Others, Tally: visits.Tally{Visits: 1}})
	add(Clock(), visits.Unknown{Key: "real", Tally: visits.Tally{Visits: 1, Reports: 1}})
	for flood := range 3 {
		var random []visits.Unknown
		for n := range visits.MostUnknown {
			random = append(random, visits.Unknown{Key: fmt.Sprintf("random-%d-%d", flood, n), Tally: visits.Tally{Visits: 1}})
		}
		kept := add(Clock().Add(time.Duration(flood)*time.Minute), random...)
		same(t, "keys that are kept", len(kept), visits.MostUnknown)
	}
	got, err := st.UnknownLinks(ctx)
	must(t, err)
	same(t, "rows", len(got), visits.MostUnknown+1)
	same(t, "the one that counts", got[0], visits.Unknown{Key: "real", First: Clock().Add(-time.Hour), Last: Clock(), Tally: visits.Tally{Visits: 2, Reports: 1}})
	same(t, "the others", got[len(got)-1], visits.Unknown{Key: visits.Others, First: Clock().Add(-time.Hour), Last: Clock().Add(-time.Hour), Tally: visits.Tally{Visits: 1}})
}
