package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// passing lists the tables that a backup leaves out: who is signed in, what an
// operator told this database alone, checkpoints, which a service makes anew,
// and what the libraries for jobs and migrations keep for themselves. Jobs are
// made anew for what waits.
var passing = []string{"sessions", "holds", "checkpoints", "goose_db_version", "sqlite_sequence"}

func kept(table string) bool {
	return !slices.Contains(passing, table) && !strings.HasPrefix(table, "river_")
}

// Table is the shape of rows in a backup.
type Table struct {
	Name    string
	Columns []string
}

// Dump reads every row that a backup keeps, as of one moment. It tells the
// version of the schema first; values are nil, int64, string or []byte.
func (s *Store) Dump(ctx context.Context, begin func(version int64) error, row func(t Table, values []any) error) error {
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	if err := begin(version); err != nil {
		return err
	}
	return s.view(ctx, func(t *tx) error {
		tables, err := t.tables(ctx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if err := t.dump(ctx, table, row); err != nil {
				return fmt.Errorf("read the table %s: %w", table, err)
			}
		}
		return nil
	})
}

func (s *Store) version(ctx context.Context) (int64, error) {
	p, err := s.migrations()
	if err != nil {
		return 0, err
	}
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the version of the database's schema: %w", err)
	}
	return version, nil
}

// tables lists the tables that a backup keeps, by name.
func (t *tx) tables(ctx context.Context) ([]string, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if t.s.dialect.name == postgres.name {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name`
	}
	names, err := all(ctx, t, value[string], query)
	if err != nil {
		return nil, fmt.Errorf("list the tables of the database: %w", err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return !kept(name) }), nil
}

func (t *tx) dump(ctx context.Context, table string, row func(Table, []any) error) error {
	rows, err := t.tx.QueryContext(ctx, `SELECT * FROM `+quote(table))
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	shape := Table{table, columns}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := row(shape, values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// quote names a table or column in SQL; names come from a backup file too.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Load puts the rows of a backup into a new, empty database at the address,
// with the schema of their version, and brings the schema up to date. The law
// of the database cannot be asked about rows that were made long ago, so it is
// taken away in the loading transaction, and put back; until verify has looked
// at every row and returns nil, nobody else can open the database. Deliveries
// and scheduled updates are paused afterwards.
func Load(ctx context.Context, url string, version int64, o Options, rows func(insert func(Table, []any) error) error, verify func(*Store) error) (err error) {
	s, err := connect(url, o.filled())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.fresh(ctx, version); err != nil {
		return err
	}
	if err := s.exclusive(ctx, func(t *tx) error { return t.load(ctx, rows) }); err != nil {
		return fmt.Errorf("put the rows of the backup into the database: %w", err)
	}
	if err := s.migrate(ctx, o.filled().Log, o.filled().Busy); err != nil {
		return explain(err)
	}
	if err := verify(s); err != nil {
		return err
	}
	return s.change(ctx, func(t *tx) error {
		p := Pause{s.now(), "a backup was restored"}
		if _, err := t.exec(ctx, `UPDATE notice_people SET sent_at = $1 WHERE sent_at = 0`, micros(p.Since)); err != nil {
			return fmt.Errorf("let old notices rest: %w", err)
		}
		for _, what := range []string{heldDeliveries, heldSchedule} {
			if err := t.setHold(ctx, what, p); err != nil {
				return err
			}
		}
		_, err := t.exec(ctx, `DELETE FROM holds WHERE what = $1`, heldRestore)
		return err
	})
}

// fresh makes the schema of a version in a database that holds nothing.
func (s *Store) fresh(ctx context.Context, version int64) error {
	p, err := s.migrations()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return explain(fmt.Errorf("read the version of the database's schema: %w", err))
	}
	if have != 0 {
		return comms.Refuse(comms.Conflict, "database", "the database is not empty; restore into a new one")
	}
	if version > want || version < firstKept {
		return comms.Refuse(comms.Invalid, "", "this backup has the schema of version %d and this program knows versions %d to %d; restore it with the version of the program that made it", version, firstKept, want)
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return explain(fmt.Errorf("make the schema of the backup: %w", err))
	}
	return nil
}

// firstKept is the first version of the schema that backups were made of.
const firstKept = 8

func (t *tx) load(ctx context.Context, rows func(func(Table, []any) error) error) error {
	if err := t.setHold(ctx, heldRestore, Pause{time.Now(), "the rows of a backup are put back"}); err != nil {
		return err
	}
	tables, err := t.tables(ctx)
	if err != nil {
		return err
	}
	restore, err := t.suspend(ctx, tables)
	if err != nil {
		return fmt.Errorf("take the law of the database away for the rows of the backup: %w", err)
	}
	columns := map[string][]string{}
	for _, table := range tables {
		if columns[table], err = t.columns(ctx, table); err != nil {
			return err
		}
	}
	var count int64
	err = rows(func(table Table, values []any) error {
		count++
		known, ok := columns[table.Name]
		if !ok || !slices.Equal(known, table.Columns) || len(values) != len(known) {
			return comms.Refuse(comms.Invalid, "", "the backup has a table %q that does not fit the schema that it names; it is damaged or was changed by hand", table.Name)
		}
		if _, err := t.exec(ctx, insertion(table), values...); err != nil {
			return fmt.Errorf("row %d of the backup (table %s): %w", count, table.Name, explain(err))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return restore()
}

func insertion(t Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quote(c)
	}
	return `INSERT INTO ` + quote(t.Name) + ` (` + strings.Join(names, ", ") + `) VALUES (` + places(1, len(names)) + `)`
}

func (t *tx) columns(ctx context.Context, table string) ([]string, error) {
	rows, err := t.tx.QueryContext(ctx, `SELECT * FROM `+quote(table)+` WHERE 1 = 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}

// suspend takes triggers and the order of foreign keys away inside this
// transaction; restore puts both back, and refuses rows that point nowhere.
func (t *tx) suspend(ctx context.Context, tables []string) (restore func() error, err error) {
	if t.s.dialect.name == sqlite.name {
		return t.suspendFile(ctx)
	}
	return t.suspendServer(ctx, tables)
}

func (t *tx) suspendFile(ctx context.Context) (func() error, error) {
	triggers, err := all(ctx, t, func(r row) (v [2]string, err error) {
		err = r.Scan(&v[0], &v[1])
		return v, err
	}, `SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`)
	if err != nil {
		return nil, err
	}
	if _, err := t.exec(ctx, `PRAGMA defer_foreign_keys = 1`); err != nil {
		return nil, err
	}
	for _, trigger := range triggers {
		if _, err := t.exec(ctx, `DROP TRIGGER `+quote(trigger[0])); err != nil {
			return nil, err
		}
	}
	return func() error {
		for _, trigger := range triggers {
			if _, err := t.exec(ctx, trigger[1]); err != nil {
				return fmt.Errorf("put the law of the database back: %w", err)
			}
		}
		return nil
	}, nil
}

func (t *tx) suspendServer(ctx context.Context, tables []string) (func() error, error) {
	keys, err := all(ctx, t, func(r row) (v [2]string, err error) {
		err = r.Scan(&v[0], &v[1])
		return v, err
	}, `SELECT t.relname, c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
	     WHERE c.contype = 'f' AND NOT c.condeferrable AND c.connamespace = current_schema()::regnamespace`)
	if err != nil {
		return nil, err
	}
	each := func(format string, names [][2]string) error {
		for _, n := range names {
			if _, err := t.exec(ctx, fmt.Sprintf(format, quote(n[0]), quote(n[1]))); err != nil {
				return err
			}
		}
		return nil
	}
	for _, table := range tables {
		if _, err := t.exec(ctx, `ALTER TABLE `+quote(table)+` DISABLE TRIGGER USER`); err != nil {
			return nil, err
		}
	}
	if err := each(`ALTER TABLE %s ALTER CONSTRAINT %s DEFERRABLE INITIALLY DEFERRED`, keys); err != nil {
		return nil, err
	}
	return func() error {
		if _, err := t.exec(ctx, `SET CONSTRAINTS ALL IMMEDIATE`); err != nil {
			return explain(err)
		}
		if err := each(`ALTER TABLE %s ALTER CONSTRAINT %s NOT DEFERRABLE`, keys); err != nil {
			return err
		}
		for _, table := range tables {
			if _, err := t.exec(ctx, `ALTER TABLE `+quote(table)+` ENABLE TRIGGER USER`); err != nil {
				return fmt.Errorf("put the law of the database back: %w", err)
			}
		}
		return nil
	}, nil
}
