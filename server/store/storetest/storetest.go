// Package storetest holds what a store must keep, as one suite that runs on
// every database, and the small office that its tests and those of the audit
// sign in.
package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// PostgresEnv names the variable that holds the address of a PostgreSQL
// database in which schemas can be made.
const PostgresEnv = "COUNTERSIGN_POSTGRES"

// Run runs the suite; open gives an empty store that knows Keys and Clock.
func Run(t *testing.T, open func(testing.TB) *store.Store) {
	for name, test := range map[string]func(*testing.T, *store.Store){
		"law/publications":    publicationsNeedSignatures,
		"law/signatures":      signaturesAreLawful,
		"law/redactions":      redactionsAreLawful,
		"redactions":          redactionsAreRead,
		"law/holding":         holdingIsLawful,
		"law/records":         recordsStay,
		"law/replacing":       nothingIsReplaced,
		"law/plans":           incidentsKeepTheirPlan,
		"law/mail":            mailIsAccountedFor,
		"law/seals":           forgedSealsReachNobody,
		"law/typing":          typingEndsAsRevisions,
		"law/waivers":         waiversStay,
		"law/suggestions":     suggestionsStay,
		"law/causes":          causesStay,
		"typing":              typing,
		"promises":            promises,
		"law/promises":        promisesStay,
		"reminders":           reminding,
		"handovers":           handovers,
		"ledger":              ledger,
		"signers":             signers,
		"chain":               chain,
		"versions":            versions,
		"writers":             writers,
		"atomicity":           atomicity,
		"snapshot":            snapshot,
		"fan-out":             fanOut,
		"leases":              leases,
		"outcomes":            outcomes,
		"notices":             notices,
		"accounts":            accounts,
		"changes of accounts": changes,
		"sessions and tokens": sessions,
		"subscribers":         subscribers,
		"signups":             signups,
		"bombing":             bombing,
		"ends":                ends,
		"journal":             journal,
		"visits of links":     linkVisits,
		"unknown links":       unknownLinks,
		"rises":               rises,
		"law/drills":          drills,
		"receipts":            receipts,
		"signals":             signals,
		"pages of incidents":  pages,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// SQLite opens an empty SQLite database in a folder of the test.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, SQLiteFile(t))
}

// SQLiteFile makes an empty SQLite database in a folder of the test and
// returns its address. It has its schema already: it is a copy of the first
// that the test's process made.
func SQLiteFile(t testing.TB) string {
	t.Helper()
	return empty(t)
}

var empty = Copies(func(*store.Store) error { return nil })

// Copies gives each test a copy of one SQLite database, and returns its address.
// The first that is asked for is made, with Keys and Clock, and filled.
func Copies(fill func(*store.Store) error) func(testing.TB) string {
	made := sync.OnceValues(func() ([]byte, error) { return filled(fill) })
	return func(t testing.TB) string {
		t.Helper()
		content, err := made()
		must(t, err)
		file := filepath.Join(t.TempDir(), "test.db")
		must(t, os.WriteFile(file, content, 0o600))
		return "sqlite:" + file
	}
}

func filled(fill func(*store.Store) error) (_ []byte, err error) {
	folder, err := os.MkdirTemp("", "countersign")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "first.db")
	s, err := store.Open(context.Background(), "sqlite:"+file, store.Options{Keys: Keys(), Now: Clock})
	if err != nil {
		return nil, err
	}
	// What lay beside the file is in it once it is closed.
	if err := errors.Join(fill(s), s.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// Postgres opens an empty schema of the PostgreSQL database that PostgresEnv
// names. Without one the test is skipped, and under CI it fails.
func Postgres(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, PostgresSchema(t))
}

// PostgresSchema makes an empty schema and returns its address.
func PostgresSchema(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresEnv)
	if server == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no PostgreSQL under CI: set " + PostgresEnv)
		}
		t.Skip("no PostgreSQL: set " + PostgresEnv + " to the address of a database to run this")
	}
	db, err := sql.Open("pgx", server)
	must(t, err)
	schema := "test_" + string(comms.NewID())
	_, err = db.Exec(`CREATE SCHEMA ` + schema)
	must(t, err)
	t.Cleanup(func() {
		_, err := db.Exec(`DROP SCHEMA ` + schema + ` CASCADE`)
		must(t, err)
		must(t, db.Close())
	})
	u, err := url.Parse(server)
	must(t, err)
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// Open opens the database at the address with Keys and Clock, until the test ends.
func Open(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), address, store.Options{Keys: Keys(), Now: Clock})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

// Key is the seal key of every test: the same each time, so that a failure can
// be looked at again.
func Key() signoff.Key {
	k, err := signoff.ParseKey(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		panic(err) // 32 bytes are a seed
	}
	return k
}

// Keys verifies what Key seals.
func Keys() signoff.Keyring { return signoff.NewKeyring(Key().Public()) }

// Clock is a morning on which nothing moves by itself.
func Clock() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
