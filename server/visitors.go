package server

import (
	"context"
	"time"

	"github.com/countersign/countersign/server/visits"
)

// visitsEvery is how often the service looks whether more people than usual
// come to a link.
const visitsEvery = 30 * time.Second

// watchVisits looks who comes to the plan's links, until the context ends. It
// rests while an operator holds what waits for its time.
func (s *service) watchVisits(ctx context.Context) {
	tick := time.NewTicker(visitsEvery)
	defer tick.Stop()
	watch := visits.NewWatch(s.installation.Store)
	said := ""
	for {
		held, err := s.installation.Store.ScheduleHeld(ctx)
		if err == nil && !held {
			err = s.seeVisitors(ctx, watch)
		}
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said:
			said = err.Error()
			s.config.Log.ErrorContext(ctx, "the visits of in-product links could not be watched; it is tried again within a minute", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *service) seeVisitors(ctx context.Context, watch *visits.Watch) error {
	p, _, err := s.installation.Desk.Plan(ctx)
	if err != nil {
		return err
	}
	came, err := watch.Arrivals(ctx, p.Catalogue.Links, s.config.Now())
	if err != nil {
		return err
	}
	return s.installation.Desk.SeeArrivals(ctx, came)
}
