package rewrite_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
	"pgregory.net/rapid"
)

type (
	path   = rewrite.Path
	field  = rewrite.Field
	fields = []rewrite.Field
	entry  = rewrite.Entry
)

const before = `# The catalogue.
groups: # what customers know
  - id: web # first
    # its name
    name: { en: Web, es: 'La web' } # both
    components:
      - id: app
        name: { en: App,   es: App }
        description:
          en: Long # plain
          es: >-
            Largo y
            plegado
      # the second
      - { id: api, name: { en: API, es: API } } # short

  # about mail
  - id: mail
    name:
      en: Mail
      es: Correo
    components: [] # none yet
people:
- {id: dana, name: Dana}
- id: sam
  name: Sam

# The end.
`

func TestOneThingChanges(t *testing.T) {
	for name, c := range map[string]struct {
		change   func([]comms.PlanFile) ([]comms.PlanFile, error)
		old, now string
	}{
		"a text in braces": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"groups", "web"}, field{"name", fields{{"en", "The web: all"}, {"es", "La web"}}})
		}, "name: { en: Web, es: 'La web' } # both", "name: { en: 'The web: all', es: La web } # both"},
		"a text in lines": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"groups", "web", "components", "app"}, field{"description", fields{{"en", "Short"}, {"es", "Corto"}}})
		}, "en: Long # plain\n          es: >-\n            Largo y\n            plegado\n", "en: Short # plain\n          es: Corto\n"},
		"a language that goes": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"groups", "mail"}, field{"name", fields{{"en", "Post"}}})
		}, "name:\n      en: Mail\n      es: Correo\n", "name: { en: Post }\n"},
		"a key that comes": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"groups", "web", "components", "api"}, field{"description", fields{{"en", "For programs"}}})
		}, "{ id: api, name: { en: API, es: API } } # short", "{ id: api, name: { en: API, es: API }, description: { en: For programs } } # short"},
		"a key that comes in lines": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"people", "sam"}, field{"lang", "es"})
		}, "  name: Sam\n", "  name: Sam\n  lang: es\n"},
		"a key that goes": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"groups", "web", "components", "app"}, field{"description", nil})
		}, "        description:\n          en: Long # plain\n          es: >-\n            Largo y\n            plegado\n", ""},
		"the first word of an entry": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Set(fs, path{"groups", "web"}, field{"id", "site"})
		}, "- id: web # first", "- id: site # first"},
		"an entry that comes in lines": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Add(fs, path{"groups"}, entry{{"id", "new"}, {"name", fields{{"en", "New"}}}, {"components", []entry{}}})
		}, "components: [] # none yet\n", "components: [] # none yet\n  - id: new\n    name: { en: New }\n    components: []\n"},
		"an entry that comes in braces": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Add(fs, path{"groups", "web", "components"}, entry{{"id", "x"}, {"name", fields{{"en", "X"}}}})
		}, "# short\n", "# short\n      - { id: x, name: { en: X } }\n"},
		"the first entry of a list": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Add(fs, path{"groups", "mail", "components"}, entry{{"id", "out"}, {"name", fields{{"en", "Sending"}}}})
		}, "    components: [] # none yet\n", "    components: # none yet\n      - id: out\n        name: { en: Sending }\n"},
		"an entry that goes takes its comment": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Remove(fs, path{"groups", "web", "components", "api"})
		}, "      # the second\n      - { id: api, name: { en: API, es: API } } # short\n", ""},
		"an entry that moves up": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Shift(fs, path{"people", "sam"}, -1)
		}, "- {id: dana, name: Dana}\n- id: sam\n  name: Sam\n", "- id: sam\n  name: Sam\n- {id: dana, name: Dana}\n"},
		"an entry that cannot move up": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Shift(fs, path{"people", "dana"}, -1)
		}, "", ""},
		"an entry that moves elsewhere": {func(fs []comms.PlanFile) ([]comms.PlanFile, error) {
			return rewrite.Take(fs, path{"groups", "web", "components", "api"}, path{"groups", "mail", "components"})
		}, "      # the second\n      - { id: api, name: { en: API, es: API } } # short\n\n  # about mail\n  - id: mail\n    name:\n      en: Mail\n      es: Correo\n    components: [] # none yet\n",
			"\n  # about mail\n  - id: mail\n    name:\n      en: Mail\n      es: Correo\n    components: # none yet\n      # the second\n      - { id: api, name: { en: API, es: API } } # short\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.change([]comms.PlanFile{{Name: "a.yaml", Text: before}})
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Replace(before, c.old, c.now, 1); got[0].Text != want {
				t.Errorf("got:\n%s\nwant:\n%s", got[0].Text, want)
			}
		})
	}
}

// TestWhatCannotBeCut: a shape that is not cut into is refused, and so is what
// is not there.
func TestWhatCannotBeCut(t *testing.T) {
	files := []comms.PlanFile{{Name: "a.yaml", Text: "groups: [{id: a}, {id: b}]\nlist: text\n"}, {Name: "b.yaml", Text: "x: 1\n"}}
	for name, change := range map[string]func() error{
		"a list in brackets": func() error { _, err := rewrite.Add(files, path{"groups"}, entry{{"id", "c"}}); return err },
		"an entry of it":     func() error { _, err := rewrite.Remove(files, path{"groups", "a"}); return err },
		"no list":            func() error { _, err := rewrite.Add(files, path{"list"}, entry{{"id", "c"}}); return err },
		"no such entry":      func() error { _, err := rewrite.Remove(files, path{"groups", "z"}); return err },
		"no such key":        func() error { _, err := rewrite.Set(files, path{"nothing"}, field{"a", "b"}); return err },
		"broken YAML": func() error {
			_, err := rewrite.Set([]comms.PlanFile{{Name: "c.yaml", Text: "a: [\n"}}, nil, field{"a", "b"})
			return err
		},
	} {
		if err := change(); comms.CodeOf(err) == "" {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
}

// TestAnyWordsAreReadBack puts random texts into the built-in plan and reads
// them back; no other line changes.
func TestAnyWordsAreReadBack(t *testing.T) {
	text := rapid.StringMatching(`[\p{L}\p{N} .,:;'"#&*!?{}\[\]%@|>/<=~-]{0,24}[\p{L}.:'"}#-]`)
	rapid.Check(t, func(t *rapid.T) {
		en, es := strings.TrimSpace(text.Draw(t, "en")), strings.TrimSpace(text.Draw(t, "es"))
		at := rapid.SampledFrom([]path{{"groups", "your-work", "components", "web-app"}, {"groups", "signing-in"}, {"roles", "legal"}, {"links", "sign-in"}}).Draw(t, "at")
		key := "name"
		if at[0] == "links" {
			key = "title"
		}
		files, err := rewrite.Set(plan.Builtin(), at, field{key, fields{{"en", en}, {"es", es}}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.Read(files)
		if err != nil {
			t.Fatalf("%q and %q: %v", en, es, err)
		}
		var got comms.Words
		switch at[0] {
		case "links":
			l, _ := p.Catalogue.Link("sign-in")
			got = l.Title
		case "roles":
			got = p.Roles[3].Name
		default:
			got = p.Catalogue.Groups[0].Name
			if len(at) > 2 {
				c, _ := p.Catalogue.Component("web-app")
				got = c.Name
			}
		}
		if got["en"] != en || got["es"] != es {
			t.Fatalf("wrote %q and %q, read %q", en, es, got)
		}
		changed := 0
		for i, f := range plan.Builtin() {
			a, b := strings.Split(f.Text, "\n"), strings.Split(files[i].Text, "\n")
			if len(a) != len(b) {
				t.Fatalf("%s has %d lines and had %d", f.Name, len(b), len(a))
			}
			for j := range a {
				if a[j] != b[j] {
					changed++
				}
			}
		}
		if changed > 1 {
			t.Fatalf("%d lines changed", changed)
		}
	})
}

// TestSignalsAreKnownByWhatTheyMatch: the plan and its files name them alike.
func TestSignalsAreKnownByWhatTheyMatch(t *testing.T) {
	files := plan.Builtin()
	for i, f := range files {
		if f.Name == "signals.yaml" {
			files[i].Text += "  - patterns: { b: 'x\"y', a: \"\\\\d+\" }\n    ignore: true\n  - ignore: true\n"
		}
	}
	p, err := plan.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range p.Signals {
		want = append(want, s.Name())
	}
	if got := rewrite.Names(files, path{"signals"}); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTheFirstKeyOfAnEntryGoes: its dash stays with the entry.
func TestTheFirstKeyOfAnEntryGoes(t *testing.T) {
	for before, want := range map[string]string{
		"l:\n  - id: a\n    key: b # c\n":               "l:\n  - key: b # c\n",
		"l:\n  - id:\n      a\n    # why\n    key: b\n": "l:\n    # why\n  - key: b\n",
	} {
		got, err := rewrite.Set(file(before), path{"l", "a"}, field{"id", nil})
		if err != nil || got[0].Text != want {
			t.Errorf("%q is %q, %v; want %q", before, got[0].Text, err, want)
		}
	}
	if _, err := rewrite.Set(file("l:\n  - id: a\n"), path{"l", "a"}, field{"id", nil}); err == nil {
		t.Error("an entry was left without any key")
	}
}
