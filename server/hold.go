package server

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/gofrs/flock"

	"github.com/countersign/countersign/comms"
)

// LockSuffix ends the name of the file beside a SQLite database that the
// process which serves it holds locked. The file itself says nothing.
const LockSuffix = ".lock"

// Hold makes this process the only one that serves a SQLite database, until
// release or its death: a second one would take up deliveries that are under
// way as those of a dead process, and tell customers twice. Commands may work
// beside it. Processes on PostgreSQL share the work, and nothing is held.
func (s Stored) Hold() (release func() error, err error) {
	none := func() error { return nil }
	file, isFile := strings.CutPrefix(s.Database, "sqlite:")
	if !isFile {
		return none, nil
	}
	lock := flock.New(file + LockSuffix)
	held, err := lock.TryLock()
	switch {
	case errors.Is(err, fs.ErrNotExist): // nor is there a folder for the database, which opening it explains
		return none, nil
	case err != nil:
		return none, fmt.Errorf("the file %s, which keeps a second service away from the database, cannot be locked: give the user who runs this program write permission for it and its folder: %w", lock.Path(), err)
	case !held:
		return none, comms.Refuse(comms.Conflict, "database", "another process serves %s: stop it first; several may share a PostgreSQL database", file)
	}
	return lock.Unlock, nil
}
