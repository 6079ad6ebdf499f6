package plan

import (
	"slices"
	"strings"
	"testing"
)

// Keys are what paths begin with, and what the files call their places; names
// of entries are none.
func TestKeysNameEveryPath(t *testing.T) {
	known := Keys()
	p, _ := Read(Builtin())
	for _, c := range Diff(nil, p) {
		first, _, _ := strings.Cut(c.Path, ".")
		if _, ok := slices.BinarySearch(known, first); !ok {
			t.Errorf("%q of the path %s is no key", first, c.Path)
		}
	}
	for _, key := range []string{"min", "first_update", "holders", "by_itself", "required", "not_found", "time_zone"} {
		if !slices.Contains(known, key) {
			t.Errorf("%q is not among the keys", key)
		}
	}
	for _, entry := range []string{"investigating", "partial", "roster"} {
		if slices.Contains(known, entry) {
			t.Errorf("%q is an entry, no key", entry)
		}
	}
}
