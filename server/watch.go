package server

import (
	"context"
	"time"
)

// watchEvery is how often the service looks for promises whose time has come
// for a reminder, or is over.
const watchEvery = 5 * time.Second

// watch decides promises by the clock and stores reminders, until the context
// ends. What a stop or a crash cuts off is rolled back, and done at the next
// look. It rests while an operator holds what waits for its time.
func (s *service) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	said := ""
	look := watching{last: s.config.Now(), seen: time.Now()}
	mended := false
	for {
		s.clockOf(ctx, &look)
		held, err := s.installation.Store.ScheduleHeld(ctx)
		if err == nil && !held && !mended {
			err = s.installation.Desk.Mend(ctx)
			mended = err == nil
		}
		if err == nil && !held {
			var behind time.Duration
			behind, err = s.installation.Desk.Watch(ctx)
			s.sayBehind(ctx, &look, behind)
		}
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said:
			said = err.Error()
			s.config.Log.ErrorContext(ctx, "promises could not be watched; it is tried again within seconds", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// watching is what is remembered of the clock from one look to the next.
type watching struct {
	last   time.Time // by the service's clock
	seen   time.Time // by a clock that only goes forward, at the same moment
	behind bool      // it was said that the clock is behind what is stored
}

// leapFrom is the least jump of the clock that is worth a line in the log.
const leapFrom = time.Minute

// leap is how far the clock moved besides the time that went by: above 0 it
// went ahead, below 0 back. It is 0 for less than a minute.
func leap(before, after time.Time, passed time.Duration) time.Duration {
	jump := after.Round(0).Sub(before.Round(0)) - passed
	if jump.Abs() < leapFrom {
		return 0
	}
	return jump
}

// clockOf says in the log when the clock has jumped. Promises go on by the
// clock as it is: nothing is reminded of twice, and what was called late by a
// clock that ran ahead is put right by the publication that comes in time.
func (s *service) clockOf(ctx context.Context, look *watching) {
	now, seen := s.config.Now(), time.Now()
	if jump := leap(look.last, now, seen.Sub(look.seen)); jump != 0 {
		s.config.Log.WarnContext(ctx, "the clock has jumped; promises, reminders and signatures go by it as it is now, so set this machine's time right", "by", jump.Round(time.Second))
	}
	look.last, look.seen = now, seen
}

// sayBehind says once in the log that the clock is behind what is stored,
// which no clock that only goes forward can be.
func (s *service) sayBehind(ctx context.Context, look *watching, behind time.Duration) {
	if behind < leapFrom {
		look.behind = false
		return
	}
	if !look.behind {
		look.behind = true
		s.config.Log.WarnContext(ctx, "the clock is behind the latest promise that was made; reminders wait until it has caught up, so set this machine's time right", "by", behind.Round(time.Second))
	}
}
