package server

import (
	"context"
	"time"
)

// repeat does something again and again until the context ends, except while
// an operator holds what waits for its time. The same trouble is logged once,
// with this complaint, not at every look.
func (s *service) repeat(ctx context.Context, every time.Duration, complaint string, do func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	said := ""
	for {
		held, err := s.installation.Store.ScheduleHeld(ctx)
		if err == nil && !held {
			err = do(ctx)
		}
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said:
			said = err.Error()
			s.config.Log.ErrorContext(ctx, complaint, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
