package lint

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

func FuzzCheck(f *testing.F) {
	for _, cases := range planted() {
		for _, c := range cases {
			f.Add(c.text, c.lang == "es")
		}
	}
	f.Add("\xff\xfe10.0.3.7\xc3", true)
	f.Add("{{{{{ 12:", false)
	book := Compile(wordPlan())
	f.Fuzz(func(t *testing.T, s string, spanish bool) {
		lang := comms.Lang("en")
		if spanish {
			lang = "es"
		}
		for _, found := range book.Check(Subject{Reader: lang, Free: map[comms.Lang]string{lang: s}}).Findings() {
			checkSpan(t, found, s)
		}
	})
}

func checkSpan(t *testing.T, f Finding, s string) {
	t.Helper()
	switch {
	case f.Start < 0 || f.End > len(s) || f.Start >= f.End:
		t.Fatalf("%s: span %d–%d in a text of %d bytes", f.Rule, f.Start, f.End, len(s))
	case s[f.Start:f.End] != f.Span:
		t.Fatalf("%s: span %q, text %q", f.Rule, f.Span, s[f.Start:f.End])
	case !utf8.RuneStart(s[f.Start]) && utf8.ValidString(s), f.End < len(s) && !utf8.RuneStart(s[f.End]) && utf8.ValidString(s):
		t.Fatalf("%s: span %q is cut within a character", f.Rule, f.Span)
	}
}

// TestReportIsBoundToItsMessage: whatever the words, the report names their
// digest, and other words give another one.
func TestReportIsBoundToItsMessage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := goodSubject()
		f := s.Message.Forms["en"]
		f.Text = rapid.String().Draw(rt, "text")
		f.Short = rapid.SampledFrom([]string{"fine", "10.0.3.7", "{impact}"}).Draw(rt, "short")
		s.Message.Forms["en"] = f
		s = sealed(t, s)
		r := Check(s)
		if !r.Judged() || r.Digest() != s.Content.Digest() {
			rt.Fatalf("report on %s, content %s", r.Digest(), s.Content.Digest())
		}
		for _, found := range r.Findings() {
			if found.Field == "text" && found.Start != found.End {
				m, _ := s.Content.Message()
				checkSpan(t, found, m.Forms[found.Lang].Text)
			}
		}
	})
}

func TestReasonsAreComplete(t *testing.T) {
	var en, es map[string]string
	for raw, into := range map[*[]byte]*map[string]string{&reasonsEN: &en, &reasonsES: &es} {
		if err := json.Unmarshal(*raw, into); err != nil {
			t.Fatal(err)
		}
	}
	gap := regexp.MustCompile(`\{[a-z]+\}`)
	gaps := func(s string) []string { return slices.Compact(slices.Sorted(slices.Values(gap.FindAllString(s, -1)))) }
	if a, b := slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(es)); !slices.Equal(a, b) {
		t.Errorf("keys differ:\n%q\n%q", a, b)
	}
	for key, s := range en {
		if !slices.Equal(gaps(s), gaps(es[key])) {
			t.Errorf("%s: placeholders differ: %q, %q", key, s, es[key])
		}
		rule, _, _ := strings.Cut(key, ".")
		if _, ok := Rules()[Rule(rule)]; !ok && key != "some_customers" && key != "supplier" {
			t.Errorf("%s belongs to no rule", key)
		}
	}
	for id := range Rules() {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(en)), func(key string) bool { return key == string(id) || strings.HasPrefix(key, string(id)+".") }) {
			t.Errorf("%s has no sentence", id)
		}
	}
}

func TestStats(t *testing.T) {
	const lines = `{"title":"db-prod-03 is down","body":"Failover to db-prod-04 at 12:00 UTC","lang":"en"}

{"title":"Todo bien","body":"Sin incidentes","lang":"es"}
`
	got, err := Stats(strings.NewReader(lines), wordPlan())
	if err != nil {
		t.Fatal(err)
	}
	if got.Updates != 2 || got.Blocked != 1 {
		t.Errorf("%d updates, %d blocked; want 2 and 1", got.Updates, got.Blocked)
	}
	want := map[Rule]Rate{"SEC-HOST": {"SEC-HOST", plan.Block, 1, 2}, "JARGON": {"JARGON", plan.Warn, 1, 1}}
	for _, r := range got.Rules {
		if w, ok := want[r.Rule]; ok && r != w || !ok && r.Findings != 0 {
			t.Errorf("got %+v, want %+v", r, w)
		}
	}
	if _, err := Stats(strings.NewReader("{}\nnot json\n"), wordPlan()); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v does not name line 2", err)
	}
}

// TestRealUpdates measures the rules on a collection of published updates that
// is not part of the project; name its file in COUNTERSIGN_UPDATES.
func TestRealUpdates(t *testing.T) {
	name := os.Getenv("COUNTERSIGN_UPDATES")
	if name == "" {
		t.Skip("COUNTERSIGN_UPDATES names no file")
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rates, err := Stats(file, builtinPlan(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rates.Rules {
		share := float64(r.Updates) / float64(rates.Updates)
		t.Logf("%-11s %-5s %5.1f%% of %d updates, %d findings", r.Rule, r.Level, 100*share, rates.Updates, r.Findings)
		if r.Level == plan.Block && share > 0.02 {
			t.Errorf("%s fires on %.1f%% of the updates", r.Rule, 100*share)
		}
	}
}

// TestBuiltinWordsPass: the words that ship with the program obey its rules.
func TestBuiltinWordsPass(t *testing.T) {
	p := builtinPlan(t)
	p.Rules = map[string]plan.Level{"SLOT": plan.Off}
	judged := 0
	check := func(lang comms.Lang, s string) {
		judged++
		for _, f := range Check(Subject{Plan: p, Reader: "en", Free: map[comms.Lang]string{lang: s}}).Findings() {
			t.Errorf("%s %q: %s: %s", lang, s, f.Rule, f.Reason)
		}
	}
	for _, template := range p.Templates {
		for lang, f := range template.Forms {
			for _, s := range []string{f.Title, f.Subject, f.Body, f.Short, f.Support, f.InProduct} {
				check(lang, s)
			}
		}
	}
	for _, sentence := range p.DataSentences {
		for lang, s := range sentence.Text {
			check(lang, s)
		}
	}
	if judged < 100 {
		t.Errorf("only %d texts were judged", judged)
	}
}

// BenchmarkCheck judges a message of 2,000 words in two languages, as the
// editor does at each pause in typing.
func BenchmarkCheck(b *testing.B) {
	book := Compile(builtinPlan(b))
	free := longText()
	b.ReportAllocs()
	for b.Loop() {
		if len(book.Check(Subject{Reader: "en", Free: free}).Findings()) == 0 {
			b.Fatal("no findings")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/check")
}

// BenchmarkCheckMessage judges the same words as a rendered message, where they
// stand in slots and again in the forms.
func BenchmarkCheckMessage(b *testing.B) {
	s := goodSubject()
	for lang, text := range longText() {
		half := text[:len(text)/2]
		s.Draft.Slots.Set(lang, "us", half)
		setForm(&s, lang, func(f *comms.Forms) { f.Text = half })
	}
	content, err := comms.Seal(s.Message)
	if err != nil {
		b.Fatal(err)
	}
	s.Content = content
	book := Compile(s.Plan)
	b.ReportAllocs()
	for b.Loop() {
		if len(book.Check(s).Findings()) == 0 {
			b.Fatal("no findings")
		}
	}
}

// BenchmarkCompile makes the built-in plan's rules ready.
func BenchmarkCompile(b *testing.B) {
	p := builtinPlan(b)
	b.ReportAllocs()
	for b.Loop() {
		Compile(p)
	}
}

// longText is a thousand words in each language.
func longText() map[comms.Lang]string {
	out := map[comms.Lang]string{}
	for lang, one := range map[comms.Lang]string{
		"en": "Some customers cannot open their account since 15:30 UTC; we deployed a change and are watching the error rate in the Frankfurt region. ",
		"es": "Algunos clientes no pueden abrir su cuenta desde las 15:30 UTC; desplegamos un cambio y vigilamos la tasa de error en la región de Madrid. ",
	} {
		out[lang] = strings.Repeat(one, 1000/len(strings.Fields(one))+1)
	}
	return out
}

func builtinPlan(b testing.TB) *plan.Plan {
	b.Helper()
	p, err := plan.Read(plan.Builtin())
	if err != nil {
		b.Fatal(err)
	}
	return p
}
