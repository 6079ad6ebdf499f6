package rewrite

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/countersign/countersign/comms"
)

// block is the lines of one thing in a file, with the comments above it, cut
// into the things that stand in it.
type block struct {
	lines  []string
	head   []string // the lines before the first part
	parts  []part   // in their order; together with the head they are the lines
	column int      // of the parts
	list   bool     // the parts are entries of a list
	dashed bool     // it is such an entry: its first part has the dash

	fields ast.Node // a mapping in braces
	around []string // the text before its brace and the text behind it
}

// part is a block under a key, or an entry under its name.
type part struct {
	key string
	block
}

// tail is the key of what stands behind the last part: comments, blank lines.
const tail = ""

// whole is a file as one block; nil for one that is not there. What cannot be
// read is one block without parts.
func whole(f comms.PlanFile) *block {
	if f.Name == "" {
		return nil
	}
	d, err := read(f)
	b := &block{lines: d.lines}
	if err == nil && d.root != nil {
		d.cut(b, d.root, 0, 0)
	}
	return b
}

// cut finds the parts of a block whose lines begin at top, and whose content is
// a node that begins behind the first lead of them.
func (d *document) cut(b *block, n ast.Node, top, lead int) {
	switch n := n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		if m, ok := n.(*ast.MappingNode); ok && m.IsFlowStyle {
			d.braces(b, m, top)
			return
		}
		var keys []string
		var starts []int
		for _, p := range pairs(n) {
			line, column := place(p.Key)
			keys, starts, b.column = append(keys, p.Key.GetToken().Value), append(starts, line), column
		}
		d.divide(b, keys, starts, top, lead, true)
		for i, p := range pairs(n) {
			if len(b.parts) > i && p.Value != nil {
				d.under(&b.parts[i].block, p.Value, starts[i])
			}
		}
	case *ast.SequenceNode:
		d.cutList(b, n, top, lead)
	}
}

// under cuts the value of a key that stands in a line.
func (d *document) under(b *block, n ast.Node, line int) {
	first, _ := place(n)
	top := line - b.above()
	if seq, ok := n.(*ast.SequenceNode); ok && len(seq.Values) > 0 {
		first, _ = place(seq.Values[0])
	}
	if m, ok := n.(*ast.MappingNode); ok && m.IsFlowStyle || first > line {
		d.cut(b, n, top, line-top+1)
	}
}

// above counts the lines of a block before the one with which it begins: the
// comments on top of it.
func (b *block) above() int {
	for i := range b.lines {
		if !empty(b.lines[i]) {
			return i
		}
	}
	return 0
}

func (d *document) cutList(b *block, n *ast.SequenceNode, top, lead int) {
	if n.IsFlowStyle {
		return
	}
	var keys []string
	var starts []int
	for _, item := range n.Values {
		line, column := place(item)
		before, ok := d.before(line, column)
		name := entryName(item)
		if !ok || strings.TrimLeft(before, " ") != "- " || name == "" || slices.Contains(keys, name) {
			return
		}
		keys, starts, b.column = append(keys, name), append(starts, line), indent(before)
	}
	b.list = true
	d.divide(b, keys, starts, top, lead, false)
	for i, item := range n.Values {
		if len(b.parts) > i {
			one := &b.parts[i].block
			one.dashed = true
			d.cut(one, item, starts[i]-one.above(), 0)
		}
	}
}

// divide cuts the lines of a block at its parts' lines.
func (d *document) divide(b *block, keys []string, starts []int, top, lead int, items bool) {
	if len(keys) == 0 {
		return
	}
	b.head = b.lines[:lead]
	from := lead
	for i, key := range keys {
		if starts[i]-top < from || starts[i] >= len(d.lines) {
			b.parts, b.head = nil, nil // written in a way that is not cut into
			return
		}
		to := min(d.end(starts[i], b.column, items)-top, len(b.lines))
		if to <= from {
			b.parts, b.head = nil, nil
			return
		}
		b.parts = append(b.parts, part{key, block{lines: b.lines[from:to]}})
		from = to
	}
	if from < len(b.lines) {
		b.parts = append(b.parts, part{tail, block{lines: b.lines[from:]}})
	}
}

// braces notes where a mapping in braces stands in a block.
func (d *document) braces(b *block, m *ast.MappingNode, top int) {
	if m.End == nil {
		return
	}
	line, column := place(m)
	last := m.End.Position.Line - 1
	opens, ok1 := d.before(line, column)
	closes, ok2 := d.before(last, m.End.Position.Column)
	if !ok1 || !ok2 || line < top || last < line || last-top >= len(b.lines) {
		return
	}
	before := append(slices.Clone(b.lines[:line-top]), opens)
	after := append([]string{strings.TrimPrefix(d.lines[last], closes)}, b.lines[last-top+1:]...)
	b.fields, b.around = m, []string{strings.Join(before, "\n"), strings.Join(after, "\n")}
}

// before is a line up to a column; not ok where the library says a place that
// is none.
func (d *document) before(line, column int) (string, bool) {
	if line < 0 || line >= len(d.lines) || column < 0 {
		return "", false
	}
	r := []rune(d.lines[line])
	if column > len(r) {
		return "", false
	}
	return string(r[:column]), true
}

func (b *block) text() []string {
	if b == nil {
		return nil
	}
	return b.lines
}

func (b *block) string() string { return strings.Join(b.text(), "\n") }

func (b *block) same(other *block) bool {
	return (b == nil) == (other == nil) && slices.Equal(b.text(), other.text())
}

// shape tells which blocks can be merged part by part.
func (b *block) shape() string {
	shape := strconv.Itoa(b.column) + strconv.FormatBool(b.list)
	if b.dashed && len(b.parts) > 0 {
		shape += b.parts[0].key
	}
	return shape
}

func (b *block) keys() []string {
	var out []string
	for _, p := range b.parts {
		if p.key != tail {
			out = append(out, p.key)
		}
	}
	if len(b.parts) > 0 {
		out = append(out, tail) // there or not, it comes last
	}
	return out
}

func (b *block) part(key string) *block {
	for i := range b.parts {
		if b.parts[i].key == key {
			return &b.parts[i].block
		}
	}
	return nil
}

// inBraces reads a mapping in braces.
func (b *block) inBraces() ([]Field, bool) {
	if b.fields == nil {
		return nil, false
	}
	return values(b.fields)
}
