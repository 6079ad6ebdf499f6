package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/api"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
	"github.com/countersign/countersign/templates"
)

// password is everybody's in these tests.
const password = "four unrelated words"

// installation is a desk on a real database, with its interface.
type installation struct {
	t      testing.TB
	desk   *desk.Desk
	auth   *auth.Auth
	store  *store.Store
	words  *language.Catalogue
	router *echo.Echo
	log    safeBuffer

	mu  sync.Mutex
	now time.Time
}

// safeBuffer is a buffer for several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
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

// within lets a part of a test fail by itself; call what it returns at the end.
func (in *installation) within(t testing.TB) (end func()) {
	whole := in.t
	in.t = t
	return func() { in.t = whole }
}

// install founds a desk with the built-in plan; everybody on it has an account.
func install(t testing.TB) *installation {
	t.Helper()
	ctx := context.Background()
	in := &installation{t: t, now: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)}
	key, err := signoff.NewKey()
	must(t, err)
	keys := signoff.NewKeyring(key.Public())
	in.store, err = store.Open(ctx, storetest.SQLiteFile(t), store.Options{Keys: keys, Now: in.clock})
	must(t, err)
	t.Cleanup(func() { _ = in.store.Close() })
	in.words, err = language.New(templates.FS)
	must(t, err)
	in.desk = desk.New(desk.Config{Store: in.store, Key: key, Keys: keys, Now: in.clock, Frame: in.words.Digest()})
	files := plan.Builtin()
	for i := range files { // petra is on the roster, and holds nothing
		files[i].Text = strings.Replace(files[i].Text, "stand_ins: [tomas, petra]", "stand_ins: [tomas]", 1)
	}
	_, err = in.desk.Found(ctx, files)
	must(t, err)
	quiet := slog.New(slog.DiscardHandler)
	in.auth = auth.New(auth.Config{Store: in.store, Memory: 64, Now: in.clock, Log: quiet, Secure: true, Void: in.desk.TakeBack, Plan: func(ctx context.Context) (*plan.Plan, error) {
		p, _, err := in.desk.Plan(ctx)
		return p, err
	}})
	for _, p := range []plan.PersonID{"dana", "sam", "ines", "carlos", "nora", "petra"} {
		must(t, in.auth.SetPassword(ctx, p, password))
	}
	in.router, err = api.New(api.Config{Desk: in.desk, Auth: in.auth, Languages: in.words, Links: in.store, Now: in.clock, Log: slog.New(slog.NewTextHandler(&in.log, nil)), DeskURL: "https://desk.northwind.example"})
	must(t, err)
	return in
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// token is the Authorization header of a program that acts for a person.
func (in *installation) token(person plan.PersonID, name, scope string, life time.Duration) string {
	in.t.Helper()
	secret, err := in.auth.NewToken(context.Background(), person, name, scope, life)
	must(in.t, err)
	return "Bearer " + secret
}

// session is the cookie of a person who signed in.
func (in *installation) session(person plan.PersonID) string {
	in.t.Helper()
	r, err := in.auth.Resume(httptest.NewRequest(http.MethodGet, "/", nil))
	must(in.t, err)
	proof, err := in.auth.Prove(r.Context(), person, password, "")
	must(in.t, err)
	w := httptest.NewRecorder()
	must(in.t, in.auth.SignIn(r.Context(), w, proof))
	return w.Result().Cookies()[0].String()
}

// client sends requests and holds every answer against the document.
type client struct {
	*installation
	header map[string]string
}

// long is the life of a token that outlives every test, long fuzzing too.
const long = 90 * 24 * time.Hour

// program is a client with a token that drafts.
func (in *installation) program() client {
	return client{in, map[string]string{"Authorization": in.token("dana", "robot", auth.ScopeDraft, long)}}
}

// person is a client with a session, as a browser at the desk sends it.
func (in *installation) person(who plan.PersonID) client {
	return client{in, map[string]string{"Cookie": in.session(who), "Sec-Fetch-Site": "same-origin"}}
}

func (c client) with(name, value string) client {
	header := map[string]string{name: value}
	for k, v := range c.header {
		if _, own := header[k]; !own {
			header[k] = v
		}
	}
	return client{c.installation, header}
}

type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

func (c client) get(path string) answer { return c.send(http.MethodGet, path, "") }

func (c client) post(path, body string) answer { return c.send(http.MethodPost, path, body) }

func (c client) send(method, path, body string) answer {
	c.t.Helper()
	request := func() *http.Request {
		r := httptest.NewRequest(method, "http://desk.northwind.example"+path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		for k, v := range c.header {
			r.Header.Set(k, v)
		}
		return r
	}
	w := httptest.NewRecorder()
	c.router.ServeHTTP(w, request())
	a := answer{c.t, w.Code, w.Result().Header, w.Body.String()}
	c.hold(request(), a)
	return a
}

// is fails the test unless the answer has the status.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d:\n%s", a.status, status, a.body)
	}
	return a
}

// problem fails the test unless the answer is a problem of the kind that says all of it.
func (a answer) problem(status int, kind string, says ...string) answer {
	a.t.Helper()
	a.is(status)
	if got := a.at("type"); got != api.Root+"/problems/"+kind {
		a.t.Errorf("type %q, want %q", got, kind)
	}
	for _, s := range says {
		if !strings.Contains(a.body, s) {
			a.t.Errorf("the problem does not say %q:\n%s", s, a.body)
		}
	}
	return a
}

// at finds a value by names and numbers: "update.slots.0.name".
func (a answer) at(path string) any {
	a.t.Helper()
	var v any
	if err := json.NewDecoder(bytes.NewReader([]byte(a.body))).Decode(&v); err != nil {
		a.t.Fatalf("%v:\n%s", err, a.body)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(in) {
				a.t.Fatalf("%s: no entry %s:\n%s", path, name, a.body)
			}
			v = in[i]
		default:
			a.t.Fatalf("%s: nothing under %s:\n%s", path, name, a.body)
		}
	}
	return v
}

func (a answer) text(path string) string {
	a.t.Helper()
	s, ok := a.at(path).(string)
	if !ok {
		a.t.Fatalf("%s is no string:\n%s", path, a.body)
	}
	return s
}

// slots are words that no language rule stops.
const slots = `{"en": {"headline": "Some customers cannot sign in", "impact": "Customers in Europe cannot sign in with a password.",
	"who": "about one in five customers in Europe", "action_us": "looking at the sign-in service step by step", "action_customer": "stay signed in if you are"}}`

const opening = `{"name": "Sign-in trouble", "severity": "major", "template": "investigating", "components": {"sign-in": "partial"}, "slots": ` + slots + `}`

// opened starts an incident and gives its identifier and its update's.
func (c client) opened() (incident, update string) {
	c.t.Helper()
	a := c.post("/api/v1/incidents", opening).is(http.StatusCreated)
	return a.text("incident.id"), a.text("update.id")
}
