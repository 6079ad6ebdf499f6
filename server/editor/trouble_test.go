package editor_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// stuck makes the database take no writes, as a full disk does, until the
// function that it returns is called.
func (in *installation) stuck() (heal func()) {
	in.t.Helper()
	_, err := in.store.DB().Exec(`PRAGMA query_only = on`)
	must(in.t, err)
	return func() {
		_, err := in.store.DB().Exec(`PRAGMA query_only = off`)
		must(in.t, err)
	}
}

func TestTroubleOfTheDatabaseIsExplained(t *testing.T) {
	in := install(t, "dana", "carlos", "ines")
	dana, carlos, ines := in.as("dana"), in.as("carlos"), in.as("ines")
	incident, draft := in.opened("dana")
	signing, digest := in.submitted("dana")
	in.stuck()
	const reason = "the database file cannot be written"
	for name, test := range map[string]struct {
		who  *browser
		path string
		form url.Values
		want []string // the typed text above all
	}{
		"save":     {dana, "/updates/" + string(draft) + "/save", in.complete(1), []string{reason, "Customers in Europe cannot sign in with a password."}},
		"submit":   {dana, "/updates/" + string(draft) + "/submit", in.complete(1), []string{reason, "about one in five customers in Europe"}},
		"open":     {dana, "/incidents/new", url.Values{"name": {"Trouble with mail"}, "severity": {"major"}, "claims.sign-in": {"partial"}}, []string{reason, "Trouble with mail"}},
		"begin":    {dana, "/incidents/" + string(incident) + "/updates", url.Values{"phase": {"investigating"}}, []string{reason}},
		"changes":  {ines, "/updates/" + string(signing) + "/changes", url.Values{"digest": {digest.String()}, "reason": {"the second line is wrong"}}, []string{reason, "the second line is wrong"}},
		"sign":     {ines, "/updates/" + string(signing) + "/sign", signature(digest), []string{reason, digest.String()}},
		"password": {dana, "/account/password", url.Values{"current": {password}, "password": {"another long password"}, "again": {"another long password"}}, []string{reason}},
		"sign out": {dana, "/signout", nil, []string{reason}},
		"Spanish":  {carlos, "/incidents/new", url.Values{"name": {"Correo caído"}, "severity": {"major"}, "claims.sign-in": {"partial"}}, []string{"no se puede escribir en el archivo", "Correo caído"}},
		"sign in":  {in.browser(), "/signin", url.Values{"person": {"dana"}, "password": {password}, "next": {"/plan"}, "kept.name": {"Typed before"}}, []string{reason, "Typed before"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.who.post(test.path, test.form)
			text := html.UnescapeString(got.body)
			if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
				t.Errorf("status %d, Retry-After %q", got.status, got.header.Get("Retry-After"))
			}
			if !strings.HasPrefix(got.body, "<!doctype html>") || strings.Count(got.body, "</html>") != 1 {
				t.Errorf("not one page:\n%.300s", got.body)
			}
			for _, want := range test.want {
				if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
					t.Errorf("the page lacks %q:\n%s", want, words(got.body))
				}
			}
			if strings.Contains(text, "mistake is ours") || strings.Contains(text, "SQL") {
				t.Errorf("the page blames the program:\n%s", words(got.body))
			}
		})
	}
	for _, path := range []string{"/", "/incidents", "/updates/" + string(draft), "/updates/" + string(signing), "/audit"} {
		if got := dana.get(path); got.status != http.StatusOK {
			t.Errorf("reading %s while nothing can be written: %d", path, got.status)
		}
	}
}

// TestAnErrorPageKeepsWhatWasTyped sends a form again that had no page of its
// own to go back to.
func TestAnErrorPageKeepsWhatWasTyped(t *testing.T) {
	in := install(t, "dana")
	dana := in.as("dana")
	heal := in.stuck()
	got := dana.post("/signout", url.Values{"note": {"typed"}, "password": {password}})
	if got.status != http.StatusServiceUnavailable || hidden(t, got.body, "note") != "typed" || !strings.Contains(got.body, `action="/signout"`) {
		t.Errorf("the page offers nothing to send again: %d\n%s", got.status, got.body)
	}
	if strings.Contains(got.body, password) {
		t.Error("the page holds a password")
	}
	heal()
	if got := dana.post("/signout", url.Values{"note": {"typed"}}); got.status != http.StatusSeeOther {
		t.Errorf("afterwards: %d\n%s", got.status, words(got.body))
	}
}

func TestFormsOfManyFields(t *testing.T) {
	in := install(t, "dana")
	for name, b := range map[string]*browser{"nobody": in.browser(), "dana": in.as("dana")} {
		for _, fields := range []int{maxFields + 1, 100_000} {
			got := b.do(http.MethodPost, "/incidents/new", strings.Repeat("a=%22&", fields-1)+"b=", map[string]string{
				"Content-Type": "application/x-www-form-urlencoded", "Origin": in.server.URL,
			})
			if got.status != http.StatusRequestEntityTooLarge || len(got.body) > 20_000 {
				t.Errorf("%s, %d fields: %d and %d bytes\n%.500s", name, fields, got.status, len(got.body), words(got.body))
			}
		}
	}
}

// maxFields is the most fields that the desk reads.
const maxFields = 1000
