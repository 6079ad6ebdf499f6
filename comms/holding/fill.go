package holding

import (
	"html"
	"maps"
	"regexp"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/say"
)

// Fill gives the words of a statement for an incident, in every language of
// the statement. It refuses a choice that the statement does not offer, and an
// incident that leaves one of its gaps empty.
func Fill(s comms.Statement, i comms.Incident, choices map[string]string) (map[comms.Lang]comms.Forms, error) {
	w, ok := wording(s, choices)
	if !ok {
		return nil, comms.Refuse(comms.Invalid, "choices", "the holding statement %q has no words for this choice; choose from its lists", s.ID)
	}
	out := make(map[comms.Lang]comms.Forms, len(w.Forms))
	for lang, f := range w.Forms {
		values := map[string]string{}
		for _, g := range s.Gaps {
			v := value(s, g, i, lang)
			if v == "" {
				return nil, comms.Refuse(comms.Invalid, g.From, "nothing is given for {%s} of the holding statement %q; give it", g.Slot, s.ID)
			}
			values[g.Slot] = v
		}
		out[lang] = comms.Forms{
			Title: put(f.Title, values), Subject: put(f.Subject, values), Text: put(f.Text, values), Short: put(f.Short, values),
			Support: put(f.Support, values), InProduct: put(f.InProduct, values), HTML: put(f.HTML, escaped(values)),
		}
	}
	return out, nil
}

// wording finds the words for a choice; a choice that is not made is "".
func wording(s comms.Statement, choices map[string]string) (comms.Wording, bool) {
	made := maps.Clone(choices)
	maps.DeleteFunc(made, func(_, key string) bool { return key == "" })
	for _, w := range s.Wordings {
		offered := maps.Clone(w.Choices)
		maps.DeleteFunc(offered, func(_, key string) bool { return key == "" })
		if maps.Equal(made, offered) {
			return w, true
		}
	}
	return comms.Wording{}, false
}

// value says what stands in a gap, "" for nothing.
func value(s comms.Statement, g comms.Gap, i comms.Incident, lang comms.Lang) string {
	t := i.StartedAt.UTC()
	switch g.From {
	case "components":
		return say.List(lang, names(s, i.Claims, lang))
	case "url":
		if s.Addresses[lang] == "" || i.ID == "" {
			return ""
		}
		return s.Addresses[lang] + string(i.ID)
	case "next_update":
		if i.NextUpdate == nil {
			return ""
		}
		t = i.NextUpdate.UTC()
	case "started":
	default:
		return ""
	}
	switch {
	case t.IsZero():
		return ""
	case g.Date:
		return say.Date(lang, t)
	}
	return say.Time(lang, t, i.StartedAt.UTC())
}

// names lists the claimed components as the statement calls them, in its order.
func names(s comms.Statement, claims []comms.Claim, lang comms.Lang) []string {
	claimed := map[comms.ComponentID]bool{}
	for _, c := range claims {
		claimed[c.Component] = true
	}
	var out []string
	for _, p := range s.Components {
		if claimed[p.Component] {
			out = append(out, p.Name[lang])
		}
	}
	return out
}

var gapPattern = regexp.MustCompile(`\{[a-z][a-z0-9_]*\}`)

// Gaps lists the gaps that a text has, by their slots.
func Gaps(text string) []string {
	var out []string
	for _, g := range gapPattern.FindAllString(text, -1) {
		out = append(out, strings.Trim(g, "{}"))
	}
	return out
}

// put replaces the gaps of a text. A full stop that the text has already is
// not doubled by a name that ends with one.
func put(text string, values map[string]string) string {
	var out strings.Builder
	end := 0
	for _, at := range gapPattern.FindAllStringIndex(text, -1) {
		out.WriteString(text[end:at[0]])
		v := values[text[at[0]+1:at[1]-1]]
		if strings.HasPrefix(text[at[1]:], ".") && !strings.HasSuffix(v, "..") {
			v = strings.TrimSuffix(v, ".")
		}
		out.WriteString(v)
		end = at[1]
	}
	out.WriteString(text[end:])
	return out.String()
}

func escaped(values map[string]string) map[string]string {
	out := make(map[string]string, len(values))
	for slot, v := range values {
		out[slot] = html.EscapeString(v)
	}
	return out
}
