package server

import (
	"context"
	"time"

	"github.com/countersign/countersign/server/visits"
)

// visitsEvery is how often the service looks whether more people than usual
// come to a link.
const visitsEvery = 30 * time.Second

// watchVisits looks who comes to the plan's links, until the context ends.
func (s *service) watchVisits(ctx context.Context) {
	watch := visits.NewWatch(s.installation.Store)
	s.repeat(ctx, visitsEvery, "the visits of in-product links could not be watched; it is tried again within a minute", func(ctx context.Context) error {
		return s.seeVisitors(ctx, watch)
	})
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
