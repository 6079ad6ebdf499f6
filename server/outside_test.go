package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/export"
	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/mail/mailtest"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/public"
)

// outside is everything that a customer can see of a service that runs: each
// route of the public listener, the mails, the copy as files.
type outside struct {
	*service
	t       *testing.T
	clock   *clock
	page    string // the public listener's address
	desk    string
	mails   *mailtest.Server
	routes  []*echo.Route
	client  *http.Client
	visitor netip.Addr // another for each request, as no limit is to be met
	// What stands in addresses: what customers know, and the tokens of one.
	incident, work, alarm comms.ID
	reader, asked         string
}

// seen is one answer, without the time of day at which it was given.
type seen struct {
	status int
	header string
	etag   string
	body   string
}

// unknown is an identifier, a key or a token that nobody knows.
const unknown = "q7x2m9k4w1zt"

// addresses lists the addresses of a route of the public listener. A new
// route has to be entered here, or the test fails.
func (o *outside) addresses(path string) []string {
	o.t.Helper()
	known, isKnown := map[string][]string{
		"/": nil, "/history": nil, "/how-we-publish": nil, "/feed.css": nil, "/favicon.svg": nil, "/robots.txt": nil, "/healthz": nil, "/readyz": nil,
		"/feed.atom": nil, "/feed.rss": nil, "/feed.json": nil, "/calendar.ics": nil, "/go": nil,
		"/history.atom": nil, "/history.rss": nil, "/api/v2/summary.json": nil, "/api/v2/status.json": nil, "/api/v2/components.json": nil,
		"/api/v2/incidents.json": nil, "/api/v2/incidents/unresolved.json": nil, "/api/v2/scheduled-maintenances.json": nil,
		"/api/v2/scheduled-maintenances/upcoming.json": nil, "/api/v2/scheduled-maintenances/active.json": nil,
		"/badge.svg": nil, "/openapi.json": nil, "/embed.js": nil, "/embed.json": nil,
		"/oembed": {
			"/oembed", "/oembed?url=" + url.QueryEscape("https://status.northwind.example/"), "/oembed?format=xml&url=" + url.QueryEscape("https://status.northwind.example/es/incidents/"+string(o.incident)),
			"/oembed?url=" + url.QueryEscape("https://status.northwind.example/incidents/"+unknown),
		},
		"/components/:id/badge.svg": {"/components/sign-in/badge.svg", "/components/" + unknown + "/badge.svg"},
		"/history.json":             {"/history.json", "/history.json?page=2", "/history.json?page=x"},
		"/history/:month":           {"/history/2026-11", "/history/2026-12", "/history/2025-01"},
		"/history/:month/:part":     {"/history/2026-11/1", "/history/2026-11/2"},
		"/days/:day":                {"/days/2026-11-22", "/days/2026-11-23", "/days/2025-01-01", "/days/" + unknown},
		"/logo/:digest/:name":       {"/logo/" + unknown + "/logo.png"},
		"/card.png":                 nil,
		"/days/:day/card.png":       {"/days/2026-11-23/card.png", "/days/" + unknown + "/card.png"},
		"/components/:id/card.png":  {"/components/sign-in/card.png", "/components/" + unknown + "/card.png"},
		"/incidents/:id": {
			"/incidents/" + string(o.incident), "/incidents/" + string(o.work), "/incidents/" + unknown,
			"/incidents/" + string(o.incident) + ".json", "/incidents/" + string(o.work) + ".json", "/incidents/" + unknown + ".json",
		},
		"/incidents/:id/card.png":         {"/incidents/" + string(o.incident) + "/card.png", "/incidents/" + string(o.work) + "/card.png", "/incidents/" + unknown + "/card.png"},
		"/maintenances/:id/card.png":      {"/maintenances/" + string(o.work) + "/card.png", "/maintenances/" + unknown + "/card.png"},
		"/maintenances/:id":               {"/maintenances/" + string(o.work), "/maintenances/" + unknown},
		"/components/:id":                 {"/components/sign-in", "/components/" + unknown},
		"/components/:id/feed.atom":       {"/components/sign-in/feed.atom", "/components/" + unknown + "/feed.atom"},
		"/components/:id/feed.rss":        {"/components/sign-in/feed.rss"},
		"/components/:id/feed.json":       {"/components/exports/feed.json"},
		"/components/:id/calendar.ics":    {"/components/exports/calendar.ics"},
		"/go/*":                           {"/go/sign-in", "/go/sign-in.json", "/go/export.json", "/go/" + unknown, "/go/" + unknown + ".json", "/go/.json"},
		"/subscribe":                      {"/subscribe", "/subscribe?component=sign-in&group=your-work&incident=" + string(o.incident)},
		"/subscriptions/:token":           {"/subscriptions/" + o.reader, "/subscriptions/" + unknown},
		"/subscriptions/:token/choices":   {"/subscriptions/" + o.reader + "/choices"},
		"/subscriptions/:token/data.json": {"/subscriptions/" + o.reader + "/data.json"},
		"/subscriptions/confirm/:token":   {"/subscriptions/confirm/" + o.asked, "/subscriptions/confirm/" + unknown},
	}[path]
	switch {
	case !isKnown:
		o.t.Errorf("the public listener has a route %s, and nobody looks there for what is not signed: enter its addresses", path)
	case known == nil:
		return []string{path}
	}
	return known
}

// forms are what a customer sends, by route; each changes nothing the second
// time.
var forms = map[string][]string{
	"/go":                           {""},
	"/go/*":                         {""},
	"/subscribe":                    {"address=nobody&what=some&component=sign-in", "what=none"},
	"/subscriptions/:token":         {"List-Unsubscribe=No"},
	"/subscriptions/:token/choices": {"what=some"},
	"/subscriptions/confirm/:token": {"what=all"},
}

// opened starts a service of the built-in plan with everybody on the roster
// and two subscribers.
func opened(t *testing.T, c *clock) *outside {
	t.Helper()
	o := &outside{t: t, clock: c, mails: mailtest.Start(t, "", nil), visitor: netip.MustParseAddr("10.0.0.1")}
	s := installedAt(t, Options{Now: c.read})
	s.SMTP, s.Copy, s.TrustedProxies = o.mails.Addr, filepath.Join(t.TempDir(), "copy"), []string{"127.0.0.1/32"}
	var err error
	started := make(chan [2]string, 1)
	o.service, err = assemble(t.Context(), Config{Settings: s, Options: Options{Now: c.read}.filled(), Started: func(public, desk net.Addr) {
		started <- [2]string{"http://" + public.String(), "http://" + desk.String()}
	}})
	o.must(err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.run(ctx) }()
	at := <-started
	o.page, o.desk = at[0], at[1]
	o.client = &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(func() {
		stop()
		o.client.CloseIdleConnections()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		o.installation.Close()
	})
	o.routes = o.publicFace(mail.Tokens{}, nil).(*public.Face).Routes()
	return o
}

func (o *outside) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// look asks everything that a customer can ask, in each language and coding.
func (o *outside) look() map[string]seen {
	o.t.Helper()
	out := map[string]seen{}
	for _, r := range o.routes {
		for _, address := range o.addresses(r.Path) {
			switch r.Method {
			case http.MethodGet:
				for _, variant := range variants {
					out[variant.name+" "+address] = o.ask(http.MethodGet, variant.prefix+address, "", variant.header)
				}
			case http.MethodPost:
				for _, form := range forms[r.Path] {
					out["POST "+address+" "+form] = o.ask(http.MethodPost, address, form, nil)
				}
				if forms[r.Path] == nil {
					o.t.Errorf("nobody sends anything to POST %s", r.Path)
				}
			case http.MethodHead, http.MethodOptions:
				out[r.Method+" "+address] = o.ask(r.Method, address, "", nil)
			default:
				o.t.Errorf("nobody asks %s %s", r.Method, r.Path)
			}
		}
	}
	for _, address := range []string{"/metrics", "/api/v1/incidents", "/updates/" + unknown, "/.git/config"} {
		out["GET "+address] = o.ask(http.MethodGet, address, "", nil)
	}
	return out
}

// variants are the ways in which readers ask.
var variants = []struct {
	name, prefix string
	header       map[string]string
}{
	{"en", "", map[string]string{"Accept-Language": "en", "Accept": "text/html"}},
	{"es", "", map[string]string{"Accept-Language": "es"}},
	{"/es", "/es", nil},
	{"gzip", "", map[string]string{"Accept-Encoding": "gzip"}},
	{"brotli", "/es", map[string]string{"Accept-Encoding": "br"}},
}

func (o *outside) ask(method, address, form string, header map[string]string) seen {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.page+address, strings.NewReader(form))
	o.must(err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	for range 256 { // another network than any before, also where they are counted by their first bytes
		o.visitor = o.visitor.Next()
	}
	r.Header.Set("X-Forwarded-For", o.visitor.String())
	res, err := o.client.Do(r)
	o.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	o.must(err)
	etag := res.Header.Get("ETag")
	res.Header.Del("Date")
	res.Header.Del("ETag")
	var head strings.Builder
	o.must(res.Header.Write(&head))
	return seen{res.StatusCode, head.String(), etag, string(body)}
}

// unmoved fails if a customer could tell two moments apart, or if what a
// reader keeps is not the newest any more.
func (o *outside) unmoved(what string, before map[string]seen) {
	o.t.Helper()
	after := o.look()
	if len(after) != len(before) {
		o.t.Errorf("%s: %d answers before, %d after", what, len(before), len(after))
	}
	for name, one := range before {
		if after[name] != one {
			o.t.Errorf("%s: %s changed before it was signed:\n%s", what, name, difference(one, after[name]))
		}
	}
	for _, variant := range variants {
		for _, address := range []string{"/", "/history", "/incidents/" + string(o.incident), "/feed.atom", "/feed.json", "/calendar.ics", "/go/sign-in.json", "/components/sign-in", "/api/v2/summary.json", "/incidents/" + string(o.incident) + ".json", "/history.rss", "/badge.svg"} {
			old := before[variant.name+" "+address]
			if old.etag == "" {
				o.t.Errorf("%s %s has no ETag", variant.name, address)
			}
			header := maps.Clone(variant.header)
			if header == nil {
				header = map[string]string{}
			}
			header["If-None-Match"] = old.etag
			if now := o.ask(http.MethodGet, variant.prefix+address, "", header); now.status != http.StatusNotModified || now.body != "" || now.etag != old.etag {
				o.t.Errorf("%s: whoever has %s %s is answered with %d and the ETag %s", what, variant.name, address, now.status, now.etag)
			}
		}
	}
}

// twins fails if a customer who guesses an identifier that only the desk knows
// learns that it is one.
func (o *outside) twins(what, hidden string) {
	o.t.Helper()
	stranger := (unknown + unknown)[:len(hidden)]
	var guesses []string
	for _, r := range o.routes {
		if r.Method == http.MethodGet && strings.Contains(r.Path, ":") {
			guesses = append(guesses, strings.NewReplacer(":id", "%s", ":token", "%s", ":month", "%s", ":day", "%s", ":digest", "%s", ":part", "1", ":name", "logo.png").Replace(r.Path))
		}
	}
	guesses = append(guesses, "/go/%s", "/go/%s.json", "/incidents/%s.json", "/api/v2/%s.json", "/oembed?url=https://status.northwind.example/incidents/%s", "/oembed?url=https://status.northwind.example/components/%s", "/subscribe?incident=%s", "/subscribe?component=%[1]s&group=%[1]s", "/%s", "/updates/%s", "/history?q=%s")
	for _, guess := range guesses {
		for _, prefix := range []string{"", "/es"} {
			ours := o.ask(http.MethodGet, prefix+fmt.Sprintf(guess, hidden), "", nil)
			theirs := o.ask(http.MethodGet, prefix+fmt.Sprintf(guess, stranger), "", nil)
			if strings.Contains(ours.body, hidden) { // the address that was asked for stands in the page
				ours.body, theirs.body = strings.ReplaceAll(ours.body, hidden, "ID"), strings.ReplaceAll(theirs.body, stranger, "ID")
				ours.etag, theirs.etag = "", ""
			}
			if ours != theirs {
				o.t.Errorf("%s: %s tells %s from %s:\n%s", what, prefix+guess, stranger, hidden, difference(theirs, ours))
			}
		}
	}
	form := url.Values{"address": {"nobody"}, "what": {"some"}, "component": {hidden}, "incident": {hidden}}
	ours := o.ask(http.MethodPost, "/subscribe", form.Encode(), nil)
	form = url.Values{"address": {"nobody"}, "what": {"some"}, "component": {stranger}, "incident": {stranger}}
	if theirs := o.ask(http.MethodPost, "/subscribe", form.Encode(), nil); ours != theirs {
		o.t.Errorf("%s: the form for mail tells %s from %s:\n%s", what, stranger, hidden, difference(theirs, ours))
	}
}

// copied is a copy of the page as files, made anew from the database.
func (o *outside) copied() map[string]string {
	o.t.Helper()
	dir := filepath.Join(o.t.TempDir(), "copy")
	_, err := WriteCopy(o.t.Context(), o.config.Stored, dir, Options{Now: o.clock.read})
	o.must(err)
	return o.files(dir)
}

func (o *outside) files(dir string) map[string]string {
	o.t.Helper()
	dir, err := filepath.EvalSymlinks(filepath.Join(dir, "current"))
	o.must(err)
	out := map[string]string{}
	o.must(filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		out[strings.TrimPrefix(name, dir)] = string(text)
		return err
	}))
	return out
}

// told are the mails to people outside; the team is of the plan's own domain.
func (o *outside) told() []mail.Letter {
	return slices.DeleteFunc(o.mails.Letters(), func(l mail.Letter) bool { return strings.HasSuffix(l.To, "@northwind.example") })
}

// asking waits until a mail asks the team for signatures, by which time
// everything that follows from a submission has happened.
func (o *outside) asking(update comms.ID) {
	o.t.Helper()
	o.await("a mail that asks for signatures", func() bool {
		return slices.ContainsFunc(o.mails.Letters(), func(l mail.Letter) bool { return strings.Contains(l.Text, "/updates/"+string(update)) })
	})
}

// settled waits until everybody has been told of a publication, and until the
// copy as files holds it.
func (o *outside) settled(publication int64) {
	o.t.Helper()
	o.await(fmt.Sprintf("an end of the mails of publication %d", publication), func() bool {
		counts, spread, err := o.installation.Store.Tally(o.t.Context(), publication)
		o.must(err)
		delete(counts, outbox.Sent)
		return spread && len(counts) == 0
	})
	o.await(fmt.Sprintf("a copy with publication %d", publication), func() bool {
		var about export.About
		text, err := os.ReadFile(filepath.Join(o.config.Copy, "current", "copy.json"))
		return err == nil && json.Unmarshal(text, &about) == nil && about.Publication == publication
	})
}

func (o *outside) await(what string, happened func() bool) {
	o.t.Helper()
	for end := time.Now().Add(time.Minute); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			o.t.Fatalf("there never is %s", what)
		}
	}
}

// says tells whether a word stands in an answer, whatever its case.
func (s seen) says(word string) bool { return says(s.header+s.etag+s.body, word) }

func says(text, word string) bool { return strings.Contains(strings.ToLower(text), word) }

// difference shows where two answers part.
func difference(a, b seen) string {
	from := func(s seen) string { return fmt.Sprintf("%d\n%sETag: %s\n\n%s", s.status, s.header, s.etag, s.body) }
	was, is := from(a), from(b)
	at := 0
	for at < min(len(was), len(is)) && was[at] == is[at] {
		at++
	}
	around := func(s string) string { return fmt.Sprintf("%q", s[max(0, at-100):min(len(s), at+200)]) }
	return around(was) + "\nand then\n" + around(is)
}
