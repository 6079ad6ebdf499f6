package editor

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
	"github.com/countersign/countersign/server/language"
)

func number(n int) string { return strconv.Itoa(n) }

// editGroup is a heading of a part's list with what stands under it.
type editGroup struct {
	Title  string
	Lead   string   // what is to be known of the list; "" for nothing
	Self   *editRow // the heading is an entry itself
	Rows   []editRow
	Fold   string // says how many there are, where they are too many to show
	Add    string // the address where another one is begun
	Adding string // what the link to it says
}

// editRow is one entry of a part's list.
type editRow struct {
	language.Printer
	Part     string
	Draft    comms.ID
	Entry    string
	Name     string
	Detail   string
	Path     string // where it is changed
	Up, Down bool
	Remove   bool
}

// editForm is the form of one entry.
type editForm struct {
	Entry  string
	Title  string
	Was    string
	Fields []field
}

// showPlanEdit shows the list of a part, or the form of one entry with what
// was typed.
func (e *Editor) showPlanEdit(v *visit, status int, part string, w planWork, entry string, form url.Values, problems []problem) error {
	view := planEditView{page: e.page(v, v.T("desk.edit.part."+part), "plan"), Part: part, Draft: w.look.Update.ID, Waiting: w.look.Update.Waits()}
	view.Problems = problems
	view.Behind = v.behind(w.look, w.base, part, view.page)
	for _, one := range planParts {
		view.Parts = append(view.Parts, option{editPath(one, view.Draft, "", ""), v.T("desk.edit.part." + one), one == part})
	}
	var err error
	if view.Judged, err = e.judged(v, w.files); err != nil {
		return err
	}
	if w.plan == nil {
		return e.render(v, status, "planedit", view)
	}
	if view.Draft != "" {
		view.Judged.Changes = v.changesOf(grewOf(w.look), w.plan)
	}
	if entry == "" && (part == "texts" || part == "look") {
		entry = part
	}
	if r := refOf(entry); entry != "" && r.part() == part {
		if view.Form, err = v.editForm(w, r, entry, form, view.page); err != nil {
			return err
		}
		if view.Form == nil {
			return comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
		}
	} else {
		view.Groups = v.editList(part, w)
	}
	return e.render(v, status, "planedit", view)
}

// editList lists what a part holds.
func (v *visit) editList(part string, w planWork) []editGroup {
	p, draft := w.plan, w.look.Update.ID
	row := func(entry, name, detail string, i, n int) editRow {
		return editRow{Printer: v.Printer, Part: part, Draft: draft, Entry: entry, Name: name, Detail: detail, Path: editPath(part, draft, entry, ""), Up: i > 0, Down: i < n-1, Remove: true}
	}
	add := func(g editGroup, entry string) editGroup {
		g.Add, g.Adding = editPath(part, draft, entry, ""), v.T("desk.edit.add."+refOf(entry).Kind)
		return g
	}
	var out []editGroup
	switch part {
	case "components":
		for i, g := range p.Catalogue.Groups {
			self := row("group/"+g.ID, in(g.Name, v.Printer, p.Catalogue), "", i, len(p.Catalogue.Groups))
			group := editGroup{Title: self.Name, Self: &self}
			for j, c := range g.Components {
				group.Rows = append(group.Rows, row("component/"+string(c.ID), in(c.Name, v.Printer, p.Catalogue), in(c.Description, v.Printer, p.Catalogue), j, len(g.Components)))
			}
			out = append(out, add(group, "component/new/"+g.ID))
		}
		out = append(out, add(editGroup{}, "group/new"))
	case "links":
		group := editGroup{Title: v.T("desk.edit.part.links")}
		for i, l := range p.Catalogue.Links {
			group.Rows = append(group.Rows, row("link/"+l.Key, in(l.Title, v.Printer, p.Catalogue), "/go/"+l.Key, i, len(p.Catalogue.Links)))
		}
		out = append(out, add(group, "link/new"))
	case "roster":
		people, roles := editGroup{Title: v.T("desk.edit.people")}, editGroup{Title: v.T("desk.edit.roles")}
		for i, one := range p.People {
			people.Rows = append(people.Rows, row("person/"+string(one.ID), one.Name, cmp.Or(roleNames(p, v.Printer, p.RolesOf(one.ID)), v.T("desk.edit.no_role")), i, len(p.People)))
		}
		for i, one := range p.Roles {
			roles.Rows = append(roles.Rows, row("role/"+string(one.ID), in(one.Name, v.Printer, p.Catalogue), v.holding(p, one), i, len(p.Roles)))
		}
		out = append(out, add(people, "person/new"), add(roles, "role/new"))
	case "signals":
		group := editGroup{Title: v.T("desk.plan.alerts"), Lead: v.T("desk.edit.signals_help")}
		for i, s := range p.Signals {
			line := v.alertRow(p, s)
			group.Rows = append(group.Rows, row("signal/"+s.Name(), line.Name, line.Text, i, len(p.Signals)))
		}
		out = append(out, add(group, "signal/new"))
	case "glossary":
		own := editGroup{Title: v.T("desk.edit.own_terms")}
		shipped := editGroup{Title: v.T("desk.edit.shipped_terms")}
		names := rewrite.Names(w.files, termList(w.files))
		for _, t := range p.Glossary {
			one := row("term/"+string(t.Lang)+" "+t.Term, t.Term, v.plainly(t), 0, 0)
			if one.Up, one.Down = false, false; slices.Contains(names, string(t.Lang)+" "+t.Term) {
				own.Rows = append(own.Rows, one)
				continue
			}
			one.Remove = false
			shipped.Rows = append(shipped.Rows, one)
		}
		out = append(out, add(own, "term/new"))
		if len(shipped.Rows) > 0 {
			shipped.Fold = v.T("desk.edit.show", "count", len(shipped.Rows))
			out = append(out, shipped)
		}
	}
	return out
}

// holding says who holds a role and who stands in.
func (v *visit) holding(p *plan.Plan, r plan.Role) string {
	names := func(ids []plan.PersonID) (out string) {
		for _, id := range ids {
			out = joinComma(out, p.PersonNamed(id))
		}
		return out
	}
	out := cmp.Or(names(r.Holders), v.T("desk.plan.nobody"))
	if s := names(r.StandIns); s != "" {
		out += ". " + sentence(v.T("desk.plan.stand_ins", "people", s))
	}
	return out
}

// plainly says what to write instead of a term.
func (v *visit) plainly(t plan.Term) string {
	out := languageName(t.Lang) + ": " + cmp.Or(t.Plain, v.T("desk.edit.leave_out"))
	if t.Note != "" {
		out += " (" + t.Note + ")"
	}
	return out
}

// editForm fills the form of an entry from the plan, or from what was typed,
// which stays also when the entry has gone; nil if there is nothing to fill in.
func (v *visit) editForm(w planWork, r entryRef, entry string, form url.Values, p page) (*editForm, error) {
	stored, ok := r.stored(w.plan)
	if !ok && form == nil {
		return nil, nil
	}
	out := &editForm{Entry: entry, Was: stamp(stored), Title: v.T("desk.edit.add." + r.Kind)}
	if !r.isNew() {
		out.Title = cmp.Or(nameIn(stored, w.plan), r.Name, out.Title)
		if r.Kind == "signal" && ok {
			out.Title = v.alertName(signalOf(stored))
		}
	}
	for _, in := range r.inputs() {
		if in.Once && !r.isNew() {
			continue
		}
		out.Fields = append(out.Fields, v.entryFields(w.plan, r, in, stored, form)...)
	}
	for i, f := range out.Fields {
		out.Fields[i].Error = p.Problem(f.Name)
		for _, one := range p.Problems { // of a text that no language of it is named for
			if out.Fields[i].Error == "" && one.Field == baseOf(f.Name) && (i == 0 || baseOf(out.Fields[i-1].Name) != one.Field) {
				out.Fields[i].Error = one.Text
			}
		}
	}
	return out, nil
}

// entryFields are the fields of one question.
func (v *visit) entryFields(p *plan.Plan, r entryRef, in input, stored answers, form url.Values) []field {
	label, help := v.T("desk.edit.field."+in.Key), v.T("desk.edit.help."+in.Key)
	if !slices.Contains(helped, in.Key) {
		help = ""
	}
	f := field{Name: in.Key, Kind: "line", Label: label, Help: help, Max: in.Max, Rows: in.Rows}
	text := func(name, was string) string {
		if form != nil {
			return readable(form.Get(name))
		}
		return was
	}
	switch in.Kind {
	case "words":
		words, _ := stored[in.Key].(comms.Words)
		return v.wordFields(p, f, words, text)
	case "steps":
		steps, _ := stored[in.Key].([]comms.Words)
		var out []field
		for i := range mostSteps {
			one := f
			one.Name, one.Label = in.Key+"."+number(i+1), v.T("desk.edit.step", "number", i+1)
			if i > 0 {
				one.Help = ""
			}
			var words comms.Words
			if i < len(steps) {
				words = steps[i]
			}
			out = append(out, v.wordFields(p, one, words, text)...)
		}
		return out
	case "people", "components":
		chosen, _ := stored[in.Key].([]string)
		if form != nil {
			chosen = form[in.Key]
		}
		f.Kind = "checks"
		f.Options = v.choosable(p, in.Kind, chosen)
	case "days":
		chosen, _ := stored[in.Key].([]string)
		if form != nil {
			chosen = form[in.Key]
		}
		f.Kind = "checks"
		for _, day := range plan.Weekdays() {
			f.Options = append(f.Options, option{day, v.T("desk.day." + day), slices.Contains(chosen, day)})
		}
	case "keys":
		keys, _ := stored[in.Key].([]string)
		f.Value = text(in.Key, strings.Join(keys, " "))
	case "lang":
		f.Kind, f.Value = "select", text(in.Key, asText(stored[in.Key]))
		if r.Kind == "person" {
			f.Options = append(f.Options, option{"", v.T("desk.edit.any_language"), f.Value == ""})
		}
		for _, l := range p.Catalogue.Languages {
			f.Options = append(f.Options, option{string(l), languageName(l), f.Value == string(l)})
		}
	case "picture":
		f = v.pictureField(f, p, form)
	case "signal":
		if form != nil {
			stored = r.typed(form, p, stored)
		}
		return v.signalField(p, f, in.Key, stored)
	case "group":
		f.Kind, f.Value = "select", text(in.Key, asText(stored[in.Key]))
		for _, g := range p.Catalogue.Groups {
			f.Options = append(f.Options, option{g.ID, cmpName(g.Name, v, p), f.Value == g.ID})
		}
	default:
		f.Value = text(in.Key, asText(stored[in.Key]))
	}
	return []field{f}
}

// helped are the questions that say more than their label.
var helped = []string{"id", "first", "description", "about", "footer", "sender", "key", "components", "try", "help", "former", "days", "from", "stand_ins", "plain", "note", "accent", "accent_dark", "logo", "match", "claims", "template"}

func cmpName(w comms.Words, v *visit, p *plan.Plan) string { return in(w, v.Printer, p.Catalogue) }

func asText(a any) string {
	s, _ := a.(string)
	return s
}

// wordFields are a question in every language of the plan.
func (v *visit) wordFields(p *plan.Plan, f field, words comms.Words, text func(name, was string) string) []field {
	var out []field
	for i, lang := range p.Catalogue.Languages {
		one := f
		one.Name, one.Lang = f.Name+"."+string(lang), lang
		one.Label = v.T("desk.edit.in_language", "field", f.Label, "language", languageName(lang))
		one.Value = text(one.Name, words[lang])
		if one.Rows > 0 {
			one.Kind = "area"
		}
		if i > 0 {
			one.Help = ""
		}
		out = append(out, one)
	}
	return out
}

// baseOf is the question of a field: "name" of "name.en".
func baseOf(name string) string {
	for i, r := range name {
		if r == '.' {
			return name[:i]
		}
	}
	return name
}

// choosable lists people or components to choose from.
func (v *visit) choosable(p *plan.Plan, kind string, chosen []string) []option {
	var out []option
	if kind == "people" {
		for _, one := range p.People {
			out = append(out, option{string(one.ID), one.Name, slices.Contains(chosen, string(one.ID))})
		}
		return out
	}
	for _, c := range p.Catalogue.Components() {
		out = append(out, option{string(c.ID), in(c.Name, v.Printer, p.Catalogue), slices.Contains(chosen, string(c.ID))})
	}
	return out
}

// EditLink leads to where a part is changed.
func (p page) EditLink(part string) option {
	return option{Value: editPath(part, "", "", ""), Label: p.T("desk.edit.link." + part)}
}
