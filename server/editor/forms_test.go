package editor_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

// textOf is the latest saved impact of an update, in English.
func textOf(t *testing.T, in *installation, id comms.ID) string {
	t.Helper()
	look, err := in.desk.Look(context.Background(), desk.Actor{Person: "dana"}, id)
	must(t, err)
	return look.Latest.Draft.Slots.Get("en", "impact")
}

func TestAStaleTabLosesNeitherText(t *testing.T) {
	in := install(t, "dana", "sam")
	_, id := in.opened("dana")
	dana, sam := in.as("dana"), in.as("sam")
	theirs := in.complete(1)
	theirs.Set("slots.en.impact", "Sam writes what customers cannot do.")
	if got := sam.post("/updates/"+string(id)+"/save", theirs); got.status != http.StatusSeeOther {
		t.Fatalf("sam: %d\n%s", got.status, words(got.body))
	}
	mine := in.complete(1)
	mine.Set("slots.en.impact", "Dana writes what customers cannot do.")
	got := dana.post("/updates/"+string(id)+"/save", mine)
	if got.status != http.StatusConflict {
		t.Fatalf("dana: %d\n%s", got.status, words(got.body))
	}
	for _, want := range []string{"Dana writes what", "Sam writes what", "Sam Okafor"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page lacks %q:\n%s", want, words(got.body))
		}
	}
	if text := textOf(t, in, id); text != "Sam writes what customers cannot do." {
		t.Errorf("the stale save wrote %q", text)
	}
	mine.Set("base", hidden(t, got.body, "base"))
	if got := dana.post("/updates/"+string(id)+"/save", mine); got.status != http.StatusSeeOther {
		t.Fatalf("keep mine: %d", got.status)
	}
	if text := textOf(t, in, id); text != "Dana writes what customers cannot do." {
		t.Errorf("keeping mine wrote %q", text)
	}
}

func TestALostSessionKeepsWhatWasTyped(t *testing.T) {
	in := install(t, "dana")
	_, id := in.opened("dana")
	path := "/updates/" + string(id) + "/save"
	form := in.complete(1)
	form.Set("slots.en.impact", `Typed with <care> & "quotes" for a long while.`)
	b := in.browser()
	got := b.post(path, form)
	if got.status != http.StatusUnauthorized || hidden(t, got.body, "kept.slots.en.impact") != form.Get("slots.en.impact") {
		t.Fatalf("without a session: %d\n%s", got.status, words(got.body))
	}
	again := url.Values{"person": {"dana@northwind.example"}, "password": {password}, "next": {hidden(t, got.body, "next")}}
	for name := range form {
		again.Set("kept."+name, hidden(t, got.body, "kept."+name))
	}
	wrong := url.Values{}
	for k, v := range again {
		wrong[k] = v
	}
	wrong.Set("password", "wrong")
	if got := b.post("/signin", wrong); got.status != 401 || hidden(t, got.body, "kept.slots.en.impact") != form.Get("slots.en.impact") {
		t.Fatalf("a wrong password loses the text: %d", got.status)
	}
	got = b.post("/signin", again)
	if got.status != http.StatusOK {
		t.Fatalf("sign in again: %d\n%s", got.status, words(got.body))
	}
	back := url.Values{}
	for name := range form {
		back.Set(name, hidden(t, got.body, name))
	}
	if got := b.post(path, back); got.status != http.StatusSeeOther {
		t.Fatalf("send it again: %d\n%s", got.status, words(got.body))
	}
	if text := textOf(t, in, id); text != form.Get("slots.en.impact") {
		t.Errorf("saved %q", text)
	}
}

func TestBadInputIsNamedAndKept(t *testing.T) {
	in := install(t, "dana")
	_, id := in.opened("dana")
	dana := in.as("dana")
	path := "/updates/" + string(id) + "/save"
	for name, test := range map[string]struct {
		field, value string
		status       int
		want, kept   string
	}{
		"invalid UTF-8":      {"slots.en.impact", "Broken \xff bytes here", 422, "not valid UTF-8", "Broken \uFFFD bytes here"},
		"a bidi override":    {"slots.en.impact", "Turned \u202e around", 422, "U+202E", "Turned \u202e around"},
		"a control":          {"slots.en.who", "bell \a rings", 422, "U+0007", "bell \a rings"},
		"a header injection": {"started_at", "2026-11-22T13:50\r\nBcc: x@y.example", 422, "on one line", "Bcc: x@y.example"},
		"no such template":   {"template", "none", 422, "no such template", "looking at the sign-in service"},
		"a state that is no": {"claims.sign-in", "exploded", 422, "no state of a component", "looking at the sign-in service"},
		"10 MB":              {"slots.en.impact", strings.Repeat("x", 10<<20), 413, "More than 1 MB", ""},
		"a long slot":        {"slots.en.impact", strings.Repeat("x", 30_000), 422, "shorten it", strings.Repeat("x", 30_000)},
	} {
		t.Run(name, func(t *testing.T) {
			form := in.complete(1)
			form.Set(test.field, test.value)
			got := dana.post(path, form)
			got.body = html.UnescapeString(got.body)
			if got.status != test.status || !strings.Contains(got.body, test.want) {
				t.Fatalf("got %d, want %d with %q:\n%.2000s", got.status, test.status, test.want, words(got.body))
			}
			if !strings.Contains(got.body, test.kept) {
				t.Errorf("what was typed is gone:\n%.2000s", words(got.body))
			}
			if textOf(t, in, id) != "" {
				t.Error("it was saved")
			}
		})
	}
}

func TestAFindingIsMarkedAndReplaced(t *testing.T) {
	in := install(t, "dana")
	_, id := in.opened("dana")
	dana := in.as("dana")
	form := in.complete(1)
	form.Set("slots.en.action_us", "looking at 10.0.3.7 and at the failover")
	got := dana.post("/updates/"+string(id)+"/submit", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "SEC-IP") || !strings.Contains(got.body, `<mark class="block">10.0.3.7</mark>`) {
		t.Fatalf("submit: %d\n%s", got.status, words(got.body))
	}
	if !strings.Contains(got.body, `<mark class="warn">failover</mark>`) {
		t.Errorf("the jargon is not marked:\n%s", words(got.body))
	}
	form.Set("base", hidden(t, got.body, "base"))
	form.Set("replace", button(t, got.body, "JARGON|en|action_us"))
	if got := dana.post("/updates/"+string(id)+"/save", form); got.status != http.StatusSeeOther {
		t.Fatalf("replace: %d\n%s", got.status, words(got.body))
	}
	look, err := in.desk.Look(context.Background(), desk.Actor{Person: "dana"}, id)
	must(t, err)
	if text := look.Latest.Draft.Slots.Get("en", "action_us"); strings.Contains(text, "failover") || !strings.HasPrefix(text, "looking at 10.0.3.7 and at the ") {
		t.Errorf("replaced to %q", text)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	in := install(t, "dana")
	_, id := in.opened("dana")
	dana := in.as("dana")
	for name, header := range map[string]map[string]string{
		"another origin":    {"Origin": "https://evil.example"},
		"a cross-site form": {"Sec-Fetch-Site": "cross-site"},
		"a blank origin":    {"Origin": "null"},
		"neither header":    {},
	} {
		header["Content-Type"] = "application/x-www-form-urlencoded"
		got := dana.do(http.MethodPost, "/updates/"+string(id)+"/save", in.complete(1).Encode(), header)
		if got.status != http.StatusForbidden || !strings.Contains(got.body, "not sent from this desk") {
			t.Errorf("%s: %d\n%s", name, got.status, words(got.body))
		}
		if textOf(t, in, id) != "" {
			t.Errorf("%s: it was saved", name)
		}
	}
}

func TestSignInIsLimited(t *testing.T) {
	in := install(t, "dana")
	b := in.browser()
	wrong := url.Values{"person": {"dana"}, "password": {"wrong"}}
	var got answer
	for range 8 {
		got = b.post("/signin", wrong)
	}
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "Try again at 14:00:") {
		t.Fatalf("eight wrong passwords: %d, Retry-After %q\n%s", got.status, got.header.Get("Retry-After"), words(got.body))
	}
	in.pass(time.Minute)
	in.as("dana")
}

func TestASessionEndsWithTheCredential(t *testing.T) {
	in := install(t, "dana")
	dana, other := in.as("dana"), in.as("dana")
	in.pass(time.Second)
	form := url.Values{"current": {password}, "password": {"quite another password"}, "again": {"quite another password"}}
	if got := dana.post("/account/password", form); got.status != http.StatusSeeOther {
		t.Fatalf("change: %d\n%s", got.status, words(got.body))
	}
	if got := dana.get("/"); got.status != http.StatusOK {
		t.Errorf("the session that changed it ended: %d", got.status)
	}
	if got := other.get("/"); got.status != http.StatusSeeOther || got.where != "/signin" {
		t.Errorf("the other session lives: %d", got.status)
	}
	must(t, in.auth.Disable(context.Background(), "dana", true))
	if got := dana.get("/"); got.status != http.StatusSeeOther {
		t.Errorf("a disabled person's session lives: %d", got.status)
	}
}

func TestEveryPageKeepsThePolicy(t *testing.T) {
	in := install(t, "dana", "carlos")
	inc, id := in.opened("dana")
	for _, who := range []string{"dana", "carlos"} {
		b := in.browser()
		if got := b.post("/signin", url.Values{"person": {who}, "password": {password}}); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		for _, path := range []string{"/", "/incidents", "/incidents/new", "/maintenances", "/maintenances/new", "/incidents/" + string(inc), "/updates/" + string(id), "/plan", "/plan/new", "/audit", "/account", "/mailbox", "/mailbox/one", "/signin", "/nowhere", "/incidents/aaaaaaaaaaaa"} {
			got := b.get(path)
			policy := got.header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
				t.Errorf("%s: the policy is %q", path, policy)
			}
			if i := strings.Index(got.body, "desk."); i >= 0 && !strings.HasPrefix(got.body[i:], "desk.db") && strings.Contains(got.body, ">desk.") {
				t.Errorf("%s: a message is missing near %.80q", path, got.body[i:])
			}
			for _, inline := range []string{" style=", "<style", " onclick=", "<script>"} {
				if strings.Contains(strings.ReplaceAll(got.body, "&lt;", ""), inline) && path != "/mailbox/one" {
					t.Errorf("%s holds %q", path, inline)
				}
			}
		}
	}
}
