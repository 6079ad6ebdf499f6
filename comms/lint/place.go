package lint

import (
	"strings"
	"unicode/utf8"
)

// Place gives the line and the column, in characters, of a byte offset in a
// text; both count from 1. Markdown is judged as it was written, so that its
// places are those of the source.
func Place(text string, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	line = strings.Count(before, "\n") + 1
	column = utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return line, column
}
