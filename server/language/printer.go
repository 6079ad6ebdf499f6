package language

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"

	"github.com/countersign/countersign/comms"
)

// Printer writes the frame's words in one language. It is safe for use by
// several goroutines.
type Printer struct {
	lang    comms.Lang
	faces   map[string]func() *i18n.Localizer // each made when it first speaks
	phrases map[string]string                 // English format → format in this language
	written func() []written
	// names of the calendar, from January and Sunday on
	months, shortMonths, weekdays, shortWeekdays []string
}

func newPrinter(faces map[string]func() *i18n.Bundle, lang comms.Lang, phrases map[string]string) Printer {
	p := Printer{lang: lang, faces: map[string]func() *i18n.Localizer{}, phrases: phrases, written: recognise(phrases)}
	for face, messages := range faces {
		p.faces[face] = sync.OnceValue(func() *i18n.Localizer { return i18n.NewLocalizer(messages(), string(lang)) })
	}
	p.months = names(p.T("language.months"))
	p.shortMonths = names(p.T("language.months_short"))
	p.weekdays = names(p.T("language.weekdays"))
	p.shortWeekdays = names(p.T("language.weekdays_short"))
	return p
}

// names are divided by blanks, or by strokes where one of them has a blank.
func names(text string) []string {
	if !strings.Contains(text, "|") {
		return strings.Fields(text)
	}
	out := strings.Split(text, "|")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// Dir is the direction in which the language is written, for the attribute of
// that name in HTML: "ltr" or "rtl".
func (p Printer) Dir() string {
	if p.T("language.direction") == "rtl" {
		return "rtl"
	}
	return "ltr"
}

// Lang is the language that the printer writes.
func (p Printer) Lang() comms.Lang { return p.lang }

// T gives the message, with its gaps filled from args: key, value pairs, as in
// p.T("desk.saved_at", "time", "14:05 UTC"). The key "count" also selects the
// plural form. A message that does not exist comes out as its identifier.
func (p Printer) T(id string, args ...any) string {
	face, _, _ := strings.Cut(id, ".")
	localizer := p.faces[face]
	if localizer == nil {
		return id
	}
	config := i18n.LocalizeConfig{MessageID: id}
	if len(args) > 1 {
		data := make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			key, ok := args[i].(string)
			if !ok {
				continue
			}
			data[key] = args[i+1]
			if key == "count" {
				config.PluralCount = args[i+1]
			}
		}
		config.TemplateData = data
	}
	text, err := localizer().Localize(&config)
	if err != nil && text == "" {
		return id
	}
	return text
}

// Time writes the time of day: "14:32 UTC".
func (p Printer) Time(t time.Time) string { return p.when("language.time", t) }

// DateTime writes a moment: "23 Nov, 14:32 UTC".
func (p Printer) DateTime(t time.Time) string { return p.when("language.date_time", t) }

// Date writes a day in UTC: "Sunday 22 November".
func (p Printer) Date(t time.Time) string { return p.when("language.date", t) }

// Day writes a day in UTC in short: "Sat 28 Nov".
func (p Printer) Day(t time.Time) string { return p.when("language.day", t) }

// Month writes a month: "November 2026".
func (p Printer) Month(t time.Time) string { return p.when("language.month", t) }

func (p Printer) when(id string, t time.Time) string {
	t = t.UTC()
	return p.T(id,
		"clock", t.Format("15:04"), "day", strconv.Itoa(t.Day()), "year", strconv.Itoa(t.Year()),
		"month", name(p.months, int(t.Month())-1), "short_month", name(p.shortMonths, int(t.Month())-1),
		"weekday", name(p.weekdays, int(t.Weekday())), "short_weekday", name(p.shortWeekdays, int(t.Weekday())))
}

func name(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return strconv.Itoa(i + 1)
}
