package rewrite

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// set writes one key of the mapping at a path.
func (d *document) set(at Path, f Field) error {
	n, ok := d.follow(at)
	if !ok {
		return absent(at)
	}
	if m, ok := n.(*ast.MappingNode); ok && m.IsFlowStyle {
		return d.setInFlow(m, f)
	}
	all := pairs(n)
	if len(all) == 0 {
		return crooked(strings.Join(at, "."))
	}
	p, had := child(n, f.Key)
	if !had {
		if f.Value == nil {
			return nil
		}
		line, _ := place(all[len(all)-1].Key)
		_, column := place(all[0].Key)
		end := d.end(line, column, true)
		d.lines = slices.Insert(d.lines, end, write(f, column)...)
		return d.parse()
	}
	if inner, nested := f.Value.([]Field); nested && p.Value != nil && len(pairs(p.Value)) > 0 && sameKeys(p.Value, inner) {
		for _, one := range inner { // in place, so that what is written around each stays
			if err := d.set(append(slices.Clone(at), f.Key), one); err != nil {
				return err
			}
		}
		return nil
	}
	return d.replace(p, f, len(all) == 1)
}

// sameKeys tells whether a mapping already has each of the keys, and no other.
func sameKeys(n ast.Node, fields []Field) bool {
	if len(pairs(n)) != len(fields) {
		return false
	}
	return !slices.ContainsFunc(fields, func(f Field) bool {
		_, ok := child(n, f.Key)
		return !ok || f.Value == nil
	})
}

// replace writes the lines of one key anew, and keeps the comment at their end.
func (d *document) replace(p *ast.MappingValueNode, f Field, only bool) error {
	line, column := place(p.Key)
	end := d.end(line, column, true)
	first := []rune(d.lines[line])
	prefix := string(first[:column])
	if f.Value == nil {
		if strings.TrimSpace(prefix) == "-" && !only {
			return d.behead(line, end, column, prefix)
		}
		if only || strings.TrimSpace(prefix) != "" {
			return crooked(f.Key)
		}
		d.lines = slices.Delete(d.lines, line, end)
		return d.parse()
	}
	lines := write(f, column)
	lines[0] = prefix + strings.TrimLeft(lines[0], " ")
	lines[0] += d.remark(line)
	d.lines = slices.Replace(d.lines, line, end, lines...)
	return d.parse()
}

// behead takes away the first key of an entry, whose dash goes to the next one.
func (d *document) behead(line, end, column int, dash string) error {
	next := end
	for next < len(d.lines) && empty(d.lines[next]) {
		next++
	}
	if next == len(d.lines) || indent(d.lines[next]) != column {
		return crooked(strings.TrimSpace(d.lines[line]))
	}
	d.lines[next] = dash + strings.TrimLeft(d.lines[next], " ")
	d.lines = slices.Delete(d.lines, line, end)
	return d.parse()
}

// setInFlow writes a mapping in braces anew.
func (d *document) setInFlow(m *ast.MappingNode, f Field) error {
	fields, ok := values(m)
	if !ok {
		return crooked(f.Key)
	}
	i := slices.IndexFunc(fields, func(o Field) bool { return o.Key == f.Key })
	switch {
	case f.Value == nil && i >= 0:
		fields = slices.Delete(fields, i, i+1)
	case f.Value == nil:
		return nil
	case i >= 0:
		fields[i] = f
	default:
		fields = append(fields, f)
	}
	line, column := place(m)
	if m.End == nil {
		return crooked(f.Key)
	}
	last, behind := m.End.Position.Line-1, m.End.Position.Column
	text := string([]rune(d.lines[line])[:column]) + flow(fields) + string([]rune(d.lines[last])[behind:])
	d.lines = slices.Replace(d.lines, line, last+1, text)
	return d.parse()
}

// values reads a mapping of texts, lists of texts and mappings of the same.
func values(n ast.Node) ([]Field, bool) {
	var out []Field
	for _, p := range pairs(n) {
		f := Field{Key: p.Key.GetToken().Value}
		switch v := p.Value.(type) {
		case *ast.MappingNode, *ast.MappingValueNode:
			inner, ok := values(v)
			if !ok {
				return nil, false
			}
			f.Value = inner
		case *ast.SequenceNode:
			list := []string{}
			for _, item := range v.Values {
				if _, ok := item.(*ast.StringNode); !ok {
					return nil, false
				}
				list = append(list, text(item))
			}
			f.Value = list
		case *ast.StringNode, *ast.LiteralNode:
			f.Value = text(v)
		case *ast.BoolNode:
			f.Value = v.Value
		default:
			return nil, false
		}
		out = append(out, f)
	}
	return out, true
}

// list is a list in lines of its own, with where each entry begins and ends.
type list struct {
	column  int // of the dashes
	entries []span
}

// span is the lines of one entry; top takes the comment right above it along.
type span struct {
	top, line, end, column int
	flow                   bool
}

// listAt finds the list at a path, nil if it has no lines of its own.
func (d *document) listAt(at Path) (*list, ast.Node, error) {
	n, ok := d.follow(at)
	if !ok {
		return nil, nil, nil
	}
	seq, ok := n.(*ast.SequenceNode)
	if !ok || seq.IsFlowStyle {
		return nil, n, nil
	}
	l := &list{}
	for _, item := range seq.Values {
		line, column := place(item)
		before := string([]rune(d.lines[line])[:column])
		if strings.TrimLeft(before, " ") != "- " {
			return nil, n, crooked(strings.Join(at, "."))
		}
		m, isMap := item.(*ast.MappingNode)
		s := span{top: line, line: line, column: indent(before), flow: isMap && m.IsFlowStyle}
		s.end = d.end(line, s.column, false)
		for s.top > 0 && strings.HasPrefix(strings.TrimSpace(d.lines[s.top-1]), "#") && indent(d.lines[s.top-1]) == s.column {
			s.top--
		}
		l.column = s.column
		l.entries = append(l.entries, s)
	}
	return l, n, nil
}

// entry finds an entry by its path, with its list.
func (d *document) entry(at Path) (*list, int, error) {
	if len(at) < 2 {
		return nil, 0, absent(at)
	}
	l, n, err := d.listAt(at[:len(at)-1])
	if err != nil {
		return nil, 0, err
	}
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, 0, absent(at)
	}
	i := slices.IndexFunc(seq.Values, func(item ast.Node) bool { return entryName(item) == at[len(at)-1] })
	if i < 0 {
		return nil, 0, absent(at)
	}
	if l == nil {
		return nil, 0, crooked(strings.Join(at[:len(at)-1], "."))
	}
	return l, i, nil
}

// add puts an entry at the end of a list, in the style of the one before it.
func (d *document) add(at Path, e Entry) error {
	l, n, err := d.listAt(at)
	if err != nil {
		return err
	}
	if l == nil {
		if seq, ok := n.(*ast.SequenceNode); n != nil && (!ok || len(seq.Values) > 0) {
			return crooked(strings.Join(at, "."))
		}
		return d.set(at[:len(at)-1], Field{at[len(at)-1], []Entry{e}})
	}
	last := l.entries[len(l.entries)-1]
	lines := writeEntry(e, l.column)
	if last.flow {
		lines = []string{strings.Repeat(" ", l.column) + "- " + flow(e)}
	}
	d.lines = slices.Insert(d.lines, last.end, lines...)
	return d.parse()
}

// insert puts the lines of an entry at the end of a list.
func (d *document) insert(at Path, lines []string, column int) error {
	l, n, err := d.listAt(at)
	if err != nil {
		return err
	}
	if l != nil {
		last := l.entries[len(l.entries)-1]
		d.lines = slices.Insert(d.lines, last.end, indented(lines, column, l.column)...)
		return d.parse()
	}
	seq, ok := n.(*ast.SequenceNode)
	if !ok || len(seq.Values) > 0 {
		return crooked(strings.Join(at, "."))
	}
	parent, _ := d.follow(at[:len(at)-1])
	p, ok := child(parent, at[len(at)-1])
	if !ok {
		return absent(at)
	}
	line, at0 := place(p.Key)
	head := string([]rune(d.lines[line])[:at0]) + at[len(at)-1] + ":" + d.remark(line)
	d.lines = slices.Replace(d.lines, line, d.end(line, at0, true), append([]string{head}, indented(lines, column, at0+2)...)...)
	return d.parse()
}
