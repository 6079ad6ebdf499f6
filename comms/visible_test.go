package comms_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
)

func TestVisibleTakesOutWhatShowsNothing(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"Sign-in is down, año, 1 — 2":    "Sign-in is down, año, 1 — 2",
		"\ufeffguar\u00adantee":          "guarantee",
		"nev\u200ber, db\u2060-prod":     "never, db-prod",
		"nev\u200der, ν\u200cα, д\ufe0f": "never, να, д",
		"10.\u200d0.3.7":                 "10.0.3.7",
		"\u3164\u115f\u034f\U000e0001":   "",
		"می\u200cخواهم":                  "می\u200cخواهم",
		"👩\u200d🚒 ❤\ufe0f 🏴\U000e0067\U000e0062\U000e007f": "👩\u200d🚒 ❤\ufe0f 🏴\U000e0067\U000e0062\U000e007f",
		"क\u094d\u200dष": "क\u094d\u200dष",
	} {
		if got := comms.Visible(text); got != want {
			t.Errorf("of %q stays %q, want %q", text, got, want)
		}
	}
}

func TestVisibleTextStaysAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := comms.Visible(rapid.String().Draw(t, "text"))
		if again := comms.Visible(once); again != once {
			t.Fatalf("%q became %q", once, again)
		}
	})
}
