package draft_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
)

func TestCleanNamesEveryField(t *testing.T) {
	for name, try := range map[string]struct {
		value string
		say   string
	}{
		"invalid UTF-8":      {"a\xff", "UTF-8"},
		"NUL":                {"a\x00b", "U+0000"},
		"bidi override":      {"abc\u202Edef", "U+202E"},
		"bidi isolate":       {"abc\u2067def", "U+2067"},
		"right-to-left mark": {"abc\u200Fdef", "U+200F"},
		"escape":             {"\x1b[31m", "U+001B"},
		"too long":           {strings.Repeat("x", 20_001), "shorten"},
		"a C1 control":       {"a\u0085b", "U+0085"},
	} {
		d := draft.Draft{Slots: draft.Slots{}}
		d.Slots.Set("en", "impact", try.value)
		d.Slots.Set(draft.Shared, "next_update", try.value)
		var bad comms.Refusals
		if err := d.Clean(); !errors.As(err, &bad) || len(bad) != 2 {
			t.Errorf("%s: Clean() = %v, want one refusal for each of two fields", name, err)
			continue
		}
		if bad[0].Field != "slots.next_update" || bad[1].Field != "slots.en.impact" || !strings.Contains(bad[0].Text, try.say) {
			t.Errorf("%s: Clean() = %v, want the fields named and %q", name, bad, try.say)
		}
	}
	ok := draft.Draft{Slots: draft.Slots{"es": {"impact": "No se puede entrar.\nNi salir. 👩🏽‍💻 العربية"}}}
	if err := ok.Clean(); err != nil {
		t.Errorf("an honest text is refused: %v", err)
	}
	if r := draft.CheckText("name", "two\nlines", false); r == nil {
		t.Error("a line break was taken in a field of one line")
	}
}

func TestParseTime(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-23T15:00":          "2026-11-23T15:00",
		" 2026-11-23 15:00 ":        "2026-11-23T15:00",
		"2026-11-23T15:00:00Z":      "2026-11-23T15:00",
		"2026-11-23T16:00:00+01:00": "2026-11-23T15:00",
	} {
		got, err := draft.ParseTime(in)
		if err != nil || draft.FormatTime(got) != want {
			t.Errorf("ParseTime(%q) = %v, %v; want %s", in, got, err, want)
		}
	}
	for _, wrong := range []string{"", "soon", "15:00", "2026-13-01T00:00", "2026-11-23T25:00"} {
		if _, err := draft.ParseTime(wrong); err == nil {
			t.Errorf("ParseTime(%q) took it", wrong)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	d := draft.Draft{Claims: []comms.Claim{{Component: "a"}}, Slots: draft.Slots{"en": {"impact": "x"}}}
	c := d.Clone()
	c.Claims[0].Component, c.Slots["en"]["impact"] = "b", "y"
	if d.Claims[0].Component != "a" || d.Slots.Get("en", "impact") != "x" {
		t.Error("a clone shares memory with its original")
	}
}

func FuzzParseTime(f *testing.F) {
	f.Add("2026-11-23T15:00")
	f.Fuzz(func(t *testing.T, s string) {
		at, err := draft.ParseTime(s)
		if err != nil {
			return
		}
		if again, err := draft.ParseTime(draft.FormatTime(at)); err != nil || again.Sub(at).Abs() > 60e9 {
			t.Fatalf("ParseTime(%q) = %v does not read back: %v %v", s, at, again, err)
		}
	})
}
