package editor_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/language/languagetest"
	"github.com/countersign/countersign/templates"
)

var plainWord = regexp.MustCompile(`[A-Za-z]{3,}`)

// TestNoWordOfTheDeskGoesPastTheCatalogue reads the desk's main pages in
// languages that nobody speaks: a word in plain letters stands in the plan, or
// was written into the program.
func TestNoWordOfTheDeskGoesPastTheCatalogue(t *testing.T) {
	in := installIn(t, languagetest.With(t, templates.FS), plan.Builtin(), "dana")
	known := map[string]bool{}
	for _, f := range plan.Builtin() {
		for _, w := range plainWord.FindAllString(f.Name+" "+f.Text, -1) {
			known[w] = true
		}
	}
	for _, w := range []string{"Northwind", "English", "Español", "Espa", "UTC", "JSON", "YAML", "Countersign", "genesis", "countersign", "northwind", "example", "Hello", "https", "png", "webp", "yaml"} {
		known[w] = true
	}
	dana := in.as("dana")
	entries, err := in.store.Audit(t.Context(), 0, 100)
	must(t, err)
	for _, e := range entries {
		known[plainWord.FindString(e.Subject)] = true // an identifier, now and then without a digit
	}
	for lang, dir := range map[comms.Lang]string{languagetest.Accented: "ltr", languagetest.Mirrored: "rtl"} {
		for _, path := range []string{"/", "/incidents", "/incidents/new", "/plan", "/plan/edit/components", "/plan/edit/look", "/links", "/links/sign-in", "/subscribers", "/audit", "/account", "/mailbox"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, in.server.URL+path, nil)
			must(t, err)
			r.Header.Set("Accept-Language", string(lang))
			res, err := dana.client.Do(r)
			must(t, err)
			body, err := io.ReadAll(res.Body)
			res.Body.Close()
			must(t, err)
			root, err := html.Parse(strings.NewReader(string(body)))
			must(t, err)
			if !strings.Contains(string(body), `<html lang="`+string(lang)+`" dir="`+dir+`">`) {
				t.Errorf("%s in %s: %d, without its language and direction", path, lang, res.StatusCode)
			}
			for _, said := range strings.Fields(strings.Join(plainTexts(root), " ")) {
				w := plainWord.FindString(said)
				name := strings.ContainsAny(said, "0123456789") || w == strings.ToUpper(w) // of a row, or of a rule
				if !name && !known[w] {
					t.Errorf("%s in %s says %q", path, lang, said)
				}
			}
		}
	}
}

// plainTexts lists what a page says in its own language.
func plainTexts(n *html.Node) (out []string) {
	if n.Type == html.TextNode {
		return []string{n.Data}
	}
	if n.Type == html.ElementNode {
		switch n.Data {
		case "style", "script", "code", "pre":
			return nil
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "lang":
				if n.Data != "html" {
					return nil
				}
			case "aria-label", "title", "alt", "placeholder":
				out = append(out, a.Val)
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out = append(out, plainTexts(c)...)
	}
	return out
}
