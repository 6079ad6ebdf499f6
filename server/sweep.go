package server

import (
	"context"
	"time"
)

// sweepEvery is how often what has expired is deleted; nothing depends on it.
const sweepEvery = time.Hour

// sweep deletes what has expired at the desk, until the context ends.
func (s *service) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.installation.Store.Sweep(ctx, s.config.Now()); err != nil && ctx.Err() == nil {
			s.config.Log.WarnContext(ctx, "expired sessions and tokens could not be deleted; it is tried again in an hour", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
