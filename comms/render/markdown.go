package render

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// block is one block of a template's body, cut down from the goldmark tree to
// what may go out. Both HTML and text are written from it.
type block struct {
	kind     blockKind
	runs     []run   // of paragraphs and headings
	children []block // of lists and items
	start    int     // number of an ordered list's first item
	opens    bool    // it introduces the next block
}

type blockKind int

const (
	paragraph blockKind = iota
	heading
	bullets
	numbers
	item
)

// run is a stretch of words of one look. It is either literal text, where \n
// breaks the line, or a slot that is still open.
type run struct {
	text       string
	slot       string
	optional   bool
	strong, em bool
	link       string // address; "" for none
}

// slotNode is {name} or {name?} in the tree. It is a node of its own from the
// start, so that what fills it is never read as Markdown.
type slotNode struct {
	ast.BaseInline
	name     string
	optional bool
}

var kindSlot = ast.NewNodeKind("Slot")

func (n *slotNode) Kind() ast.NodeKind { return kindSlot }

func (n *slotNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Name": n.name}, nil)
}

var slotPattern = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(\?)?\}`)

// slotParser recognises slots wherever inline text may stand.
type slotParser struct{}

func (slotParser) Trigger() []byte { return []byte{'{'} }

func (slotParser) Parse(_ ast.Node, r text.Reader, _ parser.Context) ast.Node {
	line, _ := r.PeekLine()
	m := slotPattern.FindSubmatchIndex(line)
	if m == nil || m[0] != 0 {
		return nil
	}
	r.Advance(m[1])
	return &slotNode{name: string(line[m[2]:m[3]]), optional: m[4] >= 0}
}

// newParser reads paragraphs, headings, lists, emphasis and links. It has no
// parser for raw HTML, code, quotes and reference links: they stay the
// characters that were typed.
func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(slotParser{}, 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
	)
}

// parseBody reads a template's Markdown once.
func parseBody(markdown string) []block {
	source := []byte(clean(markdown))
	return blocksOf(newParser().Parse(text.NewReader(source)), source)
}

func blocksOf(parent ast.Node, source []byte) []block {
	var out []block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch v := n.(type) {
		case *ast.List:
			b := block{kind: bullets, children: blocksOf(v, source)}
			if v.IsOrdered() {
				b.kind, b.start = numbers, v.Start
			}
			out = append(out, b)
		case *ast.ListItem:
			out = append(out, block{kind: item, children: blocksOf(v, source)})
		case *ast.Heading:
			out = append(out, block{kind: heading, runs: runsOf(v, source, run{})})
		default:
			out = append(out, block{kind: paragraph, runs: runsOf(v, source, run{})})
		}
	}
	return out
}

// runsOf flattens inline nodes; look is the emphasis and link around them.
func runsOf(parent ast.Node, source []byte, look run) []run {
	var out []run
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		r := look
		switch v := n.(type) {
		case *slotNode:
			r.slot, r.optional = v.name, v.optional
			out = append(out, r)
		case *ast.Text:
			r.text = literal(v, source)
			out = append(out, r)
		case *ast.AutoLink:
			r.text = string(v.Label(source))
			address := r.text
			if v.AutoLinkType == ast.AutoLinkEmail {
				address = "mailto:" + address
			}
			r.link = safeAddress(address)
			out = append(out, r)
		case *ast.Emphasis:
			r.strong = r.strong || v.Level == 2
			r.em = r.em || v.Level == 1
			out = append(out, runsOf(v, source, r)...)
		case *ast.Link:
			r.link = linkTarget(string(v.Destination))
			out = append(out, runsOf(v, source, r)...)
		default: // an image is its description
			out = append(out, runsOf(v, source, r)...)
		}
	}
	return out
}

// literal resolves a text node's escapes and entities, so that HTML and text
// start from the same characters.
func literal(n *ast.Text, source []byte) string {
	b := n.Segment.Value(source)
	b = util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(bytes.Clone(b))))
	s := clean(string(b))
	switch {
	case n.HardLineBreak():
		return s + "\n"
	case n.SoftLineBreak():
		return s + " "
	}
	return s
}

// linkTarget keeps a link's address if it is safe, or is the slot of the
// permanent address, which no person types.
func linkTarget(destination string) string {
	if m := slotPattern.FindString(destination); m != "" && m == destination {
		return destination
	}
	return safeAddress(destination)
}

// safeAddress returns an absolute http, https or mailto address, else "".
func safeAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || strings.ContainsAny(s, "{}\"'<>\\ ") {
		return ""
	}
	web := slices.Contains([]string{"http", "https"}, u.Scheme) && u.Host != ""
	if web || u.Scheme == "mailto" && u.Opaque != "" {
		return u.String()
	}
	return ""
}

// parsePlain reads a form without Markdown: text and slots.
func parsePlain(s string) []run {
	var out []run
	at := 0
	for _, m := range slotPattern.FindAllStringSubmatchIndex(s, -1) {
		if m[0] > at {
			out = append(out, run{text: clean(s[at:m[0]])})
		}
		out = append(out, run{slot: s[m[2]:m[3]], optional: m[4] >= 0})
		at = m[1]
	}
	if at < len(s) {
		out = append(out, run{text: clean(s[at:])})
	}
	return out
}
