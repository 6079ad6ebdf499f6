package lint

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/countersign/countersign/comms"
)

// fact is what a text says that is the same in every language.
type fact struct {
	span
	kind, value string
	// hard facts must stand in every language; others only answer for one: a
	// number in words, a component's name that is an ordinary word there.
	hard bool
}

func (f fact) among(others []fact) bool {
	for _, o := range others {
		if o.kind == f.kind && o.value == f.value {
			return true
		}
	}
	return false
}

// facts lists the times, numbers, links and components of a text, save those
// in quotation marks: what a screen shows may be in another language.
func (j *judge) facts(lang comms.Lang, s string) []fact {
	t := j.read(lang, s)
	quoted := t.quotes()
	var out []fact
	for _, p := range t.pieces {
		if host, at := hostOf(p); host != "" && !anyWithin(at, quoted) {
			out = append(out, fact{at, "link", host, true})
		}
	}
	components := j.components[lang]
	for i := 0; i < len(t.words); i++ {
		at := t.words[i].span
		if anyWithin(at, quoted) || inURL(t, at.start) {
			continue
		}
		if p, n, ok := components.begin(t, i); ok {
			out = append(out, fact{t.span(i, n), "component", strconv.Itoa(p.entry), t.isName(i, n)})
			i += n - 1
			continue
		}
		if last, zoned, ok := clock(t, i); ok {
			out = append(out, fact{t.span(i, last-i+1), "time", timeOfDay(t, i, last, zoned), true})
			i = last
			continue
		}
		if f, last, ok := t.number(i); ok {
			out = append(out, f)
			i = last
		}
	}
	return out
}

// isName tells whether words are written as a name: with a capital that does
// not merely begin a sentence. "You cannot sign in" names no component.
func (t *text) isName(i, n int) bool {
	capitals := 0
	for k := i; k < i+n; k++ {
		if t.raw(k) != t.words[k].low {
			capitals++
		}
	}
	return capitals > 1 || capitals == 1 && t.sentenceAt(i).first != i
}

// timeOfDay writes a time in hours and minutes of 24.
func timeOfDay(t *text, first, last int, _ bool) string {
	hour, rest := leadingNumber(t.words[first].low)
	minute := 0
	if len(rest) == 3 && rest[0] == 'h' {
		minute, _ = strconv.Atoi(rest[1:])
	}
	half := rest
	for k := first + 1; k <= last; k++ {
		w := t.words[k].low
		if n, after := leadingNumber(w); n >= 0 && k == first+1 {
			minute, half = n, half+after
			continue
		}
		half += w
	}
	switch {
	case strings.Contains(half, "p") && hour < 12:
		hour += 12
	case strings.Contains(half, "a") && hour == 12:
		hour = 0
	}
	return fmt.Sprintf("%02d:%02d", hour, minute)
}

// number reads a number in digits, with the separators of its language, or a
// small one in words.
func (t *text) number(i int) (fact, int, bool) {
	w := t.words[i].low
	if n, ok := numerals[string(base(t.lang))][w]; ok {
		return fact{t.words[i].span, "number", n, units[t.low(i+1)]}, i, true
	}
	for _, ordinal := range []string{"st", "nd", "rd", "th", "º", "ª"} {
		w = strings.TrimSuffix(w, ordinal)
	}
	if !isDigits(w) || !t.standsFreeNumber(i) {
		return fact{}, i, false
	}
	value, last := w, i
	for last+1 < len(t.words) && isDigits(t.words[last+1].low) {
		next := t.words[last+1].low
		thousand, decimal := ",", "."
		if base(t.lang) == "es" {
			thousand, decimal = ".", ","
		}
		g := t.gap(last)
		switch {
		case (g == thousand || g == "\u00a0" || g == "\u202f" || g == " " && len(value) <= 3) && len(next) == 3:
			value += next
		case g == decimal, g == thousand && len(next) < 3:
			value += "." + next
		default:
			g = ""
		}
		if g == "" {
			break
		}
		last++
	}
	value = strings.TrimLeft(value, "0")
	return fact{t.span(i, last-i+1), "number", value, true}, last, true
}

// standsFreeNumber keeps the digits of names and versions out: GPT-4, v2.
func (t *text) standsFreeNumber(i int) bool {
	start := t.words[i].start
	return start == 0 || !strings.ContainsRune("-_#@", rune(t.s[start-1])) || i > 0 && isDigits(t.low(i-1))
}

// numerals are small numbers in words.
var numerals = map[string]map[string]string{
	"en": {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30"},
	"es": {"dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "diez": "10", "once": "11", "doce": "12", "quince": "15", "veinte": "20", "treinta": "30"},
}
