package say_test

import (
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/say"
)

func TestLanguage(t *testing.T) {
	for _, test := range []struct {
		reader, of comms.Lang
		want       string
	}{
		{"en", "es", "Spanish"},
		{"es", "en", "inglés"},
		{"es-MX", "en", "inglés"},
		{"en", "xx", "xx"}, // a code that nobody gave a meaning
		{"en", "no language", "no language"},
		{"tlh", "es", "Spanish"}, // Klingon names no languages
		{"", "es", "Spanish"},
	} {
		if got := say.Language(test.reader, test.of); got != test.want {
			t.Errorf("who reads %q calls %q %q, want %q", test.reader, test.of, got, test.want)
		}
	}
}
