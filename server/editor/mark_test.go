package editor

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

func TestDifference(t *testing.T) {
	for _, test := range []struct{ before, now, want string }{
		{"<p>We are looking.</p>", "<p>We are looking.</p>", "<p>We are looking.</p>"},
		{"", "<p>New</p>", "<p><ins>New</ins></p>"},
		{"<p>by 14:30 UTC</p>", "<p>by 15:00 UTC</p>", "<p>by <del>14:30</del><ins>15:00</ins> UTC</p>"},
		{"A &amp; B", "A &amp; C", "A &amp; <del>B</del><ins>C</ins>"},
	} {
		if got := string(difference(test.before, test.now)); got != test.want {
			t.Errorf("%q → %q\n got %q\nwant %q", test.before, test.now, got, test.want)
		}
	}
}

func TestMark(t *testing.T) {
	for _, test := range []struct{ text, span, want string }{
		{"<p>the API is down</p>", "API", `<p>the <mark class="block">API</mark> is down</p>`},
		{"<p>the APIs are</p>", "API", "<p>the APIs are</p>"},
		{`<a href="/API">API</a>`, "API", `<a href="/API"><mark class="block">API</mark></a>`},
		{"a &lt;b&gt; c", "<b>", `a <mark class="block">&lt;b&gt;</mark> c`},
		{"text", "", "text"},
		{"a &amp; amp", "amp", `a &amp; <mark class="block">amp</mark>`},
	} {
		got := string(mark(test.text, []lint.Finding{{Span: test.span, Level: plan.Block}}))
		if got != test.want {
			t.Errorf("mark %q in %q\n got %q\nwant %q", test.span, test.text, got, test.want)
		}
	}
}

// FuzzDressing holds that marking and comparing add words of ours alone: what
// is left without them is what would go out.
func FuzzDressing(f *testing.F) {
	f.Add("<p>old words</p>", "<p>new &amp; <b>bold</b> words</p>", "words")
	f.Add("", "a < b", "<")
	f.Fuzz(func(t *testing.T, before, now, span string) {
		if strings.Contains(before+now, "<ins>") || strings.Contains(before+now, "<del>") || strings.Contains(before+now, "mark") || strings.Contains(before+now, "</ins>") || strings.Contains(before+now, "</del>") {
			t.Skip()
		}
		marked := string(mark(now, []lint.Finding{{Span: span, Level: plan.Warn}}))
		if got := strings.NewReplacer(`<mark class="warn">`, "", "</mark>", "").Replace(marked); got != now && !strings.Contains(span, "mark") {
			t.Errorf("marking changed %q to %q", now, got)
		}
		difference(before, now)
	})
}
