package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Of several processes that begin on a
// new database at once, one migrates: on PostgreSQL the others wait for its
// lock, on SQLite they find that it was faster and look again, for at most the
// time that a write waits.
func (s *Store) migrate(ctx context.Context, log *slog.Logger, busy time.Duration) error {
	patience, cancel := context.WithTimeout(ctx, busy)
	defer cancel()
	err := s.migrateOnce(ctx, log)
	for overtaken(err) {
		select {
		case <-patience.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
		err = s.migrateOnce(ctx, log)
	}
	return err
}

// overtaken tells whether another process migrates the same SQLite file: a
// migration is one transaction, so it is there whole or not at all.
func overtaken(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && (e.Code()&0xff == lib.SQLITE_BUSY || e.Code() == lib.SQLITE_ERROR)
}

// migrations is the row of versions of this database's schema.
func (s *Store) migrations() (*goose.Provider, error) {
	steps, err := s.steps()
	if err != nil {
		return nil, err
	}
	kind, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(steps...)}
	if s.dialect.name == postgres.name {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		kind, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(kind, s.write, nil, options...)
	if err != nil {
		return nil, fmt.Errorf("read the migrations of the schema: %w", err)
	}
	return p, nil
}

// steps are the files of this database, each one transaction. Both databases
// take a whole file at once: goose, which would cut it into statements first,
// fills four megabytes with zeros for each of its lines to do so.
func (s *Store) steps() ([]*goose.Migration, error) {
	files, err := fs.Glob(migrations, "migrations/"+s.dialect.name+"/*.sql")
	if err != nil {
		return nil, err
	}
	steps := make([]*goose.Migration, len(files))
	for i, name := range files {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("the migration %s: %w", name, err)
		}
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the migration %s: %w", name, err)
		}
		steps[i] = goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, string(text))
			return err
		}}, nil)
	}
	return steps, nil
}

// Alone runs do while no other process does the like on this database. One
// process at a time serves a file, so that nothing waits on SQLite.
func (s *Store) Alone(ctx context.Context, do func() error) error {
	if s.dialect.alone == "" {
		return do()
	}
	return s.run(ctx, s.write, nil, func(t *tx) error {
		if _, err := t.exec(ctx, s.dialect.alone); err != nil {
			return fmt.Errorf("wait for the other processes: %w", err)
		}
		return do()
	})
}

func (s *Store) migrateOnce(ctx context.Context, log *slog.Logger) error {
	p, err := s.migrations()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the database's schema: %w", err)
	}
	if have > want {
		return fmt.Errorf("this database has the schema of version %d and this program knows versions up to %d: start the newer version of the program that wrote it", have, want)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("bring the database's schema up to date: %w", err)
	}
	for _, m := range done {
		log.InfoContext(ctx, "database schema migrated", "version", m.Source.Version, "took", m.Duration)
	}
	return nil
}
