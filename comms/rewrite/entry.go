package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// known are the keys by which entries of lists are known.
var known = []string{"id", "key", "term", "name"}

// entryName is what an entry of a list is known by; "" for one without a name.
// A term of a language is known by both: "en failover".
func entryName(item ast.Node) string {
	for _, key := range known {
		if p, ok := child(item, key); ok {
			name := text(p.Value)
			if lang, ok := child(item, "lang"); ok && key == "term" {
				name = text(lang.Value) + " " + name
			}
			return name
		}
	}
	return matched(item)
}

// matched is how an entry is known that has no name, but labels and patterns of
// what it is for: `alertname="SignInErrors" and severity=~"critical|page"`.
func matched(item ast.Node) string {
	var out []string
	for _, one := range []struct{ key, is string }{{"labels", "="}, {"patterns", "=~"}} {
		p, ok := child(item, one.key)
		if !ok {
			continue
		}
		fields := slices.Clone(pairs(p.Value))
		slices.SortFunc(fields, func(a, b *ast.MappingValueNode) int {
			return strings.Compare(a.Key.GetToken().Value, b.Key.GetToken().Value)
		})
		for _, f := range fields {
			out = append(out, fmt.Sprintf("%s%s%q", f.Key.GetToken().Value, one.is, text(f.Value)))
		}
	}
	_, starts := child(item, "severity")
	_, ignored := child(item, "ignore")
	if len(out) == 0 && (starts || ignored) {
		return "every alert"
	}
	return strings.Join(out, " and ")
}
