package rewrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/countersign/countersign/comms"
)

// document is one file that is being changed: its lines, without their ends.
type document struct {
	name  string
	lines []string
	root  ast.Node
}

// near names the key beside whose file a key that is nowhere yet is put.
var near = map[string]string{"links": "groups", "accent": "texts", "logo": "texts", "glossary": "quorums", "signals": "severities"}

// open finds the file that a path begins in: under its first key or, for the
// top of the plan, the one that holds the key that is set.
func open(files []comms.PlanFile, at Path, key string) (*document, error) {
	top := key
	if len(at) > 0 {
		top = at[0]
	}
	for _, wanted := range []string{top, near[top]} {
		for _, f := range files {
			d, err := read(f)
			if err != nil {
				return nil, err
			}
			if _, ok := child(d.root, wanted); ok {
				return d, nil
			}
		}
	}
	return nil, absent(Path{top})
}

func read(f comms.PlanFile) (*document, error) {
	text := strings.ReplaceAll(f.Text, "\r\n", "\n")
	d := &document{name: f.Name, lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
	return d, d.parse()
}

// parse reads the lines anew, after each cut.
func (d *document) parse() (err error) {
	defer func() {
		if recover() != nil { // the library panics on some broken YAML
			err = errors.New("its structure cannot be made out")
		}
		if err != nil {
			err = comms.Refuse(comms.Invalid, "", "the file %s is not YAML that can be read; mend it first", d.name)
		}
	}()
	file, err := parser.ParseBytes([]byte(strings.Join(d.lines, "\n")+"\n"), 0)
	if err != nil {
		return err
	}
	d.root = nil
	for _, doc := range file.Docs {
		if doc.Body != nil && d.root == nil {
			d.root = doc.Body
		}
	}
	return nil
}

// close puts the document back among the files.
func (d *document) close(files []comms.PlanFile) []comms.PlanFile {
	out := slices.Clone(files)
	for i, f := range out {
		if f.Name == d.name {
			out[i].Text = strings.Join(d.lines, "\n") + "\n"
		}
	}
	return out
}

// pairs are the keys of a mapping in their order.
func pairs(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func child(n ast.Node, key string) (*ast.MappingValueNode, bool) {
	for _, p := range pairs(n) {
		if p.Key.GetToken().Value == key {
			return p, true
		}
	}
	return nil, false
}

// follow walks a path from the top.
func (d *document) follow(at Path) (ast.Node, bool) {
	n := d.root
	for _, step := range at {
		next, ok := stepInto(n, step)
		if !ok {
			return nil, false
		}
		n = next
	}
	return n, true
}

func stepInto(n ast.Node, step string) (ast.Node, bool) {
	if seq, ok := n.(*ast.SequenceNode); ok {
		for _, item := range seq.Values {
			if entryName(item) == step {
				return item, true
			}
		}
		return nil, false
	}
	p, ok := child(n, step)
	if !ok {
		return nil, false
	}
	return p.Value, true
}

func text(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(n.Value)
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value)
	case nil:
		return ""
	}
	return n.GetToken().Value
}

// place is where a node begins, both from 0; columns count characters.
func place(n ast.Node) (line, column int) {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return place(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return place(m.Key)
	}
	p := n.GetToken().Position
	return p.Line - 1, p.Column - 1
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// empty tells whether a line says nothing: blank, or a comment.
func empty(line string) bool {
	s := strings.TrimSpace(line)
	return s == "" || s[0] == '#'
}

// end is the line behind what belongs to something that begins in a line:
// everything that is indented further. items takes a list at the same column
// along, as YAML allows under a key. Blank lines and comments at the end that
// are not indented belong to what follows.
func (d *document) end(line, column int, items bool) int {
	end := line + 1
	for i := line + 1; i < len(d.lines); i++ {
		s := d.lines[i]
		in := indent(s)
		within := in > column || items && in == column && (strings.HasPrefix(s[in:], "- ") || s[in:] == "-")
		switch {
		case strings.TrimSpace(s) == "" || empty(s) && !within:
			continue
		case !within:
			return end
		}
		end = i + 1
	}
	return end
}

// remark is the comment at the end of a line, with the blanks before it; "" for none.
func (d *document) remark(line int) string {
	for _, t := range lexer.Tokenize(strings.Join(d.lines, "\n") + "\n") {
		if t.Type == token.CommentType && t.Position.Line == line+1 {
			r := []rune(d.lines[line])
			at := t.Position.Column - 1
			for at > 0 && r[at-1] == ' ' {
				at--
			}
			return string(r[at:])
		}
	}
	return ""
}

// Names lists what the entries of the list at a path are known by; nil if
// there is no such list.
func Names(files []comms.PlanFile, list Path) []string {
	d, err := open(files, list, "")
	if err != nil {
		return nil
	}
	n, _ := d.follow(list)
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil
	}
	var out []string
	for _, item := range seq.Values {
		if name := entryName(item); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// Locate names the key inside the mapping at a path in which a line and column
// of a file lie, both from 1: "name.en". It is "" if they lie elsewhere.
func Locate(files []comms.PlanFile, at Path, file string, line, column int) string {
	d, err := open(files, at, "")
	if err != nil || d.name != file {
		return ""
	}
	n, ok := d.follow(at)
	if !ok || len(pairs(n)) == 0 {
		return ""
	}
	first, start := place(pairs(n)[0].Key)
	if line-1 < first || line-1 >= d.end(first, start-1, false) {
		return ""
	}
	found := ""
	var walk func(prefix string, n ast.Node)
	walk = func(prefix string, n ast.Node) {
		for _, p := range pairs(n) {
			l, c := place(p.Key)
			if l < line-1 || l == line-1 && c <= column-1 {
				found = prefix + p.Key.GetToken().Value
				walk(found+".", p.Value)
			}
		}
	}
	walk("", n)
	return found
}
