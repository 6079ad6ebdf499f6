package lint

import (
	"strings"
	"unicode/utf8"
)

// marks finds exclamation marks, words in capitals, and emoji.
func marks(_ *judge, t *text) []hit {
	out := shouted(t)
	joined := 0 // the end of the emoji before
	for i, r := range t.s {
		switch {
		case r == '!' && !isOperator(t.s, i) && !inURL(t, max(i-1, 0)):
			out = append(out, hit{span: span{i, i + 1}, reason: "TONE-MARK.exclamation", replace: endMark(t.s, i)})
		case r == '¡':
			out = append(out, hit{span: span{i, i + utf8.RuneLen(r)}, reason: "TONE-MARK.exclamation", replace: leaveOut()})
		case isEmoji(r) || joined > 0 && joined == i && isJoiner(r):
			end := i + utf8.RuneLen(r)
			if joined > 0 && joined == i {
				out[len(out)-1].end = end
			} else {
				out = append(out, hit{span: span{i, end}, reason: "TONE-MARK.emoji", replace: leaveOut()})
			}
			joined = end
		}
	}
	return out
}

// isOperator knows "!=", "!12" and the beginning of an image in Markdown.
func isOperator(s string, i int) bool {
	if i+1 >= len(s) {
		return false
	}
	next := s[i+1]
	return next == '=' || next == '[' || next >= '0' && next <= '9' || next == '!'
}

// endMark puts a full stop where the sentence has no other end.
func endMark(s string, i int) *string {
	stop := "."
	if i > 0 && strings.IndexByte(".?!", s[i-1]) >= 0 {
		stop = ""
	}
	return &stop
}

func isEmoji(r rune) bool {
	return r >= 0x1F300 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF && r != 0x2713 && r != 0x2714 || r == 0x2B50 || r == 0x2705 || r == 0x274C
}

// isJoiner knows what makes one emoji of several characters.
func isJoiner(r rune) bool { return r == 0x200D || r == 0xFE0F || r == 0x20E3 }

// shouted finds words in capitals: one of six letters or more, or two in a row
// of four. A label in brackets or at the beginning of a line, and what a screen
// shows in quotes, is none.
func shouted(t *text) []hit {
	var out []hit
	for i := 0; i < len(t.words); i++ {
		n := 0
		for i+n < len(t.words) && t.isCapitals(i+n) && (n == 0 || isLoose(t.gap(i+n-1))) {
			n++
		}
		if n == 0 {
			continue
		}
		s := t.span(i, n)
		if (n > 1 || s.end-s.start >= 6) && !t.isLabel(s) && !t.owned(s) {
			low := strings.ToLower(t.s[s.start:s.end])
			if sentenceStart := t.sentenceAt(i).first == i; sentenceStart {
				low = capitalise(low)
			}
			out = append(out, hit{span: s, reason: "TONE-MARK.capitals", args: []string{"replace", low}, replace: &low})
		}
		i += n - 1
	}
	return out
}

// isCapitals tells whether a word of four letters or more is in capitals and
// no identifier.
func (t *text) isCapitals(i int) bool {
	raw := t.raw(i)
	if utf8.RuneCountInString(raw) < 4 || strings.ToUpper(raw) != raw || strings.ToLower(raw) == raw || !t.standsFree(i) {
		return false
	}
	return !wellKnown[raw] && !zones[raw]
}

// isLabel knows "[RESOLVED]", "(IMPORTANT)", "“ERROR”" and "**ROOT CAUSE:**".
func (t *text) isLabel(s span) bool {
	before, after := "", ""
	if s.start > 0 {
		before = t.s[max(0, s.start-3):s.start]
	}
	if s.end < len(t.s) {
		after = t.s[s.end:min(len(t.s), s.end+3)]
	}
	return strings.HasSuffix(before, "[") || strings.HasSuffix(before, "(") || strings.ContainsAny(before, "\"“«`'‘") || strings.HasPrefix(after, ":") || strings.HasPrefix(after, "]")
}
