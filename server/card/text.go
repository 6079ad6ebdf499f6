package card

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// longest is how many characters of a text are looked at: more than any
// picture holds.
const longest = 400

// writable gives the text as the font can write it; ok is false if a letter, a
// digit or a sign of it is missing there, or nothing is left. Signs without
// words in them, such as little pictures, are left out.
func (a *Artist) writable(text string) (clean string, ok bool) {
	var out strings.Builder
	var buf sfnt.Buffer
	n := 0
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, "")) {
		if n++; n > longest {
			break
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			out.WriteByte(' ')
			continue
		}
		glyph, err := a.bold.GlyphIndex(&buf, r)
		switch {
		case err == nil && glyph != 0:
			out.WriteRune(r)
		case unicode.In(r, unicode.So, unicode.Sk, unicode.Cf, unicode.Variation_Selector):
		default:
			return "", false
		}
	}
	clean = strings.Join(strings.Fields(out.String()), " ")
	return clean, clean != ""
}

// wrap cuts a text into lines of at most so many pixels, between words, and
// within those that are longer than a line.
func wrap(face font.Face, text string, room int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for !fits(face, word, room) {
			head := cut(face, word, room)
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines, word = append(lines, head), word[len(head):]
		}
		switch longer := strings.TrimSpace(line + " " + word); {
		case fits(face, longer, room):
			line = longer
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

func fits(face font.Face, text string, room int) bool {
	return font.MeasureString(face, text) <= fixed.I(room)
}

// cut is the beginning of a word that fits, one character at least.
func cut(face font.Face, word string, room int) string {
	_, end := utf8.DecodeRuneInString(word)
	for end < len(word) {
		_, size := utf8.DecodeRuneInString(word[end:])
		if !fits(face, word[:end+size], room) {
			break
		}
		end += size
	}
	return word[:end]
}

// shorten takes words off the end, and says so with an ellipsis, until the
// text fits on a line.
func shorten(face font.Face, text string, room int) string {
	if fits(face, text, room) {
		return text
	}
	text = strings.TrimSpace(strings.TrimSuffix(text, "…"))
	for text != "" && !fits(face, text+"…", room) {
		_, size := utf8.DecodeLastRuneInString(text)
		text = strings.TrimRight(text[:len(text)-size], " ")
	}
	return text + "…"
}
