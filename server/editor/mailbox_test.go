package editor_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

// TestAMailIsShownAndCanDoNothing holds that the browser may frame the HTML
// part of a mail with its own style, and that nothing in it runs.
func TestAMailIsShownAndCanDoNothing(t *testing.T) {
	in := install(t, "dana")
	dana := in.as("dana")
	page := dana.get("/mailbox/one")
	if !strings.Contains(page.body, `sandbox src="/mailbox/one/html"`) || !strings.Contains(page.header.Get("Content-Security-Policy"), "frame-src 'self'") {
		t.Errorf("the page may not frame the mail: %s\n%s", page.header.Get("Content-Security-Policy"), page.body)
	}
	letter := dana.get("/mailbox/one/html")
	policy := letter.header.Get("Content-Security-Policy")
	sum := sha256.Sum256([]byte("p{color:red}"))
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'self'", "sandbox allow-popups;", "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "allow-scripts") || !strings.Contains(letter.body, "onclick") {
		t.Errorf("%s\n%s", policy, letter.body)
	}
	if got := dana.get("/mailbox/two/html"); got.status != http.StatusNotFound {
		t.Errorf("a mail that is not there: %d", got.status)
	}
	if got := in.browser().get("/mailbox/one/html"); got.status != http.StatusSeeOther {
		t.Errorf("somebody who is not signed in: %d", got.status)
	}
}
