package editor_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/editor"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
	"github.com/countersign/countersign/static"
	"github.com/countersign/countersign/templates"
)

// password is everybody's in these tests.
const password = "four unrelated words"

// installation is a whole desk on a real database.
type installation struct {
	t      *testing.T
	store  *store.Store
	desk   *desk.Desk
	auth   *auth.Auth
	router *echo.Echo
	server *httptest.Server

	mu  sync.Mutex
	now time.Time
}

func (in *installation) clock() time.Time {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.now
}

func (in *installation) pass(d time.Duration) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.now = in.now.Add(d)
}

// install founds a desk with the built-in plan and accounts for the people.
func install(t *testing.T, people ...plan.PersonID) *installation {
	t.Helper()
	return installWith(t, plan.Builtin(), people...)
}

// installWith begins with other files of the plan.
func installWith(t *testing.T, files []comms.PlanFile, people ...plan.PersonID) *installation {
	t.Helper()
	return installIn(t, templates.FS, files, people...)
}

// installIn speaks the languages of other templates.
func installIn(t *testing.T, spoken fs.FS, files []comms.PlanFile, people ...plan.PersonID) *installation {
	t.Helper()
	ctx := context.Background()
	in := &installation{t: t, now: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)}
	key, err := signoff.NewKey()
	must(t, err)
	keys := signoff.NewKeyring(key.Public())
	in.store, err = store.Open(ctx, storetest.SQLiteFile(t), store.Options{Keys: keys, Now: in.clock})
	must(t, err)
	t.Cleanup(func() { _ = in.store.Close() })
	words, err := language.New(spoken)
	must(t, err)
	in.desk = desk.New(desk.Config{Store: in.store, Key: key, Keys: keys, Now: in.clock, Frame: words.Digest()})
	_, err = in.desk.Found(ctx, files)
	must(t, err)
	quiet := slog.New(slog.DiscardHandler)
	in.auth = auth.New(auth.Config{Store: in.store, Memory: 64, Now: in.clock, Log: quiet, Void: in.desk.TakeBack, Plan: func(ctx context.Context) (*plan.Plan, error) {
		p, _, err := in.desk.Plan(ctx)
		return p, err
	}})
	for _, p := range people {
		must(t, in.auth.SetPassword(ctx, p, password))
	}
	in.router, err = editor.New(editor.Config{
		Desk: in.desk, Auth: in.auth, Languages: words, Templates: templates.FS, Static: static.FS,
		Journal: journal{in.store}, Links: in.store, Following: in.store, Mailbox: letters{}, Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "countersign_up 1\n") }),
		Now: in.clock, Log: quiet, PublicURL: "https://status.northwind.example",
	})
	must(t, err)
	in.server = httptest.NewServer(in.router)
	t.Cleanup(in.server.Close)
	return in
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type journal struct{ *store.Store }

func (j journal) Entries(ctx context.Context, before int64, limit int) ([]desk.Entry, error) {
	return j.Audit(ctx, before, limit)
}

// letters is a mailbox with one mail in it.
type letters struct{}

func (letters) Mails(context.Context) ([]editor.Mail, error) {
	m, err := letters{}.Mail(context.Background(), "one")
	return []editor.Mail{m}, err
}

func (letters) Mail(_ context.Context, id string) (editor.Mail, error) {
	if id != "one" {
		return editor.Mail{}, comms.Refuse(comms.NotFound, "", "there is no such mail")
	}
	return editor.Mail{ID: "one", From: "a@b.example", To: "c@d.example", Subject: "Hello", Text: "text", HTML: `<style>p{color:red}</style><p onclick="x()">html</p>`}, nil
}

// browser is one person's browser.
type browser struct {
	*installation
	client *http.Client
}

func (in *installation) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(in.t, err)
	client := in.server.Client()
	return &browser{in, &http.Client{Jar: jar, Transport: client.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is a browser in which the person has signed in.
func (in *installation) as(person plan.PersonID) *browser {
	in.t.Helper()
	b := in.browser()
	if got := b.post("/signin", url.Values{"person": {string(person)}, "password": {password}}); got.status != http.StatusSeeOther {
		in.t.Fatalf("%s cannot sign in: %d\n%s", person, got.status, got.body)
	}
	return b
}

type answer struct {
	status int
	where  string // Location
	body   string
	header http.Header
}

func (b *browser) do(method, path string, body string, header map[string]string) answer {
	b.t.Helper()
	req, err := http.NewRequest(method, b.server.URL+path, strings.NewReader(body))
	must(b.t, err)
	for k, v := range header {
		if v != "" {
			req.Header.Set(k, v)
		}
	}
	resp, err := b.client.Do(req)
	must(b.t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	must(b.t, err)
	return answer{resp.StatusCode, resp.Header.Get("Location"), string(text), resp.Header}
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, "", nil) }

// post sends a form as a browser does.
func (b *browser) post(path string, form url.Values) answer {
	return b.do(http.MethodPost, path, form.Encode(), map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": b.server.URL, "Sec-Fetch-Site": "same-origin",
	})
}

// publications counts what has been published.
func (in *installation) publications() int64 {
	in.t.Helper()
	head, err := in.desk.Head(context.Background())
	must(in.t, err)
	return head.Number
}

// opened starts a major incident and returns its identifier and its update's.
func (in *installation) opened(author plan.PersonID) (incident, update comms.ID) {
	return in.openedAs(author, "major")
}

func (in *installation) openedAs(author plan.PersonID, severity comms.Severity) (incident, update comms.ID) {
	in.t.Helper()
	inc, u, err := in.desk.Open(context.Background(), desk.Actor{Person: author}, desk.Opening{
		Kind: comms.KindIncident, Name: "Sign-in trouble", Severity: severity,
		Claims: []comms.Claim{{Component: "sign-in", State: comms.Partial}},
	})
	must(in.t, err)
	return inc.ID, u.ID
}

// complete is a form that nothing in the language rules stops.
func (in *installation) complete(base int) url.Values {
	return url.Values{
		"base": {fmt.Sprint(base)}, "claims": {"1"}, "claims.sign-in": {"partial"}, "template": {"investigating"}, "severity": {"major"},
		"slots.en.headline":        {"Some customers cannot sign in"},
		"slots.en.impact":          {"Customers in Europe cannot sign in with a password."},
		"slots.en.who":             {"about one in five customers in Europe"},
		"slots.en.action_us":       {"looking at the sign-in service step by step"},
		"slots.en.action_customer": {"stay signed in if you are"},
		"slots.next_update":        {draft.FormatTime(in.clock().Add(25 * time.Minute))},
	}
}

// submitted is an update that waits for signatures, and its digest.
func (in *installation) submitted(author plan.PersonID) (comms.ID, comms.Digest) {
	return in.submittedAs(author, "major")
}

func (in *installation) submittedAs(author plan.PersonID, severity comms.Severity) (comms.ID, comms.Digest) {
	in.t.Helper()
	_, id := in.openedAs(author, severity)
	return id, in.submit(author, id, func(*draft.Draft) {})
}

// submit fills an update in, lets change act on it and submits it.
func (in *installation) submit(author plan.PersonID, id comms.ID, change func(*draft.Draft)) comms.Digest {
	in.t.Helper()
	ctx, a := context.Background(), desk.Actor{Person: author}
	look, err := in.desk.Look(ctx, a, id)
	must(in.t, err)
	text := look.Latest.Draft.Clone()
	for name, values := range in.complete(1) {
		if slot, ok := strings.CutPrefix(name, "slots.en."); ok {
			text.Slots.Set("en", slot, values[0])
		}
	}
	text.Slots.Set(draft.Shared, "next_update", draft.FormatTime(in.clock().Add(15*time.Minute)))
	change(&text)
	saved, err := in.desk.Save(ctx, a, id, look.Latest.Number, text)
	must(in.t, err)
	u, err := in.desk.Submit(ctx, a, id, saved.Number)
	must(in.t, err)
	return u.Digest
}

func signature(digest comms.Digest) url.Values {
	return url.Values{"digest": {digest.String()}, "requirement": {"0"}, "languages": {"en"}, "password": {password}}
}

var tags = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>|\n\s*\n`)

// words is a page without its tags, for messages of failed tests.
func words(page string) string { return tags.ReplaceAllString(page, " ") }
