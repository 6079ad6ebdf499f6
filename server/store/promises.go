package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/promise"
)

const promiseColumns = `id, incident, COALESCE(update_id, ''), kind, seen, made_at, due, state, decided_at, COALESCE(answer, 0), answered_at`

func scanPromise(r row) (p promise.Promise, err error) {
	var made, due, decided, answered int64
	err = r.Scan(&p.ID, &p.Incident, &p.Update, &p.Kind, &p.After, &made, &due, &p.State, &decided, &p.Answer, &answered)
	p.Made, p.Due, p.Decided, p.Answered = fromMicros(made), fromMicros(due), fromMicros(decided), fromMicros(answered)
	return p, err
}

// promiseWaits picks the promises that wait for somebody to act.
const promiseWaits = `(state = 'open' OR state = 'missed' AND answered_at = 0)`

// Promises implements desk.Promises.
func (t *tx) Promises(ctx context.Context, incident comms.ID) ([]promise.Promise, error) {
	return all(ctx, t, scanPromise, `SELECT `+promiseColumns+` FROM promises WHERE incident = $1 ORDER BY made_at, seen, due, kind, id`, incident)
}

// PromisesWaiting implements desk.Promises.
func (t *tx) PromisesWaiting(ctx context.Context) ([]promise.Promise, error) {
	return all(ctx, t, scanPromise, `SELECT `+promiseColumns+` FROM promises WHERE `+promiseWaits+` ORDER BY due, id`)
}

// AddPromise implements desk.Promises.
func (t *tx) AddPromise(ctx context.Context, p promise.Promise) error {
	return t.insert(ctx, "a promise", `INSERT INTO promises (id, incident, update_id, kind, seen, made_at, due, state, decided_at, answer, answered_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.ID, p.Incident, null(p.Update), p.Kind, p.After, micros(p.Made), micros(p.Due), p.State, micros(p.Decided), null(p.Answer), micros(p.Answered))
}

// ChangePromise implements desk.Promises.
func (t *tx) ChangePromise(ctx context.Context, p promise.Promise) error {
	n, err := t.exec(ctx, `UPDATE promises SET seen = $1, due = $2, state = $3, decided_at = $4, answer = $5, answered_at = $6 WHERE id = $7`,
		p.After, micros(p.Due), p.State, micros(p.Decided), null(p.Answer), micros(p.Answered), p.ID)
	if err == nil && n == 0 {
		err = errors.New("there is none")
	}
	if err != nil {
		return fmt.Errorf("store what became of promise %s: %w", p.ID, explain(err))
	}
	return nil
}

// Reminders implements desk.Promises.
func (t *tx) Reminders(ctx context.Context, id comms.ID) ([]desk.Reminder, error) {
	return all(ctx, t, func(r row) (v desk.Reminder, err error) {
		var at int64
		var people string
		if err = r.Scan(&v.Promise, &v.Step, &at, &people); err != nil {
			return v, err
		}
		v.At = fromMicros(at)
		if err := json.Unmarshal([]byte(people), &v.To); err != nil {
			return v, fmt.Errorf("who was reminded of promise %s is not readable: %w", v.Promise, err)
		}
		return v, nil
	}, `SELECT promise, step, at, people FROM reminders WHERE promise = $1 ORDER BY step`, id)
}

// ClaimReminder implements desk.Promises.
func (t *tx) ClaimReminder(ctx context.Context, r desk.Reminder) (bool, error) {
	people, err := encode(r.To)
	if err != nil {
		return false, err
	}
	n, err := t.exec(ctx, `INSERT INTO reminders (promise, step, at, people)
		SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS TEXT)
		 WHERE NOT EXISTS (SELECT 1 FROM reminders WHERE promise = $5 AND step >= $6)
		ON CONFLICT DO NOTHING`, r.Promise, int(r.Step), micros(r.At), people, r.Promise, int(r.Step))
	if err != nil {
		return false, fmt.Errorf("store a reminder: %w", explain(err))
	}
	return n == 1, nil
}

// PromiseCounts tells how many promises of each kind are in each state, and
// how many reminders of each step went out, for metrics.
func (s *Store) PromiseCounts(ctx context.Context) (promises map[promise.Kind]map[promise.State]int, reminders map[promise.Step]int, err error) {
	promises, reminders = map[promise.Kind]map[promise.State]int{}, map[promise.Step]int{}
	err = s.view(ctx, func(t *tx) error {
		_, err := all(ctx, t, func(r row) (none struct{}, err error) {
			var kind promise.Kind
			var state promise.State
			var n int
			if err = r.Scan(&kind, &state, &n); err != nil {
				return none, err
			}
			if promises[kind] == nil {
				promises[kind] = map[promise.State]int{}
			}
			promises[kind][state] = n
			return none, nil
		}, `SELECT kind, state, COUNT(*) FROM promises GROUP BY kind, state`)
		if err != nil {
			return fmt.Errorf("count the promises: %w", err)
		}
		_, err = all(ctx, t, func(r row) (none struct{}, err error) {
			var step, n int
			if err = r.Scan(&step, &n); err == nil {
				reminders[promise.Step(step)] = n
			}
			return none, err
		}, `SELECT step, COUNT(*) FROM reminders GROUP BY step`)
		if err != nil {
			return fmt.Errorf("count the reminders: %w", err)
		}
		return nil
	})
	return promises, reminders, err
}
