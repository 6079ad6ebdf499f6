package editor_test

import (
	"html"
	"regexp"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// hidden reads the value of a hidden field.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`<input type="hidden" name="` + regexp.QuoteMeta(name) + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no hidden field %q:\n%s", name, words(page))
	}
	return html.UnescapeString(m[1])
}

// code is what an authenticator app shows.
func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, at)
	must(t, err)
	return c
}

// button reads the value of the first button that replaces words, of those
// that begin with the prefix.
func button(t *testing.T, page, prefix string) string {
	t.Helper()
	m := regexp.MustCompile(`name="replace" value="(` + regexp.QuoteMeta(prefix) + `[^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no button %q:\n%s", prefix, words(page))
	}
	return html.UnescapeString(m[1])
}
