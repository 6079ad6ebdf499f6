// Package say puts days, times, durations and lists into words, in the
// languages that it knows. Holding statements are filled in with these words
// and verified by saying them again: what it says of a moment or a list is part
// of the messages' format, and a change of it is a change of comms.Format.
package say

import (
	"fmt"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// speech is how a language says days, durations and lists. The libraries at
// hand format numbers, not these. A language without one gets forms that need
// no words: 2026-11-28, 1 h 5 min, commas.
type speech struct {
	months, days             []string // January and Sunday first
	date                     string   // weekday, day, month
	timeOn                   string   // time, day, month
	day, hour, minute        [2]string
	lessThanMinute, listLast string
}

func speechOf(lang comms.Lang) (speech, bool) {
	base, _, _ := strings.Cut(strings.ToLower(string(lang)), "-")
	switch base {
	case "en":
		return speech{
			months: []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
			days:   []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
			date:   "%s %d %s", timeOn: "%s on %d %s",
			day: [2]string{"day", "days"}, hour: [2]string{"hour", "hours"}, minute: [2]string{"minute", "minutes"},
			lessThanMinute: "less than a minute", listLast: " and ",
		}, true
	case "es":
		return speech{
			months: []string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
			days:   []string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
			date:   "%s %d de %s", timeOn: "%s del %d de %s",
			day: [2]string{"día", "días"}, hour: [2]string{"hora", "horas"}, minute: [2]string{"minuto", "minutos"},
			lessThanMinute: "menos de un minuto", listLast: " y ",
		}, true
	}
	return speech{}, false
}

// Date gives the UTC day: "Saturday 28 November", "sábado 28 de noviembre".
func Date(lang comms.Lang, t time.Time) string {
	s, ok := speechOf(lang)
	if !ok {
		return t.Format(time.DateOnly)
	}
	return fmt.Sprintf(s.date, s.days[t.Weekday()], t.Day(), s.months[t.Month()-1])
}

// Time gives "15:00 UTC", with the day if it is another one than that of
// the start: "15:00 UTC on 24 November".
func Time(lang comms.Lang, t, start time.Time) string {
	clock := t.Format("15:04 UTC")
	if t.Format(time.DateOnly) == start.Format(time.DateOnly) {
		return clock
	}
	s, ok := speechOf(lang)
	if !ok {
		return t.Format("2006-01-02 15:04 UTC")
	}
	return fmt.Sprintf(s.timeOn, clock, t.Day(), s.months[t.Month()-1])
}

// Duration gives days, hours and minutes, leaving out what is zero:
// "1 hour 5 minutes". It is "" for a span that does not go forward.
func Duration(lang comms.Lang, d time.Duration) string {
	s, ok := speechOf(lang)
	if !ok {
		s.day, s.hour, s.minute = [2]string{"d", "d"}, [2]string{"h", "h"}, [2]string{"min", "min"}
		s.lessThanMinute = "< 1 min"
	}
	if d <= 0 {
		return ""
	}
	minutes := int(d / time.Minute)
	var parts []string
	add := func(n int, unit [2]string) {
		switch n {
		case 0:
		case 1:
			parts = append(parts, "1 "+unit[0])
		default:
			parts = append(parts, fmt.Sprint(n)+" "+unit[1])
		}
	}
	add(minutes/(24*60), s.day)
	add(minutes/60%24, s.hour)
	add(minutes%60, s.minute)
	if len(parts) == 0 {
		return s.lessThanMinute
	}
	return strings.Join(parts, " ")
}

// Span is a length of time as part of a phrase: comms.Spoken.
type Span time.Duration

// In says it as Duration does.
func (s Span) In(lang comms.Lang) string { return Duration(lang, time.Duration(s)) }

// String says it in English.
func (s Span) String() string { return s.In("en") }

// List joins names: "A, B and C".
func List(lang comms.Lang, names []string) string {
	s, ok := speechOf(lang)
	if n := len(names); ok && n > 1 {
		last := names[n-1]
		if s.listLast == " y " && soundsLikeI(last) {
			s.listLast = " e "
		}
		return strings.Join(names[:n-1], ", ") + s.listLast + last
	}
	return strings.Join(names, ", ")
}

// soundsLikeI tells whether Spanish says "e" instead of "y" before the word:
// before the sound i, but not before the diphthongs of "hielo" and "iones".
func soundsLikeI(word string) bool {
	w := strings.TrimPrefix(strings.ToLower(word), "h")
	rest, found := strings.CutPrefix(w, "i")
	if !found {
		return strings.HasPrefix(w, "í")
	}
	return !strings.HasPrefix(rest, "a") && !strings.HasPrefix(rest, "e") && !strings.HasPrefix(rest, "o")
}
