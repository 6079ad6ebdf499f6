package editor

import (
	"cmp"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
)

// planParts are the parts of a plan that are changed without its files, in the
// order in which the desk offers them.
var planParts = []string{"components", "texts", "look", "links", "roster", "glossary", "signals"}

// entryRef names one thing of a part, as forms and addresses do: "component/app",
// "component/new/web" for a new one in the group web, "term/en failover",
// `signal/alertname="SignInErrors"`.
type entryRef struct{ Kind, Name, Under string }

func refOf(s string) entryRef {
	kind, name, _ := strings.Cut(s, "/")
	r := entryRef{Kind: kind, Name: name}
	if kind == "component" {
		r.Name, r.Under, _ = strings.Cut(name, "/")
	}
	return r
}

const newEntry = "new"

func (r entryRef) isNew() bool { return r.Name == newEntry }

// part is the one that shows the entry.
func (r entryRef) part() string {
	return map[string]string{"group": "components", "component": "components", "texts": "texts", "look": "look", "link": "links", "person": "roster", "role": "roster", "term": "glossary", "signal": "signals"}[r.Kind]
}

// path is where the entry stands in the plan's files; its list for a new one.
func (r entryRef) path(p *plan.Plan, files []comms.PlanFile) rewrite.Path {
	var list rewrite.Path
	switch r.Kind {
	case "texts":
		return rewrite.Path{"texts"}
	case "group":
		list = rewrite.Path{"groups"}
	case "component":
		list = rewrite.Path{"groups", cmp.Or(r.Under, groupOf(p, comms.ComponentID(r.Name))), "components"}
	case "link":
		list = rewrite.Path{"links"}
	case "person":
		list = rewrite.Path{"people"}
	case "role":
		list = rewrite.Path{"roles"}
	case "term":
		list = termList(files)
	case "signal":
		list = rewrite.Path{"signals"}
	}
	if r.isNew() {
		return list
	}
	return append(list, r.Name)
}

// termList is where the plan's own terms stand: alone, or on top of the
// built-in ones.
func termList(files []comms.PlanFile) rewrite.Path {
	if rewrite.Names(files, rewrite.Path{"glossary"}) != nil {
		return rewrite.Path{"glossary"}
	}
	return rewrite.Path{"glossary", "terms"}
}

func groupOf(p *plan.Plan, id comms.ComponentID) string {
	for _, g := range p.Catalogue.Groups {
		if slices.ContainsFunc(g.Components, func(c comms.Component) bool { return c.ID == id }) {
			return g.ID
		}
	}
	return ""
}

// input is one question of an entry's form.
type input struct {
	Key  string // in the plan's files
	Kind string // "line", "words", "steps", "people", "components", "days", "keys", "lang", "group", "signal"
	Max  int    // characters
	Rows int    // 0 for a single line
	Must bool   // must be there in the source language
	Once bool   // is chosen when the entry begins, and stays
}

// mostSteps is how many things to try a link may name.
const mostSteps = 6

// inputs are the questions of an entry's form, in the order of the plan's files.
func (r entryRef) inputs() []input {
	name := input{Key: "name", Kind: "words", Max: 60, Must: true}
	id := input{Key: "id", Kind: "line", Max: 64, Once: true}
	switch r.Kind {
	case "group":
		if r.isNew() {
			return []input{id, name, {Key: "first", Kind: "words", Max: 60, Must: true}}
		}
		return []input{id, name}
	case "component":
		return []input{id, name, {Key: "description", Kind: "words", Max: 300, Rows: 2}, {Key: "group", Kind: "group"}}
	case "texts":
		return []input{
			{Key: "title", Kind: "words", Max: 80, Must: true}, {Key: "about", Kind: "words", Max: 300, Rows: 2}, {Key: "footer", Kind: "words", Max: 300, Rows: 2},
			{Key: "sender", Kind: "words", Max: 80, Must: true}, {Key: "all_well", Kind: "words", Max: 160, Must: true},
		}
	case "look":
		return []input{{Key: "accent", Kind: "line", Max: 7}, {Key: "accent_dark", Kind: "line", Max: 7}, {Key: "logo", Kind: "picture"}}
	case "link":
		return []input{
			{Key: "key", Kind: "line", Max: 64, Once: true}, {Key: "title", Kind: "words", Max: 80, Must: true}, {Key: "components", Kind: "components"},
			{Key: "try", Kind: "steps", Max: 200, Rows: 2}, {Key: "help", Kind: "line", Max: 500}, {Key: "former", Kind: "keys", Max: 1300},
		}
	case "person":
		return []input{id, {Key: "name", Kind: "line", Max: 80, Must: true}, {Key: "email", Kind: "line", Max: 254, Must: true}, {Key: "lang", Kind: "lang"}, {Key: "phone", Kind: "line", Max: 30}, {Key: "chat", Kind: "line", Max: 80}}
	case "role":
		return []input{id, name, {Key: "holders", Kind: "people"}, {Key: "stand_ins", Kind: "people"}, {Key: "days", Kind: "days"}, {Key: "from", Kind: "line", Max: 5}, {Key: "to", Kind: "line", Max: 5}}
	case "term":
		return []input{{Key: "lang", Kind: "lang", Must: true, Once: true}, {Key: "term", Kind: "line", Max: 80, Must: true, Once: true}, {Key: "plain", Kind: "line", Max: 160}, {Key: "note", Kind: "line", Max: 200}}
	case "signal":
		return []input{{Key: "match", Kind: "signal"}, {Key: "ignore", Kind: "signal"}, {Key: "claims", Kind: "signal"}, {Key: "severity", Kind: "signal"}, {Key: "template", Kind: "signal"}}
	}
	return nil
}

// identity is the question by which an entry is known from then on.
func (r entryRef) identity() string {
	return map[string]string{"link": "key", "term": "term"}[r.Kind]
}

// answers are what an entry holds: a string, comms.Words, []string or
// []comms.Words by the key of the question; of a signal also []match and
// []comms.Claim.
type answers map[string]any

// stored reads an entry out of a plan; not ok if it is not there.
func (r entryRef) stored(p *plan.Plan) (answers, bool) {
	c := p.Catalogue
	if r.isNew() {
		return answers{"group": r.Under}, r.Kind != "component" || slices.ContainsFunc(c.Groups, func(g comms.Group) bool { return g.ID == r.Under })
	}
	switch r.Kind {
	case "texts":
		return answers{"title": c.Texts.Title, "about": c.Texts.About, "footer": c.Texts.Footer, "sender": c.Texts.Sender, "all_well": c.Texts.AllWell}, true
	case "look":
		return lookOf(c), true
	case "group":
		for _, g := range c.Groups {
			if g.ID == r.Name {
				return answers{"id": g.ID, "name": g.Name}, true
			}
		}
	case "component":
		if one, ok := c.Component(comms.ComponentID(r.Name)); ok {
			return answers{"id": r.Name, "name": one.Name, "description": one.Description, "group": groupOf(p, one.ID)}, true
		}
	case "link":
		if l, ok := c.Link(r.Name); ok {
			return answers{"key": l.Key, "title": l.Title, "components": asTexts(l.Components), "try": l.Try, "help": l.Help, "former": l.Former}, true
		}
	case "person":
		if one, ok := p.Person(plan.PersonID(r.Name)); ok {
			return answers{"id": r.Name, "name": one.Name, "email": one.Email, "lang": string(one.Lang), "phone": one.Phone, "chat": one.Chat}, true
		}
	case "role":
		for _, one := range p.Roles {
			if string(one.ID) == r.Name {
				return answers{"id": r.Name, "name": one.Name, "holders": asTexts(one.Holders), "stand_ins": asTexts(one.StandIns), "days": one.Hours.Days, "from": one.Hours.From, "to": one.Hours.To}, true
			}
		}
	case "term":
		for _, t := range p.Glossary {
			if string(t.Lang)+" "+t.Term == r.Name {
				return answers{"lang": string(t.Lang), "term": t.Term, "plain": t.Plain, "note": t.Note}, true
			}
		}
	case "signal":
		if s, ok := signalNamed(p, r.Name); ok {
			return signalAnswers(s), true
		}
	}
	return nil, false
}

func asTexts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}
