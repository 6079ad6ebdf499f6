package editor

import (
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
)

// typed reads the form of an entry. What cannot be asked again stays as it is.
func (r entryRef) typed(form url.Values, p *plan.Plan, before answers) answers {
	out := answers{}
	for _, in := range r.inputs() {
		if in.Once && !r.isNew() {
			out[in.Key] = before[in.Key]
			continue
		}
		switch in.Kind {
		case "words":
			out[in.Key] = typedWords(form, in.Key, p)
		case "steps":
			var steps []comms.Words
			for i := range mostSteps {
				if w := typedWords(form, in.Key+"."+strconv.Itoa(i+1), p); len(w) > 0 {
					steps = append(steps, w)
				}
			}
			out[in.Key] = steps
		case "picture":
			if out[in.Key] = form.Get(in.Key); out[in.Key] == "" && !form.Has(in.Key+".remove") {
				out[in.Key] = before[in.Key]
			}
		case "people", "components":
			had, _ := before[in.Key].([]string)
			out[in.Key] = inOrder(had, form[in.Key])
		case "days":
			out[in.Key] = form[in.Key]
		case "signal":
			switch in.Key {
			case "match":
				out[in.Key] = typedMatches(form)
			case "claims":
				out[in.Key] = decodeClaims(form, p)
			default:
				out[in.Key] = form.Get(in.Key)
			}
		case "keys":
			out[in.Key] = strings.FieldsFunc(form.Get(in.Key), func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
		default:
			out[in.Key] = oneLine(form.Get(in.Key))
		}
	}
	if key := identityOf(r); r.Kind != "signal" && r.isNew() && out[key] == "" {
		out[key] = unused(p, r, slug(nameIn(out, p)))
	}
	return out
}

func identityOf(r entryRef) string {
	if key := r.identity(); key != "" {
		return key
	}
	return "id"
}

func typedWords(form url.Values, key string, p *plan.Plan) comms.Words {
	out := comms.Words{}
	for _, lang := range p.Catalogue.Languages {
		if s := oneLine(form.Get(key + "." + string(lang))); s != "" {
			out[lang] = s
		}
	}
	return out
}

// oneLine makes every break and every run of blanks one blank.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// inOrder keeps the order of what was chosen before, and puts what is new last.
func inOrder(before, chosen []string) []string {
	out := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return !slices.Contains(chosen, s) })
	for _, s := range chosen {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func nameIn(a answers, p *plan.Plan) string {
	if _, ok := a["match"]; ok {
		return signalOf(a).Name()
	}
	for _, key := range []string{"name", "title"} {
		switch v := a[key].(type) {
		case comms.Words:
			s, _ := v.In(p.Catalogue.Source, p.Catalogue.Source)
			return s
		case string:
			return v
		}
	}
	return ""
}

// slug makes an identifier of a name: "Inicio de sesión" is "inicio-de-sesion".
func slug(name string) string {
	var out strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			out.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
	}
	s := out.String()
	return strings.Trim(s[:min(len(s), 40)], "-")
}

// unused puts a number behind an identifier that is taken.
func unused(p *plan.Plan, r entryRef, id string) string {
	taken := func(id string) bool {
		_, ok := entryRef{Kind: r.Kind, Name: id}.stored(p)
		return ok || id == newEntry
	}
	out := id
	for n := 2; id != "" && taken(out); n++ {
		out = id + "-" + strconv.Itoa(n)
	}
	return out
}

// fields are the answers as the plan's files hold them.
func (r entryRef) fields(a answers, p *plan.Plan) []rewrite.Field {
	if r.Kind == "signal" {
		return signalFields(a)
	}
	var out []rewrite.Field
	for _, in := range r.inputs() {
		if r.Kind == "role" && slices.Contains(hourKeys, in.Key) {
			if in.Key == hourKeys[0] {
				out = append(out, rewrite.Field{Key: "hours", Value: hoursField(a)})
			}
			continue
		}
		switch v := a[in.Key].(type) {
		case comms.Words:
			out = append(out, rewrite.Field{Key: in.Key, Value: wordsField(v, p)})
		case []comms.Words:
			var steps []rewrite.Entry
			for _, w := range v {
				f, _ := wordsField(w, p).([]rewrite.Field)
				steps = append(steps, f)
			}
			out = append(out, rewrite.Field{Key: in.Key, Value: steps})
		case []string:
			f := rewrite.Field{Key: in.Key, Value: v}
			if in.Kind == "keys" && len(v) == 0 {
				f.Value = nil
			}
			out = append(out, f)
		case string:
			f := rewrite.Field{Key: in.Key, Value: v}
			if v == "" {
				f.Value = nil
			}
			if in.Kind != "group" {
				out = append(out, f)
			}
		}
	}
	return out
}

// hourKeys are the questions of the hours of a role, which are one field of the
// plan's files.
var hourKeys = []string{"days", "from", "to"}

// hoursField is when the holders of a role are there; nil for always.
func hoursField(a answers) any {
	days, _ := a["days"].([]string)
	from, to := asText(a["from"]), asText(a["to"])
	if len(days) == 0 && from == "" && to == "" {
		return nil
	}
	return []rewrite.Field{{Key: "days", Value: days}, {Key: "from", Value: from}, {Key: "to", Value: to}}
}

func wordsField(w comms.Words, p *plan.Plan) any {
	var out []rewrite.Field
	for _, lang := range p.Catalogue.Languages {
		if s := w[lang]; s != "" {
			out = append(out, rewrite.Field{Key: string(lang), Value: s})
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// write puts the typed answers into the plan's files.
func (r entryRef) write(files []comms.PlanFile, p *plan.Plan, before, now answers) ([]comms.PlanFile, error) {
	if r.Kind == "look" {
		return writeLook(files, before, now)
	}
	if r.isNew() || r.Kind == "term" && !slices.Contains(rewrite.Names(files, termList(files)), r.Name) {
		return r.begin(files, p, now) // a built-in term that is said otherwise is one of the plan's own
	}
	if r.Kind == "signal" {
		return writeSignal(files, before, now)
	}
	was, is := r.fields(before, p), r.fields(now, p)
	var err error
	for _, f := range is {
		i := slices.IndexFunc(was, func(o rewrite.Field) bool { return o.Key == f.Key })
		if i >= 0 && reflect.DeepEqual(was[i].Value, f.Value) {
			continue
		}
		if files, err = rewrite.Set(files, r.path(p, files), f); err != nil {
			return nil, err
		}
	}
	if to, ok := now["group"].(string); ok && r.Kind == "component" && to != before["group"] {
		return rewrite.Take(files, r.path(p, files), rewrite.Path{"groups", to, "components"})
	}
	return files, nil
}

// begin adds an entry that was not there.
func (r entryRef) begin(files []comms.PlanFile, p *plan.Plan, now answers) ([]comms.PlanFile, error) {
	fields := slices.DeleteFunc(r.fields(now, p), func(f rewrite.Field) bool {
		list, isList := f.Value.([]string)
		return f.Value == nil || f.Key == "first" || isList && len(list) == 0
	})
	switch r.Kind {
	case "group":
		first, _ := now["first"].(comms.Words)
		id := unused(p, entryRef{Kind: "component"}, slug(first[p.Catalogue.Source]))
		fields = append(fields, rewrite.Field{Key: "components", Value: []rewrite.Entry{{{Key: "id", Value: id}, {Key: "name", Value: wordsField(first, p)}}}})
	case "component":
		if to, _ := now["group"].(string); to != "" {
			return rewrite.Add(files, rewrite.Path{"groups", to, "components"}, fields)
		}
	case "term":
		return addTerm(files, fields)
	case "signal":
		return beginSignal(files, p, fields, signalOf(now).Name())
	}
	return rewrite.Add(files, r.path(p, files), fields)
}

// addTerm adds a term of the plan's own. A glossary that was the built-in one
// alone is that with own terms from then on.
func addTerm(files []comms.PlanFile, fields []rewrite.Field) ([]comms.PlanFile, error) {
	for _, list := range []rewrite.Path{{"glossary"}, {"glossary", "terms"}} {
		if rewrite.Names(files, list) != nil {
			return rewrite.Add(files, list, fields)
		}
	}
	return rewrite.Set(files, nil, rewrite.Field{Key: "glossary", Value: []rewrite.Field{{Key: "base", Value: "builtin"}, {Key: "terms", Value: []rewrite.Entry{fields}}}})
}

// remove takes an entry out, and what names it elsewhere where that is a list
// of several: the roles of a person, the links of a component.
func (r entryRef) remove(files []comms.PlanFile, p *plan.Plan) ([]comms.PlanFile, error) {
	var err error
	without := func(at rewrite.Path, key string, list []string) {
		if i := slices.Index(list, r.Name); i >= 0 && err == nil {
			files, err = rewrite.Set(files, at, rewrite.Field{Key: key, Value: slices.Delete(slices.Clone(list), i, i+1)})
		}
	}
	switch r.Kind {
	case "person":
		for _, role := range p.Roles {
			without(rewrite.Path{"roles", string(role.ID)}, "holders", asTexts(role.Holders))
			without(rewrite.Path{"roles", string(role.ID)}, "stand_ins", asTexts(role.StandIns))
		}
	case "component":
		for _, l := range p.Catalogue.Links {
			if len(l.Components) > 1 {
				without(rewrite.Path{"links", l.Key}, "components", asTexts(l.Components))
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return rewrite.Remove(files, r.path(p, files))
}
