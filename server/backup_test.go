package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/audit"
	"github.com/countersign/countersign/server/backup"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

// worked is an installation in which the office has worked: four
// publications, one of them a redaction, one draft in review, subscribers of whom some were told.
func worked(t *testing.T, database string) (Folder, Stored) {
	t.Helper()
	f := Folder(filepath.Join(t.TempDir(), "status"))
	for _, err := range []error{
		f.Prepare([]byte("database: \"sqlite:countersign.db\"\nlog_level: info\n")),
		f.Write(SealKeyFile, []byte(storetest.Key().Encode()+"\n")), f.MakeKeys(false),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s := Stored{Database: database, SealKey: SealKeyFile, SealPub: SealPubFile, SecretKey: SecretFile}.In(f)
	st := storetest.Open(t, s.Database)
	o := storetest.NewOffice(t, st)
	o.Subscribe("ana@example.com")
	o.Subscribe("luis@example.com", o.Component())
	o.Redact(o.Publish("minor"))
	_, p := o.Publish("major")
	if _, err := st.Spread(t.Context(), p.Number(), 10, o.Now); err != nil {
		t.Fatal(err)
	}
	o.Submit(o.Incident("minor"), "dana")
	return f, s
}

func backedUpTo(t *testing.T, f Folder, s Stored, sealKey bool) []byte {
	t.Helper()
	var out bytes.Buffer
	rows, err := Backup(t.Context(), &out, f, s, BackupOptions{Program: "test", Now: storetest.Clock(), SealKey: sealKey})
	if err != nil || rows == 0 {
		t.Fatalf("%d rows: %v", rows, err)
	}
	return out.Bytes()
}

func restored(t *testing.T, file []byte, database string, head *signoff.Head) (Folder, Restored, error) {
	t.Helper()
	f := Folder(filepath.Join(t.TempDir(), "again"))
	r, err := Restore(t.Context(), bytes.NewReader(file), f, database, head, slog.New(slog.DiscardHandler))
	return f, r, err
}

// rowsOf reads every row of a backup in a comparable form.
func rowsOf(t *testing.T, file []byte) map[string]int {
	t.Helper()
	b, err := backup.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Files(); err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	if err := b.Rows(func(table store.Table, values []any) error {
		if table.Name != "notice_people" { // a restore lets old notices rest
			rows[table.Name+": "+describe(values)]++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

func describe(values []any) string {
	var b strings.Builder
	for _, v := range values {
		if raw, ok := v.([]byte); ok {
			v = string(raw)
		}
		b.WriteString(strings.ReplaceAll(strings.TrimSpace(fmt.Sprint(v)), "\n", " ") + " | ")
	}
	return b.String()
}

func TestABackupMovesFromOneDatabaseToTheOtherAndBack(t *testing.T) {
	f, s := worked(t, "sqlite:"+DatabaseFile)
	first := backedUpTo(t, f, s, true)
	onServer, r, err := restored(t, first, storetest.PostgresSchema(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.SealKey || !r.Audit.Holds() || r.Audit.Publications != 4 {
		t.Errorf("restored %+v", r)
	}
	config, err := os.ReadFile(onServer.File(ConfigFile))
	if err != nil || !strings.Contains(string(config), `database: "postgres://`) {
		t.Errorf("the settings name another database: %s (%v)", config, err)
	}
	moved := s
	moved.Database = strings.Trim(strings.TrimPrefix(strings.SplitN(string(config), "\n", 2)[0], "database: "), `"`)
	moved.SealKey, moved.SealPub, moved.SecretKey = onServer.File(SealKeyFile), onServer.File(SealPubFile), onServer.File(SecretFile)
	second := backedUpTo(t, onServer, moved, true)
	onFile, _, err := restored(t, second, "sqlite:"+DatabaseFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	third := backedUpTo(t, onFile, Stored{Database: "sqlite:" + DatabaseFile, SealKey: SealKeyFile, SealPub: SealPubFile, SecretKey: SecretFile}.In(onFile), true)
	want := rowsOf(t, first)
	for i, file := range [][]byte{second, third} {
		got := rowsOf(t, file)
		for row := range want {
			if got[row] != want[row] {
				t.Errorf("move %d lost %.300s", i+1, row)
			}
		}
		for row := range got {
			if want[row] == 0 {
				t.Errorf("move %d invented %.300s", i+1, row)
			}
		}
	}
	// The law is in force again, and the desk goes on where it was.
	st := storetest.Open(t, "sqlite:"+onFile.File(DatabaseFile))
	if _, err := st.DB().Exec(`UPDATE publications SET phase = 'resolved'`); err == nil || !strings.Contains(err.Error(), "a publication is never changed") {
		t.Errorf("after the restore a publication can be changed: %v", err)
	}
	if _, err := st.DB().Exec(`DELETE FROM audit`); len(want) > 0 && err == nil {
		t.Log("there were no entries of the audit")
	}
}

func TestARestoredInstallationLetsDeliveriesWait(t *testing.T) {
	f, s := worked(t, "sqlite:"+DatabaseFile)
	again, _, err := restored(t, backedUpTo(t, f, s, true), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	st := storetest.Open(t, "sqlite:"+again.File(DatabaseFile))
	if p, paused, err := st.Paused(t.Context()); err != nil || !paused || p.Reason != "a backup was restored" {
		t.Errorf("paused %t, %+v, %v", paused, p, err)
	}
	if held, err := st.ScheduleHeld(t.Context()); err != nil || !held {
		t.Errorf("updates that were signed for a time would go out: %t, %v", held, err)
	}
	if ids, err := st.Unsent(t.Context()); err != nil || len(ids) != 0 {
		t.Errorf("old notices would go out: %v, %v", ids, err)
	}
	dropped, err := st.ResumeDeliveries(t.Context(), true, time.Now())
	if err != nil || dropped != 4 { // two publications, two subscribers
		t.Errorf("%d deliveries were given up: %v", dropped, err)
	}
	for _, n := range []int64{2, 4} { // 3 is the redaction, of which nobody is told
		counts, done, err := st.Tally(t.Context(), n)
		if err != nil || !done || counts[outbox.Dead] != 2 || len(counts) != 1 {
			t.Errorf("publication %d: %v, %t, %v", n, counts, done, err)
		}
	}
	if _, paused, _ := st.Paused(t.Context()); paused {
		t.Error("still paused")
	}
	if held, err := st.ScheduleHeld(t.Context()); err != nil || held {
		t.Errorf("updates that were signed for a time still wait: %v", err)
	}
	if r, err := audit.Verify(t.Context(), st, storetest.Keys(), nil); err != nil || !r.Holds() {
		t.Errorf("the audit after giving up: %v %v", r, err)
	}
}

func TestABackupThatIsWrongIsRefusedAndLeavesNothing(t *testing.T) {
	f, s := worked(t, "sqlite:"+DatabaseFile)
	whole := backedUpTo(t, f, s, false)
	text := plain(t, whole)
	lines := strings.SplitAfter(string(text), "\n")
	signed := strings.Index(string(text), `"table":"publications"`)
	head := func(n int64) *signoff.Head { return &signoff.Head{Number: n} }
	for name, c := range map[string]struct {
		file []byte
		head *signoff.Head
		want string
	}{
		"not a backup":     {[]byte("PK\x03\x04 something else"), nil, "this is no backup of Countersign"},
		"empty":            {nil, nil, "this is no backup of Countersign"},
		"other gzip":       {zipped(t, "hello\n"), nil, "its first line is not the header of one"},
		"newer program":    {zipped(t, `{"countersign_backup":2,"program":"v9.0.0"}`+"\n"), nil, "made by a newer program (version v9.0.0)"},
		"newer schema":     {resum(t, strings.Replace(string(text), `"schema":`, `"schema":9`, 1)), nil, "this program knows versions"},
		"cut short":        {whole[:len(whole)/2], nil, "the backup is damaged"},
		"cut at a line":    {zipped(t, strings.Join(lines[:len(lines)-2], "")), nil, "it stops in line"},
		"changed":          {zipped(t, strings.Replace(string(text), "ana@example.com", "eve@example.com", 1)), nil, "its end does not fit"},
		"more after":       {zipped(t, string(text)+"{}\n"), nil, "something follows its end"},
		"unknown table":    {resum(t, strings.Replace(string(text), `"table":"follows"`, `"table":"folows"`, 1)), nil, ""},
		"forged":           {resum(t, string(text[:signed])+strings.Replace(string(text[signed:]), `"investigating"`, `"resolved"`, 1)), nil, "cannot be true"},
		"an older head":    {whole, head(4), "cannot be true"},
		"no public key":    {resum(t, strings.Replace(string(text), `"file":"seal.pub"`, `"file":"seal.bup"`, 1)), nil, "holds no seal.pub"},
		"column too many":  {resum(t, strings.Replace(string(text), `"columns":["`, `"columns":["more","`, 1)), nil, ""},
		"a row of nothing": {resum(t, strings.Replace(string(text), `{"row":[`, `{"row":[[1],`, 1)), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder, _, err := restored(t, c.file, "", c.head)
			if err == nil || comms.CodeOf(err) == "" || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want a refusal with %q", err, c.want)
			}
			if _, err := os.Lstat(string(folder)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a folder was left behind (%v)", err)
			}
		})
	}
}

func TestARestoreReplacesNothing(t *testing.T) {
	f, s := worked(t, "sqlite:"+DatabaseFile)
	file := backedUpTo(t, f, s, false)
	before, err := os.ReadFile(f.File(DatabaseFile))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if _, err := Restore(t.Context(), bytes.NewReader(file), f, "", nil, log); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("into its own folder: %v", err)
	}
	other := Folder(filepath.Join(t.TempDir(), "other"))
	if _, err := Restore(t.Context(), bytes.NewReader(file), other, "sqlite:"+f.File(DatabaseFile), nil, log); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("into a database that is there: %v", err)
	}
	if after, _ := os.ReadFile(f.File(DatabaseFile)); !bytes.Equal(before, after) {
		t.Error("the database was changed")
	}
	address := storetest.PostgresSchema(t)
	storetest.Open(t, address)
	if _, err := Restore(t.Context(), bytes.NewReader(file), other, address, nil, log); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("into a PostgreSQL database that is in use: %v", err)
	}
}

func TestABackupToAFullDiskSaysSo(t *testing.T) {
	f, s := worked(t, "sqlite:"+DatabaseFile)
	_, err := Backup(t.Context(), full{}, f, s, BackupOptions{Now: storetest.Clock()})
	if !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

func TestAnInterruptedRestoreCanBeOpenedByNobody(t *testing.T) {
	f, s := worked(t, "sqlite:"+DatabaseFile)
	b, err := backup.NewReader(bytes.NewReader(backedUpTo(t, f, s, false)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Files(); err != nil {
		t.Fatal(err)
	}
	address := storetest.PostgresSchema(t)
	stopped := errors.New("the machine stopped")
	o := store.Options{Keys: storetest.Keys()}
	if err := store.Load(t.Context(), address, b.Schema, o, b.Rows, func(*store.Store) error { return stopped }); !errors.Is(err, stopped) {
		t.Fatal(err)
	}
	if _, err := store.Open(context.Background(), address, o); err == nil || !strings.Contains(err.Error(), "did not get to the end") {
		t.Errorf("it can be opened: %v", err)
	}
}

var errFull = errors.New("no space left on device")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func plain(t *testing.T, file []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// resum gives a text that was changed by hand an end that fits it.
func resum(t *testing.T, text string) []byte {
	t.Helper()
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	body := strings.Join(lines[:len(lines)-1], "")
	sum := sha256.Sum256([]byte(body))
	return zipped(t, body+fmt.Sprintf(`{"end":{"lines":%d,"sha256":"%x"}}`+"\n", len(lines)-1, sum))
}
