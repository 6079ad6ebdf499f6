package server

import (
	"context"
	"errors"
	"time"
)

// releaseEvery is how often the service looks for updates whose time has come,
// and for incidents of which customers should have heard by now: they read
// them that much late at most.
const releaseEvery = 2 * time.Second

// release publishes what is signed and due, and holding statements that go out
// by themselves, until the context ends. What a stop or a crash cuts off is
// rolled back, and goes out at the next look.
func (s *service) release(ctx context.Context) {
	d := s.installation.Desk
	s.repeat(ctx, releaseEvery, "an update or a holding statement whose time has come could not go out; it is tried again within seconds", func(ctx context.Context) error {
		return errors.Join(d.Release(ctx), d.HoldDue(ctx))
	})
}

// foreseeEvery is how often the service looks for what somebody must be told
// days ahead.
const foreseeEvery = time.Minute

// foresee tells of statements that are about to expire and of drills that are
// due, until the context ends.
func (s *service) foresee(ctx context.Context) {
	d := s.installation.Desk
	s.repeat(ctx, foreseeEvery, "nobody could be told of a statement that expires or of a drill that is due; it is tried again within minutes", func(ctx context.Context) error {
		return errors.Join(d.Expiring(ctx), d.DrillDue(ctx))
	})
}
