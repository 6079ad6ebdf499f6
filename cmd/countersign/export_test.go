package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/export"
	"github.com/countersign/countersign/server/mail/mailtest"
)

// readCopy reads the copy that a folder's link leads to, and checks that it is
// all there. It gives what the copy says of itself, and all its files in one.
func readCopy(dir string) (about export.About, text string, err error) {
	dir, err = filepath.EvalSymlinks(filepath.Join(dir, "current"))
	if err != nil {
		return about, "", err
	}
	own, err := os.ReadFile(filepath.Join(dir, "copy.json"))
	if err == nil {
		err = json.Unmarshal(own, &about)
	}
	var all strings.Builder
	count := 0
	err = firstOf(err, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "copy.json" {
			return err
		}
		count++
		text, err := os.ReadFile(name)
		if err == nil && strings.HasSuffix(name, ".html") && !strings.HasSuffix(string(text), "</html>") {
			err = fmt.Errorf("%s is cut off", name)
		}
		all.Write(text)
		return err
	}))
	if err == nil && count != about.Files {
		err = fmt.Errorf("%d files of %d", count, about.Files)
	}
	return about, all.String(), err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestExport follows the copies of an installation, from the command and from
// the service, through a draft, its publication, a kill and a wrong folder.
func TestExport(t *testing.T) {
	dir, out, kept := t.TempDir()+"/installation", t.TempDir()+"/out", t.TempDir()+"/kept"
	sink := mailtest.Start(t, "", nil)
	if code, said := command(t, "init", "--dir", dir, "--page", "http://localhost:9", "--smtp", sink.Addr); code != 0 {
		t.Fatalf("init: %d\n%s", code, said)
	}
	dana, ines := newVisitor(t, "dana", auth.NewPassword()), newVisitor(t, "ines", auth.NewPassword())
	in, err := server.Open(t.Context(), server.Stored{Database: "sqlite:" + server.DatabaseFile, SealKey: server.SealKeyFile, SealPub: server.SealPubFile, SecretKey: server.SecretFile}.In(server.Folder(dir)), server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []*visitor{dana, ines} {
		if err := in.Auth.SetPassword(t.Context(), plan.PersonID(who.name), who.password); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	running := start(t, "serve", "--dir", dir, "--public", "127.0.0.1:0", "--desk", "127.0.0.1:0", "--smtp-security", "none", "--drain", "5s", "--copy", kept)
	desk := running.await(`msg=serving public=\S+ desk=(\S+)`)[1]
	dana.desk, ines.desk = "http://"+desk, "http://"+desk
	dana.signIn()
	ines.signIn()

	const marker = "Some customers cannot open exports" // the headline
	update := dana.writeAndSubmit("exports")
	if code, said := command(t, "export", "--out", out, "--dir", dir); code != 0 || !strings.Contains(said, "Publication 1 of") {
		t.Fatalf("export: %d\n%s", code, said)
	}
	about, text, err := readCopy(out)
	if err != nil || about.Publication != 1 {
		t.Fatalf("the copy: %+v, %v", about, err)
	}
	if strings.Contains(text, marker) {
		t.Error("the copy holds words that nobody has signed")
	}
	if said, err := ines.sign(update); !said || err != nil {
		t.Fatalf("sign: %t, %v", said, err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if about, text, err = readCopy(kept); err == nil && about.Publication == 2 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the service's own copy does not follow: %+v, %v\n%s", about, err, running.written())
		}
	}
	if !strings.Contains(text, marker) {
		t.Error("the copy of publication 2 lacks its words")
	}
	if code := running.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("stopping: %d\n%s", code, running.written())
	}

	// Killed at any moment, it leaves the last copy or the new one, whole.
	const kills = 6
	for range kills {
		p := start(t, "export", "--out", out, "--dir", dir)
		kill := time.AfterFunc(time.Duration(rand.Int64N(int64(400*time.Millisecond))), func() { _ = p.cmd.Process.Kill() })
		<-p.done
		kill.Stop()
		if about, _, err := readCopy(out); err != nil {
			t.Fatalf("after a kill: %+v, %v", about, err)
		}
	}
	left, _ := filepath.Glob(filepath.Join(out, "copy-*"))
	t.Logf("%d kills left %d folders", kills, len(left))
	if code, said := command(t, "export", "--out", out, "--dir", dir); code != 0 {
		t.Errorf("export after the kills: %d\n%s", code, said)
	}
	if about, text, err := readCopy(out); err != nil || about.Publication != 2 || !strings.Contains(text, marker) {
		t.Errorf("after the kills: %+v, %v", about, err)
	}

	photo := t.TempDir()
	write(t, filepath.Join(photo, "photo.jpg"), "x")
	for name, args := range map[string][]string{
		"out: ":  {"export", "--out", photo, "--dir", dir},
		"copy: ": {"serve", "--dir", dir, "--public", "127.0.0.1:0", "--desk", "127.0.0.1:0", "--smtp-security", "none", "--copy", photo},
	} {
		if code, said := command(t, args...); code == 0 || !strings.Contains(said, name) || !strings.Contains(said, "holds other files (photo.jpg)") {
			t.Errorf("a stranger's folder: %d\n%s", code, said)
		}
	}
	if entries, _ := os.ReadDir(photo); len(entries) != 1 {
		t.Errorf("something was written there: %v", entries)
	}
}
