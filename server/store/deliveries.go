package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/outbox"
)

var _ outbox.Store = (*Store)(nil)

// way is the only way of delivery so far.
const way = "mail"

// fanout is how far the deliveries of a publication are made.
type fanout struct {
	audience
	cutoff  int64
	reached string
	done    int64
}

func scanFanout(r row) (f fanout, err error) {
	var components, circles string
	if err = r.Scan(&f.cutoff, &f.kind, &components, &circles, &f.ends, &f.reached, &f.done); err != nil {
		return f, err
	}
	if err = json.Unmarshal([]byte(components), &f.components); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(circles), &f.circles)
}

// Spread implements outbox.Store.
func (s *Store) Spread(ctx context.Context, publication int64, limit int, now time.Time) (done bool, err error) {
	err = s.change(ctx, func(t *tx) error {
		f, err := one(ctx, t, scanFanout, `SELECT cutoff, kind, components, circles, ends, reached, done_at FROM fanouts WHERE publication = $1`+s.dialect.forRow, publication)
		if err != nil {
			return missing(err, comms.Say("fan-out of publication"), publication)
		}
		if done = f.done != 0; done {
			return nil
		}
		done, err = t.spread(ctx, publication, f, limit, now)
		return err
	})
	return done, err
}

func (t *tx) spread(ctx context.Context, publication int64, f fanout, limit int, now time.Time) (done bool, err error) {
	who := func(from int) (string, []any) {
		rule, args := f.rule(from+2, f.cutoff)
		return fmt.Sprintf(`s.ended_at = 0 AND s.id > $%d AND s.confirmed_at <= $%d AND `, from, from+1) + rule, append([]any{f.reached, f.cutoff}, args...)
	}
	rule, args := who(1)
	next, err := all(ctx, t, value[string], `SELECT s.id FROM subscribers s WHERE `+rule+` ORDER BY s.id LIMIT `+places(len(args)+1, 1),
		append(args, limit)...)
	if err != nil {
		return false, fmt.Errorf("list the subscribers of publication %d: %w", publication, err)
	}
	var made int64
	if len(next) > 0 {
		at := micros(now)
		rule, args := who(5)
		insert := append([]any{publication, way, at, at}, args...)
		f.reached = next[len(next)-1]
		insert = append(insert, f.reached)
		if made, err = t.exec(ctx, `INSERT INTO deliveries (publication, subscriber, way, state, attempt, due, lease, created_at, settled_at, error)
			SELECT CAST($1 AS BIGINT), s.id, CAST($2 AS TEXT), 'waiting', 0, CAST($3 AS BIGINT), 0, CAST($4 AS BIGINT), 0, ''
			FROM subscribers s WHERE `+rule+` AND s.id <= `+places(len(insert), 1)+` ON CONFLICT DO NOTHING`, insert...); err != nil {
			return false, fmt.Errorf("store the deliveries of publication %d: %w", publication, err)
		}
	}
	if len(next) < limit {
		f.done = micros(now)
	}
	if _, err := t.exec(ctx, `UPDATE fanouts SET reached = $1, made = made + $2, done_at = $3 WHERE publication = $4`, f.reached, made, f.done, publication); err != nil {
		return false, fmt.Errorf("remember how far publication %d came: %w", publication, err)
	}
	return f.done != 0, nil
}

// Unspread implements outbox.Store.
func (s *Store) Unspread(ctx context.Context) (ns []int64, err error) {
	err = s.view(ctx, func(t *tx) error {
		ns, err = all(ctx, t, value[int64], `SELECT publication FROM fanouts WHERE done_at = 0 ORDER BY publication`)
		return err
	})
	return ns, err
}

// open is the test for a delivery that is neither sent nor dead. While one is
// leased it is due at the end of its lease.
const open = `state IN ('waiting', 'sending')`

// Claim implements outbox.Store. Who has left since gets nothing more.
func (s *Store) Claim(ctx context.Context, publication int64, limit int, now time.Time, lease time.Duration) (ds []outbox.Delivery, err error) {
	err = s.change(ctx, func(t *tx) error {
		for len(ds) == 0 {
			batch, err := t.claim(ctx, publication, limit, micros(now), micros(now.Add(lease)))
			if err != nil {
				return fmt.Errorf("claim deliveries of publication %d: %w", publication, err)
			}
			if len(batch) == 0 {
				return nil
			}
			for _, c := range batch {
				if !c.left {
					ds = append(ds, c.Delivery)
				} else if err := t.drop(ctx, c.Delivery, micros(now)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return ds, err
}

// claimed is a delivery and whether its subscriber has left.
type claimed struct {
	outbox.Delivery
	left bool
}

// claim leases the next batch. The test stands in the outer WHERE as well:
// PostgreSQL repeats it once it holds the row, so that a row that another
// worker took meanwhile is not taken twice. The list stands in a WITH because
// PostgreSQL may run a subquery that locks more than once, and then takes more
// than the limit. The plus keeps both databases from looking through all that
// is due instead of the list.
func (t *tx) claim(ctx context.Context, publication int64, limit int, now, until int64) ([]claimed, error) {
	return all(ctx, t, func(r row) (c claimed, err error) {
		var ended int64
		c.Publication, c.Lease = publication, fromMicros(until)
		err = r.Scan(&c.Subscriber, &c.Way, &c.Attempt, &c.Address, &c.Lang, &ended)
		c.left = ended != 0
		return c, err
	}, `WITH next AS (SELECT publication, subscriber, way FROM deliveries WHERE publication = $1 AND due <= $2 AND `+open+` ORDER BY due LIMIT $3`+t.s.dialect.skipLocked+`)
		UPDATE deliveries SET state = 'sending', attempt = attempt + 1, due = $4, lease = $5
		WHERE (publication, subscriber, way) IN (SELECT publication, subscriber, way FROM next) AND +due <= $6 AND `+open+`
		RETURNING subscriber, way, attempt, (SELECT address FROM subscribers WHERE id = deliveries.subscriber),
			(SELECT lang FROM subscribers WHERE id = deliveries.subscriber), (SELECT ended_at FROM subscribers WHERE id = deliveries.subscriber)`,
		publication, now, limit, until, until, now)
}

func (t *tx) drop(ctx context.Context, d outbox.Delivery, now int64) error {
	_, err := t.exec(ctx, `UPDATE deliveries SET state = 'dead', lease = 0, settled_at = $1, error = 'the subscriber has left'
		WHERE publication = $2 AND subscriber = $3 AND way = $4`, now, d.Publication, d.Subscriber, d.Way)
	if err != nil {
		return fmt.Errorf("drop the delivery to a subscriber who left: %w", err)
	}
	return nil
}

// Settle implements outbox.Store. A claim is known by its attempt and the end
// of its lease.
func (s *Store) Settle(ctx context.Context, d outbox.Delivery, o outbox.Outcome) error {
	if o.State != outbox.Waiting && o.State != outbox.Sent && o.State != outbox.Dead {
		return fmt.Errorf("settle a delivery: %q is not an outcome", o.State)
	}
	settled := micros(o.At)
	if o.State == outbox.Waiting {
		settled = 0
	}
	return s.change(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE deliveries SET state = $1, due = CASE WHEN $2 = 0 THEN due ELSE CAST($3 AS BIGINT) END, lease = 0, settled_at = $4, error = $5
			WHERE publication = $6 AND subscriber = $7 AND way = $8 AND state = 'sending' AND attempt = $9 AND lease = $10`,
			o.State, boolean(o.State == outbox.Waiting), micros(o.Next), settled, o.Error,
			d.Publication, d.Subscriber, d.Way, d.Attempt, micros(d.Lease))
		if err != nil {
			return fmt.Errorf("settle a delivery of publication %d: %w", d.Publication, err)
		}
		return nil
	})
}

func boolean(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// NextDue implements outbox.Store.
func (s *Store) NextDue(ctx context.Context, publication int64) (at time.Time, ok bool, err error) {
	err = s.view(ctx, func(t *tx) error {
		n, err := one(ctx, t, value[sql.NullInt64], `SELECT MIN(due) FROM deliveries WHERE publication = $1 AND `+open, publication)
		if err != nil {
			return fmt.Errorf("look for the next delivery of publication %d: %w", publication, err)
		}
		at, ok = fromMicros(n.Int64), n.Valid
		return nil
	})
	return at, ok, err
}

// Undelivered implements outbox.Store.
func (s *Store) Undelivered(ctx context.Context) (ns []int64, err error) {
	err = s.view(ctx, func(t *tx) error {
		ns, err = all(ctx, t, value[int64], `SELECT DISTINCT publication FROM deliveries WHERE `+open+` ORDER BY publication`)
		return err
	})
	return ns, err
}

// Tally counts the deliveries of a publication by their state, and tells
// whether everybody of its audience has one.
func (s *Store) Tally(ctx context.Context, publication int64) (counts map[outbox.DeliveryState]int, spread bool, err error) {
	counts = map[outbox.DeliveryState]int{}
	type count struct {
		state outbox.DeliveryState
		n     int
	}
	err = s.view(ctx, func(t *tx) error {
		rows, err := all(ctx, t, func(r row) (c count, err error) { err = r.Scan(&c.state, &c.n); return c, err },
			`SELECT state, COUNT(*) FROM deliveries WHERE publication = $1 GROUP BY state`, publication)
		if err != nil {
			return err
		}
		for _, c := range rows {
			counts[c.state] = c.n
		}
		done, err := one(ctx, t, value[int64], `SELECT done_at FROM fanouts WHERE publication = $1`, publication)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		spread = done != 0 || err != nil
		return nil
	})
	return counts, spread, err
}
