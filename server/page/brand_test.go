package page_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

func TestBrandOfThePlan(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0), pagetest.BrandedPlan(t)...)
	s := build(t, p, now)
	doc := s.Logo(s.LogoPath())
	if doc == nil || doc.Type != "image/png" || !bytes.Equal(doc.In(page.Gzip).Bytes(), pagetest.Picture(t, 160, 40)) || doc.In(page.Brotli).Header["Content-Encoding"] != nil {
		t.Fatalf("the logo at %q is %+v", s.LogoPath(), doc)
	}
	if s.Logo("") != nil || s.Logo("/logo/0000000000000000/logo.png") != nil {
		t.Error("another address has the logo")
	}
	for _, path := range []string{"/", "/history", "/components/search", "/how-we-publish"} {
		text := source(t, s, "en", path)
		checkStructure(t, "en"+path, text, s.Policy)
		if !strings.Contains(text, ":root{--accent:#7a1f5c}@media (prefers-color-scheme:dark){:root{--accent:#f2a6d6}}</style>") {
			t.Errorf("%s does not have the company's colour", path)
		}
		imgs := all(parse(t, text), func(n *html.Node) bool { return n.Data == "img" })
		if len(imgs) != 1 || attr(imgs[0], "src") != s.LogoPath() || attr(imgs[0], "class") != "logo lit" || attr(imgs[0], "width") != "160" {
			t.Errorf("%s: the pictures are %v", path, imgs)
		}
	}
	p.Replan(at(23, 14, 20), plan.Builtin()...)
	s = build(t, p, now)
	if text := source(t, s, "en", "/"); s.LogoPath() != "" || strings.Contains(text, "<img") || strings.Contains(text, "#7a1f5c") {
		t.Error("the picture or the colour outlives its plan")
	}
}
