package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/signoff"
)

// Read gives fn one consistent view; see desk.Store.
func (s *Store) Read(ctx context.Context, fn func(desk.Tx) error) error {
	return s.view(ctx, func(tx *tx) error { return fn(tx) })
}

// Write gives fn a transaction in which no other writer of the desk acts; see
// desk.Store.
func (s *Store) Write(ctx context.Context, fn func(desk.Tx) error) error {
	redacted := false
	err := s.exclusive(ctx, func(tx *tx) error {
		err := fn(tx)
		redacted = tx.redacted
		return err
	})
	if redacted {
		s.known.forget()
	}
	if err == nil && (redacted || s.unclean.Load()) {
		s.unclean.Store(true) // until it is done; what was written stands either way
		if failed := s.scour(context.WithoutCancel(ctx)); failed != nil {
			s.log.ErrorContext(ctx, "redacted words still lie in the database's log; the next write removes them", "error", failed)
		}
	}
	return err
}

// tx is the inside of one transaction; it implements desk.Tx.
type tx struct {
	s        *Store
	tx       *sql.Tx
	redacted bool                 // words were taken away in it
	inForce  *signoff.Publication // the plan, once it was read
}

var _ desk.Tx = (*tx)(nil)

func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// insert runs a statement that must succeed and says what it was about.
func (t *tx) insert(ctx context.Context, what string, query string, args ...any) error {
	if _, err := t.exec(ctx, query, args...); err != nil {
		return fmt.Errorf("store %s: %w", what, explain(err))
	}
	return nil
}

// row is what scans: sql.Row and sql.Rows.
type row interface{ Scan(dest ...any) error }

// one reads one row; the error is sql.ErrNoRows if there is none.
func one[T any](ctx context.Context, t *tx, scan func(row) (T, error), query string, args ...any) (T, error) {
	return scan(t.tx.QueryRowContext(ctx, query, args...))
}

// all reads every row before it returns, because a connection answers one
// query at a time.
func all[T any](ctx context.Context, t *tx, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// value scans a row of one column.
func value[T any](r row) (v T, err error) {
	err = r.Scan(&v)
	return v, err
}

// changed tells what became of a change that names the version it expects:
// it happened, the record has moved on, or there is none.
func (t *tx) changed(ctx context.Context, n int64, err error, table string, what comms.Phrase, id comms.ID) error {
	if err != nil {
		return fmt.Errorf("change %s %s: %w", what, id, explain(err))
	}
	if n == 1 {
		return nil
	}
	_, err = one(ctx, t, value[int64], `SELECT version FROM `+table+` WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return missing(err, what, id)
	}
	if err != nil {
		return err
	}
	return comms.Refuse(comms.Conflict, "", "somebody changed this %s since you read it; look at it again", what)
}

// micros is how times are stored: UTC microseconds, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// null stores the zero value as NULL, for columns that refer to other rows.
func null[T comparable](v T) sql.Null[T] {
	var zero T
	return sql.Null[T]{V: v, Valid: v != zero}
}

// encode stores a value as JSON text.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// places writes "$from, …" for n values; at least one place always, so that
// the list is never empty.
func places(from, n int) string {
	out := make([]string, max(1, n))
	for i := range out {
		out[i] = fmt.Sprintf("$%d", from+i)
	}
	return strings.Join(out, ", ")
}

// anys makes arguments for places.
func anys[T ~string](vs []T) []any {
	if len(vs) == 0 {
		return []any{""}
	}
	out := make([]any, len(vs))
	for i, v := range vs {
		out[i] = string(v)
	}
	return out
}
