package main

import (
	"bytes"
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/countersign/countersign/server"
)

func TestEveryCommandShowsAnExample(t *testing.T) {
	parser, err := newParser(&bytes.Buffer{}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	leaves := parser.Model.Leaves(true)
	if len(leaves) < 12 {
		t.Fatalf("only %d commands", len(leaves))
	}
	for _, c := range leaves {
		if !strings.Contains(c.Detail, "Example") || !strings.Contains(c.Detail, "  countersign "+strings.TrimPrefix(c.Path(), "countersign ")) {
			t.Errorf("%s --help shows no example of it:\n%s", c.Path(), c.Detail)
		}
	}
}

// TestEverySettingIsAFlag holds the YAML file, the environment and the flags
// to the same names.
func TestEverySettingIsAFlag(t *testing.T) {
	parser, err := newParser(&bytes.Buffer{}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(parser.Model.Children, func(n *kong.Node) bool { return n.Name == "serve" })
	var names []string
	for _, f := range parser.Model.Children[i].Flags {
		if f.Name == "dir" || f.Name == "config" || f.Name == "help" {
			continue
		}
		names = append(names, fieldName(f.Name))
		if want := "COUNTERSIGN_" + strings.ToUpper(fieldName(f.Name)); !slices.Contains(f.Envs, want) {
			t.Errorf("--%s is not read from %s but from %v", f.Name, want, f.Envs)
		}
	}
	slices.Sort(names)
	if known := settingNames(); !slices.Equal(names, known) {
		t.Errorf("the flags are\n%v\nand the settings\n%v", names, known)
	}
}

func TestWhereSettingsComeFrom(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, server.ConfigFile), "public: \"file:1\"\ndesk: \"file:2\"\nsmtp: \"file:3\"\ntrusted_proxies: [10.0.0.0/8, 192.0.2.7/32]\n")
	t.Setenv("COUNTERSIGN_DESK", "environment:2")
	t.Setenv("COUNTERSIGN_SMTP", "environment:3")
	var c commands
	parser := kong.Must(&c, kong.DefaultEnvars("COUNTERSIGN"))
	if _, err := parser.Parse([]string{"serve", "--dir", dir, "--smtp", "flag:3"}); err != nil {
		t.Fatal(err)
	}
	got := []string{c.Serve.Public, c.Serve.Desk, c.Serve.SMTP, c.Serve.LogLevel, strings.Join(c.Serve.TrustedProxies, " ")}
	want := []string{"file:1", "environment:2", "flag:3", "info", "10.0.0.0/8 192.0.2.7/32"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestConfigNamesEverythingThatIsWrong(t *testing.T) {
	for text, want := range map[string][]string{
		"headline: We are down\npublik: x\n": {"headline: ", "publik: ", "the settings are: copy, database"},
		"smtp:\n  host: x\n":                 {"smtp: ", "take the names under it away"},
		"public: \"a\npublic: [":             {"is not YAML"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, server.ConfigFile), text)
		_, err := readConfig(dir, "")
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%q: %v; it should say %q", text, err, w)
			}
		}
	}
}

func TestInitAndWhatMayGoWrong(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "status")
	for range 2 {
		if code, out := command(t, "init", "--dir", dir, "--page", "https://status.example.com"); code != 0 {
			t.Fatalf("init: %d\n%s", code, out)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	foreign := t.TempDir()
	write(t, filepath.Join(foreign, "photo.jpg"), "x")
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	write(t, broken, "organisation:\n  name: [\n")
	serve := func(more ...string) []string {
		return append([]string{"serve", "--dir", dir, "--public", "127.0.0.1:0", "--desk", "127.0.0.1:0"}, more...)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want []string
	}{
		"no such command":        {[]string{"publish"}, 2, []string{"publish"}},
		"a stranger's folder":    {[]string{"init", "--dir", foreign}, 1, []string{"photo.jpg", "empty folder"}},
		"a bad page":             {[]string{"init", "--dir", filepath.Join(foreign, "x"), "--page", "status"}, 1, []string{"https://status.example.com"}},
		"a broken plan":          {[]string{"plan", "check", broken}, 1, []string{"broken.yaml:"}},
		"no plan":                {[]string{"plan", "check", foreign}, 2, []string{".yaml"}},
		"no plan of this name":   {[]string{"plan", "check", "nowhere"}, 2, []string{"there is no plan nowhere; name the folder"}},
		"no installation":        {[]string{"audit", "verify", "--dir", foreign}, 2, []string{"seal.pub", "countersign init"}},
		"several wrong settings": {serve("--smtp", "mail", "--mail-from", "me", "--log-level", "loud"), 2, []string{"smtp:", "mail_from:", "log_level:"}},
		"a port in use":          {serve("--public", taken.Addr().String()), 2, []string{"another program listens there"}},
		"no folder for the data": {serve("--database", "sqlite:/does/not/exist/x.db"), 2, []string{"/does/not/exist"}},
		"nobody of this name":    {[]string{"person", "add", "zoe", "--dir", dir}, 1, []string{"roster", "dana"}},
		"the demo on real data":  {[]string{"demo", "--dir", dir, "--reset"}, 1, []string{"was not made by the demo"}},
		"nothing to ask":         {[]string{"health", "--dir", dir, "--public", "127.0.0.1:1"}, 2, []string{"countersign serve"}},
	} {
		code, out := command(t, c.args...)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s", name, code, c.code, out)
		}
		for _, w := range c.want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: the message should hold %q:\n%s", name, w, out)
			}
		}
	}

	if err := os.Rename(filepath.Join(dir, server.SealKeyFile), filepath.Join(dir, "lost")); err != nil {
		t.Fatal(err)
	}
	if code, out := command(t, serve()...); code != 2 || !strings.Contains(out, "restore it from your backup") {
		t.Errorf("serving without the seal key: %d\n%s", code, out)
	}
	if code, out := command(t, "audit", "verify", "--dir", dir); code != 0 {
		t.Errorf("verifying needs no seal key: %d\n%s", code, out)
	}
	if code, out := command(t, "init", "--dir", dir, "--new-seal-key"); code != 0 {
		t.Errorf("a new seal key: %d\n%s", code, out)
	}
	if code, out := command(t, "audit", "verify", "--dir", dir); code != 0 {
		t.Errorf("what the lost key sealed stays valid: %d\n%s", code, out)
	}
}

func TestDemoKeepsAndResets(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	run := func(more ...string) (page, out string) {
		p := start(t, append([]string{"demo", "--dir", dir, "--public", "127.0.0.1:0", "--desk", "127.0.0.1:0"}, more...)...)
		page = p.await(`The page +(\S+)`)[1]
		p.await(`Ctrl-C`)
		out = p.written()
		for _, beside := range [][]string{{}, {"--reset"}} {
			args := append([]string{"demo", "--dir", dir, "--public", "127.0.0.1:0", "--desk", "127.0.0.1:0"}, beside...)
			if code, said := command(t, args...); code != 1 || !strings.Contains(said, "another process serves") {
				t.Errorf("a second one beside it, %v: %d\n%s", beside, code, said)
			}
		}
		if code := p.stop(syscall.SIGINT); code != 0 {
			t.Errorf("Ctrl-C ended the demo with %d\n%s", code, p.written())
		}
		return page, out
	}
	head := func() string {
		code, out := command(t, "audit", "verify", "--dir", dir)
		if code != 0 {
			t.Errorf("audit verify: %d\n%s", code, out)
		}
		return regexp.MustCompile(`chain is (\S+)`).FindStringSubmatch(out)[1]
	}
	page, out := run()
	first := head()
	if !strings.HasPrefix(first, "7:") {
		t.Errorf("the demo's past ends at %s; the plan, four updates, the report and the planned work are seven", first)
	}
	for _, who := range []string{"dana", "ines", "carlos"} {
		if !regexp.MustCompile(`(?m)^ +` + who + ` +[a-z0-9-]{19} `).MatchString(out) {
			t.Errorf("no password of %s in\n%s", who, out)
		}
	}
	again, outAgain := run()
	if again != page || head() != first {
		t.Errorf("a second run serves %s with the head %s; the first had %s with %s", again, head(), page, first)
	}
	if out == outAgain {
		t.Error("passwords are made anew for each run")
	}
	run("--reset")
	if head() == first {
		t.Error("--reset kept the old history")
	}
}

func TestForgedRowsAreFound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "status")
	if code, out := command(t, "init", "--dir", dir, "--page", "https://status.example.com"); code != 0 {
		t.Fatalf("init: %d\n%s", code, out)
	}
	_, out := command(t, "audit", "verify", "--dir", dir)
	head := regexp.MustCompile(`chain is (\S+)`).FindStringSubmatch(out)[1]
	if code, out := command(t, "audit", "verify", "--dir", dir, "--head", head); code != 0 {
		t.Errorf("the head that it printed itself: %d\n%s", code, out)
	}
	other := strings.Replace(head, "1:", "2:", 1)
	if code, out := command(t, "audit", "verify", "--dir", dir, "--head", other); code != 1 {
		t.Errorf("a head that was never there: %d\n%s", code, out)
	}

	db, err := sql.Open("sqlite", filepath.Join(dir, server.DatabaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	forge := `UPDATE publications SET at = at + 60000000 WHERE number = 1`
	if _, err := db.Exec(forge); err == nil {
		t.Fatal("ordinary SQL changed a publication")
	}
	rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	var triggers []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		triggers = append(triggers, name)
	}
	rows.Close()
	for _, name := range triggers {
		if _, err := db.Exec(`DROP TRIGGER ` + name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(forge); err != nil {
		t.Fatalf("with %d triggers dropped it should be possible: %v", len(triggers), err)
	}
	if code, out := command(t, "audit", "verify", "--dir", dir); code != 1 || !strings.Contains(out, "publications number 1") {
		t.Errorf("a forged row: %d\n%s", code, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
