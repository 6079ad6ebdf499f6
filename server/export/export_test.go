package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/static"
	"github.com/countersign/countersign/templates"
)

var now = time.Date(2026, 11, 23, 14, 40, 0, 0, time.UTC)

func builder(t testing.TB) *page.Builder {
	t.Helper()
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	b, err := page.NewBuilder(words, templates.FS, static.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func snapshot(t testing.TB, p *pagetest.Press) *page.Snapshot {
	t.Helper()
	s, err := builder(t).Build(p.All(), now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t testing.TB, dir string) Folder {
	t.Helper()
	f, err := Open(dir, static.FS)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// publish adds an incident that is open.
func publish(p *pagetest.Press, name string) {
	p.Publish(pagetest.Update{
		Incident: name, Phase: comms.PhaseInvestigating, At: now.Add(-time.Hour), Claims: []comms.Claim{{Component: "search", State: comms.Partial}},
		Title: comms.Words{"en": "Title of " + name, "es": "Título de " + name}, HTML: comms.Words{"en": "<p>Words.</p>", "es": "<p>Palabras.</p>"},
	})
}

// whole checks that a copy is all there, and gives what it says of itself.
func whole(dir string) (About, error) {
	var about About
	dir, err := filepath.EvalSymlinks(filepath.Join(dir, linkName))
	if err != nil {
		return about, err
	}
	text, err := os.ReadFile(filepath.Join(dir, aboutFile))
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil {
		return about, err
	}
	count := 0
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == aboutFile {
			return err
		}
		count++
		text, err := os.ReadFile(name)
		if err == nil && strings.HasSuffix(name, ".html") && !strings.HasSuffix(string(text), "</html>") {
			err = fmt.Errorf("%s is cut off", name)
		}
		return err
	})
	if err == nil && count != about.Files {
		err = fmt.Errorf("%d files, and it says that there are %d", count, about.Files)
	}
	return about, err
}

// copies lists the folders in which copies lie, half ones included.
func copies(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, copyPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "copy")
	p := pagetest.New(t, now.AddDate(0, -2, 0))
	publish(p, "one")
	s := snapshot(t, p)
	f := open(t, dir)
	if _, err := f.Write(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	about, err := whole(dir)
	if err != nil {
		t.Fatal(err)
	}
	if about.Publication != 2 || about.Head != s.Head().String() || about.Digest != s.Digest() || !about.AsOf.Equal(now) || about.Page != "https://status.northwind.example" {
		t.Errorf("the copy says of itself %+v", about)
	}
	incident := "incidents/" + string(pagetest.ID("one"))
	for name, want := range map[string][]string{
		"index.html":                      {`<html lang="en"`, "Title of one", "This is a copy as of publication 2, Monday 23 November 2026, 13:40 UTC.", `<a href="https://status.northwind.example/">https://status.northwind.example/</a>`, `href="en/` + incident + `/index.html"`},
		"en/index.html":                   {`<html lang="en"`, `href="../favicon.svg"`},
		"es/index.html":                   {`<html lang="es"`, "Título de one", "Esto es una copia", `href="../en/index.html"`},
		"es/" + incident + "/index.html":  {"Título de one", `href="../../../es/history/index.html"`, `rel="canonical" href="https://status.northwind.example/es/` + incident + `"`},
		"history/2026-10/index.html":      {"October 2026"},
		"es/components/search/index.html": {`href="https://status.northwind.example/es/subscribe?component=search"`},
		"how-we-publish/index.html":       {"How we publish"},
		"es/feed.atom":                    {"Título de one"},
		"favicon.svg":                     {"<svg"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, linkName, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		}
		for _, w := range want {
			if !strings.Contains(string(text), w) {
				t.Errorf("%s lacks %q", name, w)
			}
		}
	}
	live, err := s.Page("es", "/feed.atom")
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, linkName, "es", "feed.atom")); string(text) != string(live.In(page.Identity).Bytes()) {
		t.Error("the feed is another one than the live one: readers would see every entry again")
	}

	for n := range 3 { // the newest and the one before it stay
		publish(p, fmt.Sprint("more ", n))
		if _, err := f.Write(t.Context(), snapshot(t, p)); err != nil {
			t.Fatal(err)
		}
	}
	if about, err := whole(dir); err != nil || about.Publication != 5 {
		t.Errorf("after three more it is %+v, %v", about, err)
	}
	if got := copies(t, dir); len(got) != 2 || !strings.Contains(got[0], "000004") {
		t.Errorf("these copies are kept: %v", got)
	}
}

// TestEveryLink opens every file of a copy as a server of files gives it and
// follows every link, as a browser would and as one would on the disk.
func TestEveryLink(t *testing.T) {
	dir := t.TempDir()
	p := pagetest.Large(t, now, 3, 20)
	logo, err := plan.PackLogo(pagetest.Picture(t, 160, 40))
	if err != nil {
		t.Fatal(err)
	}
	p.Replan(now.Add(-time.Minute), append(pagetest.LargePlan(t), logo)...)
	if _, err := open(t, dir).Write(t.Context(), snapshot(t, p)); err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(dir, linkName)
	server := httptest.NewServer(http.StripPrefix("/deep/down", http.FileServer(http.Dir(root))))
	defer server.Close()
	seen := map[string]bool{}
	queue := []string{server.URL + "/deep/down/"}
	live := map[string]bool{}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		res, err := http.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", at, res.StatusCode)
		}
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			res.Body.Close()
			continue
		}
		doc, err := html.Parse(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		base := res.Request.URL
		for d := range doc.Descendants() {
			if d.Data == "form" {
				t.Errorf("%s has a form, which no file can answer", at)
			}
			for _, a := range d.Attr {
				if a.Key != "href" && a.Key != "src" || d.Namespace == "svg" {
					continue
				}
				to, err := base.Parse(a.Val)
				if err != nil {
					t.Fatal(err)
				}
				switch to.Fragment = ""; {
				case to.Host != base.Host:
					if to.Host != "" {
						live[to.Host] = true
					}
				case !strings.HasPrefix(to.Path, "/deep/down/") || strings.HasPrefix(a.Val, "/"):
					t.Errorf("%s leads out of the copy, to %s", at, a.Val)
				case a.Val == "" || !strings.HasPrefix(a.Val, "#") && path.Ext(to.Path) == "":
					t.Errorf("%s leads to %q, which is no file on a disk", at, a.Val)
				default:
					queue = append(queue, to.String())
				}
			}
		}
	}
	if logo := server.URL + "/deep/down" + snapshot(t, p).LogoPath(); !seen[logo] {
		t.Errorf("no page shows %s", logo)
	}
	if len(seen) < 150 || len(live) == 0 {
		t.Errorf("only %d files were reached, and %v", len(seen), live)
	}
}

func TestOnlyOurFolder(t *testing.T) {
	s := snapshot(t, pagetest.New(t, now.AddDate(0, 0, -1)))
	dir := t.TempDir()
	photo := filepath.Join(dir, "photo.jpg")
	if err := os.WriteFile(photo, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{dir: "holds other files (photo.jpg)", photo: "is a file"} {
		f, err := Open(name, static.FS)
		if comms.CodeOf(err) != comms.Conflict || !strings.Contains(err.Error(), want) {
			t.Errorf("opening %s: %v", name, err)
		}
		if _, err := f.Write(t.Context(), s); comms.CodeOf(err) != comms.Conflict {
			t.Errorf("writing into %s: %v", name, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("something was written: %v", entries)
	}

	// A stranger's folder in ours stays, and so does what somebody put in the link's place.
	ours := t.TempDir()
	f := open(t, ours)
	for _, name := range []string{"mine", copyPrefix + "of-a-friend.txt"} {
		if name == "mine" {
			if _, err := f.Write(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(ours, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if _, err := f.Write(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"mine", copyPrefix + "of-a-friend.txt"} {
		if _, err := os.Stat(filepath.Join(ours, name)); err != nil {
			t.Errorf("a stranger's file is gone: %v", err)
		}
	}
	if err := errors.Join(os.Remove(filepath.Join(ours, linkName)), os.Mkdir(filepath.Join(ours, linkName), 0o755)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(t.Context(), s); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("a folder in the place of the link: %v", err)
	}
	if _, err := open(t, t.TempDir()).Write(t.Context(), snapshot(t, &pagetest.Press{})); comms.CodeOf(err) != comms.NotFound {
		t.Errorf("a copy of nothing: %v", err)
	}
}

// TestTheLastCopyStays fails at one file after another, from the first to the
// last, and looks each time whether the last copy is whole.
func TestTheLastCopyStays(t *testing.T) {
	dir := t.TempDir()
	p := pagetest.New(t, now.AddDate(0, 0, -1))
	f := open(t, dir)
	first, err := f.Write(t.Context(), snapshot(t, p))
	if err != nil {
		t.Fatal(err)
	}
	publish(p, "one")
	s := snapshot(t, p)
	last := first.Files // copy.json itself
	for _, fail := range []int{0, 1, last / 3, last / 2, last - 1, last} {
		at := 0
		f.write = func(name string, text []byte) error {
			if at == fail {
				half := os.WriteFile(name, text[:len(text)/2], 0o644)
				return errors.Join(&fs.PathError{Op: "write", Path: name, Err: syscall.ENOSPC}, half)
			}
			at++
			return writeFile(name, text)
		}
		_, err := f.Write(t.Context(), s)
		if err == nil || !strings.Contains(err.Error(), "the disk that holds "+dir+" is full") || !strings.Contains(err.Error(), "the last one stays") {
			t.Fatalf("a full disk at file %d: %v", fail, err)
		}
		if about, err := whole(dir); err != nil || about.Publication != 1 {
			t.Fatalf("after a full disk at file %d: %+v, %v", fail, about, err)
		}
		if got := copies(t, dir); len(got) != 1 {
			t.Fatalf("a half copy stays at file %d: %v", fail, got)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	f.write = func(name string, text []byte) error {
		stop()
		return writeFile(name, text)
	}
	if _, err := f.Write(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("being stopped: %v", err)
	}
	if about, err := whole(dir); err != nil || about.Publication != 1 || len(copies(t, dir)) != 1 {
		t.Errorf("after being stopped: %+v, %v", about, err)
	}
}

// TestAFullDisk writes to a real one, where the machine lets the test make it.
func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Logf("no file system can be mounted here (%v); TestTheLastCopyStays has one that is made up", err)
		return
	}
	defer func() { _ = syscall.Unmount(dir, 0) }()
	out := filepath.Join(dir, "copy")
	f := open(t, out)
	p := pagetest.New(t, now.AddDate(0, 0, -1))
	s := snapshot(t, p)
	if _, err := f.Write(t.Context(), s); err == nil || !strings.Contains(err.Error(), "is full") {
		t.Fatalf("the disk is full and nothing says so: %v", err)
	}
	if _, err := whole(out); err == nil {
		t.Error("there is a copy although none could be written")
	}
}

func TestHalfCopiesOfTheDead(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	s := snapshot(t, pagetest.New(t, now.AddDate(0, 0, -1)))
	if _, err := f.Write(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	half := func(name string, age time.Duration) string {
		name = filepath.Join(dir, copyPrefix+name)
		at := time.Now().Add(-age)
		if err := errors.Join(os.Mkdir(name, 0o755), os.WriteFile(filepath.Join(name, "index.html"), nil, 0o644), os.Chtimes(name, at, at)); err != nil {
			t.Fatal(err)
		}
		return name
	}
	old, fresh := half("old", 2*abandoned), half("fresh", time.Minute)
	if _, err := f.Write(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := copies(t, dir); slices.Contains(got, old) || !slices.Contains(got, fresh) {
		t.Errorf("kept: %v; what a kill left behind goes, what another process may be writing stays", got)
	}
}

// TestNoOlderCopyOutlivesARedaction: the copy before the newest is kept for who
// is reading it, unless words were taken away that it holds.
func TestNoOlderCopyOutlivesARedaction(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	s := snapshot(t, pagetest.New(t, now.AddDate(0, 0, -1)))
	for range 2 {
		if _, err := f.Write(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, copyPrefix+"half"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := copies(t, dir); len(got) != 3 {
		t.Fatalf("kept before: %v", got)
	}
	about, err := whole(dir)
	if err != nil {
		t.Fatal(err)
	}
	about.Redactions = -1 // any other number than the snapshot's
	text, err := json.Marshal(about)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, linkName, aboutFile), text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := copies(t, dir); len(got) != 1 {
		t.Errorf("kept: %v; only the newest may stay", got)
	}
}

// TestFollow holds that each snapshot is copied, and that trouble is told of
// once.
func TestFollow(t *testing.T) {
	dir := t.TempDir()
	p := pagetest.New(t, now.AddDate(0, 0, -1))
	var latest atomic.Pointer[page.Snapshot]
	var log strings.Builder
	written := make(chan About, 10)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	f := open(t, dir)
	go func() {
		defer close(done)
		f.Follow(ctx, latest.Load, func(a About) { written <- a }, slog.New(slog.NewTextHandler(&log, nil)))
	}()
	for n := range int64(2) {
		latest.Store(snapshot(t, p))
		if about := <-written; about.Publication != n+1 {
			t.Errorf("the copy after publication %d is of %d", n+1, about.Publication)
		}
		publish(p, fmt.Sprint(n))
	}
	stop()
	<-done
	if log.Len() > 0 {
		t.Errorf("a copy that works is no news:\n%s", log.String())
	}
}

func TestRelink(t *testing.T) {
	tr := tree{files: map[string]string{"/es/": "es/index.html", "/en/history": "en/history/index.html", "/favicon.svg": "favicon.svg"}, live: "https://live.example"}
	for _, c := range []struct{ in, from, want string }{
		{`<a href="/es/">x</a>`, "index.html", `<a href="es/index.html">x</a>`},
		{`<a class="b" href="/es/#c">x &amp; y</a>`, "es/history/index.html", `<a class="b" href="../../es/index.html#c">x &amp; y</a>`},
		{`<a href="/es/#c">x</a>`, "es/index.html", `<a href="index.html#c">x</a>`},
		{`<link rel="icon" href="/favicon.svg">`, "en/history/index.html", `<link rel="icon" href="../../favicon.svg">`},
		{`<a href="/go/x?a=1&amp;b=2#c">x</a>`, "index.html", `<a href="https://live.example/go/x?a=1&amp;b=2#c">x</a>`},
		{`<a href="https://other.example/es/">x</a>`, "index.html", `<a href="https://other.example/es/">x</a>`},
		{`<a href="//other.example/">x</a>`, "index.html", `<a href="//other.example/">x</a>`},
		{`<a href="#c">x</a><svg><use href="#s"/></svg>`, "index.html", `<a href="#c">x</a><svg><use href="#s"/></svg>`},
		{`<p>1</p><form method="post" action="/s"><p>2</p><input name="a"><button>b</button></form><p>3</p>`, "index.html", `<p>1</p><p>3</p>`},
		{`<!doctype html><style>a>b{c:d}</style><script>if (a < b) { c("/es/") }</script>`, "index.html", `<!doctype html><style>a>b{c:d}</style><script>if (a < b) { c("/es/") }</script>`},
		{`<a href="/%zz">x</a>`, "index.html", `<a href="https://live.example/%zz">x</a>`},
	} {
		if got := string(tr.relink([]byte(c.in), c.from)); got != c.want {
			t.Errorf("in %s\n%s\nbecame\n%s\nwant\n%s", c.from, c.in, got, c.want)
		}
		if _, err := url.Parse(c.want); err == nil && c.want == "" {
			t.Error("nothing is wanted")
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	p := pagetest.Large(b, now, 5, 300)
	s := snapshot(b, p)
	f := open(b, b.TempDir())
	for b.Loop() {
		about, err := f.Write(b.Context(), s)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(about.Files), "files")
	}
}
