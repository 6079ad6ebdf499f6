package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/countersign/countersign/comms"
)

// explained marks an error that says what to do already.
type explained struct {
	said  comms.Phrase
	cause error
}

func (e *explained) Error() string { return e.said.String() + " (" + e.cause.Error() + ")" }
func (e *explained) Unwrap() error { return e.cause }

// Advice says what is wrong with the database and what to do, for faces that
// speak other languages; it is safe to show.
func (e *explained) Advice() comms.Phrase { return e.said }

// explain turns what a database says into what a person can do. Errors of
// other origin pass through.
func explain(err error) error {
	var known *explained
	var refusal *comms.Refusal
	if err == nil || errors.As(err, &known) || errors.As(err, &refusal) {
		return err
	}
	var lite *driver.Error
	if errors.As(err, &lite) {
		return explainFile(err, lite)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return explainServer(err, pg)
	}
	var dial *pgconn.ConnectError
	if errors.As(err, &dial) && !errors.Is(err, context.Canceled) {
		return &explained{comms.Say("PostgreSQL cannot be reached: check the address, that the server runs, and that this machine may connect to it"), err}
	}
	return err
}

func explainFile(err error, e *driver.Error) error {
	switch e.Code() {
	case lib.SQLITE_CONSTRAINT_TRIGGER:
		return refused(err, lawText(e.Error()))
	case lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_ROWID:
		return exists(err)
	}
	var said comms.Phrase
	switch e.Code() & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		said = comms.Say("the database file is locked by another program: stop it (a second server, a backup, an open sqlite3 shell) and try again")
	case lib.SQLITE_READONLY:
		said = comms.Say("the database file cannot be written: give the user who runs this program write permission for the file and its folder")
	case lib.SQLITE_NOTADB:
		said = comms.Say("this file is not a SQLite database: give the path of another file, or restore it from your backup")
	case lib.SQLITE_CORRUPT:
		said = comms.Say("the database file is damaged: stop the program and restore the file from your backup")
	case lib.SQLITE_FULL:
		said = comms.Say("the disk is full, and nothing of this was stored: free some space and try again")
	case lib.SQLITE_IOERR:
		said = comms.Say("the disk gave an error, and nothing of this was stored: check its space and its health, then try again")
	case lib.SQLITE_CANTOPEN:
		said = comms.Say("the database file cannot be opened: check that its folder exists and that the user who runs this program may read and write it")
	default:
		return err
	}
	return &explained{said, err}
}

func explainServer(err error, e *pgconn.PgError) error {
	var said comms.Phrase
	switch {
	case e.Code == "P0001":
		return refused(err, e.Message)
	case e.Code == "23505":
		return exists(err)
	case e.Code == "25006":
		said = comms.Say("this PostgreSQL server takes no writes: connect to the primary, or end its read-only mode")
	case e.Code == "42501":
		said = comms.Say("this PostgreSQL user may not do this: let the user own the database's schema")
	case e.Code == "53100":
		said = comms.Say("the disk of PostgreSQL is full, and nothing of this was stored: free some space and try again")
	case e.Code == "53300":
		said = comms.Say("PostgreSQL has no connection left: raise max_connections or stop other programs")
	case e.Code == "3D000":
		said = comms.Say("this PostgreSQL server has no such database: make it with createdb, or correct the name in the address")
	case strings.HasPrefix(e.Code, "28"):
		said = comms.Say("PostgreSQL refused this user or password: correct them in the address")
	case strings.HasPrefix(e.Code, "57P"):
		said = comms.Say("PostgreSQL is stopping or starting: try again once it runs")
	default:
		return err
	}
	return &explained{said, err}
}

// refused is what the law in the database says.
func refused(err error, law string) error {
	r := comms.Refuse(comms.Unsigned, "", "the database refuses this: %s", law)
	r.Err = err
	return r
}

func exists(err error) error {
	r := comms.Refuse(comms.Conflict, "", "this exists already; look at it again before changing it")
	r.Err = err
	return r
}

// lawText takes a trigger's sentence out of the driver's message
// "constraint failed: SENTENCE (1811)".
func lawText(s string) string {
	s = strings.TrimPrefix(s, "constraint failed: ")
	if i := strings.LastIndex(s, " ("); i > 0 {
		s = s[:i]
	}
	return s
}

// missing turns "no rows" into a refusal that names what was asked for.
func missing(err error, what comms.Phrase, name any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return comms.Refuse(comms.NotFound, "", "there is no %s %v", what, name)
	}
	if err != nil {
		return fmt.Errorf("read %s %v: %w", what, name, err)
	}
	return nil
}
