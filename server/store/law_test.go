package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

const insertPublication = `INSERT INTO S.publications (number, at, digest, kind, update_id, incident_id, phase, warrant_kind, warrant, frame, previous, seal)
	VALUES (2, 5, $1, 'update', $2, $3, 'investigating', 'quorum', '{}', '', $4, 'x:AAAA')`

// A session's own tables and its own search path must not stand between the
// law and the tables that it looks into.
func TestTemporaryTablesDoNotHideTheLaw(t *testing.T) {
	st := storetest.Postgres(t)
	o := storetest.NewOffice(t, st)
	s := o.Submit(o.Incident("data"), "dana")
	head, err := st.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := st.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var schema string
	if err := c.QueryRowContext(t.Context(), `SELECT current_schema()`).Scan(&schema); err != nil {
		t.Fatal(err)
	}
	exec := func(query string, args ...any) error {
		_, err := c.ExecContext(t.Context(), strings.ReplaceAll(query, "S.", schema+"."), args...)
		return err
	}
	const forged = ` AS SELECT 'a'::text AS id, update_id, digest, idx::int AS requirement, 'p' || idx AS person,
		0::bigint AS at, 9000000000000000::bigint AS expires FROM S.requirements`
	for _, shadow := range []string{
		`CREATE TEMP TABLE approvals` + forged,
		`SET search_path = pg_temp, S`,
		`CREATE SCHEMA S_own; CREATE TABLE S_own.approvals` + forged + `; SET search_path = S_own, S`,
	} {
		shadow = strings.NewReplacer("S_own", schema+"_own", ", S", ", "+schema).Replace(shadow)
		if err := exec(shadow); err != nil {
			t.Fatal(err)
		}
		says(t, exec(insertPublication, s.Digest.String(), string(s.ID), string(s.Incident.ID), head.Seal.String()), "no live signature")
	}
	if err := exec(`DROP SCHEMA ` + schema + `_own CASCADE`); err != nil {
		t.Fatal(err)
	}
}

// A transaction that goes on looking at an older state would not see that an
// approval has ended meanwhile, so it publishes nothing and ends nothing.
func TestTheLawSeesWhatOthersStored(t *testing.T) {
	st := storetest.Postgres(t)
	o := storetest.NewOffice(t, st)
	s := o.Submit(o.Incident("data"), "dana")
	for query, args := range map[string][]any{
		strings.ReplaceAll(insertPublication, "S.", ""):                                        {s.Digest.String(), string(s.ID), string(s.Incident.ID), "x"},
		`INSERT INTO endings (publication, at, person, reason, head) VALUES (1, 1, '', '', 1)`: nil,
	} {
		for _, level := range []sql.IsolationLevel{sql.LevelRepeatableRead, sql.LevelSerializable} {
			tx, err := st.DB().BeginTx(t.Context(), &sql.TxOptions{Isolation: level})
			if err != nil {
				t.Fatal(err)
			}
			_, err = tx.Exec(query, args...)
			says(t, err, "see what others have stored")
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Another program may read the file, and writes nothing that needs a seal.
func TestAPlainShellCannotInsertWhatIsSealed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	st := storetest.Open(t, "sqlite:"+file)
	o := storetest.NewOffice(t, st)
	s := o.Submit(o.Incident("data"), "dana")
	a := o.SignAll(s)[0]
	other := o.Submit(o.Incident("data"), "dana")
	shell, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer shell.Close()
	_, err = shell.Exec(`INSERT INTO approvals (id, update_id, digest, requirement, person, means, languages, at, expires, seal)
		SELECT 'another00000', $1, $2, requirement, person, means, languages, at, expires, seal FROM approvals WHERE id = $3`,
		string(other.ID), other.Digest.String(), string(a.ID))
	says(t, err, "no such function: countersign_")
	head, err := st.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = shell.Exec(strings.ReplaceAll(insertPublication, "S.", ""), s.Digest.String(), string(s.ID), string(s.Incident.ID), head.Seal.String())
	says(t, err, "no such function: countersign_")
}

// What one store verifies with its keys is nothing to another of the process.
func TestEachStoreVerifiesWithItsOwnKeys(t *testing.T) {
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.db")
	o := storetest.NewOffice(t, storetest.Open(t, "sqlite:"+file))
	s := o.Submit(o.Incident("data"), "dana")
	a := o.Approval(s, 0, o.Signer(s, 0))
	insert := func(st *store.Store) error {
		_, err := st.DB().Exec(`INSERT INTO approvals (id, update_id, digest, requirement, person, means, languages, at, expires, seal)
			VALUES ($1, $2, $3, 0, $4, 'totp', '["en","es"]', $5, $6, $7)`,
			string(a.ID), string(a.Update), a.Digest.String(), string(a.Person), a.At.UnixMicro(), a.Expires.UnixMicro(), a.Seal.String())
		return err
	}
	stranger, err := store.Open(t.Context(), "sqlite:"+file, store.Options{Keys: signoff.NewKeyring(key.Public())})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	says(t, insert(stranger), "the seal of this approval does not fit it")
	if err := insert(o.Store); err != nil {
		t.Errorf("the same row with the key that attested it: %v", err)
	}
}

// A full disk shows before somebody loses what they typed.
func TestPingNeedsRoom(t *testing.T) {
	st := storetest.SQLite(t)
	if err := st.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	var pages int
	if err := st.DB().QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		if err := st.DB().QueryRow(fmt.Sprintf(`PRAGMA max_page_count = %d`, n)).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages)
	for range 100 { // use up what an earlier ping left free
		if _, err := st.DB().Exec(`INSERT INTO sessions (hash, data, expires) VALUES (hex(randomblob(8)), zeroblob(3000), 0)`); err != nil {
			says(t, err, "full")
			break
		}
	}
	says(t, st.Ping(t.Context()), "the disk is full", "free some space")
	limit(pages + 100)
	if err := st.Ping(t.Context()); err != nil {
		t.Errorf("with some room again: %v", err)
	}
	var left int
	if err := st.DB().QueryRow(`SELECT COUNT(*) FROM sessions WHERE hash LIKE 'ping%'`).Scan(&left); err != nil || left != 0 {
		t.Errorf("pings left %d rows, error %v", left, err)
	}
}
