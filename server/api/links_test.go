package api_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/rise"
	"github.com/countersign/countersign/server/visits"
)

// TestLinks reads what products lead to as a program does.
func TestLinks(t *testing.T) {
	in := install(t)
	robot := in.program()
	if a := robot.get("/api/v1/links").is(http.StatusOK); a.at("links.0.rise") != nil || a.at("links.0.visits.month") != 0.0 {
		t.Errorf("before anybody came: %s", a.body)
	}
	ctx := context.Background()
	_, err := in.store.AddVisits(ctx, []visits.Count{{Key: "sign-in", At: in.clock(), Tally: visits.Tally{Visits: 40, Reports: 2}}, {Key: "sign-in", At: in.clock().Add(-48 * time.Hour), Tally: visits.Tally{Visits: 1}}},
		[]visits.Unknown{{Key: "checkout", First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 7}}, {Key: visits.Others, First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 9}}})
	must(t, err)
	must(t, in.desk.SeeArrivals(ctx, map[string]rise.Arrivals{"sign-in": {Visits: rise.Reading{Rises: true, Window: rise.Short, Count: 40, Usual: 2.5}}}))
	a := robot.get("/api/v1/links").is(http.StatusOK)
	for path, want := range map[string]any{
		"links.0.key": "sign-in", "links.0.url": "https://status.northwind.example/go/sign-in", "links.0.published": false,
		"links.0.visits.day": 40.0, "links.0.visits.month": 41.0, "links.0.reports.hour": 2.0,
		"links.0.rise.kind": "visits", "links.0.rise.count": 40.0, "links.0.rise.minutes": 15.0, "links.0.rise.usual": 2.5, "links.0.rise.silent": false,
		"unknown.0.key": "checkout", "unknown.0.visits": 7.0, "others": 9.0,
	} {
		if got := a.at(path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}
