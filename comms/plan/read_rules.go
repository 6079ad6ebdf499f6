package plan

import (
	"regexp"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/say"
)

// rules reads everything that is neither words for customers nor people.
func (c *compiler) rules(top object) {
	p := c.plan
	p.Transitions = c.transitions(top.need("transitions"))
	p.ApprovalLife = 15 * time.Minute
	if life := top.get("approval_life"); !life.missing() {
		p.ApprovalLife = life.duration()
		if p.ApprovalLife > 24*time.Hour {
			life.bad(fix("write at most 24h"), "approvals would live for %s, and the facts may move meanwhile", say.Span(p.ApprovalLife))
		}
	}
	p.Reminders = top.get("reminders").reminders(builtinReminders)
	p.Quorums = c.quorums(top.need("quorums"))
	p.Glossary = c.glossary(top.get("glossary"))
	p.Rules = ruleLevels(top.get("rules"))
	p.OwnRules = c.ownRules(top.get("own_rules"))
	p.Readability = c.readability(top.get("readability"))
	p.Allow = c.strings(top.get("allow"), 80)
	p.Values = c.values(top.get("values"))
	p.DataSentences = c.sentences(top.need("data_sentences"))
}

// start is how a plan's file names the moment before the first update.
const start = "start"

func (c *compiler) transitions(v value) map[comms.Phase][]comms.Phase {
	phases := texts(comms.Phases())
	out := map[comms.Phase][]comms.Phase{}
	o := v.object(append([]string{start}, phases...)...)
	for _, from := range append([]string{start}, phases...) {
		f := o.get(from)
		if from == start {
			f = o.need(from)
		}
		key := comms.Phase(from)
		if from == start {
			key = comms.PhaseNone
		}
		for _, item := range f.list() {
			to := comms.Phase(item.choice(phases...))
			if key != comms.PhaseNone && contains(phases, string(to)) && key.Of() != to.Of() {
				item.bad(fix("stay within incidents or within maintenance"), "nothing leads from %q to %q", c.plan.phaseNamed(key), c.plan.phaseNamed(to))
			}
			if slices.Contains(out[key], to) {
				item.bad(fix("remove it"), "%q stands there twice", to)
			}
			out[key] = append(out[key], to)
		}
		if !f.missing() {
			f.mark("transitions." + from)
		}
	}
	return out
}

// Parts lists the parts of a plan in the order in which changes are told.
func Parts() []Part {
	return []Part{PartRules, PartTemplates, PartCatalogue, PartRoster, PartLinks}
}

func (c *compiler) quorums(v value) map[Part][]Requirement {
	o := v.object(texts(Parts())...)
	out := map[Part][]Requirement{}
	for _, part := range Parts() {
		q := o.need(string(part))
		out[part] = c.requirements(q)
		if !q.missing() {
			q.mark("quorums." + string(part))
		}
	}
	return out
}

var rulePattern = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$`)

func ruleLevels(v value) map[string]Level {
	out := map[string]Level{}
	for _, e := range v.entries() {
		if !rulePattern.MatchString(e.key) {
			v.in.complain(v.file, e.line, e.column, comms.Say("%s is no name of a language rule", quote(e.key)), fix("write it as in \"JARGON\" or \"TIME-VAGUE\""))
		}
		out[e.key] = Level(e.value.choice(string(Block), string(Warn), string(Off)))
		e.value.mark("rules." + e.key)
	}
	return out
}

func (c *compiler) values(v value) []comms.Words {
	var out []comms.Words
	for _, item := range v.list() {
		out = append(out, c.words(item, 300))
	}
	if len(out) > 6 {
		v.bad(fix("keep the three to six that decide doubtful cases"), "the plan has %d values", len(out))
	}
	return out
}

// sentences reads a list of texts that may be chosen by a key.
func (c *compiler) sentences(v value) []Sentence {
	seen := map[string]bool{}
	var out []Sentence
	for _, item := range v.list() {
		o := item.object("key", "text")
		s := Sentence{Key: o.need("key").id(), Text: c.words(o.need("text"), 300)}
		unique(seen, o.get("key"), s.Key)
		out = append(out, s)
	}
	if len(out) == 0 && !v.missing() {
		v.bad(fix("add the sentences that may be chosen"), "%s is empty", v.name())
	}
	return out
}
