package editor

import (
	"html/template"
	"regexp"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// pieces cuts HTML or plain text into tags, words and what stands between.
var pieces = regexp.MustCompile(`<[^>]*>|&[a-zA-Z0-9#]+;|[\p{L}\p{N}’'.:-]*[\p{L}\p{N}]|\s+|.`)

// difference marks in `now` which words were not in `before`, and puts the
// words that are gone where they stood. Both are HTML that the renderer wrote;
// the result keeps the tags of `now`.
func difference(before, now string) template.HTML {
	var out strings.Builder
	for _, d := range compare(pieces.FindAllString(before, -1), pieces.FindAllString(now, -1)) {
		switch d.kind {
		case diffmatchpatch.DiffEqual:
			for _, p := range d.pieces {
				out.WriteString(p)
			}
		case diffmatchpatch.DiffInsert:
			wrap(&out, "ins", d.pieces, true)
		case diffmatchpatch.DiffDelete:
			wrap(&out, "del", d.pieces, false)
		}
	}
	return template.HTML(out.String())
}

type change struct {
	kind   diffmatchpatch.Operation
	pieces []string
}

// compare finds the shortest way from one list of pieces to the other. Each
// different piece is given a character of its own, because that is what the
// library compares.
func compare(before, now []string) []change {
	numbers := map[string]rune{}
	var names []string
	encode := func(list []string) []rune {
		out := make([]rune, len(list))
		for i, p := range list {
			n, ok := numbers[p]
			if !ok {
				n = rune(len(names))
				if n >= 0xD800 { // characters that stand for nothing by themselves
					n += 0x800
				}
				numbers[p] = n
				names = append(names, p)
			}
			out[i] = n
		}
		return out
	}
	a, b := encode(before), encode(now)
	dmp := diffmatchpatch.New()
	diffs := dmp.DiffCleanupSemantic(dmp.DiffMainRunes(a, b, false))
	var out []change
	for _, d := range diffs {
		c := change{kind: d.Type}
		for _, r := range d.Text {
			if r >= 0xE000 {
				r -= 0x800
			}
			if int(r) < len(names) {
				c.pieces = append(c.pieces, names[r])
			}
		}
		out = append(out, c)
	}
	return out
}

// wrap puts an element around each run of words, and never around a tag. Tags
// of words that are gone stay out.
func wrap(out *strings.Builder, element string, list []string, tags bool) {
	var run strings.Builder
	flush := func() {
		text := run.String()
		run.Reset()
		if strings.TrimSpace(text) == "" {
			out.WriteString(text)
			return
		}
		out.WriteString("<" + element + ">" + text + "</" + element + ">")
	}
	for _, p := range list {
		if len(p) > 1 && p[0] == '<' {
			flush()
			if tags {
				out.WriteString(p)
			} else {
				out.WriteByte(' ')
			}
			continue
		}
		run.WriteString(p)
	}
	flush()
}
