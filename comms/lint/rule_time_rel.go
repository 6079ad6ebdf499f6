package lint

import (
	"strconv"
	"time"

	"github.com/countersign/countersign/comms"
)

// relativeDays mean another day to whoever reads them tomorrow, or elsewhere.
var relativeDays = phrases{
	"en": `today
		yesterday
		tomorrow
		tonight
		this morning
		this afternoon
		this evening
		last night
		next week
		last week`,
	"es": `hoy
		ayer
		anteayer
		mañana
		anoche
		esta mañana
		esta tarde
		esta noche
		la semana que viene
		la próxima semana
		la semana pasada`,
}

// isRelative lets the parts of the day through ("las 9 de la mañana"), and "hoy
// en día".
func isRelative(_ *judge, t *text, m match) bool {
	switch t.words[m.first].low {
	case "mañana":
		before := t.low(m.first - 1)
		return before != "la" && before != "por" && before != "cada" && before != "de"
	case "hoy":
		return t.low(m.first+1) != "en" || t.low(m.first+2) != "día"
	case "today":
		return t.gap(m.first) != "'" && t.gap(m.first) != "’"
	}
	return true
}

// dated suggests the date that a day means to whoever writes it; nil when that
// is not known.
func dated(j *judge, t *text, m match) *string {
	if j.Now.IsZero() || m.n > 1 {
		return nil
	}
	days, ok := map[string]int{"today": 0, "yesterday": -1, "tomorrow": 1, "hoy": 0, "ayer": -1, "anteayer": -2, "mañana": 1}[t.words[m.first].low]
	if !ok {
		return nil
	}
	day := dayIn(t.lang, j.Now.UTC().AddDate(0, 0, days))
	switch before := t.low(m.first - 1); base(t.lang) {
	case "en":
		if !datePrepositions[before] {
			day = "on " + day
		}
	case "es":
		day = "el " + day
	}
	return t.likeWritten(m.first, day)
}

var datePrepositions = wordSet("on by until since from before after of through")

// dayIn writes a date in words: "9 February", "9 de febrero".
func dayIn(lang comms.Lang, d time.Time) string {
	if base(lang) == "es" {
		return strconv.Itoa(d.Day()) + " de " + spanishMonths[d.Month()-1]
	}
	return strconv.Itoa(d.Day()) + " " + d.Month().String()
}
