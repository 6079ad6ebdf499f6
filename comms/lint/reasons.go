package lint

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"

	"github.com/countersign/countersign/comms"
)

//go:embed reasons.en.json
var reasonsEN []byte

//go:embed reasons.es.json
var reasonsES []byte

// reasons is the table of sentences by language and key, decoded once. A test
// holds the languages to the same keys and placeholders.
var reasons = sync.OnceValue(func() map[comms.Lang]map[string]string {
	out := map[comms.Lang]map[string]string{}
	for lang, raw := range map[comms.Lang][]byte{"en": reasonsEN, "es": reasonsES} {
		var m map[string]string
		if err := json.Unmarshal(raw, &m); err == nil {
			out[lang] = m
		}
	}
	return out
})

// sentence says a reason in the language, else in English; args are
// placeholder, value pairs.
func (j *judge) sentence(lang comms.Lang, key string, args ...string) string {
	s, ok := reasons()[lang][key]
	if !ok {
		s, ok = reasons()["en"][key]
	}
	if !ok {
		return key
	}
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(s, "{")
		b.WriteString(text)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return b.String()
		}
		b.WriteString(value(args, name))
		s = after
	}
}

func value(args []string, name string) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return clip(args[i+1])
		}
	}
	return ""
}

// clip keeps what is quoted in a sentence short.
func clip(s string) string {
	const most = 60
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
