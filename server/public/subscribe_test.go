package public_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page/pagetest"
)

var typed = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

// from sends a form from an address.
func (i *installation) from(addr, target, body string) *http.Response {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = addr
	w := httptest.NewRecorder()
	i.ServeHTTP(w, r)
	return w.Result()
}

func TestSubscribing(t *testing.T) {
	i, open, work := install(t, true), pagetest.ID("open"), pagetest.ID("work")
	for name, test := range map[string]struct {
		form   url.Values
		status int
		asked  *comms.Choice
		want   []string
	}{
		"everything": {
			url.Values{"address": {" ana@Example.com "}, "what": {"all"}, "component": {"search"}}, 200,
			&comms.Choice{Everything: true}, []string{"Now look into your inbox", "ana@example.com"},
		},
		"some, of one kind": {
			url.Values{"address": {"ana@example.com"}, "what": {"some"}, "component": {"search", "exports", "search"}, "kind": {"incident"}}, 200,
			&comms.Choice{Kind: comms.KindIncident, Components: []comms.ComponentID{"exports", "search"}}, nil,
		},
		"the end of one": {
			url.Values{"address": {"ana@example.com"}, "what": {"none"}, "incident": {string(open)}, "kind": {"maintenance"}}, 200,
			&comms.Choice{Incidents: []comms.ID{open}}, nil,
		},
		"gone things beside others": {
			url.Values{"address": {"ana@example.com"}, "what": {"some"}, "component": {"search", "nothing"}, "incident": {"x", string(work)}, "group": {"<b>"}}, 200,
			&comms.Choice{Components: []comms.ComponentID{"search"}, Incidents: []comms.ID{work}}, []string{"3 things that were asked for are not on this page any more"},
		},
		"nothing but gone things": {
			url.Values{"address": {"ana@example.com"}, "what": {"none"}, "incident": {"aaaaaaaaaaaa"}}, 422, nil,
			[]string{"Choose at least one, or everything", "One thing that was asked for is not on this page", `value="ana@example.com"`},
		},
		"no choice":  {url.Values{"address": {"ana@example.com"}, "what": {"some"}}, 422, nil, []string{`aria-describedby="e-about"`, "Choose at least one"}},
		"no address": {url.Values{"what": {"all"}}, 422, nil, []string{"Type the address", `aria-invalid="true"`, `href="#f-address"`}},
		"an address that is none": {
			url.Values{"address": {`ana@exa"mple`}, "what": {"some"}, "component": {"search"}, "kind": {"maintenance"}}, 422, nil,
			[]string{"not a whole mail address", `value="ana@exa&#34;mple"`, `value="search" checked`, `value="maintenance" selected`, `value="some" checked`},
		},
		"an empty form": {url.Values{}, 422, nil, []string{"Type the address"}},
	} {
		t.Run(name, func(t *testing.T) {
			i.asked, i.mails = nil, map[string]int{}
			got := i.ask(http.MethodPost, "/en/subscribe", typed, test.form.Encode())
			body := read(t, got)
			if got.StatusCode != test.status || got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("status %d, want %d", got.StatusCode, test.status)
			}
			for _, want := range test.want {
				if !strings.Contains(body, want) {
					t.Errorf("the page does not hold %q:\n%s", want, body[strings.Index(body, "<main"):])
				}
			}
			switch {
			case test.asked == nil && len(i.asked) > 0:
				t.Errorf("it was taken: %v", i.asked)
			case test.asked != nil && len(i.asked) != 1:
				t.Errorf("%d were taken", len(i.asked))
			case test.asked != nil:
				want := comms.Signup{ID: i.asked[0].ID, Address: "ana@example.com", Lang: "en", Choice: *test.asked, AskedAt: now}
				if diff := cmp.Diff(want, i.asked[0]); diff != "" {
					t.Error(diff)
				}
			}
			if strings.Contains(i.log.String(), "ana@") {
				t.Error("the address is in the log")
			}
		})
	}
}

// TestFormsThatCannotBeRead sends what no browser sends.
func TestFormsThatCannotBeRead(t *testing.T) {
	i := install(t, true)
	for body, test := range map[string]struct {
		kind   string
		status int
	}{
		"address=%":                    {"application/x-www-form-urlencoded", http.StatusBadRequest},
		"{}":                           {"multipart/form-data; boundary=x", http.StatusBadRequest},
		"&&":                           {"multipart/form-data", http.StatusBadRequest},
		strings.Repeat("a", 17<<10):    {"application/x-www-form-urlencoded", http.StatusRequestEntityTooLarge},
		"address=ana%40b.example&what": {"text/plain", http.StatusUnprocessableEntity},
	} {
		got := i.ask(http.MethodPost, "/en/subscribe", http.Header{"Content-Type": {test.kind}}, body)
		if page := read(t, got); got.StatusCode != test.status || !strings.Contains(page, "</html>") {
			t.Errorf("%.40q as %s: %d, want %d\n%s", body, test.kind, got.StatusCode, test.status, page)
		}
	}
	if len(i.mails) > 0 {
		t.Errorf("somebody was asked: %v", i.mails)
	}
}

func TestTheFormIsFilledByItsAddress(t *testing.T) {
	i := install(t, true)
	for query, wants := range map[string][]string{
		"":                                    {`value="all" checked`},
		"?component=search&component=exports": {`value="search" checked`, `value="exports" checked`, `value="some" checked`},
		"?incident=" + string(pagetest.ID("open")):                        {`value="none" checked`, "Título de open"},
		"?component=nothing":                                              {`value="all" checked`, "Una de las cosas que se pidieron ya no está"},
		"?component=" + strings.Repeat("x", 1000):                         {"Una de las cosas que se pidieron ya no está"},
		"?what=%00&kind=x&address=a@b.de&incident=" + string([]byte("é")): {`value="all" checked`, `value=""`},
	} {
		got := i.ask(http.MethodGet, "/es/subscribe"+query, nil, "")
		body := read(t, got)
		for _, want := range wants {
			if got.StatusCode != 200 || !strings.Contains(body, want) {
				t.Errorf("%.60q: %d, without %q", query, got.StatusCode, want)
			}
		}
	}
	unknown := read(t, i.ask(http.MethodGet, "/subscribe?incident=abcdefghijkl", nil, ""))
	unsigned := read(t, i.ask(http.MethodGet, "/subscribe?incident="+string(pagetest.ID("drafted")), nil, ""))
	if unknown != unsigned {
		t.Error("an unknown and an unsigned incident can be told apart")
	}
	if got := i.ask(http.MethodGet, "/subscribe?"+strings.Repeat("component=search&", 7000), nil, ""); got.StatusCode != 414 {
		t.Errorf("a query of 100 KB gives %d", got.StatusCode)
	}
}

// TestBombing: a thousand requests within a minute from one network are as
// many mails as are allowed; others are heard, also of the same provider.
func TestBombing(t *testing.T) {
	i := install(t, true)
	form := func(address string) string { return url.Values{"address": {address}, "what": {"all"}}.Encode() }
	var refused *http.Response
	for n := range 1000 {
		i.now = now.Add(time.Duration(n) * 60 * time.Millisecond)
		got := i.from(fmt.Sprintf("[2001:db8:0:1::%x]:1000", n), "/subscribe", form(fmt.Sprintf("victim%d@example.com", n)))
		if got.StatusCode == 429 {
			refused = got
		}
	}
	if n := len(i.asked); n != 20 {
		t.Errorf("%d mails, want 20", n)
	}
	body := read(t, refused)
	if !strings.Contains(body, `value="victim999@example.com"`) || !strings.Contains(body, "from your network") || refused.Header.Get("Retry-After") == "" {
		t.Errorf("who is over the limit does not read what to do, or lost what they typed: %s", refused.Header.Get("Retry-After"))
	}
	for _, addr := range []string{"[2001:db8:0:2::1]:1000", "192.0.2.1:1000", "[::ffff:192.0.2.2]:1000"} {
		if got := i.from(addr, "/subscribe", form("honest@example.com")); got.StatusCode != 200 {
			t.Errorf("an honest person from %s reads %d", addr, got.StatusCode)
		}
	}
	spoofed := http.Header{"Content-Type": typed["Content-Type"], "X-Forwarded-For": {"203.0.113.9"}, "X-Real-Ip": {"203.0.113.9"}}
	for range 25 {
		i.ask(http.MethodPost, "/subscribe", spoofed, form("a@example.com"))
	}
	if got := i.ask(http.MethodPost, "/subscribe", spoofed, form("a@example.com")); got.StatusCode != 429 {
		t.Errorf("a header that nobody vouches for makes a new network: %d", got.StatusCode)
	}
	i.now = now.Add(time.Hour)
	if got := i.from("[2001:db8:0:1::1]:1000", "/subscribe", form("later@example.com")); got.StatusCode != 200 {
		t.Errorf("an hour later the network is still refused: %d", got.StatusCode)
	}
}

func TestTheAnswerTellsNothingOfTheAddress(t *testing.T) {
	i := install(t, true)
	body := url.Values{"address": {"ana@example.com"}, "what": {"all"}}.Encode()
	first := i.ask(http.MethodPost, "/subscribe", typed, body)
	page := read(t, first)
	for n := range comms.SignupsPerAddress + 1 {
		again := i.ask(http.MethodPost, "/subscribe", typed, body)
		if read(t, again) != page || again.StatusCode != first.StatusCode {
			t.Errorf("request %d reads otherwise", n+2)
		}
	}
	i.full = true
	if got := i.ask(http.MethodPost, "/subscribe", typed, body); got.StatusCode != 503 || got.Header.Get("Retry-After") == "" || !strings.Contains(read(t, got), `value="ana@example.com"`) {
		t.Errorf("a queue that is full gives %d", got.StatusCode)
	}
	i.full, i.fail = false, errors.New("disk full")
	if got := i.ask(http.MethodPost, "/subscribe", typed, body); got.StatusCode != 503 {
		t.Errorf("a store that fails gives %d", got.StatusCode)
	}
}

func TestConfirming(t *testing.T) {
	i := install(t, true)
	open := pagetest.ID("open")
	i.asked = []comms.Signup{
		{ID: "1", Address: "ana@example.com", AskedAt: now, Choice: comms.Choice{Components: []comms.ComponentID{"search", "gone"}, Incidents: []comms.ID{open}}},
		{ID: "2", Address: "bob@example.com", AskedAt: now, Choice: comms.Choice{Incidents: []comms.ID{"aaaaaaaaaaaa"}}},
		{ID: "3", Address: "eva@example.com", AskedAt: now.Add(-comms.SignupLife), Choice: comms.Choice{Everything: true}},
	}
	check := func(method, path string, status int, want string) {
		t.Helper()
		got := i.ask(method, path, typed, "confirm=yes")
		if body := read(t, got); got.StatusCode != status || !strings.Contains(body, want) {
			t.Errorf("%s %s: %d, want %d and %q", method, path, got.StatusCode, status, want)
		}
	}
	for range 3 { // a scanner that opens every link
		check("GET", "/en/subscriptions/confirm/request-1", 200, `action="/en/subscriptions/confirm/request-1"`)
		check("HEAD", "/en/subscriptions/confirm/request-1", 200, "")
	}
	check("GET", "/es/subscriptions/confirm/request-1", 200, "Cuando termine: Título de open")
	if len(i.confirmed) > 0 {
		t.Fatal("opening the link confirmed it")
	}
	check("POST", "/en/subscriptions/confirm/request-1", 200, `href="/en/subscriptions/token-of-new"`)
	check("POST", "/en/subscriptions/confirm/request-1", 200, "That is settled")
	check("GET", "/en/subscriptions/confirm/request-1", 200, "That is settled")
	if want := (comms.Choice{Components: []comms.ComponentID{"search"}, Incidents: []comms.ID{open}}); len(i.confirmed) == 0 || !i.confirmed[0].Equal(want) {
		t.Errorf("confirmed %v", i.confirmed)
	}
	check("GET", "/subscriptions/confirm/request-2", 200, "It is over already")
	check("POST", "/subscriptions/confirm/request-2", 200, "nothing was stored")
	for _, method := range []string{"GET", "POST"} {
		check(method, "/subscriptions/confirm/request-3", 404, "This link does not work any more")
		check(method, "/subscriptions/confirm/token-of-ana", 404, `href="/en/subscribe"`)
	}
	i.fail = errors.New("disk full")
	check("GET", "/es/subscriptions/confirm/request-1", 503, "Ahora mismo no se puede hacer")
}

func TestManaging(t *testing.T) {
	i := install(t, true)
	got := i.ask(http.MethodGet, "/es/subscriptions/token-of-ana", nil, "")
	body := read(t, got)
	for _, want := range []string{"ana@example.com", `value="search" checked`, `action="/es/subscriptions/token-of-ana/choices"`, `id="leave"`, `<option value="es" lang="es" selected`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	post := func(values url.Values) (int, string) {
		got := i.ask(http.MethodPost, "/en/subscriptions/token-of-ana/choices", typed, values.Encode())
		return got.StatusCode, read(t, got)
	}
	if status, body := post(url.Values{"what": {"some"}, "component": {"exports"}, "kind": {"incident"}, "lang": {"en"}}); status != 200 || !strings.Contains(body, "Saved.") || !strings.Contains(body, `value="exports" checked`) {
		t.Errorf("saving gives %d", status)
	}
	if want := (comms.Choice{Kind: comms.KindIncident, Components: []comms.ComponentID{"exports"}}); len(i.chosen) != 1 || !i.chosen[0].Equal(want) || i.chosenLang != "en" {
		t.Errorf("chosen %v in %q", i.chosen, i.chosenLang)
	}
	if status, body := post(url.Values{"what": {"some"}}); status != 422 || !strings.Contains(body, "Choose at least one") || len(i.chosen) != 1 {
		t.Errorf("choosing nothing gives %d", status)
	}
	if status, _ := post(url.Values{"what": {"all"}, "lang": {"xx"}}); status != 200 || i.chosenLang != "es" {
		t.Errorf("a language that the page does not have gives %d, %q", status, i.chosenLang)
	}
	data := i.ask(http.MethodGet, "/subscriptions/token-of-ana/data.json", nil, "")
	var kept struct {
		Address string
		Choice  struct{ Components []string }
		Mails   []struct{ Publication int }
	}
	if err := json.Unmarshal([]byte(read(t, data)), &kept); err != nil || kept.Address != "ana@example.com" || kept.Choice.Components[0] != "search" || kept.Mails[0].Publication != 2 {
		t.Errorf("the download is %+v (%v)", kept, err)
	}
	for path, want := range map[string]string{
		"/en/subscriptions/token-of-ended": "These mails have ended", "/en/subscriptions/token-of-ended/data.json": "These mails have ended",
		"/en/subscriptions/forged/data.json": "does not belong to a subscription", "/en/subscriptions/token-of-gone": "does not belong to a subscription",
	} {
		if body := read(t, i.ask(http.MethodGet, path, nil, "")); !strings.Contains(body, want) || strings.Contains(body, "ana@") {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}

// TestOneClick posts as a mail provider does (RFC 8058 section 3.2): to the
// address of List-Unsubscribe, without cookie, Origin or Referer.
func TestOneClick(t *testing.T) {
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	if err := errors.Join(w.WriteField("List-Unsubscribe", "One-Click"), w.Close()); err != nil {
		t.Fatal(err)
	}
	i := install(t, true)
	for kind, body := range map[string]string{"application/x-www-form-urlencoded": "List-Unsubscribe=One-Click", w.FormDataContentType(): parts.String()} {
		for _, path := range []string{"/subscriptions/token-of-ana", "/es/subscriptions/token-of-ana"} {
			i.left = nil
			got := i.ask(http.MethodPost, path, http.Header{"Content-Type": {kind}}, body)
			if got.StatusCode != 200 || len(i.left) != 1 || got.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s as %s: %d, %v left", path, kind, got.StatusCode, i.left)
			}
		}
	}
}
