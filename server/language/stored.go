package language

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Stored says in this language what the service has written down in English: a
// reason in the audit, why an update was parked. What people wrote, and what no
// phrase has words for, stays as it is.
func (p Printer) Stored(text string) string {
	if len(p.phrases) == 0 {
		return text
	}
	if format, ok := p.phrases[text]; ok {
		return format
	}
	for _, w := range p.written() {
		found := w.pattern.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		args := found[1:]
		for i, a := range args {
			args[i] = p.Stored(a)
		}
		return fill(p.phrases[w.format], args)
	}
	return text
}

// written finds a phrase by what it reads once its verbs are filled in.
type written struct {
	format  string
	pattern *regexp.Regexp
}

// fewestLetters is how many letters of a phrase say which one it is.
const fewestLetters = 12

// recognise makes the patterns, those that say most first.
func recognise(phrases map[string]string) func() []written {
	return sync.OnceValue(func() []written {
		var out []written
		letters := map[string]int{}
		for format := range phrases {
			plain := verb.ReplaceAllString(format, "")
			n := len(strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) }))
			if plain == format || n == 0 || len(plain) < fewestLetters {
				continue
			}
			letters[format] = len(plain)
			pattern := "(?s)^" + verb.ReplaceAllStringFunc(regexp.QuoteMeta(format), func(string) string { return "(.*?)" }) + "$"
			if re, err := regexp.Compile(pattern); err == nil {
				out = append(out, written{format, re})
			}
		}
		slices.SortFunc(out, func(a, b written) int {
			return cmp.Or(letters[b.format]-letters[a.format], strings.Compare(a.format, b.format))
		})
		return out
	})
}

// fill puts texts into the places of a format's verbs, in their order or by the
// number of their argument.
func fill(format string, args []string) string {
	i := 0
	return verb.ReplaceAllStringFunc(format, func(v string) string {
		if strings.HasSuffix(v, "%") {
			return "%"
		}
		if at := strings.IndexByte(v, '['); at >= 0 && v[at+1] >= '1' && v[at+1] <= '9' {
			i = int(v[at+1] - '1')
		}
		i++
		if i > len(args) {
			return ""
		}
		return args[i-1]
	})
}
