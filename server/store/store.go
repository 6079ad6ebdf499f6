package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// Options is what a store needs besides its address.
type Options struct {
	// Keys verify publications; none can be read without them.
	Keys signoff.Keyring
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// Log hears of migrations; nil is silence.
	Log *slog.Logger
	// Busy is how long a write waits for another process that writes to the
	// same SQLite file; 0 is five seconds.
	Busy time.Duration
}

// Enqueuer stores the jobs that carry mail out, inside the transaction that
// made them necessary.
type Enqueuer interface {
	Fanout(ctx context.Context, tx *sql.Tx, publication int64) error
	Notice(ctx context.Context, tx *sql.Tx, id comms.ID) error
	Signups(ctx context.Context, tx *sql.Tx) error
}

// Store is an open database of the current schema. It implements what the
// desk, the outbox and the sign-in ask of a store.
type Store struct {
	write, read *sql.DB // the same handle on PostgreSQL
	dialect     dialect
	keys        signoff.Keyring
	known       *restorer
	now         func() time.Time
	enqueuer    Enqueuer
	log         *slog.Logger
	unclean     atomic.Bool // redacted words may still lie in SQLite's log
}

// Open opens the database at the address, "sqlite:FILE" or "postgres://…", and
// brings its schema up to date. A file that does not exist is made; its folder
// is not.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	o = o.filled()
	s, err := connect(url, o)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, o.Log, o.Busy); err != nil {
		return nil, errors.Join(explain(err), s.Close())
	}
	if err := s.unfinished(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.unclean.Store(true) // whatever an earlier process left
	return s, nil
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Busy == 0 {
		o.Busy = 5 * time.Second
	}
	return o
}

// Close closes the database.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	return err
}

// DB is the handle that writes; the job library keeps its own tables with it.
// On SQLite it holds a single connection: finish with rows before asking again.
func (s *Store) DB() *sql.DB { return s.write }

// Dialect tells which database this is: "sqlite" or "postgres".
func (s *Store) Dialect() string { return s.dialect.name }

// SetEnqueuer says who stores jobs. Call it before the first publication;
// without it rows are stored and a sweep finds them later.
func (s *Store) SetEnqueuer(e Enqueuer) { s.enqueuer = e }

// probe, in bytes, needs pages of its own: pages that are in use may have
// some space left when the disk has none.
const probe = 16 << 10

// Ping tells whether the database answers and takes writes: it stores a row
// that needs room, and takes it out again. A write that is rolled back would
// not do: SQLite keeps it in memory, and never asks the disk.
func (s *Store) Ping(ctx context.Context) error {
	key := "ping " + comms.NewID() // no session's hash has a space
	return s.change(ctx, func(tx *tx) error {
		if _, err := tx.exec(ctx, `INSERT INTO sessions (hash, data, expires) VALUES ($1, $2, 0)`, string(key), make([]byte, probe)); err != nil {
			return fmt.Errorf("store a row to see whether it can be done: %w", err)
		}
		_, err := tx.exec(ctx, `DELETE FROM sessions WHERE hash = $1`, string(key))
		return err
	})
}

// change runs fn in a writing transaction that does not exclude the desk's
// writers on PostgreSQL; on SQLite there is one writer anyway.
func (s *Store) change(ctx context.Context, fn func(*tx) error) error {
	return s.run(ctx, s.write, &sql.TxOptions{Isolation: s.dialect.latest}, fn)
}

// view runs fn with one consistent view of the database.
func (s *Store) view(ctx context.Context, fn func(*tx) error) error {
	return s.run(ctx, s.read, &sql.TxOptions{Isolation: s.dialect.snapshot, ReadOnly: true}, fn)
}

// exclusive runs fn as the only writer of the desk.
func (s *Store) exclusive(ctx context.Context, fn func(*tx) error) error {
	return s.change(ctx, func(tx *tx) error {
		if s.dialect.lock != "" {
			if _, err := tx.exec(ctx, s.dialect.lock); err != nil {
				return fmt.Errorf("wait for the other writers: %w", err)
			}
		}
		return fn(tx)
	})
}

func (s *Store) run(ctx context.Context, db *sql.DB, o *sql.TxOptions, fn func(*tx) error) error {
	t, err := db.BeginTx(ctx, o)
	if err != nil {
		return explain(err)
	}
	defer t.Rollback() // does nothing after a commit
	if err := fn(&tx{s: s, tx: t}); err != nil {
		return explain(err)
	}
	err = t.Commit()
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		return ctx.Err() // the cancelled context had rolled it back
	}
	return explain(err)
}
