package lint

import (
	"strconv"
	"strings"
	"time"
)

// numericDate finds dates in numbers, which two readers read as two days:
// 09/02 is in September or in February. A year in front settles it.
func numericDate(_ *judge, t *text) []hit {
	var out []hit
	for _, p := range t.pieces {
		if p.url || len(p.s) < 3 || len(p.s) > 10 || p.s[0] < '0' || p.s[0] > '9' {
			continue
		}
		a, b, year, ok := dateParts(p.s)
		if !ok || year == "" && !isDateBeside(t, p) {
			continue
		}
		out = append(out, hit{span: p.span, replace: writtenDate(t, a, b, year)})
	}
	return out
}

// dateParts reads 9/2, 09/02/2026, 9-2-26 and 9.2.2026. A dot without a year
// is a number with decimals, a hyphen is a range.
func dateParts(s string) (a, b int, year string, ok bool) {
	at := strings.IndexAny(s, "/-.")
	if at < 1 {
		return 0, 0, "", false
	}
	parts := strings.Split(s, s[at:at+1])
	if len(parts) < 2 || len(parts) > 3 || len(parts) == 2 && s[at] != '/' {
		return 0, 0, "", false
	}
	for _, p := range parts {
		if !isDigits(p) {
			return 0, 0, "", false
		}
	}
	if len(parts) == 3 {
		if year = parts[2]; len(year) != 4 && (len(year) != 2 || s[at] == '.') || len(year) == 4 && !isYear(year) {
			return 0, 0, "", false
		}
	}
	a, _ = strconv.Atoi(parts[0])
	b, _ = strconv.Atoi(parts[1])
	fits := len(parts[0]) <= 2 && len(parts[1]) <= 2 && a >= 1 && b >= 1 && (a <= 12 && b <= 31 || a <= 31 && b <= 12)
	if len(parts) == 2 {
		fits = fits && s != "24/7"
	}
	return a, b, year, fits
}

// isDateBeside tells whether a date without a year is one: a word for it
// stands before, and none after that makes it a share ("on 1/3 of requests").
func isDateBeside(t *text, p piece) bool {
	next := t.after(p.end)
	return dateWords[t.before(p.start, 1)] && next != "of" && next != "de" && next != "th" && next != "parts"
}

var dateWords = wordSet("on until since from by before after through between starting el del al desde hasta día")

// writtenDate says a date in words where only one reading is possible.
func writtenDate(t *text, a, b int, year string) *string {
	if a <= 12 && b <= 12 && a != b {
		return nil
	}
	if a <= 12 && b > 12 {
		a, b = b, a
	}
	s := dayIn(t.lang, time.Date(2000, time.Month(b), a, 0, 0, 0, 0, time.UTC))
	if len(year) == 2 {
		year = "20" + year
	}
	if year != "" && base(t.lang) == "es" {
		s += " de " + year
	} else if year != "" {
		s += " " + year
	}
	return &s
}

var spanishMonths = strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")
