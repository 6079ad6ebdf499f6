package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBackupRestoreAndDeliveries(t *testing.T) {
	root := t.TempDir()
	dir, again, file := filepath.Join(root, "status"), filepath.Join(root, "again"), filepath.Join(root, "status.backup")
	if code, out := command(t, "init", "--dir", dir); code != 0 {
		t.Fatal(out)
	}
	damaged := filepath.Join(root, "damaged")
	for _, step := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"backup", "--dir", dir, "--out", file}, 0, "does not hold the seal key"},
		{[]string{"backup", "--dir", dir, "--out", file}, 2, "never replaces a file"},
		{[]string{"backup", "--dir", dir, "--out", filepath.Join(root, "no", "folder")}, 2, "no backup was made"},
		{[]string{"restore", filepath.Join(root, "nothing"), "--dir", again}, 2, "cannot be read"},
		{[]string{"restore", damaged, "--dir", again}, 1, "the backup is damaged"},
		{[]string{"restore", file, "--dir", dir}, 1, "is an installation already"},
		{[]string{"restore", file, "--dir", again, "--head", "x"}, 2, "head"},
		{[]string{"restore", file, "--dir", again}, 0, "put your copy at"},
		{[]string{"audit", "verify", "--dir", again}, 0, "Everything holds"},
		{[]string{"serve", "--dir", again, "--smtp", "127.0.0.1:1", "--smtp-security", "none"}, 2, "the seal key"},
		{[]string{"deliveries", "show", "--dir", again}, 0, "a backup was restored"},
		{[]string{"deliveries", "show", "--dir", again, "--last", "0"}, 2, "choose 1 or more"},
		{[]string{"deliveries", "resume", "--drop", "--dir", again}, 0, "go out again"},
		{[]string{"deliveries", "pause", "--reason", "we move", "--dir", again}, 0, "paused"},
		{[]string{"deliveries", "show", "--dir", again}, 0, "we move"},
		{[]string{"deliveries", "resume", "--dir", again}, 0, "go out again"},
	} {
		if len(step.args) > 1 && step.args[1] == damaged {
			whole, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			write(t, damaged, string(whole[:len(whole)-100]))
		}
		if code, out := command(t, step.args...); code != step.code || !strings.Contains(out, step.want) {
			t.Errorf("%s: exit %d, want %d and %q:\n%s", strings.Join(step.args[:2], " "), code, step.code, step.want, out)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup can be read by others: %v %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != 4 {
		t.Errorf("something was left behind: %v %v", entries, err)
	}
}
