package store_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

func open(t *testing.T, address string) (*store.Store, error) {
	t.Helper()
	s, err := store.Open(t.Context(), address, store.Options{Keys: storetest.Keys(), Busy: 50 * time.Millisecond})
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

// says fails unless the error says what is wrong and what to do.
func says(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one that says %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not say %q", err, p)
		}
	}
}

func TestAddressesThatLeadNowhere(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	free.Close()
	for name, c := range map[string]struct {
		address string
		want    []string
	}{
		"no scheme":      {"countersign.db", []string{"is not the address of a database", "sqlite:FILE"}},
		"no file":        {"sqlite:", []string{"is not the address of a database"}},
		"missing folder": {"sqlite:" + filepath.Join(dir, "gone", "a.db"), []string{"gone", "does not exist", "make it"}},
		"a folder":       {"sqlite:" + dir, []string{"is a folder", "give the path"}},
		"not a database": {"sqlite:" + text, []string{"not a SQLite database", "restore it from your backup"}},
		"cannot be made": {"sqlite:/proc/countersign.db", []string{"cannot be opened", "read and write"}},
		"no PostgreSQL":  {"postgres://user:secret@" + nobody + "/x", []string{"PostgreSQL cannot be reached", "check the address"}},
		"bad PostgreSQL": {"postgres://user:secret@host:port/x", []string{"is not the address of a PostgreSQL database"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, c.address)
			says(t, err, c.want...)
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestLockedByAnotherProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	st, err := open(t, "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+file+"?_txlock=exclusive")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	says(t, st.Ping(t.Context()), "locked by another program", "try again")
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := st.Ping(t.Context()); err != nil {
		t.Errorf("once it is free again: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	st, err := open(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.DB().Exec(`PRAGMA query_only = 1`); err != nil {
		t.Fatal(err)
	}
	says(t, st.AddAccount(t.Context(), account()), "cannot be written", "write permission")
}

func TestFullDisk(t *testing.T) {
	st := storetest.SQLite(t)
	o := storetest.NewOffice(t, st)
	u := o.Draft(o.Incident("minor"), "dana")
	if _, err := st.DB().Exec(`PRAGMA max_page_count = 1`); err != nil { // SQLite keeps it at what is used
		t.Fatal(err)
	}
	save := func(n int) error {
		return st.Write(t.Context(), func(tx desk.Tx) error {
			return tx.AddRevision(t.Context(), desk.Revision{Update: u.ID, Number: n, Author: "dana", At: storetest.Clock(),
				Draft: draft.Draft{Kind: comms.MessageUpdate, Summary: strings.Repeat("words ", 20_000)}})
		})
	}
	says(t, save(2), "disk is full", "free some space")
	if _, err := st.DB().Exec(`PRAGMA max_page_count = 100000`); err != nil {
		t.Fatal(err)
	}
	if err := save(2); err != nil {
		t.Errorf("once there is space again: %v", err)
	}
}

func TestDamagedFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	st, err := open(t, "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(b); i++ { // the header stays
		b[i] = 0xAA
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = open(t, "sqlite:"+file)
	says(t, err, "damaged", "restore the file from your backup")
}

func TestNewerSchema(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "a.db") },
		"postgres": storetest.PostgresSchema,
	} {
		t.Run(name, func(t *testing.T) {
			a := address(t)
			st, err := open(t, a)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := st.DB().Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, $1)`, true); err != nil {
				t.Fatal(err)
			}
			_, err = open(t, a)
			says(t, err, "version 9000", "start the newer version")
		})
	}
}

func TestOpenAgainKeepsEverything(t *testing.T) {
	a := "sqlite:" + filepath.Join(t.TempDir(), "name with ? and %41.db")
	for range 2 {
		st, err := open(t, a)
		if err != nil {
			t.Fatal(err)
		}
		if err := st.AddAccount(t.Context(), account()); err != nil && comms.CodeOf(err) != comms.Conflict {
			t.Fatal(err)
		}
		as, err := st.Accounts(t.Context())
		if err != nil || len(as) != 1 {
			t.Fatalf("%d accounts, %v", len(as), err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(strings.TrimPrefix(a, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the file is readable by others: %v", mode)
	}
}

func TestACancelledWriteLeavesNothing(t *testing.T) {
	st := storetest.SQLite(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := st.Write(ctx, func(tx desk.Tx) error {
		if err := tx.AddEntry(ctx, desk.Entry{At: storetest.Clock(), Action: "x"}); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	if es, err := st.Audit(t.Context(), 0, 10); err != nil || len(es) != 0 {
		t.Errorf("%d entries, %v", len(es), err)
	}
}

func TestAForgedRowIsNamed(t *testing.T) {
	st := storetest.SQLite(t)
	o := storetest.NewOffice(t, st)
	_, p := o.Publish("data")
	o.Exec(`DROP TRIGGER publications_update`)
	for name, query := range map[string]string{
		"its time":     `UPDATE publications SET at = at + 1 WHERE number = 2`,
		"its incident": `UPDATE publications SET phase = 'resolved' WHERE number = 2`,
		"its warrant":  `UPDATE publications SET warrant = '{"kind":"quorum"}' WHERE number = 2`,
		"its digest":   `UPDATE publications SET frame = 'x' WHERE number = 2`,
	} {
		t.Run(name, func(t *testing.T) {
			o.Exec(`CREATE TABLE kept AS SELECT * FROM publications WHERE number = 2`)
			o.Exec(query)
			_, err := st.Publication(t.Context(), p.Number())
			says(t, err, "publication 2 cannot be trusted")
			if _, err := st.Publications(t.Context(), 0, 10); err == nil {
				t.Error("the page could load a forged publication")
			}
			o.Exec(`UPDATE publications SET (at, phase, warrant, frame) = (SELECT at, phase, warrant, frame FROM kept) WHERE number = 2`)
			o.Exec(`DROP TABLE kept`)
			if _, err := st.Publication(t.Context(), p.Number()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestManyOpenANewDatabaseAtOnce(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "a.db") },
		"postgres": storetest.PostgresSchema,
	} {
		t.Run(name, func(t *testing.T) {
			a := address(t)
			errs := make(chan error)
			for range 4 {
				go func() {
					s, err := store.Open(t.Context(), a, store.Options{Keys: storetest.Keys()})
					if err == nil {
						err = errors.Join(s.Ping(t.Context()), s.Close())
					}
					errs <- err
				}()
			}
			for range 4 {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		})
	}
}
