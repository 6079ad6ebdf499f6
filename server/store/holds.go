package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
)

// Pause is a stop of the deliveries to subscribers that an operator made.
type Pause struct {
	Since  time.Time
	Reason string
}

// What can be held; see the migration.
const (
	heldDeliveries = "deliveries"
	heldSchedule   = "schedule"
	heldRestore    = "restore"
)

// Paused tells whether deliveries to subscribers wait until an operator says
// otherwise, and since when and why. Publications go on all the same.
func (s *Store) Paused(ctx context.Context) (p Pause, paused bool, err error) {
	err = s.view(ctx, func(t *tx) error {
		p, paused, err = t.hold(ctx, heldDeliveries)
		return err
	})
	return p, paused, err
}

// Held implements outbox.Store.
func (s *Store) Held(ctx context.Context) (bool, error) {
	_, paused, err := s.Paused(ctx)
	return paused, err
}

// ScheduleHeld tells whether updates that were signed for a time wait beyond
// it, because this is a restored database and the service that it replaces may
// know better. Resuming the deliveries ends it.
func (s *Store) ScheduleHeld(ctx context.Context) (held bool, err error) {
	err = s.view(ctx, func(t *tx) error {
		_, held, err = t.hold(ctx, heldSchedule)
		return err
	})
	return held, err
}

// PauseDeliveries lets deliveries to subscribers wait; a pause that is there stays as it is.
func (s *Store) PauseDeliveries(ctx context.Context, p Pause) error {
	return s.change(ctx, func(t *tx) error { return t.setHold(ctx, heldDeliveries, p) })
}

// ResumeDeliveries ends the pause, and that of scheduled updates. With drop it gives up everything that is to
// be delivered now, and says so in the records: what waits in a restored
// database may have been sent by the one that it replaces. It returns how many
// deliveries it gave up.
func (s *Store) ResumeDeliveries(ctx context.Context, drop bool, now time.Time) (dropped int64, err error) {
	if drop {
		if dropped, err = s.dropDeliveries(ctx, now); err != nil {
			return 0, fmt.Errorf("give up the deliveries that wait: %w", err)
		}
	}
	return dropped, s.change(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM holds WHERE what IN ($1, $2)`, heldDeliveries, heldSchedule)
		return err
	})
}

func (s *Store) dropDeliveries(ctx context.Context, now time.Time) (dropped int64, err error) {
	unspread, err := s.Unspread(ctx)
	if err != nil {
		return 0, err
	}
	for _, number := range unspread {
		for done := false; !done; {
			if done, err = s.Spread(ctx, number, 1000, now); err != nil {
				return 0, err
			}
		}
	}
	err = s.change(ctx, func(t *tx) error {
		claim := micros(now)
		if _, err := t.exec(ctx, `UPDATE deliveries SET state = 'sending', attempt = attempt + 1, lease = $1, due = $2
		  WHERE state = 'waiting' OR state = 'sending' AND due <= $3`, claim, claim, claim); err != nil {
			return err
		}
		dropped, err = t.exec(ctx, `UPDATE deliveries SET state = 'dead', settled_at = $1, error = 'given up by the operator when deliveries were resumed'
		  WHERE state = 'sending' AND lease = $2`, claim, claim)
		return err
	})
	return dropped, err
}

func (t *tx) hold(ctx context.Context, what string) (Pause, bool, error) {
	p, err := one(ctx, t, func(r row) (p Pause, err error) {
		var since int64
		err = r.Scan(&since, &p.Reason)
		p.Since = fromMicros(since)
		return p, err
	}, `SELECT since, reason FROM holds WHERE what = $1`, what)
	if errors.Is(err, sql.ErrNoRows) {
		return Pause{}, false, nil
	}
	return p, err == nil, err
}

func (t *tx) setHold(ctx context.Context, what string, p Pause) error {
	_, err := t.exec(ctx, `INSERT INTO holds (what, since, reason) VALUES ($1, $2, $3) ON CONFLICT (what) DO NOTHING`, what, micros(p.Since), p.Reason)
	return err
}

// unfinished refuses a database into which a backup was not restored to the end.
func (s *Store) unfinished(ctx context.Context) error {
	return s.view(ctx, func(t *tx) error {
		if _, held, err := t.hold(ctx, heldRestore); err != nil || !held {
			return err
		}
		return comms.Refuse(comms.Conflict, "database", "a backup was restored into this database and did not get to the end, so nothing in it can be trusted; delete it and restore the backup again")
	})
}
