package links_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/links"
)

func scanner(t testing.TB, page string) links.Scanner {
	t.Helper()
	u, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	return links.Scanner{Page: u, Languages: []string{"en", "es"}}
}

func TestScan(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"in prose", "See https://status.example.com/go/sign-in.", "1:5 https://status.example.com/go/sign-in /go/sign-in sign-in"},
		{"in an attribute", `<a href="https://status.example.com/es/go/export?from=app#x">`, "1:10 https://status.example.com/es/go/export?from=app#x /go/export export"},
		{"its data", "fetch('https://status.example.com/go/sign-in.json')", "1:8 https://status.example.com/go/sign-in.json /go/sign-in.json sign-in"},
		{"in Markdown", "[state](https://Status.Example.com/go/a-1), [more](http://status.example.com/history)", "1:9 https://Status.Example.com/go/a-1 /go/a-1 a-1; 1:52 http://status.example.com/history /history "},
		{"the page itself", "https://status.example.com is it", "1:1 https://status.example.com / "},
		{"on a later line, behind letters of two bytes", "one\r\nñ https://status.example.com/go/x\r\n", "2:3 https://status.example.com/go/x /go/x x"},
		{"without a scheme", `src="//status.example.com/go/x"`, "1:6 //status.example.com/go/x /go/x x"},
		{"a template", "`https://status.example.com/go/${key}`", "1:2 https://status.example.com/go/${key} /go  open"},
		{"a format", `"https://status.example.com/go/%s"`, "1:2 https://status.example.com/go/%s /go  open"},
		{"a sum", `"https://status.example.com/go/" + key`, "1:2 https://status.example.com/go/ /go  open"},
		{"a known key with an open query", `"https://status.example.com/go/x?lang=${lang}"`, "1:2 https://status.example.com/go/x?lang=${lang} /go/x x"},
		{"another host", "https://status.example.company/go/x https://status.example.com.evil.example/go/x https://mystatus.example.com/go/x", ""},
		{"another port", "https://status.example.com:8443/go/x", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := said(scanner(t, "https://status.example.com").Scan(test.text)); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

func TestScanBelowAPath(t *testing.T) {
	s := scanner(t, "https://example.com/status")
	if got := said(s.Scan("https://example.com/status/go/x https://example.com/go/y https://example.com/statusquo")); got != "1:1 https://example.com/status/go/x /go/x x" {
		t.Errorf("found %q", got)
	}
}

func TestScanBare(t *testing.T) {
	s := scanner(t, "https://status.example.com")
	const text = `link(base + "/go/sign-in") and ${status}/es/go/export in /usr/local/go/bin`
	if got := said(s.Scan(text)); got != "" {
		t.Errorf("without being asked: %q", got)
	}
	s.Bare = true
	if got := said(s.Scan(text)); got != "1:14 /go/sign-in /go/sign-in sign-in; 1:41 /es/go/export /go/export export" {
		t.Errorf("found %q", got)
	}
}

func said(ms []links.Mention) string {
	var out []string
	for _, m := range ms {
		s := fmt.Sprintf("%d:%d %s %s %s", m.Line, m.Column, m.Text, m.Path, m.Key)
		if m.Open {
			s += " open"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestJudge(t *testing.T) {
	c := comms.Catalogue{
		Groups: []comms.Group{{Components: []comms.Component{{ID: "search"}}}},
		Links:  []comms.Link{{Key: "sign-in", Former: []string{"login"}}, {Key: "export"}},
	}
	for _, test := range []struct {
		mention links.Mention
		verdict links.Verdict
		instead string
	}{
		{links.Mention{Path: "/go/sign-in", Key: "sign-in"}, links.Fine, ""},
		{links.Mention{Path: "/go/login", Key: "login"}, links.Renamed, "sign-in"},
		{links.Mention{Path: "/go/exprot", Key: "exprot"}, links.Unknown, "export"},
		{links.Mention{Path: "/go/billing", Key: "billing"}, links.Unknown, ""},
		{links.Mention{Path: "/go", Open: true}, links.Open, ""},
		{links.Mention{Path: "/components/search"}, links.Fine, ""},
		{links.Mention{Path: "/components/search/feed.atom"}, links.Fine, ""},
		{links.Mention{Path: "/components/gone"}, links.Dead, ""},
		{links.Mention{Path: "/"}, links.Fine, ""},
		{links.Mention{Path: "/incidents/abc"}, links.Unseen, ""},
	} {
		if verdict, instead := links.Judge(c, test.mention); verdict != test.verdict || instead != test.instead {
			t.Errorf("%+v is %s, %q; want %s, %q", test.mention, verdict, instead, test.verdict, test.instead)
		}
	}
}

// FuzzScan looks for text that ends the scanner, or of which it tells a place
// that is not there.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"https://status.example.com/go/x", "`//status.example.com/${a}`", "K//status.example.com", "\xff//status.example.com/go/\xff",
		`"/go/sign-in"`, "//status.example.com?#{", "İ//status.example.com/es", "}/es/go/a", "https://status.example.com/go/%s%",
	} {
		f.Add(s)
	}
	s := scanner(f, "https://status.example.com")
	s.Bare = true
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.SplitAfter(text, "\n")
		for _, m := range s.Scan(text) {
			if m.Line < 1 || m.Line > len(lines) || m.Column < 1 || m.Column > utf8.RuneCountInString(lines[m.Line-1]) {
				t.Fatalf("%+v lies outside %q", m, text)
			}
			if !strings.Contains(lines[m.Line-1], m.Text) || !strings.HasPrefix(m.Path, "/") {
				t.Fatalf("%+v is not in line %q", m, lines[m.Line-1])
			}
		}
	})
}
