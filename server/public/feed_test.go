package public_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

// browser is what Chromium 156 says that it reads when a person opens an address.
const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"

func TestFeedsAreLabelledForWhoAsks(t *testing.T) {
	i := install(t, true)
	for _, test := range []struct{ path, accept, want string }{
		{"/feed.atom", "", "application/atom+xml; charset=utf-8"},
		{"/feed.atom", "*/*", "application/atom+xml; charset=utf-8"},
		{"/feed.atom", "application/atom+xml, application/rss+xml, text/html;q=0.5", "application/atom+xml; charset=utf-8"},
		{"/feed.atom", browser, "application/xml; charset=utf-8"},
		{"/es/feed.rss", "", "application/rss+xml; charset=utf-8"},
		{"/components/search/feed.rss", "TEXT/HTML ;q=1", "application/xml; charset=utf-8"},
		{"/feed.json", browser, "application/feed+json; charset=utf-8"},
		{"/components/search/feed.json", "", "application/feed+json; charset=utf-8"},
		{"/calendar.ics", browser, "text/calendar; charset=utf-8"},
		{"/feed.css", "text/css,*/*;q=0.1", "text/css; charset=utf-8"},
	} {
		got := i.ask(http.MethodGet, test.path, http.Header{"Accept": {test.accept}}, "")
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != test.want {
			t.Errorf("%s for %q: %d, %q, want %q", test.path, test.accept, got.StatusCode, got.Header.Get("Content-Type"), test.want)
		}
		if got.Header.Get("Content-Security-Policy") != page.FeedPolicy {
			t.Errorf("%s: the policy is %q", test.path, got.Header.Get("Content-Security-Policy"))
		}
		xml := strings.HasSuffix(test.path, ".atom") || strings.HasSuffix(test.path, ".rss")
		if vary := strings.Join(got.Header.Values("Vary"), ", "); strings.HasPrefix(vary, "Accept,") != xml || strings.Contains(vary, "Language") {
			t.Errorf("%s varies by %q", test.path, vary)
		}
	}
	plain, opened := i.ask(http.MethodGet, "/feed.rss", nil, ""), i.ask(http.MethodGet, "/feed.rss", http.Header{"Accept": {browser}}, "")
	if read(t, plain) != read(t, opened) || plain.Header.Get("ETag") != opened.Header.Get("ETag") {
		t.Error("a person and a program get different bytes")
	}
}

// TestPolling asks as a reader does, every few minutes for years.
func TestPolling(t *testing.T) {
	i := install(t, true)
	for _, path := range []string{"/feed.atom", "/es/feed.rss", "/feed.json", "/calendar.ics", "/components/exports/feed.rss", "/components/exports/calendar.ics"} {
		for _, coding := range []string{"", "gzip", "br"} {
			header := http.Header{"Accept-Encoding": {coding}}
			first := i.ask(http.MethodGet, path, header, "")
			header.Set("If-None-Match", first.Header.Get("ETag"))
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				got := i.ask(method, path, header, "")
				if body := read(t, &http.Response{Body: got.Body}); got.StatusCode != http.StatusNotModified || body != "" || got.Header.Get("ETag") != first.Header.Get("ETag") {
					t.Errorf("%s %s in %q: %d with %d bytes", method, path, coding, got.StatusCode, len(body))
				}
			}
		}
	}
	tags := func() map[string]string {
		out := map[string]string{}
		for _, path := range []string{"/feed.rss", "/components/exports/feed.rss", "/components/documents/feed.rss", "/components/documents/calendar.ics"} {
			out[path] = i.ask(http.MethodGet, path, nil, "").Header.Get("ETag")
		}
		return out
	}
	before := tags()
	i.press.Publish(pagetest.Update{
		Incident: "new", Phase: comms.PhaseInvestigating, At: now, Claims: []comms.Claim{{Component: "exports", State: comms.Partial}},
		Title: comms.Words{"en": "New"}, HTML: comms.Words{"en": "<p>New.</p>"},
	})
	if err := i.keep.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := tags()
	for path, changes := range map[string]bool{"/feed.rss": true, "/components/exports/feed.rss": true, "/components/documents/feed.rss": false, "/components/documents/calendar.ics": false} {
		if (before[path] != after[path]) != changes {
			t.Errorf("%s had the tag %s and has %s", path, before[path], after[path])
		}
	}
}

// TestFeedOfAComponentThatNeverWas is told to a person by a page that leads to
// the other feeds, and to a program by a problem document that names one.
func TestFeedOfAComponentThatNeverWas(t *testing.T) {
	i := install(t, true)
	for _, test := range []struct{ path, lang, words, file string }{
		{"/components/nothing/calendar.ics", "en", "so there is no feed or calendar of it", "calendar.ics"},
		{"/components/nothing/feed.rss", "es", "no hay canal ni calendario", "feed.rss"},
		{"/es/components/%00%3Cb%3E/feed.json", "es", "no hay canal", "feed.json"},
		{"/components/Search/feed.atom", "en", "there is no feed", "feed.atom"},
	} {
		for _, accept := range []string{browser, "", "*/*", "application/atom+xml, application/rss+xml;q=0.9, text/html;q=0.5"} {
			got := i.ask(http.MethodGet, test.path, http.Header{"Accept-Language": {test.lang}, "Accept": {accept}}, "")
			body := read(t, got)
			media, wanted := "application/problem+json", []string{test.words, "status.northwind.example/" + test.lang + "/" + test.file, `"now":{"status":"partial"`}
			if accept == browser {
				media, wanted = "text/html; charset=utf-8", []string{test.words, `href="/` + test.lang + `/calendar.ics"`, `href="/` + test.lang + `/feed.rss"`}
			}
			if got.StatusCode != http.StatusNotFound || got.Header.Get("Content-Type") != media || got.Header.Get("Content-Language") != test.lang || got.Header.Get("ETag") != "" || got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s for %q: %d, %q in %q", test.path, accept, got.StatusCode, got.Header.Get("Content-Type"), got.Header.Get("Content-Language"))
			}
			for _, want := range wanted {
				if !strings.Contains(body, want) {
					t.Errorf("%s for %q does not say %q:\n%s", test.path, accept, want, body)
				}
			}
		}
	}
	for _, path := range []string{"/components/search/feed.xml", "/calendar.ical", "/components//feed.rss", "/components/a/b/feed.rss", "/feed"} {
		if got := i.ask(http.MethodGet, path, nil, ""); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got.StatusCode)
		}
	}
	if got := i.ask(http.MethodPost, "/feed.rss", nil, ""); got.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /feed.rss answers %d", got.StatusCode)
	}
}
