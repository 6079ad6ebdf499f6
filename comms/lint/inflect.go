package lint

import (
	"slices"
	"strings"
)

// english lists a term with the plurals and verb forms of its last word. Forms
// that no such word has do no harm: nobody writes them.
func english(term string) []string {
	head, last := splitLast(term)
	out := []string{term}
	for _, form := range englishWord(last) {
		out = append(out, head+form)
	}
	return out
}

func englishWord(w string) []string {
	low := strings.ToLower(w)
	switch {
	case low == "" || strings.Trim(low, "abcdefghijklmnopqrstuvwxyz") != "":
		return nil
	case w != low: // an acronym or a name
		return []string{w + "s"}
	case strings.HasSuffix(low, "ss"), endsIn(low, "ing", "tion", "ity", "ed", "ly", "ment", "ness", "ency"):
		return []string{plural(low)}
	case strings.HasSuffix(low, "s"):
		return []string{strings.TrimSuffix(low, "s")}
	}
	out := []string{plural(low)}
	switch {
	case strings.HasSuffix(low, "e"):
		out = append(out, low+"d", low[:len(low)-1]+"ing", low+"ing")
	case endsConsonantY(low):
		out = append(out, low[:len(low)-1]+"ied", low+"ing")
	default:
		out = append(out, low+"ed", low+"ing")
		if doubles(low) {
			double := low + low[len(low)-1:]
			out = append(out, double+"ed", double+"ing")
		}
	}
	return out
}

func plural(w string) string {
	switch {
	case endsConsonantY(w):
		return w[:len(w)-1] + "ies"
	case endsIn(w, "s", "x", "z", "ch", "sh"):
		return w + "es"
	}
	return w + "s"
}

func endsConsonantY(w string) bool {
	return len(w) > 1 && w[len(w)-1] == 'y' && !strings.ContainsRune("aeiou", rune(w[len(w)-2]))
}

// doubles: a short word that ends consonant, vowel, consonant.
func doubles(w string) bool {
	n := len(w)
	return n >= 3 && n <= 5 && !strings.ContainsRune("aeiouwxy", rune(w[n-1])) && strings.ContainsRune("aeiou", rune(w[n-2])) && !strings.ContainsRune("aeiou", rune(w[n-3]))
}

// spanish lists a term with its plurals and genders, and with the accents that
// people in a hurry leave out. Of "balanceador de carga" the first word has a
// plural; of "latencia elevada" both.
func spanish(term string) []string {
	words := strings.Fields(term)
	several := slices.Clone(words)
	for i, w := range words {
		if spanishStops[w] {
			break
		}
		several[i] = spanishPlural(w)
	}
	out := []string{term, strings.Join(several, " ")}
	if len(words) == 1 {
		out = append(out, spanishWord(words[0])...)
	}
	for _, form := range out {
		if bare := unaccent.Replace(form); bare != form {
			out = append(out, bare)
		}
	}
	return out
}

// spanishStops begin what is not inflected: "de carga", "por error".
var spanishStops = map[string]bool{"de": true, "en": true, "por": true, "a": true, "al": true, "se": true, "un": true, "una": true, "con": true, "el": true, "la": true}

var unaccent = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u")

func spanishPlural(w string) string {
	low := strings.ToLower(w)
	switch {
	case w != low, strings.HasSuffix(low, "s"):
		return w
	case strings.HasSuffix(low, "ión"):
		return strings.TrimSuffix(low, "ión") + "iones"
	case strings.HasSuffix(low, "z"):
		return strings.TrimSuffix(low, "z") + "ces"
	case endsIn(low, "a", "e", "o", "é", "i"):
		return low + "s"
	}
	return low + "es"
}

// spanishWord adds what a single word can be besides its plural: an English
// plural, a feminine, the common forms of a verb.
func spanishWord(w string) []string {
	low := strings.ToLower(w)
	if w != low {
		return []string{w + "s"}
	}
	switch {
	case strings.HasSuffix(low, "ar"):
		stem := strings.TrimSuffix(low, "ar")
		return []string{stem + "ando", stem + "ado", stem + "ada", stem + "ados", stem + "adas", stem + "amos", stem + "ó", stem + "aron"}
	case strings.HasSuffix(low, "ado"):
		stem := strings.TrimSuffix(low, "o")
		return []string{stem + "a", stem + "as"}
	case endsIn(low, "a", "e", "o", "é", "i", "s"):
		return nil
	}
	return []string{low + "s"}
}

func splitLast(term string) (head, last string) {
	at := strings.LastIndexAny(term, " -/")
	return term[:at+1], term[at+1:]
}

func endsIn(w string, endings ...string) bool {
	for _, e := range endings {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}
