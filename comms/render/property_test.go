package render

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
)

// permanent is the one address that the test plan's words link to.
const permanent = "https://status.example/incidents/in0000000001"

// typed draws what people might type: words, and pieces that mean something
// in Markdown, HTML or to this package.
func typed() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{
			"**", "_", "`", "[a](http://evil.example)", "![i](//evil.example/p.png)", "<script>", "</p>", "<a href=x>",
			"<https://evil.example>", "&amp;", "&#0;", "&lt;", `\`, "\n", "\n\n", "\r\n", "- ", "1. ", "# ", "> ", "{impact}", "{who?}",
			"}", "{", "\x00", "\u202e", "\ufffc", "\xff", "http://evil.example", ".", "...", "<!--", "]]>", "\u0085", "\u2028", "\ufeff", "\u00a0",
		}),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces"), "")
	})
}

func TestTypedTextIsNeverMarkup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		harmless(t, typed().Draw(t, "impact"), typed().Draw(t, "who"), typed().Draw(t, "not affected"), typed().Draw(t, "action"))
	})
}

func FuzzMessage(f *testing.F) {
	f.Add("Exports fail.", "customers", "", "")
	f.Add("**x** [a](http://evil.example)", "<script>alert(1)</script>", "`c`", "{impact}")
	f.Add("a\r\n\r\nb\x00", "\u202e\xff", "...", "&amp;\\*")
	f.Fuzz(func(t *testing.T, impact, who, notAffected, action string) {
		harmless(t, impact, who, notAffected, action)
	})
}

// FuzzBody reads any template body: what leaves is of the allowed subset, the
// sanitiser finds nothing to take away, and both forms say the same words.
func FuzzBody(f *testing.F) {
	f.Add("{s} Two {n?}. [x]({url}) **Do:** {s2?}\n\n- a\n  1. b\n", "Exports fail")
	f.Add("# a\n\n<b>x</b> ![i](http://a.example/i.png) <https://a.example> `c`\n> q", "**x**")
	f.Add("[a](javascript:x) [b](//x.example) &lt;script&gt; \\*", "</p>")
	f.Fuzz(func(t *testing.T, body, typed string) {
		fill := fixed(map[string]string{"s": tidy(typed, false), "n": tidy(typed, true), "url": permanent})
		blocks := fill.blocks(parseBody(body))
		out := toHTML(blocks)
		var raw strings.Builder
		writeHTML(&raw, blocks, false)
		if strings.TrimSpace(raw.String()) != out {
			t.Fatalf("the sanitiser had to act:\n%q\n%q", raw.String(), out)
		}
		words, elements, links := readHTML(out)
		for _, e := range elements {
			if !slices.Contains([]string{"p", "br", "strong", "em", "a", "ul", "ol", "li", "h3"}, e) {
				t.Fatalf("element %q in %q", e, out)
			}
		}
		if slices.Contains(elements, "ul") || slices.Contains(elements, "ol") || len(links) > 0 {
			return
		}
		if got, want := strings.Fields(words), strings.Fields(toText(blocks)); !slices.Equal(got, want) {
			t.Fatalf("HTML and text differ:\n%q\n%q", got, want)
		}
	})
}

// harmless renders a message and checks what holds whatever was typed.
func harmless(t interface{ Fatalf(string, ...any) }, impact, who, notAffected, action string) {
	d := testDraft()
	d.Slots["en"] = map[string]string{"impact": impact, "who": who, "not_affected": notAffected, "action": action}
	m, err := Message(d, testPlan(), testContext())
	if err != nil {
		t.Fatalf("no preview: %v", err)
	}
	again, err := Message(d, testPlan(), testContext())
	if err != nil || !reflect.DeepEqual(m, again) {
		t.Fatalf("the same draft gave two messages")
	}
	forms := m.Forms["en"]
	words, elements, links := readHTML(forms.HTML)
	for _, e := range elements {
		if !slices.Contains([]string{"p", "br", "strong", "a"}, e) {
			t.Fatalf("an element %q was made by typing: %q", e, forms.HTML)
		}
	}
	if !slices.Equal(links, []string{permanent}) {
		t.Fatalf("links %q, want the permanent address alone: %q", links, forms.HTML)
	}
	if got, want := strings.Fields(words), strings.Fields(forms.Text); !slices.Equal(got, want) {
		t.Fatalf("HTML and text differ:\n%q\n%q", got, want)
	}
	singleLines(t, forms)
	if content, err := comms.Seal(m); err != nil {
		t.Fatalf("cannot be sealed: %v", err)
	} else if back, err := content.Message(); err != nil || !reflect.DeepEqual(back.Forms, m.Forms) {
		t.Fatalf("the sealed words are not the rendered ones (%v):\n%q\n%q", err, back.Forms, m.Forms)
	}
	if d.Slots[draft.Shared]["next_update"] != "2026-11-23T15:30" {
		t.Fatalf("the draft was changed")
	}
}

func singleLines(t interface{ Fatalf(string, ...any) }, f comms.Forms) {
	for _, s := range []string{f.Title, f.Subject, f.Short, f.InProduct} {
		if strings.ContainsAny(s, "\r\n\t") || s != strings.TrimSpace(s) {
			t.Fatalf("%q is not one tidy line", s)
		}
	}
}

// readHTML gives the words with each link's address behind it as in the text
// form, the names of the elements, and the addresses.
func readHTML(s string) (words string, elements, links []string) {
	var w strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.String(), elements, links
		case html.TextToken:
			w.Write(z.Text())
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "a" {
				w.WriteString(" (" + links[len(links)-1] + ")")
			}
		default:
			tag := z.Token()
			elements = append(elements, tag.Data)
			for _, a := range tag.Attr {
				links = append(links, a.Val)
			}
		}
	}
}
