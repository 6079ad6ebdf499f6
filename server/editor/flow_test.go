package editor_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
)

func TestFromDraftToPublication(t *testing.T) {
	in := install(t, "dana", "ines")
	before := in.publications()
	dana := in.as("dana")
	got := dana.post("/incidents/new", url.Values{
		"name": {"Sign-in trouble"}, "severity": {"major"}, "claims.sign-in": {"partial"}, "started_at": {"2026-11-22T13:50"},
	})
	if got.status != http.StatusSeeOther {
		t.Fatalf("open: %d\n%s", got.status, words(got.body))
	}
	path, _, _ := strings.Cut(got.where, "?")
	page := dana.get(path)
	for _, want := range []string{"What can customers not do?", `name="slots.en.impact"`, `name="slots.es.impact"`, `name="slots.next_update"`, "Next update by (UTC)"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	if got := dana.post(path+"/save", in.complete(1)); got.status != http.StatusSeeOther {
		t.Fatalf("save: %d\n%s", got.status, words(got.body))
	}
	page = dana.get(path)
	if !strings.Contains(page.body, "about one in five customers in Europe.") {
		t.Errorf("the preview does not show what would go out:\n%s", words(page.body))
	}
	if got := dana.post(path+"/submit", in.complete(2)); got.status != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", got.status, words(got.body))
	}
	if in.publications() != before {
		t.Fatal("a submission published something")
	}
	ines := in.as("ines")
	if now := ines.get("/"); !strings.Contains(now.body, path) {
		t.Errorf("the lead does not see what waits for her:\n%s", words(now.body))
	}
	review := ines.get(path)
	for _, want := range []string{"Working", "Sign and publish", "I have read English", `id="changes"`} {
		if !strings.Contains(review.body, want) {
			t.Errorf("the page to sign lacks %q:\n%s", want, words(review.body))
		}
	}
	digest := hidden(t, review.body, "digest")
	form := url.Values{"digest": {digest}, "requirement": {"0"}, "languages": {"en"}, "password": {password}}
	if got := ines.post(path+"/sign", form); got.status != http.StatusSeeOther || !strings.Contains(got.where, "said=published") {
		t.Fatalf("sign: %d %s\n%s", got.status, got.where, words(got.body))
	}
	if in.publications() != before+1 {
		t.Fatal("the signature published nothing")
	}
	if after := ines.get(path); !strings.Contains(after.body, "as number 2") {
		t.Errorf("the page does not say that it is published:\n%s", words(after.body))
	}
}

func TestSigningIsRefused(t *testing.T) {
	in := install(t, "dana", "ines", "carlos")
	id, digest := in.submitted("dana")
	path := "/updates/" + string(id) + "/sign"
	before := in.publications()
	other := digest
	other[0] ^= 1
	secret, err := in.auth.NewToken(context.Background(), "ines", "robot", auth.ScopeDraft, time.Hour)
	must(t, err)
	with := func(change func(url.Values)) url.Values { f := signature(digest); change(f); return f }
	for name, test := range map[string]struct {
		who    string
		form   url.Values
		header string
		status int
		want   string
	}{
		"one's own text":        {"dana", signature(digest), "", 403, "nobody signs what they wrote"},
		"a stale digest":        {"ines", signature(other), "", 409, "has changed since you saw it"},
		"no digest":             {"ines", with(func(f url.Values) { f.Del("digest") }), "", 422, "does not say what it signs"},
		"a wrong password":      {"ines", with(func(f url.Values) { f.Set("password", "wrong") }), "", 401, "is not right"},
		"no password":           {"ines", with(func(f url.Values) { f.Del("password") }), "", 401, "is not right"},
		"no language":           {"ines", with(func(f url.Values) { f.Del("languages") }), "", 422, "which languages you have read"},
		"a language not sent":   {"ines", with(func(f url.Values) { f.Set("languages", "fr") }), "", 422, "does not go out in"},
		"another requirement":   {"ines", with(func(f url.Values) { f.Set("requirement", "7") }), "", 422, "does not ask for such a signature"},
		"a token":               {"", signature(digest), "Bearer " + secret, 403, "a token never signs"},
		"nobody":                {"", signature(digest), "", 401, "session has ended"},
		"a token that is wrong": {"", signature(digest), "Bearer cs_wrong", 401, "does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			b := in.browser()
			if test.who != "" {
				in.pass(time.Minute) // so that attempts of earlier cases do not count
				b = in.as(plan.PersonID(test.who))
			}
			got := b.do(http.MethodPost, path, test.form.Encode(), map[string]string{
				"Content-Type": "application/x-www-form-urlencoded", "Origin": in.server.URL, "Authorization": test.header,
			})
			if got.status != test.status || !strings.Contains(strings.ToLower(html.UnescapeString(got.body)), strings.ToLower(test.want)) {
				t.Errorf("got %d, want %d with %q:\n%s", got.status, test.status, test.want, words(got.body))
			}
			if in.publications() != before {
				t.Fatal("it published something")
			}
		})
	}
}

func TestSignatureNeedsTheCodeOnceItIsSetUp(t *testing.T) {
	in := install(t, "dana", "ines")
	ines := in.as("ines")
	page := ines.get("/account")
	secret := hidden(t, page.body, "secret")
	if got := ines.post("/account/codes", url.Values{"secret": {secret}, "current": {password}, "first": {"000000"}}); got.status != 422 || hidden(t, got.body, "secret") != secret {
		t.Fatalf("a wrong code: %d", got.status)
	}
	if got := ines.post("/account/codes", url.Values{"secret": {secret}, "current": {password}, "first": {code(t, secret, in.clock())}}); got.status != http.StatusSeeOther {
		t.Fatalf("enrol: %d\n%s", got.status, words(got.body))
	}
	in.pass(time.Minute)
	id, digest := in.submitted("dana")
	path := "/updates/" + string(id)
	if page := ines.get(path); !strings.Contains(page.body, `name="code"`) {
		t.Error("the page to sign asks for no code")
	}
	if got := ines.post(path+"/sign", signature(digest)); got.status != 401 {
		t.Errorf("without a code: %d", got.status)
	}
	form := signature(digest)
	form.Set("code", code(t, secret, in.clock()))
	if got := ines.post(path+"/sign", form); got.status != http.StatusSeeOther {
		t.Errorf("with a code: %d\n%s", got.status, words(got.body))
	}
	look, err := in.desk.Look(context.Background(), desk.Actor{Person: "ines"}, id)
	must(t, err)
	if a := look.Signatures[0].Approval; a == nil || a.Means != "totp" {
		t.Errorf("the approval does not say that a code was given: %+v", a)
	}
}
