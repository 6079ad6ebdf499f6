package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

// What was read a moment ago is read again from its row: whoever changes any
// column of it behind the service's back is found by the next one who asks.
func TestAPublicationThatWasReadIsVerifiedAgainWhenItsRowChanges(t *testing.T) {
	st := storetest.SQLite(t)
	o := storetest.NewOffice(t, st)
	_, p := o.Publish("data")
	for _, trigger := range triggers(t, st) {
		o.Exec(`DROP TRIGGER ` + trigger)
	}
	o.Exec(`PRAGMA foreign_keys = off`)
	read := func() error { _, err := st.Publication(t.Context(), p.Number()); return err }
	if err := read(); err != nil {
		t.Fatal(err)
	}
	digest := p.Digest().String()
	for column, forged := range map[string]string{
		"at": "at + 1", "kind": "'plan'", "update_id": "'another00000'", "incident_id": "'another00000'", "phase": "'resolved'",
		"warrant_kind": "'genesis'", "warrant": "replace(warrant, 'totp', 'none')", "frame": "'" + digest + "'",
		"previous": "seal", "seal": "previous", "digest": "frame || substr(digest, 2) || '0'",
	} {
		t.Run(column, func(t *testing.T) {
			if err := read(); err != nil {
				t.Fatalf("before: %v", err)
			}
			o.Exec(`CREATE TEMP TABLE kept AS SELECT * FROM publications`)
			o.Exec(fmt.Sprintf(`UPDATE publications SET %s = %s WHERE number = %d`, column, forged, p.Number()))
			if err := read(); err == nil || !strings.Contains(err.Error(), "cannot be trusted") {
				t.Errorf("after a change of %s: %v", column, err)
			}
			o.Exec(fmt.Sprintf(`UPDATE publications SET %s = (SELECT k.%s FROM kept k WHERE k.number = publications.number)`, column, column))
			o.Exec(`DROP TABLE kept`)
			if err := read(); err != nil {
				t.Errorf("as it was: %v", err)
			}
		})
	}
	o.Exec(`UPDATE contents SET bytes = CAST(replace(CAST(bytes AS TEXT), 'e', 'E') AS BLOB) WHERE digest = $1`, digest)
	if err := read(); err == nil || !strings.Contains(err.Error(), "changed after they were signed") {
		t.Errorf("after a change of the words: %v", err)
	}
}

func triggers(t *testing.T, st *store.Store) (names []string) {
	t.Helper()
	rows, err := st.DB().Query(`SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('publications', 'contents')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}
