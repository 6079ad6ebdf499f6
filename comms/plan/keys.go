package plan

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// Keys lists every word that may stand in the path of a Change, or of a place
// in the files, and that nobody at the company chose: the keys of the files and
// the fields of a plan, sorted. What else stands in a path are names of entries.
func Keys() []string {
	k := keys{seen: map[reflect.Type]bool{}}
	for _, part := range Parts() {
		for _, c := range (&Plan{}).content(part) {
			k.names = append(k.names, strings.Split(c.name, ".")...)
			k.walk(reflect.TypeOf(c.value))
		}
	}
	k.schema(fileSchema())
	k.names = append(k.names, start)
	slices.Sort(k.names)
	return slices.Compact(k.names)
}

// keys are gathered from types as flattened gathers content from values.
type keys struct {
	names []string
	seen  map[reflect.Type]bool
}

func (k *keys) walk(t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if t != reflect.TypeFor[[]Requirement]() {
			k.walk(t.Elem())
		}
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() || k.seen[t] {
			return
		}
		k.seen[t] = true
		for i := range t.NumField() {
			k.names = append(k.names, snake(t.Field(i).Name))
			k.walk(t.Field(i).Type)
		}
	}
}

// enumerated keys have keys under them that are entries: phases, states, parts.
var enumerated = []string{"phases", "states", "transitions", "quorums"}

// schema takes the keys of the files in.
func (k *keys) schema(v any) {
	switch v := v.(type) {
	case node:
		properties, _ := v["properties"].(node)
		for key, n := range properties {
			k.names = append(k.names, key)
			if !slices.Contains(enumerated, key) {
				k.schema(n)
			}
		}
		for key, n := range v {
			if key != "properties" {
				k.schema(n)
			}
		}
	case []any:
		for _, n := range v {
			k.schema(n)
		}
	}
}
