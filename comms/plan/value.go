package plan

import (
	"cmp"
	"fmt"

	"github.com/goccy/go-yaml/ast"

	"github.com/countersign/countersign/comms"
)

// reading collects every problem of a plan, and where its parts stand.
type reading struct {
	problems Problems
	places   map[string]value // by path, for checks that come after reading
	parsed   int              // files that could be read
	tokens   int              // words and signs of YAML in them
	asked    Problems         // warnings, which Check shows
	files    []comms.PlanFile
}

// maxProblems is more than anybody mends before looking again.
const maxProblems = 200

func (r *reading) complain(file string, line, column int, text, fix comms.Phrase) {
	r.report(Problem{File: file, Line: line, Column: column, Text: text, Fix: fix, Kind: MistakeForm})
}

func (r *reading) report(p Problem) {
	if len(r.problems) >= maxProblems {
		return
	}
	p.Line, p.Column, p.Level = max(p.Line, 1), max(p.Column, 1), Block
	r.problems = append(r.problems, p)
}

// value is one node of a plan with the place where it stands. A missing value
// has no node and stands where its mapping stands.
type value struct {
	in           *reading
	file         string
	line, column int
	path         string // "severities.critical.approvals", for people and for later checks
	node         ast.Node
	mistake      Mistake // of what is complained of; "" is MistakeForm
}

func (v value) at(path string, node ast.Node) value {
	out := v
	out.path, out.node, out.mistake = path, node, ""
	if node != nil {
		out.line, out.column = position(node)
	}
	return out
}

// position is where a node begins; a mapping begins at its first key.
func position(node ast.Node) (line, column int) {
	switch n := node.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return position(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return position(n.Key)
	}
	if t := node.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line, t.Position.Column
	}
	return 1, 1
}

func (v value) bad(fix comms.Phrase, format string, args ...any) {
	v.in.report(v.problem(fix, format, args))
}

func (v value) problem(fix comms.Phrase, format string, args []any) Problem {
	return Problem{File: v.file, Line: v.line, Column: v.column, Text: comms.Say(format, args...), Fix: fix, Kind: cmp.Or(v.mistake, MistakeForm)}
}

// ask notes a warning; the plan is readable all the same.
func (v value) ask(fix comms.Phrase, format string, args ...any) {
	p := v.problem(fix, format, args)
	p.Level = Warn
	v.in.asked = append(v.in.asked, p)
}

// mark remembers where a part of the plan stands.
func (v value) mark(path string) { v.in.places[path] = v }

func (v value) missing() bool { return v.node == nil }

// object is a mapping whose keys are known.
type object struct {
	value
	fields map[string]value
}

// object reads a mapping and complains of keys that stand twice or that the
// plan does not know.
func (v value) object(known ...string) object {
	o := object{value: v, fields: map[string]value{}}
	for _, e := range v.entries() {
		key := e.key
		if !contains(known, key) {
			e.value.line, e.value.column = e.line, e.column
			e.value.bad(didYouMean(key, known), "%s is no key of %s", quote(key), v.name())
			continue
		}
		o.fields[key] = e.value
	}
	return o
}

type entry struct {
	key          string
	line, column int
	value        value
}

// entries reads a mapping with any keys, in its order.
func (v value) entries() []entry {
	var pairs []*ast.MappingValueNode
	switch n := v.node.(type) {
	case nil:
		return nil
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		v.bad(fix("write keys and values under it, one a line"), "%s is not a mapping", v.name())
		return nil
	}
	var out []entry
	seen := map[string]int{}
	for _, pair := range pairs {
		line, column := position(pair.Key)
		key := pair.Key.GetToken().Value
		if first, twice := seen[key]; twice {
			v.in.complain(v.file, line, column, comms.Say("the key %s stands twice; it stands in line %d already", quote(key), first), fix("keep one of them"))
			continue
		}
		seen[key] = line
		path := key
		if v.path != "" {
			path = v.path + "." + key
		}
		e := entry{key: key, line: line, column: column, value: v.at(path, pair.Value)}
		if blank(pair.Value) {
			e.value.line, e.value.column = line, column
		}
		out = append(out, e)
	}
	return out
}

func blank(n ast.Node) bool { return n == nil || n.Type() == ast.NullType }

// get returns the field, missing if it is not there.
func (o object) get(key string) value {
	if f, ok := o.fields[key]; ok {
		return f
	}
	path := key
	if o.path != "" {
		path = o.path + "." + key
	}
	return o.at(path, nil)
}

// need returns the field and complains if it is not there.
func (o object) need(key string) value {
	f := o.get(key)
	if f.missing() && o.node != nil {
		f.line, f.column = o.line, o.column
		f.bad(fix("add the key %s", key), "%s has no %s", o.name(), key)
	}
	return f
}

// list reads a sequence.
func (v value) list() []value {
	n, ok := v.node.(*ast.SequenceNode)
	if !ok {
		if !v.missing() {
			v.bad(fix("write each entry on a line of its own that begins with \"- \""), "%s is not a list", v.name())
		}
		return nil
	}
	out := make([]value, 0, len(n.Values))
	for i, item := range n.Values {
		e := v.at(fmt.Sprintf("%s[%d]", v.path, i+1), item)
		if blank(item) {
			e.bad(fix("write the entry, or remove the line"), "the entry %d of %s is empty", i+1, v.name())
			continue
		}
		out = append(out, e)
	}
	return out
}

// name is how errors speak of the value.
func (v value) name() comms.Phrase {
	if v.path == "" {
		return comms.Say("the plan")
	}
	return comms.Say("%s", v.path)
}
