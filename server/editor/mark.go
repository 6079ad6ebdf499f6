package editor

import (
	"html"
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

// mark puts a mark around the words of each finding in HTML that the renderer
// wrote. Words that stand in a tag are left alone.
func mark(text string, findings []lint.Finding) template.HTML {
	for _, f := range findings {
		if words := html.EscapeString(strings.TrimSpace(f.Span)); words != "" {
			text = markOne(text, words, class(f))
		}
	}
	return template.HTML(text)
}

func class(f lint.Finding) string {
	if f.Level == plan.Block {
		return "block"
	}
	return "warn"
}

// markOne marks every place of the words, outside tags and other marks.
func markOne(text, words, class string) string {
	var out strings.Builder
	for inMark := false; text != ""; {
		tag := strings.IndexByte(text, '<')
		if tag < 0 {
			tag = len(text)
		}
		if inMark {
			out.WriteString(text[:tag])
		} else {
			markText(&out, text[:tag], words, class)
		}
		text = text[tag:]
		end := strings.IndexByte(text, '>') + 1
		if end == 0 {
			out.WriteString(text)
			break
		}
		switch name := text[:end]; {
		case strings.HasPrefix(name, "<mark"):
			inMark = true
		case name == "</mark>":
			inMark = false
		}
		out.WriteString(text[:end])
		text = text[end:]
	}
	return out.String()
}

func markText(out *strings.Builder, text, words, class string) {
	for {
		i := strings.Index(text, words)
		if i < 0 {
			out.WriteString(text)
			return
		}
		end := i + len(words)
		out.WriteString(text[:i])
		if whole(text, i, end) {
			out.WriteString(`<mark class="` + class + `">` + words + `</mark>`)
		} else {
			out.WriteString(words)
		}
		text = text[end:]
	}
}

// whole tells whether the stretch is not part of a longer word, or of a
// character reference such as "&amp;".
func whole(text string, start, end int) bool {
	if start > 0 && (text[start-1] == '&' || text[start-1] == '#') {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !unicode.IsLetter(before) && !unicode.IsDigit(before) && !unicode.IsLetter(after) && !unicode.IsDigit(after)
}
