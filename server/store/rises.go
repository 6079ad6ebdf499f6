package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

const riseColumns = `id, key, kind, minutes, count, usual, began_at, mailed_at, told_at, seen_at, seen_by, ended_at`

func scanRise(r row) (v desk.Rise, err error) {
	var kind string
	var minutes, usual, began, mailed, told, seen, ended int64
	err = r.Scan(&v.ID, &v.Key, &kind, &minutes, &v.Count, &usual, &began, &mailed, &told, &seen, &v.SeenBy, &ended)
	v.Reports, v.Window, v.Usual = kind == desk.Rise{Reports: true}.Kind(), time.Duration(minutes)*time.Minute, float64(usual)/100
	v.BeganAt, v.MailedAt, v.ToldAt, v.SeenAt, v.EndedAt = fromMicros(began), fromMicros(mailed), fromMicros(told), fromMicros(seen), fromMicros(ended)
	return v, err
}

// RisesOn implements desk.Rises.
func (t *tx) RisesOn(ctx context.Context) ([]desk.Rise, error) {
	return all(ctx, t, scanRise, `SELECT `+riseColumns+` FROM link_rises WHERE ended_at = 0 ORDER BY began_at DESC, id`)
}

// RisesSince implements desk.Rises.
func (t *tx) RisesSince(ctx context.Context, since time.Time) ([]desk.Rise, error) {
	return all(ctx, t, scanRise, `SELECT `+riseColumns+` FROM link_rises WHERE ended_at = 0 OR began_at >= $1 ORDER BY began_at DESC, id`, micros(since))
}

// Rise implements desk.Rises.
func (t *tx) Rise(ctx context.Context, id comms.ID) (desk.Rise, error) {
	r, err := one(ctx, t, scanRise, `SELECT `+riseColumns+` FROM link_rises WHERE id = $1`, id)
	return r, missing(err, comms.Say("rise"), id)
}

// AddRise implements desk.Rises.
func (t *tx) AddRise(ctx context.Context, r desk.Rise) error {
	return t.insert(ctx, "a rise of visits", `INSERT INTO link_rises (`+riseColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		r.ID, r.Key, r.Kind(), int64(r.Window/time.Minute), r.Count, int64(math.Round(r.Usual*100)),
		micros(r.BeganAt), micros(r.MailedAt), micros(r.ToldAt), micros(r.SeenAt), r.SeenBy, micros(r.EndedAt))
}

// ChangeRise implements desk.Rises.
func (t *tx) ChangeRise(ctx context.Context, r desk.Rise) error {
	n, err := t.exec(ctx, `UPDATE link_rises SET mailed_at = $1, told_at = $2, seen_at = $3, seen_by = $4, ended_at = $5 WHERE id = $6 AND ended_at = 0`,
		micros(r.MailedAt), micros(r.ToldAt), micros(r.SeenAt), r.SeenBy, micros(r.EndedAt), r.ID)
	if err == nil && n == 0 {
		err = errors.New("it is over already, or there is none")
	}
	if err != nil {
		return fmt.Errorf("store what became of the rise %s: %w", r.ID, explain(err))
	}
	return nil
}
