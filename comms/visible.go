package comms

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns a text without the characters that show nothing (soft
// hyphens, zero-width spaces and the like): they come with words that are
// copied from elsewhere, and would hide a word from who looks for it. What
// shapes the sign before it (joiners, variation selectors, tags) stays where it
// can: after signs of other scripts than Latin, Greek and Cyrillic, such as
// emoji (Unicode, section 23.2; UTS #51).
func Visible(text string) string {
	shaped := false // the last character that stays can be shaped
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			shaped = false
			return r
		}
		if showsNothing(r) || shapes(r) && !shaped {
			return -1
		}
		shaped = !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
		return r
	}, text)
}

// shapes tells which characters change how the one before them looks.
func shapes(r rune) bool {
	return r == '\u200C' || r == '\u200D' || unicode.Is(unicode.Variation_Selector, r) || r >= 0xE0020 && r <= 0xE007F
}

// showsNothing tells which characters neither show nor shape anything.
func showsNothing(r rune) bool {
	switch r {
	case '\u00AD', '\u180E', '\u200B', '\uFEFF', 0xE0001:
		return true
	}
	return r >= 0x2060 && r <= 0x2064 || r >= 0x206A && r <= 0x206F || r >= 0xFFF9 && r <= 0xFFFB ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}
