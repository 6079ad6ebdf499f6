package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// Complaint is what a judge has against words of the plan.
type Complaint struct {
	Text  string // what is wrong
	Fix   string // what to do
	Level Level
}

// Judge judges words that a plan would send out, with its slots filled by
// examples. The language rules are one; they import this package, so they are
// passed in.
type Judge func(p *Plan, lang comms.Lang, text string) []Complaint

// Check reads a plan as Read does and, if it can be read, looks for what would
// go wrong in an incident. Problems of the level Block keep a plan from taking
// effect; the others ask.
func Check(files []comms.PlanFile, judges ...Judge) Problems {
	p, r := read(files)
	if len(r.problems) > 0 {
		return r.problems
	}
	k := &checker{reading: r, plan: p}
	k.phases()
	k.roles()
	k.quorums()
	k.cadence()
	for _, t := range p.Templates {
		k.lengths(t)
	}
	for _, j := range judges {
		k.words(j)
	}
	all := append(r.problems, r.asked...)
	all.sort()
	return all
}

// checker judges a plan that could be read.
type checker struct {
	*reading
	plan *Plan
}

// phases looks for steps that the plan allows and has no words for, and for
// phases that an incident could not leave again.
func (k *checker) phases() {
	for _, s := range k.plan.Severities {
		from := k.reachable(s.Kind)
		if len(from) == 0 {
			k.places["transitions.start"].bad("add a phase of that kind to start", "nothing of the severity %q can be started", s.ID)
		}
		for _, phase := range comms.Phases() {
			origin, ok := from[phase]
			if ok && len(k.plan.TemplatesFor(comms.MessageUpdate, phase, s.ID)) == 0 {
				k.places["transitions."+origin].bad("add a template for them, or take the step out of transitions", "the phase %q can be reached and has no template for the severity %q", phase, s.ID)
			}
		}
		if len(k.plan.TemplatesFor(comms.MessageCorrection, comms.PhaseNone, s.ID)) == 0 {
			k.places["severities."+string(s.ID)].ask("add a template with message: correction", "an update of the severity %q could not be corrected: it has no template", s.ID)
		}
	}
	for _, kind := range []comms.Kind{comms.KindIncident, comms.KindMaintenance} {
		for phase, origin := range k.reachable(kind) {
			if !phase.Closed() && len(k.plan.Transitions[phase]) == 0 {
				k.places["transitions."+origin].ask("add steps that lead on from it", "the phase %q can be reached and never left", phase)
			}
		}
	}
}

// reachable finds the phases that a kind can come to, each with the step of
// the plan that first leads there.
func (k *checker) reachable(kind comms.Kind) map[comms.Phase]string {
	out := map[comms.Phase]string{}
	next := []comms.Phase{comms.PhaseNone}
	for len(next) > 0 {
		from := next[0]
		next = next[1:]
		for _, to := range k.plan.Transitions[from] {
			if _, seen := out[to]; seen || to.Of() != kind {
				continue
			}
			if out[to] = string(from); from == comms.PhaseNone {
				out[to] = start
			}
			next = append(next, to)
		}
	}
	return out
}

// roles looks for roles that one person's absence empties.
func (k *checker) roles() {
	for _, r := range k.plan.Roles {
		at := k.places["roles."+string(r.ID)]
		switch n := len(r.Holders) + len(r.StandIns); {
		case n == 0:
			at.ask("name a holder and somebody who stands in, or remove the role", "nobody holds the role %q", r.ID)
		case n == 1:
			at.ask("name somebody who stands in", "one person alone holds the role %q, and nobody signs what they wrote", r.ID)
		}
	}
}

// cadence looks for promises that pass while signatures are still good: the
// last one may come as late as the first one lives.
func (k *checker) cadence() {
	for _, s := range k.plan.Severities {
		if s.Every > 0 && s.Every < k.plan.ApprovalLife {
			k.places["severities."+string(s.ID)+".every"].ask("promise updates less often, or let approvals live for a shorter time",
				"the severity %q promises an update every %s, and its signatures may take %s", s.ID, short(s.Every), short(k.plan.ApprovalLife))
		}
	}
}

// The most characters that channels carry.
const (
	shortLimit     = 280
	inProductLimit = 160
)

// lengths looks for forms that cannot fit even with the least that their slots
// may hold.
func (k *checker) lengths(t Template) {
	for lang, f := range t.Forms {
		for _, form := range []struct {
			key, text string
			limit     int
		}{{"short", f.Short, shortLimit}, {"in_product", f.InProduct, inProductLimit}} {
			if n := least(t, form.text); n > form.limit {
				k.places[formPlace(t.ID, lang, form.key)].bad(fmt.Sprintf("shorten its words by %d characters", n-form.limit),
					"this form has at least %d characters, and may have %d", n, form.limit)
			}
		}
	}
}

func least(t Template, text string) int {
	n := len([]rune(slotUse.ReplaceAllString(text, "")))
	for _, m := range slotUse.FindAllStringSubmatch(text, -1) {
		if s, ok := t.Slot(m[1]); ok && s.Required {
			n += s.Min
		}
	}
	return n
}

// words lets a judge see what the plan says of its own, in templates and links.
func (k *checker) words(judge Judge) {
	for _, t := range k.plan.Templates {
		for _, lang := range k.plan.Catalogue.Languages {
			f, ok := t.Forms[lang]
			if !ok {
				continue
			}
			for _, form := range []struct{ key, text string }{
				{"title", f.Title}, {"subject", f.Subject}, {"body", f.Body}, {"short", f.Short}, {"support", f.Support}, {"in_product", f.InProduct},
			} {
				at, ok := k.places[formPlace(t.ID, lang, form.key)]
				if !ok {
					continue // a subject that is the title
				}
				k.hear(judge, at, lang, k.example(t, lang, form.text))
			}
		}
	}
	k.linkWords(judge)
}

// linkWords lets a judge see what links say while nothing is known.
func (k *checker) linkWords(judge Judge) {
	for _, l := range k.plan.Catalogue.Links {
		for _, lang := range k.plan.Catalogue.Languages {
			if title := l.Title[lang]; title != "" {
				k.hear(judge, k.places[linkPlace(l.Key)], lang, title)
			}
			for n, step := range l.Try {
				if step[lang] != "" {
					k.hear(judge, k.places[tryPlace(l.Key, n)], lang, step[lang])
				}
			}
		}
	}
}

// hear notes what a judge has against a text.
func (k *checker) hear(judge Judge, at value, lang comms.Lang, text string) {
	for _, c := range judge(k.plan, lang, text) {
		k.asked = append(k.asked, Problem{File: at.file, Line: at.line, Column: at.column, Text: strings.TrimSuffix(c.Text, "."), Fix: strings.TrimSuffix(c.Fix, "."), Level: c.Level})
	}
}

// example fills a template's slots with what people could have meant.
func (k *checker) example(t Template, lang comms.Lang, text string) string {
	return slotUse.ReplaceAllStringFunc(text, func(use string) string {
		s, _ := t.Slot(strings.Trim(use, "{}?"))
		switch s.Type {
		case SlotTime, SlotNextUpdate:
			return "15:00 UTC"
		case SlotDate:
			return "28 November 2026"
		case SlotURL:
			return k.plan.Catalogue.PageURL
		case SlotDuration:
			return "40 min"
		case SlotComponents:
			if all := k.plan.Catalogue.Components(); len(all) > 0 {
				return all[0].Name[lang]
			}
		case SlotChoice, SlotData:
			for _, o := range slices.Concat(s.Options, k.plan.DataSentences) {
				return o.Text[lang]
			}
		}
		return "…"
	})
}
