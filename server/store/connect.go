package store

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// dialect is what differs between the two databases outside their migrations.
type dialect struct {
	name       string
	lock       string             // makes a transaction the only writer of the desk
	signups    string             // makes a transaction the only one that takes requests for mail
	alone      string             // makes a transaction the only one while tables are made that are not the store's
	skipLocked string             // appended to a SELECT: skip rows that others are claiming
	forRow     string             // appended to a SELECT: hold the row
	snapshot   sql.IsolationLevel // gives one consistent view
	latest     sql.IsolationLevel // sees what others have stored, also while it waited for them
}

var (
	sqlite   = dialect{name: "sqlite"}
	postgres = dialect{
		name: "postgres", lock: `SELECT pg_advisory_xact_lock(7310589)`, signups: `SELECT pg_advisory_xact_lock(7310590)`,
		alone:      `SELECT pg_advisory_xact_lock(7310591)`,
		skipLocked: ` FOR UPDATE SKIP LOCKED`, forRow: ` FOR UPDATE`, snapshot: sql.LevelRepeatableRead, latest: sql.LevelReadCommitted,
	}
)

func connect(address string, o Options) (*Store, error) {
	s := &Store{keys: o.Keys, known: newRestorer(o.Keys), now: o.Now, log: o.Log}
	file, isFile := strings.CutPrefix(address, "sqlite:")
	switch {
	case isFile && file != "":
		return s, s.connectFile(file, o.Busy)
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return s, s.connectServer(address)
	}
	return nil, fmt.Errorf("%q is not the address of a database: write sqlite:FILE or postgres://USER@HOST/NAME", hidePassword(address))
}

// connectFile opens two handles on a SQLite file: one connection that writes,
// so that writers of this process queue instead of polling, and several that
// read without ever taking the write lock.
func (s *Store) connectFile(file string, busy time.Duration) error {
	s.dialect = sqlite
	folder := filepath.Dir(file)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("the folder %s of the database does not exist: make it, or give the path of another file", folder)
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: give the path of the database's file in it", file)
	}
	if err := private(file); err != nil {
		return err
	}
	verifying, err := newVerifier(s.keys)
	if err != nil {
		return err
	}
	s.write = sql.OpenDB(connector{verifying, fileAddress(file, busy, false)})
	s.write.SetMaxOpenConns(1)
	s.read = sql.OpenDB(connector{verifying, fileAddress(file, busy, true)})
	pool(s.read, max(4, runtime.NumCPU()), 5*time.Second)
	return nil
}

// pool opens at most so many connections, and lets each wait a while for more to
// do: a new one costs more than a query, because SQLite reads the schema anew and
// PostgreSQL starts a process. It waits no longer, because it holds memory: one to
// SQLite that of this process.
func pool(db *sql.DB, most int, wait time.Duration) {
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	db.SetConnMaxIdleTime(wait)
}

// private makes the file, if there is none, for its owner alone: it holds what
// proves who people are. SQLite gives its other files the same permissions.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		return fmt.Errorf("the database file cannot be opened: check that the user who runs this program may read and write it: %w", err)
	}
	return f.Close()
}

// fileAddress names the pragmas of a connection; busy_timeout stands first
// because the others may already have to wait. SQLite's own cache is small: it
// takes twice the memory that it is allowed, and the system keeps the file in
// memory as well.
func fileAddress(file string, busy time.Duration, readOnly bool) string {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"secure_delete(1)", // what a redaction takes away is overwritten
		"foreign_keys(1)",
		"cache_size(-256)", // KiB, for each connection
	}}
	if readOnly {
		q["_pragma"] = append(q["_pragma"], "query_only(1)")
	} else {
		q.Set("_txlock", "immediate")
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode()
}

func (s *Store) connectServer(address string) error {
	s.dialect = postgres
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return fmt.Errorf("%q is not the address of a PostgreSQL database: write postgres://USER:PASSWORD@HOST:5432/NAME", hidePassword(address))
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 10 * time.Second
	}
	s.write = stdlib.OpenDB(*c)
	pool(s.write, max(10, 4*runtime.NumCPU()), time.Minute)
	s.read = s.write
	return nil
}

// hidePassword keeps a password out of an error.
func hidePassword(address string) string {
	scheme, rest, _ := strings.Cut(address, ":")
	if i := strings.LastIndex(rest, "@"); i >= 0 {
		return scheme + "://…" + rest[i:]
	}
	return address
}
