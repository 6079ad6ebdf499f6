package backup_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/backup"
	"github.com/countersign/countersign/server/store"
)

func written(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := backup.NewWriter(&out, backup.Header{Program: "v1", Schema: 8, Database: "sqlite", At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	for _, step := range []func() error{
		func() error { return err },
		func() error { return w.File(backup.File{Name: "seal.pub", Text: []byte("key\n")}) },
		func() error {
			return w.Row(store.Table{Name: "a", Columns: []string{"n", "s", "b", "z"}}, []any{int64(1 << 62), "a\n\"<ñ>", []byte{0, 255}, nil})
		},
		func() error {
			return w.Row(store.Table{Name: "a", Columns: []string{"n", "s", "b", "z"}}, []any{int64(-1), "", []byte{}, nil})
		},
		func() error { return w.Row(store.Table{Name: "b", Columns: []string{"s"}}, []any{"x"}) },
		func() error { return w.Close() },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	r, err := backup.NewReader(bytes.NewReader(written(t)))
	if err != nil {
		t.Fatal(err)
	}
	if r.Schema != 8 || r.Program != "v1" || r.Database != "sqlite" || r.Format != backup.Format {
		t.Errorf("header %+v", r.Header)
	}
	files, err := r.Files()
	if err != nil || len(files) != 1 || string(files[0].Text) != "key\n" {
		t.Errorf("files %v, %v", files, err)
	}
	var got [][]any
	if err := r.Rows(func(table store.Table, values []any) error {
		got = append(got, append([]any{table.Name}, values...))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := [][]any{{"a", int64(1 << 62), "a\n\"<ñ>", []byte{0, 255}, nil}, {"a", int64(-1), "", []byte{}, nil}, {"b", "x"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAValueThatNoBackupKeepsIsRefused(t *testing.T) {
	w, err := backup.NewWriter(&bytes.Buffer{}, backup.Header{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row(store.Table{Name: "a", Columns: []string{"f"}}, []any{1.5}); err == nil || !strings.Contains(err.Error(), "column f of the table a") {
		t.Errorf("got %v", err)
	}
}

// FuzzRead reads what anybody may have made of a backup: it ends with rows
// that are whole or with a refusal.
func FuzzRead(f *testing.F) {
	whole, err := gzip.NewReader(bytes.NewReader(written(f)))
	if err != nil {
		f.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(whole); err != nil {
		f.Fatal(err)
	}
	f.Add(text.Bytes())
	f.Add([]byte(`{"countersign_backup":1}` + "\n" + `{"table":"a","columns":["b"]}` + "\n" + `{"row":[{"bytes":1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var file bytes.Buffer
		w := gzip.NewWriter(&file)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		refused := func(err error) bool {
			if err != nil && comms.CodeOf(err) == "" {
				t.Errorf("%v is no refusal", err)
			}
			return err != nil
		}
		r, err := backup.NewReader(&file)
		if refused(err) {
			return
		}
		if _, err := r.Files(); refused(err) {
			return
		}
		refused(r.Rows(func(table store.Table, values []any) error {
			if len(values) != len(table.Columns) {
				t.Errorf("a row of %d values for %d columns", len(values), len(table.Columns))
			}
			return nil
		}))
	})
}
