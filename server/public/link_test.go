package public_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/server/visits"
)

// trouble makes something of the sign-in's components to speak of.
func (i *installation) trouble(t *testing.T) {
	t.Helper()
	next := now.Add(20 * time.Minute)
	i.press.Publish(pagetest.Update{
		Incident: "sign-in", Phase: comms.PhaseInvestigating, Claims: []comms.Claim{{Component: "sign-in", State: comms.Partial}},
		At: now.Add(-5 * time.Minute), Started: now.Add(-15 * time.Minute), Next: &next,
		Title: comms.Words{"en": "Some customers cannot sign in", "es": "Algunos clientes no pueden entrar"},
		HTML:  comms.Words{"en": "<p>Words.</p><p><strong>What you can do now:</strong> stay signed in.</p>", "es": "<p>Palabras.</p><p><strong>Qué puede hacer:</strong> no cierre la sesión.</p>"},
	})
	if err := i.keep.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestLinkIsNeverADeadEnd(t *testing.T) {
	i := install(t, true)
	for _, test := range []struct{ path, want string }{
		{"/go/sign-in", "We know of no trouble with Sign-in and Company sign-in right now"},
		{"/go/sign-in/", "We know of no trouble with Sign-in"},
		{"/es/go/sign-in", "Ahora mismo no nos consta ningún problema con Inicio de sesión"},
		{"/go/sign-in?lang=es", "Ahora mismo no nos consta"},
		{"/es/go/sign-in?lang=en-US", "We know of no trouble"},
		{"/go/sign-in?lang=klingon", "We know of no trouble"},
		{"/go/nobody-knows", "Parts of Search are not working"},
		{"/go", "Parts of Search are not working"},
		{"/go/", "Parts of Search are not working"},
		{"/go/A%20Key%3Cscript%3E", "Parts of Search are not working"},
		{"/go/a/b/c", "Parts of Search are not working"},
		{"/es/go/nobody-knows", "Hay partes de Búsqueda que no funcionan"},
		{"/go/" + strings.Repeat("k", 65), "Parts of Search are not working"},
	} {
		got := i.ask("GET", test.path, nil, "")
		body := read(t, got)
		if got.StatusCode != http.StatusOK || !strings.Contains(body, test.want) {
			t.Errorf("%s: %d, want 200 and %q", test.path, got.StatusCode, test.want)
		}
		for _, way := range []string{`href="https://northwind.example/help`, "mailto:help@northwind.example", `<form class="acts" method="post">`, "/subscribe"} {
			if !strings.Contains(body, way) {
				t.Errorf("%s: there is no %s", test.path, way)
			}
		}
		if len(got.Cookies()) != 0 {
			t.Errorf("%s sets a cookie", test.path)
		}
	}
	if got := i.ask("GET", "/go/"+strings.Repeat("k", 3000), nil, ""); got.StatusCode != http.StatusRequestURITooLong || !strings.Contains(read(t, got), "Search") {
		t.Errorf("a key of 3000 characters: %d", got.StatusCode)
	}
	one, other := i.ask("GET", "/go/one", nil, ""), i.ask("GET", "/go/other", nil, "")
	if one.Header.Get("ETag") != other.Header.Get("ETag") || read(t, one) != read(t, other) {
		t.Error("two unknown keys have different pages")
	}
}

func TestLinkSaysWhatIsBeingSaid(t *testing.T) {
	i := install(t, true)
	i.trouble(t)
	body := read(t, i.ask("GET", "/go/sign-in", nil, ""))
	for _, want := range []string{
		"Some customers cannot sign in</span></h1>", "Partly not working", "14:25 UTC", "15:00 UTC", `<p class="do"><strong>What you can do now:</strong> stay signed in.</p>`,
		"/incidents/" + string(pagetest.ID("sign-in")), "/subscribe?incident=" + string(pagetest.ID("sign-in")),
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, not := range []string{"We know of no trouble", "<form", "What you can try"} {
		if strings.Contains(body, not) {
			t.Errorf("the page says %q", not)
		}
	}
}

// data is what /go/KEY.json promises: every field, always.
type data struct {
	Key          *string    `json:"key"`
	Known        *bool      `json:"known"`
	Language     string     `json:"language"`
	Status       string     `json:"status"`
	StatusLabel  string     `json:"status_label"`
	Title        *string    `json:"title"`
	Line         *string    `json:"line"`
	Since        *time.Time `json:"since"`
	NextUpdate   *time.Time `json:"next_update"`
	URL          string     `json:"url"`
	SubscribeURL string     `json:"subscribe_url"`
	Help         struct {
		URL   string `json:"url"`
		Email string `json:"email"`
	} `json:"help"`
	Try []string `json:"try"`
}

func (i *installation) data(t *testing.T, path string, header http.Header) (*http.Response, data) {
	t.Helper()
	got := i.ask("GET", path, header, "")
	dec := json.NewDecoder(strings.NewReader(read(t, got)))
	dec.DisallowUnknownFields()
	var d data
	if err := dec.Decode(&d); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if d.Known == nil || d.Try == nil || d.Language == "" || d.Status == "" || d.StatusLabel == "" || d.URL == "" || d.SubscribeURL == "" || d.Help.URL == "" || d.Help.Email == "" {
		t.Errorf("%s: a field is missing: %+v", path, d)
	}
	return got, d
}

func TestLinkData(t *testing.T) {
	i := install(t, true)
	_, calm := i.data(t, "/go/sign-in.json", nil)
	if *calm.Key != "sign-in" || !*calm.Known || calm.Line != nil || calm.Since != nil || len(calm.Try) != 3 || calm.Status != "operational" || calm.StatusLabel != "No trouble known" {
		t.Errorf("calm: %+v", calm)
	}
	if calm.SubscribeURL != "https://status.northwind.example/en/subscribe?component=sign-in&component=company-sign-in" || calm.Help.URL != "https://northwind.example/help/sign-in" {
		t.Errorf("calm: %+v", calm)
	}
	_, unknown := i.data(t, "/go/nobody-knows.json", nil)
	if unknown.Key != nil || *unknown.Known || unknown.Line != nil || unknown.Status != "partial" || unknown.StatusLabel != "Parts of Search are not working" || unknown.URL != "https://status.northwind.example/en/" {
		t.Errorf("unknown: %+v", unknown)
	}
	i.trouble(t)
	answer, said := i.data(t, "/go/sign-in.json", http.Header{"Accept-Language": {"es"}, "Origin": {"https://northwind.example"}})
	if *said.Line != "Algunos clientes no pueden entrar" || said.Language != "es" || said.Status != "partial" || len(said.Try) != 0 ||
		!said.Since.Equal(now.Add(-15*time.Minute)) || !said.NextUpdate.Equal(now.Add(20*time.Minute)) ||
		said.URL != "https://status.northwind.example/es/go/sign-in" || said.SubscribeURL != "https://status.northwind.example/es/subscribe?incident="+string(pagetest.ID("sign-in")) {
		t.Errorf("said: %+v", said)
	}
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": "*", "Content-Type": "application/json", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Cross-Origin-Resource-Policy": "cross-origin", "Content-Language": "es", "Cache-Control": "public, max-age=1, s-maxage=5, stale-if-error=86400",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(strings.Join(answer.Header.Values("Vary"), ","), "Accept-Language") {
		t.Errorf("Vary is %q", answer.Header.Values("Vary"))
	}
	if _, en := i.data(t, "/go/sign-in.json?lang=en", http.Header{"Accept-Language": {"es"}}); en.Language != "en" {
		t.Errorf("asked for English, got %q", en.Language)
	}
	again := i.ask("GET", "/go/sign-in.json", http.Header{"Accept-Language": {"es"}, "If-None-Match": {answer.Header.Get("ETag")}}, "")
	if again.StatusCode != http.StatusNotModified || again.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("a known tag: %d", again.StatusCode)
	}
	asks := i.ask("OPTIONS", "/go/sign-in.json", http.Header{"Origin": {"https://northwind.example"}, "Access-Control-Request-Method": {"GET"}}, "")
	if asks.StatusCode != http.StatusNoContent || asks.Header.Get("Access-Control-Allow-Headers") != "*" || asks.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("preflight: %d %v", asks.StatusCode, asks.Header)
	}
	if html := i.ask("GET", "/go/sign-in", nil, ""); html.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("the page is open to other sites' scripts")
	}
	unready := install(t, false)
	if got := unready.ask("GET", "/go/sign-in.json", nil, ""); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("before the first page: %d", got.StatusCode)
	}
}

func TestAPageThatRenewsItselfIsNoVisit(t *testing.T) {
	i := install(t, true)
	i.ask("GET", "/go/sign-in", http.Header{"Sec-Fetch-Dest": {"empty"}}, "")
	if err := i.counter.Flush(t.Context()); err != nil || len(i.hours) != 0 {
		t.Errorf("counted %v (%v)", i.hours, err)
	}
	i.ask("GET", "/go/sign-in.json", http.Header{"Sec-Fetch-Dest": {"empty"}}, "") // from inside a product
	if err := i.counter.Flush(t.Context()); err != nil || len(i.hours) != 1 {
		t.Errorf("counted %v (%v)", i.hours, err)
	}
}

func TestVisitsAreCountedWithoutTheDatabase(t *testing.T) {
	i := install(t, true)
	i.fail = errors.New("the database is gone")
	for range 2 {
		i.ask("GET", "/go/sign-in", nil, "")
	}
	for header, value := range map[string]string{"Purpose": "prefetch", "X-Moz": "prefetch", "User-Agent": "Slackbot-LinkExpanding 1.0", "Sec-Purpose": "prefetch"} {
		i.ask("GET", "/go/sign-in", http.Header{header: {value}}, "")
	}
	i.ask("GET", "/es/go/sign-in.json", nil, "")
	i.ask("HEAD", "/go/sign-in", nil, "")
	i.ask("GET", "/go/sign-in", http.Header{"Sec-Purpose": {"prefetch;prerender"}}, "")
	for range 20 { // somebody loads the page again and again
		i.ask("GET", "/go/sign-in", nil, "")
	}
	i.ask("GET", "/go/checkout", nil, "")
	i.ask("GET", "/go/A+B", nil, "")
	if err := i.counter.Flush(t.Context()); !errors.Is(err, i.fail) {
		t.Fatal(err)
	}
	i.fail = nil
	if err := i.counter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(i.hours); len(i.hours) != 1 || i.hours[0].Key != "sign-in" || i.hours[0].Visits != 3 {
		t.Errorf("counted %s", got)
	}
	if len(i.unknown) != 2 || i.unknown[0].Key != visits.Others || i.unknown[1].Key != "checkout" || i.unknown[1].Visits != 1 {
		t.Errorf("counted %+v", i.unknown)
	}
}

func TestISeeThisToo(t *testing.T) {
	i := install(t, true)
	before := i.ask("GET", "/go/sign-in", nil, "").Header.Get("ETag")
	got := i.ask("POST", "/go/sign-in", nil, "")
	body := read(t, got)
	if got.StatusCode != http.StatusOK || !strings.Contains(body, "Thank you. Our team sees how many people say this.") || strings.Contains(body, "<form") || !strings.Contains(body, "What you can try") {
		t.Errorf("%d: %.2000s", got.StatusCode, body)
	}
	if len(got.Cookies()) != 0 || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer has %v", got.Header)
	}
	refused := 0
	for range 20 {
		r := i.ask("POST", "/es/go/sign-in", nil, "x=1")
		if body := read(t, r); !strings.Contains(body, "Gracias.") || !strings.Contains(body, "northwind.example/help") {
			t.Errorf("%d is a dead end", r.StatusCode)
		}
		if r.StatusCode == http.StatusTooManyRequests {
			refused++
			if r.Header.Get("Retry-After") == "" {
				t.Error("it is not said when to come back")
			}
		}
	}
	if refused < 10 {
		t.Errorf("only %d of 20 further reports were refused", refused)
	}
	if got := i.ask("POST", "/go/nobody-knows", nil, ""); !strings.Contains(read(t, got), "Parts of Search are not working") {
		t.Errorf("an unknown key: %d", got.StatusCode)
	}
	if err := i.counter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(i.hours) != 1 || i.hours[0].Reports != int64(21-refused) {
		t.Errorf("counted %+v, refused %d", i.hours, refused)
	}
	if after := i.ask("GET", "/go/sign-in", nil, "").Header.Get("ETag"); after != before {
		t.Error("what customers see depends on what was counted")
	}
}

// TestDataBesideALinkIsForReading: nothing is counted for an address that a
// program reads, and the answer says what to do.
func TestDataBesideALinkIsForReading(t *testing.T) {
	i := install(t, true)
	got := i.ask("POST", "/go/sign-in.json", nil, "")
	if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, HEAD, OPTIONS" || got.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d, allow %q, %s", got.StatusCode, got.Header.Get("Allow"), got.Header.Get("Content-Type"))
	}
	if got := i.ask("POST", "/go/sign-in", nil, ""); got.StatusCode != http.StatusOK {
		t.Errorf("the page beside it: %d", got.StatusCode)
	}
}
