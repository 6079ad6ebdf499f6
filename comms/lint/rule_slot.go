package lint

import "strings"

// slotMarks finds what was left to fill in: {impact}, TBD, XX:XX, lorem ipsum.
func slotMarks(_ *judge, t *text) []hit {
	var out []hit
	for at := 0; ; {
		s, ok := braces(t.s, at)
		if !ok {
			break
		}
		out = append(out, hit{span: s})
		at = s.end
	}
	for i := range t.words {
		if end, ok := marker(t, i); ok {
			out = append(out, hit{span: span{t.words[i].start, end}})
		}
	}
	for _, open := range []string{"[insert ", "<insert ", "[insertar ", "<insertar "} {
		if i := strings.Index(t.s, open); i >= 0 {
			end := i + len(open) - 1
			if j := strings.IndexAny(t.s[end:], "]>"); j >= 0 {
				end += j + 1
			}
			out = append(out, hit{span: span{i, end}})
		}
	}
	return out
}

// braces finds the next {name}, {name?} or {{name}} from the offset on.
func braces(s string, from int) (span, bool) {
	for i := from; i < len(s); i++ {
		if s[i] != '{' {
			continue
		}
		start := i
		for i < len(s) && s[i] == '{' {
			i++
		}
		name := i
		for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= '0' && s[i] <= '9' || strings.IndexByte("_-. ?", s[i]) >= 0) {
			i++
		}
		if i == name || i >= len(s) || s[i] != '}' {
			i--
			continue
		}
		for i < len(s) && s[i] == '}' {
			i++
		}
		return span{start, i}, true
	}
	return span{}, false
}

// marker knows the words that people leave for later. "TODO" is a Spanish word
// as well: there it needs its colon.
func marker(t *text, i int) (end int, ok bool) {
	w := t.words[i]
	switch t.raw(i) {
	case "TBD", "TBC", "TBA", "FIXME", "XXX", "XXXX":
		return w.end, true
	case "TODO":
		return w.end, t.lang != "es" || strings.HasPrefix(t.s[w.end:], ":")
	case "XX", "HH", "hh":
		if next := t.low(i + 1); t.gap(i) == ":" && (next == "xx" || next == "mm") {
			return t.words[i+1].end, true
		}
	}
	if w.low == "lorem" && t.low(i+1) == "ipsum" {
		return t.words[i+1].end, true
	}
	return 0, false
}
