package public_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/server/page/pagetest"
)

// shown is an answer of oEmbed in either form.
type shown struct {
	XMLName  xml.Name `json:"-" xml:"oembed"`
	Version  string   `json:"version" xml:"version"`
	Type     string   `json:"type" xml:"type"`
	Title    string   `json:"title" xml:"title"`
	Provider string   `json:"provider_name" xml:"provider_name"`
	HTML     string   `json:"html" xml:"html"`
	Width    int      `json:"width" xml:"width"`
	Height   int      `json:"height" xml:"height"`
}

// TestOEmbed finds the endpoint in the head of each page that can be shown in
// others, and asks it as a program would.
func TestOEmbed(t *testing.T) {
	i := install(t, true)
	link := regexp.MustCompile(`<link rel="alternate" type="(application/json|text/xml)\+oembed" href="https://status.northwind.example([^"]+)">`)
	for path, want := range map[string][2]string{
		"/":                     {"Northwind status", `<img src="https://status.northwind.example/en/badge.svg" alt="Northwind status"`},
		"/es/":                  {"Estado de Northwind", `<img src="https://status.northwind.example/es/badge.svg" alt="Estado de Northwind"`},
		"/en/components/search": {"Search", `<img src="https://status.northwind.example/en/components/search/badge.svg" alt="Search"`},
		"/incidents/" + string(pagetest.ID("open")):       {"Title of open", "<strong>Title of open</strong>"},
		"/es/maintenances/" + string(pagetest.ID("work")): {"Título de work", "Programado"},
	} {
		forms := map[string]bool{}
		for _, m := range link.FindAllStringSubmatch(read(t, i.ask(http.MethodGet, path, nil, "")), -1) {
			got := i.ask(http.MethodGet, html.UnescapeString(m[2]), http.Header{"Accept-Encoding": {"gzip, br"}}, "")
			body, e := read(t, got), shown{}
			var err error
			if forms[m[1]] = true; m[1] == "text/xml" {
				err = xml.Unmarshal([]byte(body), &e)
			} else {
				err = json.Unmarshal([]byte(body), &e)
			}
			if err != nil || got.Header.Get("Content-Type") != m[1]+"; charset=utf-8" || e.Version != "1.0" || e.Type != "rich" || e.Title != want[0] || !strings.Contains(e.HTML, want[1]) || e.Width < 50 || e.Height < 28 {
				t.Errorf("%s as %s: %d, %v\n%s", path, m[1], got.StatusCode, err, body)
			}
			if strings.Contains(e.HTML, "<script") || strings.Contains(e.HTML, "style=") || got.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s as %s asks too much of who shows it: %s", path, m[1], e.HTML)
			}
		}
		if len(forms) != 2 {
			t.Errorf("%s leads to %v", path, forms)
		}
	}
	for _, path := range []string{"/history", "/go/sign-in", "/subscribe", "/nothing"} {
		if link.MatchString(read(t, i.ask(http.MethodGet, path, nil, ""))) {
			t.Errorf("%s says that it can be shown in other pages", path)
		}
	}
}

func TestOEmbedBounds(t *testing.T) {
	i := install(t, true)
	home := "https://status.northwind.example"
	ask := func(query url.Values) (*http.Response, string) {
		got := i.ask(http.MethodGet, "/oembed?"+query.Encode(), nil, "")
		return got, read(t, got)
	}
	for _, address := range []string{home + "/", home + "/incidents/" + string(pagetest.ID("open"))} {
		for _, bounds := range [][2]string{{"100", ""}, {"", "14"}, {"90", "7"}, {"100000", "100000"}, {"1", "1"}} {
			_, body := ask(url.Values{"url": {address}, "maxwidth": {bounds[0]}, "maxheight": {bounds[1]}})
			var e shown
			if err := json.Unmarshal([]byte(body), &e); err != nil {
				t.Fatal(err)
			}
			for n, got := range []int{e.Width, e.Height} {
				var most int
				if json.Unmarshal([]byte(bounds[n]), &most) == nil && (got > most || got < 1) {
					t.Errorf("%s within %v is %d × %d", address, bounds, e.Width, e.Height)
				}
			}
		}
	}
	for _, test := range []struct {
		query  url.Values
		status int
		want   string
	}{
		{url.Values{}, 400, "Name the page in url"},
		{url.Values{"url": {home + "/"}, "maxwidth": {"wide"}}, 400, "whole numbers"},
		{url.Values{"url": {home + "/"}, "maxheight": {"-1"}}, 400, "whole numbers"},
		{url.Values{"url": {home + "/"}, "format": {"yaml"}}, 501, "json or xml"},
		{url.Values{"url": {home + "/history"}}, 404, "none of them"},
		{url.Values{"url": {home + "/incidents/aaaaaaaaaaaa"}}, 404, "none of them"},
		{url.Values{"url": {home + "/components/teleport"}}, 404, "none of them"},
		{url.Values{"url": {"https://elsewhere.example/"}}, 404, "none of them"},
		{url.Values{"url": {home + "@elsewhere.example/"}}, 404, "none of them"},
		{url.Values{"url": {"javascript://status.northwind.example/"}}, 404, "none of them"},
		{url.Values{"url": {"://"}}, 404, "none of them"},
		{url.Values{"url": {home + "/?" + strings.Repeat("x", 3000)}}, 414, "Shorten it"},
	} {
		got, body := ask(test.query)
		if got.StatusCode != test.status || got.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, test.want) || !strings.Contains(body, `"now":{"status":"partial"`) {
			t.Errorf("%.80v: %d\n%s", test.query, got.StatusCode, body)
		}
	}
}
