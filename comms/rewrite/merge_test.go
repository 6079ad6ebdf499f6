package rewrite_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
)

func file(text string) []comms.PlanFile { return []comms.PlanFile{{Name: "p.yaml", Text: text}} }

func TestMerge(t *testing.T) {
	for name, c := range map[string]struct {
		mine, theirs [2]string // old, new
		want         []string  // what the result has
		conflict     string    // the key of the conflict; "" for none
	}{
		"two entries":              {[2]string{"name: { en: Web,", "name: { en: Site,"}, [2]string{"en: Mail", "en: Post"}, []string{"en: Site", "en: Post", "# its name", "# about mail"}, ""},
		"two keys of an entry":     {[2]string{"en: Long # plain", "en: Longer # plain"}, [2]string{"name: { en: App,", "name: { en: Apps,"}, []string{"Longer", "Apps"}, ""},
		"two fields in braces":     {[2]string{"{ en: Web,", "{ en: Site,"}, [2]string{"'La web'", "'El sitio'"}, []string{"name: { en: Site, es: El sitio } # both"}, ""},
		"two added entries":        {[2]string{"- id: sam\n", "- id: eve\n  name: Eve\n- id: sam\n"}, [2]string{"  name: Sam\n", "  name: Sam\n- {id: zoe, name: Zoe}\n"}, []string{"id: eve", "id: zoe", "# The end."}, ""},
		"one entry goes":           {[2]string{"- {id: dana, name: Dana}\n", ""}, [2]string{"name: Sam", "name: Samuel"}, []string{"- id: sam\n  name: Samuel"}, ""},
		"a comment beside a value": {[2]string{"# about mail", "# about all mail"}, [2]string{"en: App, ", "en: Apps, "}, []string{"# about all mail", "en: Apps"}, ""},
		"the same change":          {[2]string{"en: Mail", "en: Post"}, [2]string{"en: Mail", "en: Post"}, []string{"en: Post"}, ""},
		"the same key":             {[2]string{"en: Mail", "en: Post"}, [2]string{"en: Mail", "en: Letters"}, []string{"en: Letters"}, "p.yaml/groups/mail/name/en"},
		"the same field in braces": {[2]string{"en: Web,", "en: Site,"}, [2]string{"en: Web,", "en: Pages,"}, []string{"en: Pages"}, "p.yaml/groups/web/name"},
		"gone and changed":         {[2]string{"- {id: dana, name: Dana}\n", ""}, [2]string{"name: Dana", "name: Danae"}, []string{"Danae"}, "p.yaml/people/dana"},
		"changed and gone":         {[2]string{"name: Dana", "name: Danae"}, [2]string{"- {id: dana, name: Dana}\n", ""}, nil, "p.yaml/people/dana"},
		"added twice":              {[2]string{"  name: Sam\n", "  name: Sam\n- {id: zoe, name: Zoe}\n"}, [2]string{"  name: Sam\n", "  name: Sam\n- {id: zoe, name: Zoë}\n"}, []string{"Zoë"}, "p.yaml/people/zoe"},
	} {
		t.Run(name, func(t *testing.T) {
			mine := strings.Replace(before, c.mine[0], c.mine[1], 1)
			theirs := strings.Replace(before, c.theirs[0], c.theirs[1], 1)
			if mine == before || theirs == before {
				t.Fatal("nothing was changed")
			}
			merged, conflicts := rewrite.Merge(file(before), file(mine), file(theirs), nil)
			for _, w := range c.want {
				if !strings.Contains(merged[0].Text, w) {
					t.Errorf("%q is not in\n%s", w, merged[0].Text)
				}
			}
			if c.conflict == "" && len(conflicts) > 0 || c.conflict != "" && (len(conflicts) != 1 || conflicts[0].Key() != c.conflict) {
				t.Fatalf("want the conflict %q, got %v", c.conflict, conflicts)
			}
			if c.conflict == "" {
				return
			}
			for side, want := range map[rewrite.Side]string{rewrite.Mine: mine, rewrite.Theirs: theirs} {
				chosen, left := rewrite.Merge(file(before), file(mine), file(theirs), map[string]rewrite.Side{c.conflict: side})
				if len(left) > 0 || chosen[0].Text != want {
					t.Errorf("%s was chosen, and %v is left:\n%s", side, left, chosen[0].Text)
				}
				if alone := conflicts[0].Alone(file(before), side); len(alone) != 1 || alone[0].Text != want {
					t.Errorf("%s alone makes it %v, want\n%s", side, alone, want)
				}
			}
		})
	}
}

func TestMergeOfFiles(t *testing.T) {
	a, b := comms.PlanFile{Name: "a.yaml", Text: "a: 1\n"}, comms.PlanFile{Name: "b.yaml", Text: "b: 1\n"}
	c := comms.PlanFile{Name: "c.yaml", Text: "c: 1\n"}
	merged, conflicts := rewrite.Merge([]comms.PlanFile{a, b}, []comms.PlanFile{a, b, c}, []comms.PlanFile{b}, nil)
	if len(conflicts) > 0 || !slices.Equal(merged, []comms.PlanFile{b, c}) {
		t.Errorf("got %v, %v", merged, conflicts)
	}
	broken := []comms.PlanFile{{Name: "a.yaml", Text: "a: [\n"}}
	other := []comms.PlanFile{{Name: "a.yaml", Text: "a: 2\n"}}
	merged, conflicts = rewrite.Merge([]comms.PlanFile{a}, broken, other, nil)
	if len(conflicts) != 1 || len(conflicts[0].At) > 0 || conflicts[0].Mine != "a: [" || !slices.Equal(merged, other) {
		t.Errorf("what cannot be read is chosen as a whole; got %v, %v", merged, conflicts)
	}
	if got := conflicts[0].Alone([]comms.PlanFile{a, b}, rewrite.Mine); !slices.Equal(got, []comms.PlanFile{broken[0], b}) {
		t.Errorf("alone it is %v", got)
	}
	gone := rewrite.Conflict{File: "a.yaml", Base: "a: 1", Theirs: "a: 2"}
	if got := gone.Alone([]comms.PlanFile{a, b}, rewrite.Mine); !slices.Equal(got, []comms.PlanFile{b}) {
		t.Errorf("without the file it is %v", got)
	}
	if got := gone.Alone([]comms.PlanFile{b}, rewrite.Theirs); !slices.Equal(got, []comms.PlanFile{b, other[0]}) {
		t.Errorf("with a new file it is %v", got)
	}
}

// What two people change in different things of the built-in plan comes
// together without a question, as if one of them had done both.
func TestMergeOfDifferentThings(t *testing.T) {
	base := slices.DeleteFunc(plan.Builtin(), func(f comms.PlanFile) bool {
		return f.Name != "roster.yaml" && f.Name != "catalogue.yaml" && f.Name != "links.yaml"
	})
	edits := []func([]comms.PlanFile, string) ([]comms.PlanFile, error){
		func(fs []comms.PlanFile, s string) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"people", "dana"}, field{"phone", "+34 900 " + s})
		},
		func(fs []comms.PlanFile, s string) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"people", "dana"}, field{"name", "Dana " + s})
		},
		func(fs []comms.PlanFile, s string) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"roles", "legal"}, field{"stand_ins", []string{"tomas"}})
		},
		func(fs []comms.PlanFile, s string) ([]comms.PlanFile, error) {
			return rewrite.Add(fs, path{"people"}, entry{{"id", "p" + s}, {"name", "P" + s}, {"email", s + "@northwind.example"}})
		},
		func(fs []comms.PlanFile, s string) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"groups", "your-work", "components", "web-app", "name"}, field{"en", "Web " + s})
		},
		func(fs []comms.PlanFile, s string) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"groups", "your-work", "components", "web-app", "name"}, field{"es", "La web " + s})
		},
		func(fs []comms.PlanFile, _ string) ([]comms.PlanFile, error) {
			return rewrite.Shift(fs, path{"groups", "your-work"}, 1)
		},
		func(fs []comms.PlanFile, s string) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"texts", "about"}, field{"en", "About " + s})
		},
		func(fs []comms.PlanFile, _ string) ([]comms.PlanFile, error) {
			return rewrite.Remove(fs, path{"links", "export"})
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}).Draw(t, "order")
		cut := rapid.IntRange(1, len(order)-1).Draw(t, "cut")
		apply := func(fs []comms.PlanFile, which []int) []comms.PlanFile {
			for _, i := range which {
				var err error
				if fs, err = edits[i](fs, fmt.Sprint(i)); err != nil {
					t.Fatalf("edit %d: %v", i, err)
				}
			}
			return fs
		}
		mine, theirs, both := apply(base, order[:cut]), apply(base, order[cut:]), apply(base, order)
		merged, conflicts := rewrite.Merge(base, mine, theirs, nil)
		if len(conflicts) > 0 {
			t.Fatalf("conflicts: %v", conflicts)
		}
		for i, f := range merged {
			if f != both[i] {
				t.Errorf("%s is\n%s\nwant\n%s", f.Name, f.Text, both[i].Text)
			}
		}
	})
}

// One side that changed nothing leaves the other as it is, to the byte.
func FuzzMergeWithWhatDidNotChange(f *testing.F) {
	f.Add(before, strings.Replace(before, "Mail", "Post", 1))
	f.Add("a: 1\n", "a: [\n")
	f.Add("a:\n- b: 1\n  c: 2\n", "a:\n- c: 2\n  b: 1\n")
	f.Fuzz(func(t *testing.T, base, other string) {
		base, other = strings.TrimSpace(base)+"\n", strings.TrimSpace(other)+"\n"
		if strings.Contains(base+other, "\r") {
			return
		}
		for _, sides := range [][2]string{{base, other}, {other, base}, {other, other}} {
			merged, conflicts := rewrite.Merge(file(base), file(sides[0]), file(sides[1]), nil)
			if len(conflicts) > 0 || len(merged) != 1 || merged[0].Text != other {
				t.Fatalf("got %q, %v", merged, conflicts)
			}
		}
		rewrite.Merge(file(base), file(other), file(before), nil)
	})
}
