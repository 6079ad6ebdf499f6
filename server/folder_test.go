package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
)

func TestPrepareTouchesNoStrangersFolder(t *testing.T) {
	dir := t.TempDir()
	photo := filepath.Join(dir, "photo.jpg")
	if err := os.WriteFile(photo, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Folder(dir).Prepare([]byte("a: b\n"))
	if comms.CodeOf(err) != comms.Conflict || !strings.Contains(err.Error(), "photo.jpg") {
		t.Fatalf("a folder that holds a photo was taken: %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("something was written into it: %v", entries)
	}
}

func TestPrepareAgainChangesNothing(t *testing.T) {
	f := Folder(filepath.Join(t.TempDir(), "new", "place"))
	for _, config := range []string{"first", "second"} {
		if err := f.Prepare([]byte(config)); err != nil {
			t.Fatal(err)
		}
	}
	if text, _ := os.ReadFile(f.File(ConfigFile)); string(text) != "first" {
		t.Errorf("running it again overwrote the settings with %q", text)
	}
	if err := f.MakeKeys(false); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(f.File(SealKeyFile))
	if err := f.MakeKeys(false); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(f.File(SealKeyFile)); string(after) != string(before) {
		t.Error("running it again made another seal key")
	}
	for _, name := range []string{SealKeyFile, SecretFile} {
		if info, err := os.Stat(f.File(name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; only the service may read it", name, info.Mode(), err)
		}
	}
}

func TestLostSealKey(t *testing.T) {
	f := Folder(t.TempDir())
	if err := f.MakeKeys(false); err != nil {
		t.Fatal(err)
	}
	lost, _, err := readKeys(f.File(SealKeyFile), f.File(SealPubFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(f.File(SealKeyFile)); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"serving":            second(readKeys(f.File(SealKeyFile), f.File(SealPubFile))),
		"running init again": f.MakeKeys(false),
	} {
		if err == nil || !strings.Contains(err.Error(), "restore it from your backup") || !strings.Contains(err.Error(), "--new-seal-key") {
			t.Errorf("%s without the seal key says %v; it should say what to do", name, err)
		}
	}
	if err := f.MakeKeys(true); err != nil {
		t.Fatal(err)
	}
	key, ring, err := readKeys(f.File(SealKeyFile), f.File(SealPubFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := ring[lost.Public().ID()]; !ok || len(ring) != 2 || key.Public().ID() == lost.Public().ID() {
		t.Error("a new seal key must come beside the old public key, not in its place")
	}
}

func TestForeignSealKey(t *testing.T) {
	f, other := Folder(t.TempDir()), Folder(t.TempDir())
	for _, f := range []Folder{f, other} {
		if err := f.MakeKeys(false); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := readKeys(other.File(SealKeyFile), f.File(SealPubFile)); err == nil || !strings.Contains(err.Error(), "restore the right one") {
		t.Errorf("another installation's key was taken: %v", err)
	}
	if err := os.WriteFile(f.File(SealKeyFile), []byte("not a key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readKeys(f.File(SealKeyFile), f.File(SealPubFile)); err == nil || !strings.Contains(err.Error(), f.File(SealKeyFile)) {
		t.Errorf("a damaged key: %v", err)
	}
}

func second[A, B any](_ A, _ B, err error) error { return err }

func TestAtPage(t *testing.T) {
	files := []comms.PlanFile{{Name: "a.yaml", Text: "organisation:\n  name: N\n  page: https://old.example\n  landing_page: kept\n"}}
	got, err := AtPage(files, "http://localhost:8080/")
	if err != nil {
		t.Fatal(err)
	}
	if want := "organisation:\n  name: N\n  page: http://localhost:8080\n  landing_page: kept\n"; got[0].Text != want {
		t.Errorf("got %q", got[0].Text)
	}
	for _, page := range []string{"", "status.example.com", "ftp://status.example.com", "https://x.example/?a=b", "https://a\"\n  evil: 1"} {
		if _, err := AtPage(files, page); err == nil {
			t.Errorf("%q was taken as a page's address", page)
		}
	}
}
