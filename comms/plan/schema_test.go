package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/countersign/countersign/comms"
)

func compiled(t *testing.T) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plan.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	return s, doc.(map[string]any)
}

// data is a YAML file as JSON has it.
func data(t *testing.T, file string) any {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheSchemaTakesTheBuiltinPlan(t *testing.T) {
	s, _ := compiled(t)
	for _, f := range Builtin() {
		if err := s.Validate(data(t, f.Text)); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestTheSchemaRefusesWhatTheReaderRefuses(t *testing.T) {
	s, _ := compiled(t)
	for name, file := range map[string]string{
		"unknown key":       "organization: {}",
		"no text":           "texts: {title: {en: 1}, sender: {en: a}, all_well: {en: b}}",
		"no words":          "values: [hello]",
		"no duration":       "approval_life: soon",
		"no such state":     "states: {working: {en: Works}}",
		"no such level":     "rules: {JARGON: loud}",
		"no such slot type": "slots: [{name: a, type: emoji}]",
		"nobody signs":      "quorums: {rules: [], templates: [], catalogue: [], roster: [], links: []}",
		"bad key":           "links: [{key: Sign In, title: {en: a}, components: [a], try: [{en: b}]}]",
		"bad id":            "groups: [{id: A B, name: {en: a}, components: []}]",
		"no kind":           "severities: [{id: a, name: {en: a}, meaning: {en: a}, first_update: 10m, approvals: [{kind: any, roles: [a]}]}]",
		"another glossary":  "glossary: other",
		"not a mapping":     "- a",
	} {
		if s.Validate(data(t, file)) == nil {
			t.Errorf("%s: the schema takes %s", name, file)
		}
		if _, err := Read([]comms.PlanFile{{Name: "a.yaml", Text: file}}); err == nil {
			t.Errorf("%s: the reader takes %s", name, file)
		}
	}
}

// TestTheSchemaHasTheKeysOfTheReader puts a key that nobody knows into every
// mapping of a plan that has them all, and compares the keys that the reader
// names instead with those of the schema at the same place.
func TestTheSchemaHasTheKeysOfTheReader(t *testing.T) {
	_, root := compiled(t)
	asked, compared := map[string]bool{}, map[string]bool{}
	files := append(Builtin(), comms.PlanFile{Name: "zz.yaml", Text: "glossary: {base: builtin, terms: [{lang: en, term: foo}]}"})
	for i, f := range files {
		doc := data(t, f.Text)
		walkMappings(root, root, doc, "", func(place string, schema, mapping map[string]any) {
			if asked[place] {
				return
			}
			asked[place] = true
			known, ok := readerKeys(t, files, i, doc, mapping)
			if !ok {
				return // a mapping with free keys
			}
			compared[place] = true
			var keys []string
			if p, ok := schema["properties"].(map[string]any); ok {
				keys = slices.Sorted(maps.Keys(p))
			}
			if keys != nil && !slices.Equal(keys, known) {
				t.Errorf("%s %s: the schema knows %v and the reader %v", f.Name, place, keys, known)
			}
		})
	}
	if len(compared) < 20 {
		t.Errorf("only %d kinds of mapping were compared: %v", len(compared), slices.Sorted(maps.Keys(compared)))
	}
}

const foreign = "zzzzzzzzzzzzzzzzzzzz"

// readerKeys asks the reader which keys a mapping may have.
func readerKeys(t *testing.T, files []comms.PlanFile, i int, doc any, mapping map[string]any) ([]string, bool) {
	t.Helper()
	mapping[foreign] = "x"
	text, err := json.Marshal(doc) // JSON is YAML
	delete(mapping, foreign)
	if err != nil {
		t.Fatal(err)
	}
	changed := slices.Clone(files)
	changed[i].Text = string(text)
	if i < len(files)-1 { // the last file says the glossary another way
		changed = changed[:len(files)-1]
	} else {
		for n := range changed {
			changed[n].Text = strings.Replace(changed[n].Text, "glossary: builtin\n", "", 1)
		}
	}
	_, err = Read(changed)
	problems, _ := err.(Problems)
	for _, p := range problems {
		if list, ok := strings.CutPrefix(p.Fix.String(), "use one of: "); ok && strings.Contains(p.Text.String(), foreign) && strings.Contains(p.Text.String(), "is no key of") {
			known := strings.Split(list, ", ")
			slices.Sort(known)
			return slices.Compact(known), true
		}
	}
	return nil, false
}

// walkMappings goes through data and schema side by side.
func walkMappings(root, schema map[string]any, v any, place string, fn func(string, map[string]any, map[string]any)) {
	if ref, ok := schema["$ref"].(string); ok {
		schema = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	if choices, ok := schema["oneOf"].([]any); ok {
		for n, c := range choices {
			walkMappings(root, c.(map[string]any), v, fmt.Sprintf("%s|%d", place, n), fn)
		}
		return
	}
	switch v := v.(type) {
	case map[string]any:
		if schema["type"] != "object" {
			return
		}
		fn(place, schema, v)
		known, _ := schema["properties"].(map[string]any)
		for key, below := range v {
			if s, ok := known[key].(map[string]any); ok {
				walkMappings(root, s, below, place+"."+key, fn)
			} else if s, ok := schema["additionalProperties"].(map[string]any); ok {
				walkMappings(root, s, below, place+".*", fn)
			}
		}
	case []any:
		if items, ok := schema["items"].(map[string]any); ok {
			for _, item := range v {
				walkMappings(root, items, item, place+"[]", fn)
			}
		}
	}
}
