package lint

import (
	"unicode"
	"unicode/utf8"
)

// jargon finds terms of the plan's glossary, the longest first, and says the
// plain words.
func jargon(j *judge, t *text) []hit {
	g := j.glossaries[t.lang]
	if g == nil {
		return nil
	}
	var out []hit
	for i := 0; i < len(t.words); i++ {
		p, n, ok := g.at(t, i, func(p phrase, n int) bool { return standsAlone(t, i, n) && g.terms[p.entry].fits(t, i, n) })
		if !ok {
			continue
		}
		out = append(out, termHit(t, i, n, g.terms[p.entry]))
		i += n - 1
	}
	return out
}

func termHit(t *text, i, n int, term term) hit {
	h := hit{span: span{t.words[i].start, t.words[i+n-1].end}}
	if term.Plain == "" {
		h.reason, h.replace = "JARGON.out", leaveOut()
		return h
	}
	h.args = []string{"replace", term.Plain}
	if term.instead != nil {
		h.replace = t.likeWritten(i, *term.instead)
	}
	return h
}

// standsAlone keeps parts of addresses, identifiers and compounds out: the
// "edge" of cutting-edge is not ours.
func standsAlone(t *text, i, n int) bool {
	start, end := t.words[i].start, t.words[i+n-1].end
	if start > 0 {
		switch c := t.s[start-1]; c {
		case '-', '_', '@', '.', '\\', '#', '{', '&', '?', '=':
			return c == '.' && (start == 1 || t.s[start-2] == '.')
		case '/':
			if start > 1 && (t.s[start-2] == '/' || t.s[start-2] == ' ' || t.s[start-2] == ':') || inURL(t, start) {
				return false
			}
		}
	}
	if end < len(t.s) {
		switch t.s[end] {
		case '_', '@', '=', '}':
			return false
		case '.', '/', ':':
			next := end + 1
			return next >= len(t.s) || !isWordRune(rune(t.s[next])) || t.s[end] != '.' && !inURL(t, start)
		}
	}
	return true
}

func inURL(t *text, at int) bool { return t.around(at).url }

func isCapitalised(raw string) bool {
	first, size := utf8.DecodeRuneInString(raw)
	if !unicode.IsUpper(first) || size == len(raw) {
		return false
	}
	for _, r := range raw[size:] {
		if unicode.IsUpper(r) {
			return false
		}
	}
	return true
}

func capitalise(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// leaveOut is the suggestion to say nothing instead.
func leaveOut() *string { return new(string) }
