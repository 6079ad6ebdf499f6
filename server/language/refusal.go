package language

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"unicode"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/say"
)

// Refusal says a refusal of the domain in the printer's language. The domain
// knows English alone, so its formats are looked up the way gettext does it,
// by the English words; what has no translation comes out in English.
func (p Printer) Refusal(r *comms.Refusal) string {
	if text, ok := p.phrase(r.Phrase); ok {
		return text
	}
	return r.Text
}

// Phrase says a phrase of the domain in the printer's language, else in English.
func (p Printer) Phrase(said comms.Phrase) string {
	if text, ok := p.phrase(said); ok {
		return text
	}
	return said.String()
}

func (p Printer) phrase(said comms.Phrase) (string, bool) {
	format, ok := p.phrases[said.Format]
	if !ok {
		if said.Format == "" || p.lang != Fallback && hasWords(said.Format) {
			return "", false
		}
		format = said.Format
	}
	args := make([]any, len(said.Args))
	for i, arg := range said.Args {
		args[i] = p.argument(arg)
	}
	return fmt.Sprintf(format, args...), true
}

func (p Printer) argument(arg any) any {
	switch arg := arg.(type) {
	case *comms.Refusal:
		return p.Refusal(arg)
	case comms.Phrase:
		if text, ok := p.phrase(arg); ok {
			return text
		}
	case comms.Spoken:
		return arg.In(p.lang)
	case comms.Lang:
		return say.Language(p.lang, arg)
	}
	return arg
}

// verb is one verb of package fmt, with its flags and the index of its argument.
var verb = regexp.MustCompile(`%[-+# 0-9.]*(?:\[[0-9]+\])?[a-zA-Z%]`)

// hasWords tells whether a format has anything to translate beside its verbs.
func hasWords(format string) bool {
	return strings.ContainsFunc(verb.ReplaceAllString(format, ""), unicode.IsLetter)
}

// readPhrases reads the domain's phrases in a language, and adds the file to
// the digest. A language without one says refusals in English.
func readPhrases(fsys fs.FS, lang comms.Lang, digest io.Writer) (map[string]string, error) {
	name := "messages/refusals/" + string(lang) + ".json"
	text, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the translations of refusals: %w", err)
	}
	var phrases map[string]string
	if err := json.Unmarshal(text, &phrases); err != nil {
		return nil, fmt.Errorf("%s is not one JSON object of English formats and their translations: %w", name, err)
	}
	fmt.Fprintf(digest, "%s %d\n%s", name, len(text), text)
	return phrases, nil
}
