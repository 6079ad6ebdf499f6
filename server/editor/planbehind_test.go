package editor

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

// TestASideOfAConflictIsSaidInWords: what cannot stand by itself has the
// file's text alone, and what one side took out is said to be gone.
func TestASideOfAConflictIsSaidInWords(t *testing.T) {
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	before, err := plan.Read(plan.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	edited := func(file, old, new string) (out []comms.PlanFile) {
		for _, f := range before.Files {
			if f.Name == file {
				f.Text = strings.Replace(f.Text, old, new, 1)
			}
			out = append(out, f)
		}
		return out
	}
	v := &visit{Printer: words.For("es"), plan: before}
	for _, c := range []struct {
		file, old, mine, theirs string
		want                    [2]string // the words of each side
		gone                    bool
	}{
		{"severities.yaml", "every: 20m", "every: 25m", "every: 45m", [2]string{"<del>20 minutos</del> <ins>25 minutos</ins>", "<del>20 minutos</del> <ins>45 minutos</ins>"}, false},
		{"severities.yaml", "every: 20m", "every: 25m", "every: often", [2]string{"<del>20 minutos</del> <ins>25 minutos</ins>", ""}, false},
		{"links.yaml", "    help: https://northwind.example/help/sign-in\n", "", "    help: https://northwind.example/help\n", [2]string{"", "https://northwind.example/help<del>/sign-in</del>"}, true},
	} {
		_, both := rewrite.Merge(before.Files, edited(c.file, c.old, c.mine), edited(c.file, c.old, c.theirs), nil)
		if len(both) != 1 {
			t.Fatalf("%s: %d conflicts", c.old, len(both))
		}
		for i, which := range []rewrite.Side{rewrite.Mine, rewrite.Theirs} {
			side, said := v.side(before, both[0], which), ""
			for _, change := range side.Changes {
				said += change.Path + string(change.Text)
			}
			if said != c.want[i] || side.Text == "" || side.Gone != (c.gone && which == rewrite.Mine) {
				t.Errorf("%s of %q: %q, %+v", which, c.old, said, side)
			}
		}
	}
}
