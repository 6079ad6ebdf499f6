package say

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/countersign/countersign/comms"
)

// Language is what a reader of one language calls another one: "Spanish". A
// reader of a language without such names reads them in English; what has no
// name is called by its code.
func Language(reader, of comms.Lang) string {
	names := display.Languages(language.Make(string(reader)))
	if names == nil {
		names = display.Languages(language.English)
	}
	tag, err := language.Parse(string(of))
	if name := names.Name(tag); err == nil && name != "" && name != names.Name(language.Und) {
		return name
	}
	return string(of)
}
