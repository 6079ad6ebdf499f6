// Package languagetest makes languages that nobody speaks, to find words that
// go past the catalogue and pages that only fit English.
package languagetest

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/countersign/countersign/comms"
)

// The made-up languages, under the regions that are kept for such.
const (
	Accented comms.Lang = "en-XA" // longer by two fifths, without one letter of ASCII
	Mirrored comms.Lang = "ar-XB" // written from right to left
)

// With adds both to the catalogues, each as the one file that another language
// is. They are generated from the English words.
func With(t testing.TB, base fs.FS) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	accented, mirrored := map[string]any{}, map[string]any{}
	names, err := fs.Glob(base, "messages/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(base, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: text}
		if !strings.HasSuffix(name, ".en.json") {
			continue
		}
		messages := map[string]any{}
		if err := json.Unmarshal(text, &messages); err != nil {
			t.Fatal(err)
		}
		for id, m := range messages {
			longer := 40
			if strings.Contains(id, "month") || strings.Contains(id, "weekday") || strings.HasSuffix(id, "direction") {
				longer = 0 // lists of names, which are counted
			}
			accented[id], mirrored[id] = spoken(m, accents, longer), plurals(spoken(m, hebrew, 0))
		}
	}
	mirrored["language.direction"] = "rtl"
	for lang, messages := range map[comms.Lang]map[string]any{Accented: accented, Mirrored: mirrored} {
		text, err := json.Marshal(messages)
		if err != nil {
			t.Fatal(err)
		}
		out["messages/"+string(lang)+".json"] = &fstest.MapFile{Data: text}
	}
	return out
}

// plurals says a message in all the numbers that Arabic has.
func plurals(m any) any {
	forms, ok := m.(map[string]any)
	if !ok {
		return m
	}
	for _, n := range []string{"zero", "one", "two", "few", "many"} {
		if forms[n] == nil {
			forms[n] = forms["other"]
		}
	}
	return forms
}

func spoken(m any, letters string, longer int) any {
	switch m := m.(type) {
	case string:
		return say(m, letters, longer)
	case map[string]any:
		out := map[string]any{}
		for n, text := range m {
			out[n] = spoken(text, letters, longer)
		}
		return out
	}
	return m
}

const (
	latin   = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	accents = "áƀçđéƒğĥíĵķłɱñóþɋřšţúṽŵẋýžÁƁÇĐÉƑĞĤÍĴĶŁṀÑÓÞɊŘŠŢÚṼŴẊÝŽ"
	hebrew  = "אבגדהוזחטיכלמנסעפצקרשתאבגדאבגדהוזחטיכלמנסעפצקרשתאבגד"
)

// say writes a text in other letters, and longer by so many percent. Gaps stay.
func say(text, letters string, longer int) string {
	to := []rune(letters)
	var out strings.Builder
	count := 0
	for text != "" {
		before, rest, gap := strings.Cut(text, "{{")
		for _, r := range before {
			if i := strings.IndexRune(latin, r); i >= 0 {
				r = to[i]
				count++
			}
			out.WriteRune(r)
		}
		if !gap {
			break
		}
		name, after, _ := strings.Cut(rest, "}}")
		out.WriteString("{{" + name + "}}")
		text = after
	}
	return out.String() + strings.Repeat("·", count*longer/100)
}
