package rewrite

import (
	"cmp"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// Side is whose words are taken where two changed the same thing.
type Side string

// The sides of a merge.
const (
	Mine   Side = "mine"
	Theirs Side = "theirs"
)

// Conflict is one thing that two changed, each in another way. Its texts are
// lines as they stand in the files; "" is what is not there.
type Conflict struct {
	File               string
	At                 Path // what it is: groups, web, name; empty for the whole file
	Base, Mine, Theirs string
}

// Key names the conflict, for whoever chooses a side of it.
func (c Conflict) Key() string { return strings.Join(append([]string{c.File}, c.At...), "/") }

// Of is what one side made of it.
func (c Conflict) Of(side Side) string {
	if side == Theirs {
		return c.Theirs
	}
	return c.Mine
}

// Merge joins two sets of files that both grew out of base. What only one side
// changed is taken from that side as it is written there; what both changed is
// taken from the side that chosen names by the conflict's key. Conflicts that
// nobody has chosen about are returned, and their places hold theirs.
func Merge(base, mine, theirs []comms.PlanFile, chosen map[string]Side) ([]comms.PlanFile, []Conflict) {
	m := &merger{chosen: chosen}
	was, is, now := byName(base), byName(mine), byName(theirs)
	var names []string
	for _, f := range slices.Concat(base, mine, theirs) {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	var out []comms.PlanFile
	for _, name := range slices.Compact(names) {
		m.file = name
		if lines := m.join(nil, whole(was[name]), whole(is[name]), whole(now[name])); len(lines) > 0 {
			out = append(out, comms.PlanFile{Name: name, Text: strings.Join(lines, "\n") + "\n"})
		}
	}
	return out, m.conflicts
}

func byName(files []comms.PlanFile) map[string]comms.PlanFile {
	out := map[string]comms.PlanFile{}
	for _, f := range files {
		out[f.Name] = f
	}
	return out
}

type merger struct {
	file      string
	chosen    map[string]Side
	conflicts []Conflict
}

// join merges one block; nil is one that is not there.
func (m *merger) join(at Path, base, mine, theirs *block) []string {
	switch {
	case base.same(theirs), mine.same(theirs):
		return mine.text()
	case base.same(mine):
		return theirs.text()
	}
	if base != nil && mine != nil && theirs != nil {
		if lines, ok := m.inside(at, base, mine, theirs); ok {
			return lines
		}
		if lines, ok := joinFlow(base, mine, theirs); ok {
			return lines
		}
	}
	return m.choose(at, base, mine, theirs)
}

// choose takes the side that somebody chose.
func (m *merger) choose(at Path, base, mine, theirs *block) []string {
	c := Conflict{File: m.file, At: slices.Clone(at), Base: base.string(), Mine: mine.string(), Theirs: theirs.string()}
	switch m.chosen[c.Key()] {
	case Mine:
		return mine.text()
	case Theirs:
	default:
		m.conflicts = append(m.conflicts, c)
	}
	return theirs.text()
}

// inside merges blocks by what stands in them. It is not ok where they are not
// of one shape, or both sides put their entries into another order.
func (m *merger) inside(at Path, base, mine, theirs *block) ([]string, bool) {
	head, ok := joinLines(base.head, mine.head, theirs.head)
	if !ok || min(len(base.parts), len(mine.parts), len(theirs.parts)) == 0 || base.shape() != mine.shape() || base.shape() != theirs.shape() {
		return nil, false
	}
	before := len(m.conflicts)
	order, ok := joinOrder(base.keys(), mine.keys(), theirs.keys())
	if !ok {
		return nil, false
	}
	lines := slices.Clone(head)
	for _, key := range order {
		lines = append(lines, m.join(append(slices.Clone(at), key), base.part(key), mine.part(key), theirs.part(key))...)
	}
	if len(lines) == len(head) { // nothing would be left under it
		m.conflicts = m.conflicts[:before]
		return nil, false
	}
	return lines, true
}

// joinLines merges lines that are taken as a whole.
func joinLines(base, mine, theirs []string) ([]string, bool) {
	switch {
	case slices.Equal(base, theirs), slices.Equal(mine, theirs):
		return mine, true
	case slices.Equal(base, mine):
		return theirs, true
	}
	return nil, false
}

// joinOrder lists every key once: in the order of the side that moved some, and
// what the other side added behind what it stands behind there.
func joinOrder(base, mine, theirs []string) ([]string, bool) {
	moved := func(side []string) bool {
		return !slices.Equal(common(base, side), common(side, base))
	}
	first, second := theirs, mine
	if moved(mine) {
		if moved(theirs) && !slices.Equal(common(mine, theirs), common(theirs, mine)) {
			return nil, false
		}
		first, second = mine, theirs
	}
	out, behind := slices.Clone(first), 0
	for _, key := range second {
		if i := slices.Index(out, key); i >= 0 {
			behind = i + 1
			continue
		}
		out = slices.Insert(out, behind, key)
		behind++
	}
	return out, true
}

// common keeps of a list what stands in the other as well.
func common(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(other, s) })
}

// joinFlow merges mappings in braces field by field.
func joinFlow(base, mine, theirs *block) ([]string, bool) {
	was, ok1 := base.inBraces()
	is, ok2 := mine.inBraces()
	now, ok3 := theirs.inBraces()
	if !ok1 || !ok2 || !ok3 || !slices.Equal(base.around, theirs.around) && !slices.Equal(base.around, mine.around) {
		return nil, false
	}
	var out []Field
	for _, f := range slices.Concat(now, is) {
		if slices.ContainsFunc(out, func(o Field) bool { return o.Key == f.Key }) {
			continue
		}
		b, i, t := valueOf(was, f.Key), valueOf(is, f.Key), valueOf(now, f.Key)
		switch {
		case b == t, i == t:
			f.Value = valueIn(is, f.Key)
		case b == i:
			f.Value = valueIn(now, f.Key)
		default:
			return nil, false
		}
		out = append(out, f)
	}
	around := theirs.around
	if slices.Equal(base.around, theirs.around) {
		around = mine.around
	}
	return strings.Split(around[0]+flow(out)+around[1], "\n"), true
}

func valueIn(fields []Field, key string) any {
	for _, f := range fields {
		if f.Key == key {
			return f.Value
		}
	}
	return nil
}

// valueOf is a value as it would be written; "" for none.
func valueOf(fields []Field, key string) string {
	if v := valueIn(fields, key); v != nil {
		return cmp.Or(scalar(v), "''")
	}
	return ""
}
