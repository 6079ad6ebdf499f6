package store

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms/rise"
	"github.com/countersign/countersign/server/visits"
)

var _ visits.Store = (*Store)(nil)

// visitsKept is how long counts are kept: what the desk shows, and a day.
const visitsKept = 31 * 24 * time.Hour

// slotsKept is how long they are kept by five minutes.
const slotsKept = 3 * time.Hour

// AddVisits implements visits.Store. It forgets what is older than a month, and
// of the unknown keys those with the lowest counts.
func (s *Store) AddVisits(ctx context.Context, counts []visits.Count, unknown []visits.Unknown) (kept []string, err error) {
	oldest := micros(s.now().Add(-visitsKept))
	err = s.change(ctx, func(t *tx) error {
		for _, n := range counts {
			if err := t.insert(ctx, "visits of a link", `INSERT INTO link_hours (key, hour, visits, reports) VALUES ($1, $2, $3, $4)
				ON CONFLICT (key, hour) DO UPDATE SET visits = link_hours.visits + excluded.visits, reports = link_hours.reports + excluded.reports`,
				n.Key, micros(n.At.Truncate(time.Hour)), n.Visits, n.Reports); err != nil {
				return err
			}
			if err := t.insert(ctx, "the latest visits of a link", `INSERT INTO link_slots (key, slot, visits, reports) VALUES ($1, $2, $3, $4)
				ON CONFLICT (key, slot) DO UPDATE SET visits = link_slots.visits + excluded.visits, reports = link_slots.reports + excluded.reports`,
				n.Key, micros(n.At.Truncate(rise.Slot)), n.Visits, n.Reports); err != nil {
				return err
			}
		}
		for _, u := range unknown {
			if err := t.insert(ctx, "visits of an unknown link", `INSERT INTO unknown_links (key, visits, reports, first_seen, last_seen) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (key) DO UPDATE SET visits = unknown_links.visits + excluded.visits, reports = unknown_links.reports + excluded.reports,
				last_seen = CASE WHEN excluded.last_seen > unknown_links.last_seen THEN excluded.last_seen ELSE unknown_links.last_seen END`,
				u.Key, u.Visits, u.Reports, micros(u.First), micros(u.Last)); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, `DELETE FROM link_hours WHERE hour < $1`, oldest); err != nil {
			return fmt.Errorf("forget old visits: %w", err)
		}
		if _, err := t.exec(ctx, `DELETE FROM link_slots WHERE slot < $1`, micros(s.now().Add(-slotsKept))); err != nil {
			return fmt.Errorf("forget old visits: %w", err)
		}
		if _, err := t.exec(ctx, `DELETE FROM unknown_links WHERE last_seen < $1 OR key <> $2 AND key NOT IN (
				SELECT key FROM unknown_links WHERE key <> $2 ORDER BY visits + reports DESC, last_seen DESC, key LIMIT $3)`,
			oldest, visits.Others, visits.MostUnknown); err != nil {
			return fmt.Errorf("forget unknown links: %w", err)
		}
		kept, err = all(ctx, t, value[string], `SELECT key FROM unknown_links WHERE key <> $1 ORDER BY key`, visits.Others)
		return err
	})
	return kept, err
}

// LinkVisits sums up the visits of every key that had any in the last thirty days.
func (s *Store) LinkVisits(ctx context.Context, now time.Time) (out []visits.Totals, err error) {
	before := func(d time.Duration) int64 { return micros(now.UTC().Add(-d).Truncate(time.Hour)) }
	const day = 24 * time.Hour
	err = s.view(ctx, func(t *tx) error {
		out, err = all(ctx, t, scanTotals, `SELECT key,
			CAST(SUM(CASE WHEN hour >= $1 THEN visits ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN hour >= $1 THEN reports ELSE 0 END) AS BIGINT),
			CAST(SUM(CASE WHEN hour >= $2 THEN visits ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN hour >= $2 THEN reports ELSE 0 END) AS BIGINT),
			CAST(SUM(visits) AS BIGINT), CAST(SUM(reports) AS BIGINT)
			FROM link_hours WHERE hour >= $3 GROUP BY key ORDER BY key`,
			before(time.Hour), before(day), before(30*day))
		return err
	})
	return out, err
}

func scanTotals(r row) (l visits.Totals, err error) {
	err = r.Scan(&l.Key, &l.Hour.Visits, &l.Hour.Reports, &l.Day.Visits, &l.Day.Reports, &l.Month.Visits, &l.Month.Reports)
	return l, err
}

// VisitHours lists what was counted of every key by hour since a time.
func (s *Store) VisitHours(ctx context.Context, since time.Time) (out []visits.Count, err error) {
	err = s.view(ctx, func(t *tx) error {
		out, err = all(ctx, t, scanCount, `SELECT key, hour, visits, reports FROM link_hours WHERE hour >= $1 ORDER BY key, hour`, micros(since))
		return err
	})
	return out, err
}

// VisitSlots lists what was counted of every key by five minutes since a time,
// which lies less than three hours back.
func (s *Store) VisitSlots(ctx context.Context, since time.Time) (out []visits.Count, err error) {
	err = s.view(ctx, func(t *tx) error {
		out, err = all(ctx, t, scanCount, `SELECT key, slot, visits, reports FROM link_slots WHERE slot >= $1 ORDER BY key, slot`, micros(since))
		return err
	})
	return out, err
}

func scanCount(r row) (c visits.Count, err error) {
	var at int64
	err = r.Scan(&c.Key, &at, &c.Visits, &c.Reports)
	c.At = fromMicros(at)
	return c, err
}

// UnknownLinks lists what was counted of keys that the plan did not have, the
// most visited first.
func (s *Store) UnknownLinks(ctx context.Context) (out []visits.Unknown, err error) {
	err = s.view(ctx, func(t *tx) error {
		out, err = all(ctx, t, scanUnknown, `SELECT key, visits, reports, first_seen, last_seen FROM unknown_links ORDER BY visits + reports DESC, last_seen DESC, key`)
		return err
	})
	return out, err
}

func scanUnknown(r row) (u visits.Unknown, err error) {
	var first, last int64
	err = r.Scan(&u.Key, &u.Visits, &u.Reports, &first, &last)
	u.First, u.Last = fromMicros(first), fromMicros(last)
	return u, err
}
