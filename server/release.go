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
// by themselves, until the context ends. What a
// stop or a crash cuts off is rolled back, and goes out at the next look. The
// same trouble is logged once, not at every look.
func (s *service) release(ctx context.Context) {
	tick := time.NewTicker(releaseEvery)
	defer tick.Stop()
	said := ""
	for {
		held, err := s.installation.Store.ScheduleHeld(ctx)
		if err == nil && !held {
			err = errors.Join(s.installation.Desk.Release(ctx), s.installation.Desk.HoldDue(ctx), s.installation.Desk.Expiring(ctx))
		}
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said:
			said = err.Error()
			s.config.Log.ErrorContext(ctx, "an update or a holding statement whose time has come could not go out; it is tried again within seconds", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
