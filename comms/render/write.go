package render

import (
	"html"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// strict is the second belt around writeHTML: whatever a mistake there let
// through, only these elements and absolute addresses leave.
var strict = newStrict()

func newStrict() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h3", "ul", "ol", "li", "strong", "em", "br")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
}

// toHTML writes the blocks in the small subset that pages, feeds and mails
// carry. Every heading is an h3: pages have titles of their own above.
func toHTML(blocks []block) string {
	var w strings.Builder
	writeHTML(&w, blocks, false)
	return strings.TrimSpace(strict.Sanitize(w.String()))
}

// writeHTML leaves out the tags of paragraphs where tight is set: in an item
// that has only one.
func writeHTML(w *strings.Builder, blocks []block, tight bool) {
	for i, b := range blocks {
		switch b.kind {
		case heading:
			w.WriteString("<h3>" + inline(lines(b.runs)) + "</h3>\n")
		case bullets:
			writeElement(w, "<ul>\n", b.children, "</ul>\n", false)
		case numbers:
			open := "<ol>\n"
			if b.start != 1 {
				open = `<ol start="` + strconv.Itoa(b.start) + "\">\n"
			}
			writeElement(w, open, b.children, "</ol>\n", false)
		case item:
			writeElement(w, "<li>", b.children, "</li>\n", countParagraphs(b.children) == 1)
		case paragraph:
			if tight {
				w.WriteString(inline(lines(b.runs)))
				if i < len(blocks)-1 {
					w.WriteString("\n")
				}
				continue
			}
			for _, runs := range paragraphs(b.runs) {
				w.WriteString("<p>" + inline(runs) + "</p>\n")
			}
		}
	}
}

func writeElement(w *strings.Builder, open string, children []block, shut string, tight bool) {
	w.WriteString(open)
	writeHTML(w, children, tight)
	w.WriteString(shut)
}

func countParagraphs(blocks []block) int {
	n := 0
	for _, b := range blocks {
		if b.kind == paragraph {
			n++
		}
	}
	return n
}

// inline writes runs of words; neighbours that share a link share its element.
func inline(runs []run) string {
	var w strings.Builder
	for len(runs) > 0 {
		n := 1
		for n < len(runs) && runs[n].link == runs[0].link {
			n++
		}
		words := styled(runs[:n], "strong", func(r run) bool { return r.strong }, func(rs []run) string {
			return styled(rs, "em", func(r run) bool { return r.em }, escaped)
		})
		if link := runs[0].link; link != "" {
			words = `<a href="` + html.EscapeString(link) + `">` + words + "</a>"
		}
		w.WriteString(words)
		runs = runs[n:]
	}
	return w.String()
}

// styled wraps the stretches that have a style in its element.
func styled(runs []run, element string, has func(run) bool, inner func([]run) string) string {
	var w strings.Builder
	for len(runs) > 0 {
		n := 1
		for n < len(runs) && has(runs[n]) == has(runs[0]) {
			n++
		}
		words := inner(runs[:n])
		if has(runs[0]) {
			words = "<" + element + ">" + words + "</" + element + ">"
		}
		w.WriteString(words)
		runs = runs[n:]
	}
	return w.String()
}

func escaped(runs []run) string {
	return strings.ReplaceAll(html.EscapeString(wordsOf(runs)), "\n", "<br>\n")
}

// toText writes the same words for a mail's text part: links as "words
// (address)", items with "- " or their number.
func toText(blocks []block) string {
	return strings.Join(textBlocks(blocks), "\n\n")
}

func textBlocks(blocks []block) []string {
	var out []string
	for _, b := range blocks {
		switch b.kind {
		case heading:
			out = append(out, linked(lines(b.runs)))
		case paragraph:
			for _, runs := range paragraphs(b.runs) {
				out = append(out, linked(runs))
			}
		case bullets, numbers:
			out = append(out, strings.Join(textItems(b), "\n"))
		}
	}
	return out
}

func textItems(list block) []string {
	var out []string
	for i, b := range list.children {
		mark := "- "
		if list.kind == numbers {
			mark = strconv.Itoa(list.start+i) + ". "
		}
		body := strings.Join(textBlocks(tight(b.children)), "\n")
		indent := "\n" + strings.Repeat(" ", len(mark))
		out = append(out, mark+strings.ReplaceAll(body, "\n", indent))
	}
	return out
}

// tight turns paragraph breaks inside an item into line breaks.
func tight(blocks []block) []block {
	out := make([]block, len(blocks))
	for i, b := range blocks {
		b.runs = lines(b.runs)
		out[i] = b
	}
	return out
}

func linked(runs []run) string {
	var w strings.Builder
	for len(runs) > 0 {
		n := 1
		for n < len(runs) && runs[n].link == runs[0].link {
			n++
		}
		words := wordsOf(runs[:n])
		w.WriteString(words)
		if address := strings.TrimPrefix(runs[0].link, "mailto:"); address != "" && address != words {
			w.WriteString(" (" + address + ")")
		}
		runs = runs[n:]
	}
	return w.String()
}

func wordsOf(runs []run) string {
	var w strings.Builder
	for _, r := range runs {
		w.WriteString(r.text)
	}
	return w.String()
}

// paragraphs cuts runs at the empty lines that were typed into a slot.
func paragraphs(runs []run) [][]run {
	out := [][]run{nil}
	for _, r := range runs {
		for i, part := range strings.Split(r.text, "\n\n") {
			if i > 0 {
				out = append(out, nil)
			}
			if part != "" {
				r.text = part
				out[len(out)-1] = append(out[len(out)-1], r)
			}
		}
	}
	return out
}

// lines keeps what was typed as several paragraphs in one, as lines.
func lines(runs []run) []run {
	out := make([]run, len(runs))
	for i, r := range runs {
		r.text = strings.ReplaceAll(r.text, "\n\n", "\n")
		out[i] = r
	}
	return out
}
