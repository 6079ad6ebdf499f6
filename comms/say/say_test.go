package say

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
)

func TestSayTime(t *testing.T) {
	start := at("2026-11-23T14:20")
	tests := []struct {
		lang       comms.Lang
		t          string
		time, date string
	}{
		{"en", "2026-11-23T15:00", "15:00 UTC", "Monday 23 November"},
		{"en", "2026-11-24T00:05", "00:05 UTC on 24 November", "Tuesday 24 November"},
		{"en-GB", "2026-11-28T15:00", "15:00 UTC on 28 November", "Saturday 28 November"},
		{"es", "2026-11-23T15:00", "15:00 UTC", "lunes 23 de noviembre"},
		{"es", "2026-11-24T15:00", "15:00 UTC del 24 de noviembre", "martes 24 de noviembre"},
		{"es-MX", "2026-11-28T15:00", "15:00 UTC del 28 de noviembre", "sábado 28 de noviembre"},
		{"fr", "2026-11-24T15:00", "2026-11-24 15:00 UTC", "2026-11-24"},
	}
	for _, tt := range tests {
		if got := Time(tt.lang, at(tt.t), start); got != tt.time {
			t.Errorf("Time(%s, %s) = %q, want %q", tt.lang, tt.t, got, tt.time)
		}
		if got := Date(tt.lang, at(tt.t)); got != tt.date {
			t.Errorf("Date(%s, %s) = %q, want %q", tt.lang, tt.t, got, tt.date)
		}
	}
}

func TestEveryMonthAndDayHasItsName(t *testing.T) {
	for _, lang := range []comms.Lang{"en", "es"} {
		seen := map[string]bool{}
		for d := at("2026-01-01T00:00"); d.Year() == 2026; d = d.AddDate(0, 0, 1) {
			seen[Date(lang, d)] = true
		}
		if len(seen) != 365 {
			t.Errorf("%s names %d days of a year apart, want 365", lang, len(seen))
		}
	}
}

func TestSayDuration(t *testing.T) {
	tests := []struct {
		d          time.Duration
		en, es, fr string
	}{
		{0, "", "", ""},
		{-time.Minute, "", "", ""},
		{30 * time.Second, "less than a minute", "menos de un minuto", "< 1 min"},
		{time.Minute, "1 minute", "1 minuto", "1 min"},
		{40 * time.Minute, "40 minutes", "40 minutos", "40 min"},
		{time.Hour, "1 hour", "1 hora", "1 h"},
		{65 * time.Minute, "1 hour 5 minutes", "1 hora 5 minutos", "1 h 5 min"},
		{26*time.Hour + time.Minute, "1 day 2 hours 1 minute", "1 día 2 horas 1 minuto", "1 d 2 h 1 min"},
		{48 * time.Hour, "2 days", "2 días", "2 d"},
	}
	for _, tt := range tests {
		for lang, want := range map[comms.Lang]string{"en": tt.en, "es": tt.es, "fr": tt.fr} {
			if got := Duration(lang, tt.d); got != want {
				t.Errorf("Duration(%s, %s) = %q, want %q", lang, tt.d, got, want)
			}
		}
	}
}

func TestSayList(t *testing.T) {
	tests := []struct {
		lang  comms.Lang
		names []string
		want  string
	}{
		{"en", nil, ""},
		{"en", []string{"A"}, "A"},
		{"en", []string{"Sign-in", "Exports"}, "Sign-in and Exports"},
		{"en", []string{"A", "B", "C"}, "A, B and C"},
		{"es", []string{"Acceso", "Exportaciones"}, "Acceso y Exportaciones"},
		{"es", []string{"Acceso", "Informes"}, "Acceso e Informes"},
		{"es", []string{"Acceso", "Historial"}, "Acceso e Historial"},
		{"es", []string{"Acceso", "Índice"}, "Acceso e Índice"},
		{"es", []string{"Agua", "Hielo"}, "Agua y Hielo"},
		{"es", []string{"Informes", "Acceso", "API"}, "Informes, Acceso y API"},
		{"fr", []string{"A", "B"}, "A, B"},
	}
	for _, tt := range tests {
		if got := List(tt.lang, tt.names); got != tt.want {
			t.Errorf("List(%s, %v) = %q, want %q", tt.lang, tt.names, got, tt.want)
		}
	}
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04", s)
	if err != nil {
		panic(err) // the tests' own
	}
	return t
}
