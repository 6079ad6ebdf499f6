package store

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/comms/desk"
)

func scanDrill(r row) (d desk.Drill, err error) {
	var at int64
	err = r.Scan(&d.Day, &d.Note, &d.By, &at)
	d.At = fromMicros(at)
	return d, err
}

// Drills implements desk.Drills.
func (t *tx) Drills(ctx context.Context) ([]desk.Drill, error) {
	all, err := all(ctx, t, scanDrill, `SELECT day, note, recorded_by, recorded_at FROM drills ORDER BY day DESC`)
	if err != nil {
		return nil, fmt.Errorf("read the drills that were held: %w", err)
	}
	return all, nil
}

// AddDrill implements desk.Drills.
func (t *tx) AddDrill(ctx context.Context, d desk.Drill) error {
	return t.insert(ctx, "the record of a drill", `INSERT INTO drills (day, note, recorded_by, recorded_at) VALUES ($1, $2, $3, $4)`, d.Day, d.Note, d.By, micros(d.At))
}

// DrillTold implements desk.Drills.
func (t *tx) DrillTold(ctx context.Context, day string) (bool, error) {
	n, err := one(ctx, t, value[int], `SELECT COUNT(*) FROM drill_reminders WHERE day = $1`, day)
	if err != nil {
		return false, fmt.Errorf("read whether people were told of a drill: %w", err)
	}
	return n > 0, nil
}

// ClaimDrill implements desk.Drills.
func (t *tx) ClaimDrill(ctx context.Context, r desk.DrillReminder) (bool, error) {
	people, err := encode(r.To)
	if err != nil {
		return false, err
	}
	n, err := t.exec(ctx, `INSERT INTO drill_reminders (day, at, people) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, r.Day, micros(r.At), people)
	if err != nil {
		return false, fmt.Errorf("store that people are told of a drill: %w", explain(err))
	}
	return n == 1, nil
}
