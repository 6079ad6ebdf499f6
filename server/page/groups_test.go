package page_test

import (
	"fmt"
	"testing"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

// TestManyComponentsFold holds a page of three hundred components to one
// flight, quiet and when everything is out of order at once.
func TestManyComponentsFold(t *testing.T) {
	var all300 []comms.ComponentID
	for n := range 300 {
		all300 = append(all300, comms.ComponentID(fmt.Sprintf("component-%02d", n)))
	}
	for name, test := range map[string]struct {
		claims     []comms.Claim
		open, bars int
	}{
		"quiet":           {nil, 0, 0},
		"one":             {claim(comms.Degraded, "component-16"), 1, 15},
		"all of it":       {claim(comms.Major, all300...), 20, 40},
		"one in a region": {claim(comms.Partial, "component-00", "component-40", "component-80", "component-120"), 4, 40},
	} {
		t.Run(name, func(t *testing.T) {
			p := pagetest.New(t, at(1, 0, 0), pagetest.HugePlan(t)...)
			if test.claims != nil {
				p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 14, 0), Claims: test.claims, Title: words("Trouble", "Problema"), HTML: text(pagetest.Body(1))})
			}
			s := build(t, p, now)
			for _, lang := range s.Languages() {
				root := parse(t, source(t, s, lang, "/"))
				folds := all(root, func(n *html.Node) bool { return n.Data == "details" })
				open := all(root, func(n *html.Node) bool { return n.Data == "details" && hasAttr(n, "open") })
				bars := all(root, func(n *html.Node) bool { return attr(n, "class") == "strip" })
				rows := all(root, func(n *html.Node) bool { return attr(n, "class") == "component" })
				if len(folds) != 20 || len(open) != test.open || len(bars) != test.bars || len(rows) != 300 {
					t.Errorf("%d groups of which %d are open, %d bars, %d components; want 20, %d, %d, 300", len(folds), len(open), len(bars), len(rows), test.open, test.bars)
				}
				doc, err := s.Page(lang, "/")
				if err != nil {
					t.Fatal(err)
				}
				gz, br := len(doc.In(page.Gzip).Bytes()), len(doc.In(page.Brotli).Bytes())
				t.Logf("%s: %d bytes, %d as gzip, %d as brotli", lang, len(doc.In(page.Identity).Bytes()), gz, br)
				if max(gz, br) > 14*1024 {
					t.Errorf("the front page in %q takes %d bytes", lang, max(gz, br))
				}
			}
		})
	}
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}
