package page_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

// TestStructure holds every page in every language to what readers of screens,
// search engines and the content policy rely on.
func TestStructure(t *testing.T) {
	p := pagetest.Large(t, now, 3, 4)
	s := build(t, p, now)
	paths := []string{"/", "/history", "/history/2026-11", "/history/2026-10", "/components/component-00", "/days/2026-11-23", "/days/2026-11-20", "/days/2026-05-07", "/how-we-publish", "/go/open", "/incidents/" + string(pagetest.ID("open 0")), "/incidents/" + string(pagetest.ID("closed 0"))}
	pages := map[string]string{}
	for _, lang := range s.Languages() {
		for _, path := range paths {
			pages[string(lang)+path] = source(t, s, lang, path)
		}
		for _, status := range []int{400, 404, 405, 413, 414, 500, 503, 418} {
			doc, err := s.Trouble(lang, status)
			if err != nil {
				t.Fatal(err)
			}
			pages[fmt.Sprint(lang, " ", status)] = string(doc.In(page.Identity).Bytes())
		}
		for _, key := range []string{"open", "nobody-knows"} {
			for _, r := range []page.Reporting{page.NotReported, page.Reported, page.Repeated} {
				doc, err := s.Link(lang, key, r)
				if err != nil {
					t.Fatal(err)
				}
				pages[fmt.Sprint(lang, " link ", key, " ", r)] = string(doc.In(page.Identity).Bytes())
			}
		}
		for _, path := range []string{"/history/1999-01", "/components/nothing", "/days/tomorrow", "/nothing"} {
			doc, err := s.Missing(lang, path)
			if err != nil {
				t.Fatal(err)
			}
			pages[fmt.Sprint(lang, " missing ", path)] = string(doc.In(page.Identity).Bytes())
		}
		for _, path := range []string{"/", "/components/component-00"} {
			pages[fmt.Sprint(lang, " copy of ", path)] = source(t, s.Copy(), lang, path)
		}
		keep := func(name string, doc *page.Document, err error) {
			if err != nil {
				t.Fatal(err)
			}
			pages[fmt.Sprint(lang, " ", name)] = string(doc.In(page.Identity).Bytes())
		}
		for _, step := range []page.Leaving{page.LeaveDone, page.LeaveUnknown, page.LeaveWrong} {
			doc, err := s.Leave(lang, step)
			keep("leave "+string(step), doc, err)
		}
		choice := comms.Choice{Components: []comms.ComponentID{"component-00"}, Incidents: []comms.ID{pagetest.ID("open 0")}}
		doc, err := s.Subscribe(lang, page.Signup{What: page.All})
		keep("subscribe", doc, err)
		doc, err = s.Subscribe(lang, page.Signup{What: page.Some, Choice: choice, Notes: s.Notes(lang, 2, []comms.ID{pagetest.ID("closed 0")}),
			Problems: []page.Problem{{Field: "address", Text: "x"}, {Field: "about", Text: "y"}, {Text: "z"}}})
		keep("subscribe again", doc, err)
		doc, err = s.Sent(lang, "ana@example.com", nil)
		keep("sent", doc, err)
		doc, err = s.Confirm(lang, "/subscriptions/confirm/x", comms.Signup{Address: "ana@example.com"}, choice)
		keep("confirm", doc, err)
		for _, step := range []page.Confirming{page.ConfirmDone, page.ConfirmUnknown, page.ConfirmOver} {
			doc, err = s.Confirmed(lang, step, "/subscriptions/x")
			keep("confirmed "+string(step), doc, err)
		}
		doc, err = s.Manage(lang, "/subscriptions/x", comms.Subscriber{Address: "ana@example.com", Lang: lang}, page.Signup{What: page.Some, Choice: choice}, true)
		keep("manage", doc, err)
		doc, err = s.Ended(lang)
		keep("ended", doc, err)
	}
	for name, text := range pages {
		t.Run(name, func(t *testing.T) { checkStructure(t, name, text, s.Policy) })
	}
}

var messageID = regexp.MustCompile(`(public|language)\.[a-z_0-9.]+|<no value>|ZgotmplZ`)

func checkStructure(t *testing.T, name, text, policy string) {
	root := parse(t, text)
	count := func(tag string) int {
		return len(all(root, func(n *html.Node) bool { return n.Data == tag && n.Namespace == "" }))
	}
	for _, tag := range []string{"h1", "title", "main", "header", "footer", "style", "script"} {
		if count(tag) != 1 {
			t.Errorf("%d elements %q, want one", count(tag), tag)
		}
	}
	if lang := attr(all(root, func(n *html.Node) bool { return n.Data == "html" })[0], "lang"); !strings.HasPrefix(name, lang) {
		t.Errorf("the page says that it is in %q", lang)
	}
	if m := messageID.FindString(content(all(root, func(n *html.Node) bool { return n.Data == "body" })[0])); m != "" && !strings.Contains(m, "northwind") {
		t.Errorf("a message is missing: %q", m)
	}
	ids, level := map[string]bool{}, 0
	for _, n := range all(root, func(*html.Node) bool { return true }) {
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("the id %q stands twice", id)
			}
			ids[id] = true
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has the attribute %s, which the policy forbids", n.Data, a.Key)
			}
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			if next := int(n.Data[1] - '0'); next > level+1 {
				t.Errorf("<%s> %q follows a heading of level %d", n.Data, content(n), level)
			} else {
				level = next
			}
		}
		if (n.Data == "a" || n.Data == "button") && strings.TrimSpace(content(n)) == "" {
			t.Errorf("a link or button has no words: %v", n.Attr)
		}
		if n.Data == "svg" && attr(n, "aria-hidden") != "true" && attr(n, "aria-label") == "" {
			t.Error("a picture has no name")
		}
	}
	for _, n := range all(root, func(n *html.Node) bool { return attr(n, "aria-labelledby") != "" }) {
		if !ids[attr(n, "aria-labelledby")] {
			t.Errorf("nothing has the id %q", attr(n, "aria-labelledby"))
		}
	}
	for _, n := range all(root, func(n *html.Node) bool { return n.Data == "a" && strings.HasPrefix(attr(n, "href"), "#") }) {
		if !ids[attr(n, "href")[1:]] {
			t.Errorf("a link leads to %q, which is not on the page", attr(n, "href"))
		}
	}
	for _, tag := range []string{"style", "script"} {
		inner := all(root, func(n *html.Node) bool { return n.Data == tag })[0].FirstChild.Data
		sum := sha256.Sum256([]byte(inner))
		if want := tag + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("the policy does not let the page's own %s in", tag)
		}
	}
}

func TestHeadOfFrontPage(t *testing.T) {
	s := build(t, pagetest.New(t, at(1, 0, 0)), now)
	root := parse(t, source(t, s, "es", "/"))
	got := map[string]string{}
	for _, n := range all(root, func(n *html.Node) bool { return n.Data == "link" }) {
		got[attr(n, "rel")+" "+attr(n, "hreflang")+attr(n, "type")] = attr(n, "href")
	}
	for key, want := range map[string]string{
		"alternate en":                    "https://status.northwind.example/en/",
		"alternate es":                    "https://status.northwind.example/es/",
		"alternate x-default":             "https://status.northwind.example/",
		"alternate application/atom+xml":  "/es/feed.atom",
		"alternate application/rss+xml":   "/es/feed.rss",
		"alternate application/feed+json": "/es/feed.json",
		"alternate text/calendar":         "/es/calendar.ics",
		"icon image/svg+xml":              "/favicon.svg",
	} {
		if got[key] != want {
			t.Errorf("link %q leads to %q, want %q", key, got[key], want)
		}
	}
	if strings.Contains(s.Policy, "unsafe-inline") {
		t.Error("the policy lets in what was not counted")
	}
}

func TestBeforeTheFirstPublication(t *testing.T) {
	s, err := builder(t).Build(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[comms.Lang]string{"en": "Nothing has been published yet", "es": "Todavía no se ha publicado nada"} {
		if got := heading(parse(t, source(t, s, lang, "/"))); got != want {
			t.Errorf("the page in %q says %q, want %q", lang, got, want)
		}
		for _, path := range []string{"/feed.atom", "/feed.rss", "/calendar.ics", "/components/search/feed.json", "/history", "/incidents/abcdefghijkl"} {
			if doc, err := s.Page(lang, path); doc != nil || err != nil {
				t.Errorf("%s exists before anything was published (%v)", path, err)
			}
		}
	}
}
