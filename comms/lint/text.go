package lint

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
)

// span is a stretch of a text in bytes.
type span struct{ start, end int }

func (s span) within(o span) bool { return o.start <= s.start && s.end <= o.end }

// word is a run of letters and digits; low is its lower case.
type word struct {
	span
	low string
}

// piece is what stands between spaces, brackets, quotes and commas, without
// the punctuation around it: a host name, an address, a path, a URL.
type piece struct {
	span
	s   string
	url bool
}

// text is one text cut up once for all rules.
type text struct {
	lang   comms.Lang
	s      string
	words  []word
	pieces []piece
	// own are the stretches that name the company's own things.
	own       []span
	sentences []sentence
	book      *phrasebook      // of its language, nil where there is none
	found     map[Rule][]match // phrases of the rules
}

func cut(lang comms.Lang, s string) *text {
	t := &text{lang: lang, s: s, words: make([]word, 0, len(s)/6+1), pieces: make([]piece, 0, len(s)/6+1)}
	wordStart, pieceStart := -1, -1
	for i, r := range s {
		if isWordRune(r) {
			if wordStart < 0 {
				wordStart = i
			}
		} else if wordStart >= 0 {
			t.addWord(wordStart, i)
			wordStart = -1
		}
		if splits(r) {
			if pieceStart >= 0 {
				t.addPiece(pieceStart, i)
				pieceStart = -1
			}
		} else if pieceStart < 0 {
			pieceStart = i
		}
	}
	if wordStart >= 0 {
		t.addWord(wordStart, len(s))
	}
	if pieceStart >= 0 {
		t.addPiece(pieceStart, len(s))
	}
	return t
}

func (t *text) addWord(start, end int) {
	t.words = append(t.words, word{span{start, end}, strings.ToLower(t.s[start:end])})
}

func (t *text) addPiece(start, end int) {
	s := strings.TrimLeft(t.s[start:end], "'’‘.:!?¿¡_~+")
	start = end - len(s)
	s = strings.TrimRight(s, "'’‘.:!?…_~")
	if s == "" {
		return
	}
	url := strings.Contains(s, "://") || strings.HasPrefix(s, "www.")
	t.pieces = append(t.pieces, piece{span{start, start + len(s)}, s, url})
}

// gap is what stands between word i and the next one.
func (t *text) gap(i int) string {
	if i < 0 || i+1 >= len(t.words) {
		return ""
	}
	return t.s[t.words[i].end:t.words[i+1].start]
}

// raw is word i as it was written.
func (t *text) raw(i int) string { return t.s[t.words[i].start:t.words[i].end] }

// low is word i in lower case, "" where there is none.
func (t *text) low(i int) string {
	if i < 0 || i >= len(t.words) {
		return ""
	}
	return t.words[i].low
}

// before returns the n-th word before the offset in lower case, from 1.
func (t *text) before(offset, n int) string {
	lo, hi := 0, len(t.words)
	for lo < hi {
		mid := (lo + hi) / 2
		if t.words[mid].end <= offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return t.low(lo - n)
}

// after returns the first word that begins at the offset or behind it, in
// lower case.
func (t *text) after(offset int) string {
	n, _ := slices.BinarySearchFunc(t.words, offset, func(w word, at int) int { return w.start - at })
	return t.low(n)
}

// around returns the piece at the offset, a zero piece where there is none.
func (t *text) around(offset int) piece {
	i, found := slices.BinarySearchFunc(t.pieces, offset, func(p piece, at int) int {
		switch {
		case p.end <= at:
			return -1
		case p.start > at:
			return 1
		}
		return 0
	})
	if !found {
		return piece{}
	}
	return t.pieces[i]
}

// owned tells whether a stretch lies within one of the company's own names.
func (t *text) owned(s span) bool {
	return anyWithin(s, t.own)
}

// quotes lists what stands between quotation marks: somebody else's words, or
// those of a screen.
func (t *text) quotes() []span {
	var out []span
	start, shut := -1, rune(0)
	for i, r := range t.s {
		if start >= 0 && (r == shut || r == '\n') {
			if r == shut {
				out = append(out, span{start, i})
			}
			start = -1
			continue
		}
		if start < 0 && closing[r] != 0 {
			start, shut = i, closing[r]
		}
	}
	return out
}

// closing is the mark that ends a quotation.
var closing = map[rune]rune{'"': '"', '“': '”', '«': '»', '„': '“', '`': '`'}

// anyWithin tells whether a stretch lies within one of others.
func anyWithin(s span, others []span) bool {
	for _, o := range others {
		if s.within(o) {
			return true
		}
	}
	return false
}

// parts cuts a piece at any of the separators and keeps the offsets.
func (p piece) parts(separators string) []piece {
	if !strings.ContainsAny(p.s, separators) {
		return []piece{p}
	}
	var out []piece
	start := 0
	for i := 0; i <= len(p.s); i++ {
		if i < len(p.s) && strings.IndexByte(separators, p.s[i]) < 0 {
			continue
		}
		if i > start {
			out = append(out, piece{span{p.start + start, p.start + i}, p.s[start:i], p.url})
		}
		start = i + 1
	}
	return out
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r))
}

// splits tells which characters never belong to a piece.
func splits(r rune) bool {
	switch r {
	case ',', ';', '(', ')', '[', ']', '{', '}', '<', '>', '"', '«', '»', '“', '”', '|', '—', '–', '*', '`':
		return true
	case '\u00ad', '\u200b', '\u2060', '\ufeff': // invisible: they must not hide an address
		return true
	}
	return unicode.IsSpace(r)
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func isUpper(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return s != ""
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}

// wordSet makes a set of words that stand with spaces between them.
func wordSet(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
