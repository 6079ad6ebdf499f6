package public_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/server/public"
	"github.com/countersign/countersign/server/visits"
	"github.com/countersign/countersign/static"
	"github.com/countersign/countersign/templates"
)

var now = time.Date(2026, 11, 23, 14, 40, 0, 0, time.UTC)

// installation is a public listener with what it stands on.
type installation struct {
	*public.Face
	press *pagetest.Press
	keep  *page.Keeper
	now   time.Time
	left  []comms.ID
	asked []comms.Signup
	mails map[string]int
	full  bool // too many wait

	confirmed, chosen []comms.Choice
	chosenLang        comms.Lang

	fail error // what the store says, nil for yes
	log  bytes.Buffer

	counter *visits.Counter
	hours   []visits.Count // what was counted
	unknown []visits.Unknown
}

func (i *installation) AddVisits(_ context.Context, hours []visits.Count, unknown []visits.Unknown) ([]string, error) {
	i.hours, i.unknown = hours, unknown
	return nil, i.fail
}

func (i *installation) Token(id comms.ID) string { return "token-of-" + string(id) }

func (i *installation) ParseSignup(token string) (comms.ID, error) {
	if id, ok := strings.CutPrefix(token, "request-"); ok {
		return comms.ID(id), nil
	}
	return "", errors.New("nobody's")
}

func (i *installation) Parse(token string) (comms.ID, error) {
	if id, ok := strings.CutPrefix(token, "token-of-"); ok {
		return comms.ID(id), nil
	}
	return "", errors.New("nobody's")
}

func (i *installation) Unsubscribe(ctx context.Context, id comms.ID, at time.Time) error {
	if _, err := i.Subscriber(ctx, id); err != nil {
		return err
	}
	if !at.Equal(i.now) {
		return errors.New("the time is not the clock's")
	}
	i.left = append(i.left, id)
	return nil
}

func (i *installation) SignUp(_ context.Context, r comms.Signup) (limited, full bool, err error) {
	if i.fail != nil || i.full {
		return false, i.full, i.fail
	}
	if i.mails[r.Address]++; i.mails[r.Address] > comms.SignupsPerAddress {
		return true, false, nil
	}
	i.asked = append(i.asked, r)
	return false, false, nil
}

func (i *installation) Signup(_ context.Context, id comms.ID, at time.Time) (comms.Signup, error) {
	if i.fail != nil {
		return comms.Signup{}, i.fail
	}
	for _, r := range i.asked {
		if r.ID == id && at.Before(r.AskedAt.Add(comms.SignupLife)) {
			return r, nil
		}
	}
	return comms.Signup{}, comms.Refuse(comms.NotFound, "", "nobody asked")
}

func (i *installation) Confirm(_ context.Context, id comms.ID, c comms.Choice, _ time.Time) (comms.ID, error) {
	for n := range i.asked {
		if r := &i.asked[n]; r.ID == id {
			r.Subscriber = "new"
			i.confirmed = append(i.confirmed, c)
		}
	}
	return "new", i.fail
}

func (i *installation) Subscriber(_ context.Context, id comms.ID) (comms.Subscriber, error) {
	if id == "gone" {
		return comms.Subscriber{}, comms.Refuse(comms.NotFound, "", "nobody has this name")
	}
	v := comms.Subscriber{ID: id, Address: "ana@example.com", Lang: "es", Choice: comms.Choice{Components: []comms.ComponentID{"search"}}}
	if id == "ended" {
		v.EndedAt = i.now
	}
	return v, i.fail
}

func (i *installation) Choose(_ context.Context, _ comms.ID, lang comms.Lang, c comms.Choice, _ time.Time) error {
	i.chosen, i.chosenLang = append(i.chosen, c), lang
	return i.fail
}

func (i *installation) Kept(ctx context.Context, id comms.ID) (comms.Kept, error) {
	v, err := i.Subscriber(ctx, id)
	return comms.Kept{Subscriber: v, Mails: []comms.Told{{Publication: 2, State: "sent", At: i.now}}}, err
}

func install(t testing.TB, loaded bool) *installation {
	t.Helper()
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	b, err := page.NewBuilder(words, templates.FS, static.FS)
	if err != nil {
		t.Fatal(err)
	}
	i := &installation{now: now, mails: map[string]int{}, press: pagetest.New(t, now.Add(-240*time.Hour))}
	log := slog.New(slog.NewTextHandler(&i.log, nil))
	i.keep = page.NewKeeper(b, i.press, nil, func() time.Time { return now }, log)
	for n, u := range []pagetest.Update{
		{Incident: "open", Phase: comms.PhaseInvestigating, Claims: []comms.Claim{{Component: "search", State: comms.Partial}}},
		{Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, Started: now.Add(100 * time.Hour)},
	} {
		u.At = now.Add(time.Duration(n-10) * time.Minute)
		u.Title = comms.Words{"en": "Title of " + u.Incident, "es": "Título de " + u.Incident}
		u.HTML = comms.Words{"en": "<p>Words.</p>", "es": "<p>Palabras.</p>"}
		i.press.Publish(u)
	}
	if loaded {
		if err := i.keep.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	counter, err := visits.New(i, func() time.Time { return now }, log)
	if err != nil {
		t.Fatal(err)
	}
	i.counter = counter
	i.Face = public.New(public.Config{
		Pages: i.keep, Tokens: i, Subscribers: i, Visits: counter, Languages: words, Static: static.FS,
		Ready: func(context.Context) error { return i.fail }, Now: func() time.Time { return i.now }, Log: log,
	})
	return i
}

func (i *installation) ask(method, target string, header http.Header, body string) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for k, v := range header {
		r.Header[k] = v
	}
	w := httptest.NewRecorder()
	i.ServeHTTP(w, r)
	return w.Result()
}

func read(t testing.TB, r *http.Response) string {
	t.Helper()
	var from io.Reader = r.Body
	switch r.Header.Get("Content-Encoding") {
	case "gzip":
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		from = z
	case "br":
		from = brotli.NewReader(r.Body)
	}
	b, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// addresses fills in the parameters of every route of the router itself.
func (i *installation) addresses() []string {
	fill := map[string][]string{
		"/incidents/:id":        {"/incidents/" + string(pagetest.ID("open"))},
		"/components/:id":       {"/components/search"},
		"/go/*":                 {"/go/sign-in"},
		"/history/:month":       {"/history/2026-11"},
		"/history/:month/:part": nil, // only where a month is long
		"/maintenances/:id":     {"/maintenances/" + string(pagetest.ID("work"))},
		"/subscriptions/:token": {"/subscriptions/token-of-ana"},
		"/days/:day":            {"/days/2026-11-23"},

		"/incidents/:id/card.png":    {"/incidents/" + string(pagetest.ID("open")) + "/card.png"},
		"/maintenances/:id/card.png": {"/maintenances/" + string(pagetest.ID("work")) + "/card.png"},
		"/components/:id/card.png":   {"/components/search/card.png"},
		"/days/:day/card.png":        {"/days/2026-11-23/card.png"},

		"/components/:id/feed.atom":    {"/components/search/feed.atom"},
		"/components/:id/feed.rss":     {"/components/search/feed.rss"},
		"/components/:id/feed.json":    {"/components/search/feed.json"},
		"/components/:id/calendar.ics": {"/components/search/calendar.ics"},
		"/components/:id/badge.svg":    {"/components/search/badge.svg"},
		"/oembed":                      {"/oembed?url=" + url.QueryEscape("https://status.northwind.example/")},
	}
	var out []string
	for _, r := range i.Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		if _, filled := fill[r.Path]; filled || strings.ContainsAny(r.Path, ":*") {
			out = append(out, fill[r.Path]...)
		} else {
			out = append(out, r.Path)
		}
	}
	slices.Sort(out)
	return out
}

// TestEveryRouteInEveryLanguage walks the router with a store that fails: what
// customers read needs none.
func TestEveryRouteInEveryLanguage(t *testing.T) {
	i := install(t, true)
	asked := i.press.Asked.Load()
	i.press.Fail = errors.New("the store must not be asked")
	i.asked = []comms.Signup{{ID: "1", Address: "ana@example.com", Choice: comms.Choice{Everything: true}, AskedAt: now}}
	if len(i.addresses()) < 10 {
		t.Fatalf("only %d addresses", len(i.addresses()))
	}
	for _, path := range i.addresses() {
		plain := slices.Contains([]string{"/favicon.svg", "/feed.css", "/embed.js", "/openapi.json", "/robots.txt", "/healthz", "/readyz", "/subscriptions/token-of-ana/data.json"}, path)
		for prefix, want := range map[string]string{"": "en", "/en": "en", "/es": "es"} {
			got := i.ask(http.MethodGet, prefix+path, nil, "")
			body := read(t, got)
			if got.StatusCode != http.StatusOK {
				t.Errorf("%s answers %d", prefix+path, got.StatusCode)
			}
			if lang := got.Header.Get("Content-Language"); !plain && lang != want {
				t.Errorf("%s is in %q, want %q", prefix+path, lang, want)
			}
			if strings.Contains(got.Header.Get("Content-Type"), "html") && !strings.Contains(body, `<html lang="`+want+`"`) {
				t.Errorf("%s does not say that it is in %q", prefix+path, want)
			}
			for header, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
				if got.Header.Get(header) != want {
					t.Errorf("%s: %s is %q", path, header, got.Header.Get(header))
				}
			}
			if policy := got.Header.Get("Content-Security-Policy"); policy == "" || strings.Contains(policy, "unsafe") || got.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s: policy %q, cookie %q", path, policy, got.Header.Get("Set-Cookie"))
			}
			head := i.ask(http.MethodHead, prefix+path, nil, "")
			if head.StatusCode != http.StatusOK || !plain && read(t, head) != "" || // net/http itself cuts the plain ones
				head.Header.Get("ETag") != got.Header.Get("ETag") {
				t.Errorf("HEAD %s answers %d", prefix+path, head.StatusCode)
			}
		}
	}
	if again := i.press.Asked.Load(); again != asked {
		t.Errorf("requests asked the store %d times", again-asked)
	}
}

func TestLanguageAndEncoding(t *testing.T) {
	i := install(t, true)
	for _, test := range []struct{ path, accept, encoding, lang, coding string }{
		{"/", "", "", "en", ""},
		{"/", "es", "gzip", "es", "gzip"},
		{"/", "es-MX,es;q=0.9,en;q=0.8", "gzip, deflate, br", "es", "br"},
		{"/", "fr,de;q=0.9", "br;q=0, gzip", "en", "gzip"},
		{"/", "fr,es;q=0", "*", "en", "br"},
		{"/", "fr;q=1, en;q=0.5, es;q=0.7", "identity", "es", ""},
		{"/", ";;;,", "gzip;q=0.0", "en", ""},
		{"/", strings.Repeat("es,", 1000), "zstd", "en", ""},
		{"/", "ES-419", "", "es", ""},
		{"/", "es_MX", "", "es", ""},
		{"/", "*", "", "en", ""},
		{"/", "*, es;q=0.1", "", "es", ""},
		{"/", "i-klingon, zh-Hant-TW, x-private, es;q=0.01", "", "es", ""},
		{"/", "es;q=2", "", "es", ""},
		{"/", "es;q=-1", "", "en", ""},
		{"/", "es;q=0.0001;q=1", "", "en", ""},
		{"/", "\x00\xff\xfe", "", "en", ""},
		{"/", "en\u202ees", "", "en", ""},
		{"/", "../../etc/passwd", "", "en", ""},
		{"/", "<script>es</script>", "", "en", ""},
		{"/", strings.Repeat("x", 30<<10), "", "en", ""},
		{"/es/", "en", "br", "es", "br"},
		{"/en/", "es", "", "en", ""},
		{"/feed.atom", "es", "", "en", ""},
		{"/es/feed.atom", "en", "", "es", ""},
	} {
		got := i.ask(http.MethodGet, test.path, http.Header{"Accept-Language": {test.accept}, "Accept-Encoding": {test.encoding}}, "")
		body := read(t, got)
		if got.Header.Get("Content-Language") != test.lang || got.Header.Get("Content-Encoding") != test.coding || !strings.Contains(body, `lang="`+test.lang+`"`) {
			t.Errorf("%+v: got %q in %q", test, got.Header.Get("Content-Language"), got.Header.Get("Content-Encoding"))
		}
		vary := strings.Join(got.Header.Values("Vary"), ", ")
		negotiated := !strings.HasPrefix(test.path, "/e") && test.path != "/feed.atom"
		if !strings.Contains(vary, "Accept-Encoding") || strings.Contains(vary, "Accept-Language") != negotiated {
			t.Errorf("%s varies by %q", test.path, vary)
		}
	}
	if got := i.ask(http.MethodGet, "/es", nil, ""); got.StatusCode != http.StatusPermanentRedirect || got.Header.Get("Location") != "/es/" {
		t.Errorf("/es answers %d, %q", got.StatusCode, got.Header.Get("Location"))
	}
}

func TestConditionalRequests(t *testing.T) {
	i := install(t, true)
	first := i.ask(http.MethodGet, "/", http.Header{"Accept-Encoding": {"gzip"}}, "")
	tag := first.Header.Get("ETag")
	if tag == "" || strings.HasPrefix(tag, "W/") {
		t.Fatalf("the ETag is %q, want a strong one", tag)
	}
	for _, test := range []struct {
		match, encoding string
		want            int
	}{
		{tag, "gzip", http.StatusNotModified},
		{`"other", ` + tag, "gzip", http.StatusNotModified},
		{"*", "gzip", http.StatusNotModified},
		{tag, "br", http.StatusOK},
		{tag, "", http.StatusOK},
		{`"other"`, "gzip", http.StatusOK},
		{"garbage", "gzip", http.StatusOK},
	} {
		got := i.ask(http.MethodGet, "/", http.Header{"Accept-Encoding": {test.encoding}, "If-None-Match": {test.match}}, "")
		if got.StatusCode != test.want {
			t.Errorf("If-None-Match %s with %q: %d, want %d", test.match, test.encoding, got.StatusCode, test.want)
		}
		if body, _ := io.ReadAll(got.Body); (len(body) == 0) != (test.want == http.StatusNotModified) {
			t.Errorf("If-None-Match %s: %d bytes", test.match, len(body))
		}
		if got.StatusCode == http.StatusNotModified && (got.Header.Get("ETag") != tag || got.Header.Get("Cache-Control") == "") {
			t.Error("a 304 must carry the ETag and Cache-Control")
		}
	}
	i.press.Publish(pagetest.Update{Incident: "new", Phase: comms.PhaseInvestigating, At: now, Title: comms.Words{"en": "New"}, HTML: comms.Words{"en": "<p>New.</p>"}})
	if err := i.keep.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := i.ask(http.MethodGet, "/", http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {tag}}, ""); got.StatusCode != http.StatusOK {
		t.Errorf("after a publication the old ETag still answers %d", got.StatusCode)
	}
}

func TestTrouble(t *testing.T) {
	i := install(t, true)
	for _, test := range []struct {
		method, path string
		status       int
		want         string
	}{
		{"GET", "/nothing", 404, "This page does not exist"},
		{"GET", "/es/nothing", 404, "Esta página no existe"},
		{"GET", "/fr/", 404, "This page does not exist"},
		{"GET", "/maintenances/" + string(pagetest.ID("open")), 404, "This page does not exist"},
		{"GET", "/incidents/..%2f..%2fetc", 404, "This page does not exist"},
		{"GET", "/incidents/%00%ff", 404, "This page does not exist"},
		{"POST", "/", 405, "This address does not take that kind of request"},
		{"DELETE", "/es/history", 405, "Esta dirección no admite"},
		{"GET", "/" + strings.Repeat("x", 3000), 414, "This address is too long"},
		{"GET", "/?" + strings.Repeat("x", 100<<10), 414, "This address is too long"},
		{"GET", "/es/history?" + strings.Repeat("x", 100<<10), 414, "Esta dirección es demasiado larga"},
		{"HEAD", "/history?" + strings.Repeat("x", 100<<10), 414, ""},
		{"GET", "/history/2026-10", 404, "The history of this page has November 2026 alone so far."},
		{"GET", "/es/history/2026-12", 404, "El historial de esta página solo tiene por ahora noviembre de 2026"},
		{"GET", "/history/2026-11/1", 404, "See every month"},
		{"GET", "/history/2026-11/2", 404, "See every month"},
		{"GET", "/history/november", 404, "See every month"},
		{"GET", "/components/teleport", 404, "See everything that is listed"},
		{"GET", "/components/%3Cscript%3E", 404, "See everything that is listed"},
		{"GET", "/components/search/", 404, "See everything that is listed"},
	} {
		got := i.ask(test.method, test.path, nil, "")
		body := read(t, got)
		if got.StatusCode != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s %.40s: %d, want %d and %q", test.method, test.path, got.StatusCode, test.status, test.want)
		}
		if test.method == "HEAD" {
			if body != "" {
				t.Errorf("HEAD %.40s has a body", test.path)
			}
			continue
		}
		if !strings.Contains(body, "Search") && !strings.Contains(body, "Búsqueda") {
			t.Errorf("%s %.40s: the current state is not on the page", test.method, test.path)
		}
		if strings.Contains(body, "goroutine") || strings.Contains(body, "code=") {
			t.Errorf("%s %.40s shows its inside", test.method, test.path)
		}
	}
	unknown := read(t, i.ask("GET", "/incidents/abcdefghijkl", nil, ""))
	if unsigned := read(t, i.ask("GET", "/incidents/"+string(pagetest.ID("drafted")), nil, "")); unsigned != unknown {
		t.Error("an unknown and an unsigned incident can be told apart")
	}
	if got := i.ask("POST", "/subscriptions/token-of-ana", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, strings.Repeat("x", 20<<10)); got.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body answers %d", got.StatusCode)
	}
}

func TestLeaving(t *testing.T) {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	oneClick := url.Values{"List-Unsubscribe": {"One-Click"}}.Encode()
	for name, test := range map[string]struct {
		method, token, body string
		fail                error
		status              int
		want                string
		left                int
	}{
		"opening changes nothing":       {"GET", "token-of-ana", "", nil, 200, `method="post" action="/es/subscriptions/token-of-ana">`, 0},
		"one click":                     {"POST", "token-of-ana", oneClick, nil, 200, "No recibirá más correos", 1},
		"a form that is not the button": {"POST", "token-of-ana", "x=y", nil, 400, "Este formulario no estaba completo", 0},
		"nobody's token":                {"POST", "forged", oneClick, nil, 404, "no corresponde a ninguna suscripción", 0},
		"nobody's token, opened":        {"GET", "forged", "", nil, 404, "no corresponde a ninguna suscripción", 0},
		"a subscriber who is gone":      {"POST", "token-of-gone", oneClick, nil, 404, "no corresponde a ninguna suscripción", 0},
		"a store that fails":            {"POST", "token-of-ana", oneClick, errors.New("disk full"), 503, "Ahora mismo no se puede hacer", 0},
		"markup in the token":           {"GET", "token-of-%22%3E%3Cscript%3E", "", nil, 200, "token-of-", 0},
	} {
		t.Run(name, func(t *testing.T) {
			i := install(t, true)
			i.fail = test.fail
			got := i.ask(test.method, "/es/subscriptions/"+test.token, form, test.body)
			body := read(t, got)
			if got.StatusCode != test.status || !strings.Contains(body, test.want) || len(i.left) != test.left {
				t.Errorf("%d, %d left; want %d, %d and %q", got.StatusCode, len(i.left), test.status, test.left, test.want)
			}
			if strings.Contains(body, `"><script>`) {
				t.Error("the token became markup")
			}
			if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Referrer-Policy") != "no-referrer" {
				t.Error("a page with a token must be kept by nobody")
			}
			if strings.Contains(i.log.String(), "token-of-") {
				t.Error("the token is in the log")
			}
		})
	}
}

func TestReadiness(t *testing.T) {
	i := install(t, false)
	check := func(path string, status int, want string) {
		t.Helper()
		got := i.ask(http.MethodGet, path, nil, "")
		if body := read(t, got); got.StatusCode != status || !strings.Contains(body, want) {
			t.Errorf("%s: %d %q, want %d %q", path, got.StatusCode, body, status, want)
		}
	}
	check("/healthz", 200, "ok")
	check("/readyz", 503, "the page has not been made yet")
	check("/", 503, "This cannot be done right now")
	check("/es/history", 503, "Ahora mismo no se puede hacer")
	if err := i.keep.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("/readyz", 200, "ready")
	i.fail = errors.New("secret path of the disk")
	check("/readyz", 503, "the database does not answer")
	if body := read(t, i.ask(http.MethodGet, "/readyz", nil, "")); strings.Contains(body, "secret") {
		t.Error("readyz shows the inside of the store")
	}
}

func BenchmarkServe(b *testing.B) {
	i := install(b, true)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", "gzip, deflate, br")
		for pb.Next() {
			w := httptest.NewRecorder()
			i.ServeHTTP(w, r.Clone(context.Background()))
			if w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
	})
}
