package plan

import (
	"errors"
	"testing"

	"github.com/countersign/countersign/comms"
)

// FuzzRead looks for input that ends the program, takes for ever, or is
// refused without saying where.
func FuzzRead(f *testing.F) {
	for _, file := range Builtin() {
		f.Add(file.Text)
	}
	for _, s := range []string{"", "a", "- ", "a: {", "a: |\n b", "? a\n: b", "{a: b", "a: 'b", "---\n---\n", "organisation: {languages: {source: e}}", "templates: [{slots: [{name: a}]}]", "a:\n  - b\n c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := []comms.PlanFile{{Name: "plan.yaml", Text: text}}
		p, err := Read(files)
		if err == nil {
			if len(p.Severities) == 0 || p.Catalogue.Source == "" {
				t.Errorf("a plan without severities or language was accepted")
			}
			return
		}
		var ps Problems
		if !errors.As(err, &ps) || len(ps) == 0 {
			t.Fatalf("%v is not Problems", err)
		}
		for _, p := range ps {
			if p.File == "" || p.Line < 1 || p.Column < 1 || p.Text.Format == "" || p.Fix.Format == "" || p.Level != Block {
				t.Errorf("%+v does not say what is wrong, where, and what to do", p)
			}
		}
		for _, p := range Check(files) {
			if p.Line < 1 || p.File == "" {
				t.Errorf("%+v does not say where", p)
			}
		}
	})
}

func BenchmarkReadBuiltin(b *testing.B) {
	files := Builtin()
	for b.Loop() {
		if _, err := Read(files); err != nil {
			b.Fatal(err)
		}
	}
}
