package store

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
)

// Subscriber is somebody outside who asked for mail.
type Subscriber struct {
	ID          comms.ID
	Address     string
	Lang        comms.Lang
	Components  []comms.ComponentID // that they follow; none is everything
	ConfirmedAt time.Time
	EndedAt     time.Time // zero while they get mail
}

// AddSubscriber stores a subscriber who has confirmed. An address that gets
// mail already is refused with Conflict; one that has left may come back under
// a new identifier.
func (s *Store) AddSubscriber(ctx context.Context, v Subscriber) error {
	return s.change(ctx, func(t *tx) error {
		if err := t.insert(ctx, "the subscriber", `INSERT INTO subscribers (id, address, lang, confirmed_at, ended_at) VALUES ($1, $2, $3, $4, 0)`,
			v.ID, v.Address, v.Lang, micros(v.ConfirmedAt)); err != nil {
			return err
		}
		for _, c := range v.Components {
			if err := t.insert(ctx, "what the subscriber follows", `INSERT INTO follows (subscriber_id, component) VALUES ($1, $2)
				ON CONFLICT DO NOTHING`, v.ID, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Unsubscribe ends a subscription; ending it again changes nothing.
func (s *Store) Unsubscribe(ctx context.Context, id comms.ID, at time.Time) error {
	return s.change(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE subscribers SET ended_at = CASE WHEN ended_at = 0 THEN CAST($1 AS BIGINT) ELSE ended_at END WHERE id = $2`, micros(at), id)
		if err != nil {
			return fmt.Errorf("end the subscription %s: %w", id, err)
		}
		if n == 0 {
			return comms.Refuse(comms.NotFound, "", "there is no subscription %s", id)
		}
		return nil
	})
}

// Subscriber returns a subscriber, also one who has left.
func (s *Store) Subscriber(ctx context.Context, id comms.ID) (v Subscriber, err error) {
	err = s.view(ctx, func(t *tx) error {
		if v, err = one(ctx, t, scanSubscriber, `SELECT id, address, lang, confirmed_at, ended_at FROM subscribers WHERE id = $1`, id); err != nil {
			return missing(err, comms.Say("subscription"), id)
		}
		v.Components, err = all(ctx, t, value[comms.ComponentID], `SELECT component FROM follows WHERE subscriber_id = $1 ORDER BY component`, id)
		return err
	})
	return v, err
}

func scanSubscriber(r row) (v Subscriber, err error) {
	var confirmed, ended int64
	err = r.Scan(&v.ID, &v.Address, &v.Lang, &confirmed, &ended)
	v.ConfirmedAt, v.EndedAt = fromMicros(confirmed), fromMicros(ended)
	return v, err
}

// SubscriberCount counts those who get mail.
func (s *Store) SubscriberCount(ctx context.Context) (n int, err error) {
	err = s.view(ctx, func(t *tx) error {
		n, err = one(ctx, t, value[int], `SELECT COUNT(*) FROM subscribers WHERE ended_at = 0`)
		return err
	})
	return n, err
}
