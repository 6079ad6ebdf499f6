package plan

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/say"
)

// holding looks for statements that could not be approved, filled in or
// published when they are needed.
func (k *checker) holding() {
	if len(k.plan.Holding.Statements) == 0 {
		return
	}
	if n := len(k.plan.Holding.Approvals); n == 1 {
		k.places["holding.approvals"].as(MistakeHolding).ask(fix("ask for the facts and the wording, from two people"), "one person alone approves what goes out later without being asked again")
	}
	k.quorum("holding.approvals", comms.Say("a holding statement"), k.plan.Holding.Approvals)
	for _, s := range k.plan.Holding.Statements {
		k.fillable(s)
		k.published(s)
	}
}

// fillable looks for slots that lists and clocks do not fill.
func (k *checker) fillable(s Statement) {
	t, _ := k.plan.Template(s.Template)
	place := func(slot Slot) value { return k.places["templates."+t.ID+".slots."+slot.Name].as(MistakeHolding) }
	for _, slot := range t.Slots {
		if !slot.held() {
			place(slot).bad(fix("fill it from components, started, next_update or url, or make it a choice"), "the slot %s of the holding statement %q could not be filled: nobody types into it, and nothing is known yet", quote(slot.Name), k.plan.statementNamed(s))
		}
		for _, o := range slot.Options {
			for _, lang := range k.plan.Catalogue.Languages {
				switch text, ok := o.Text[lang]; {
				case strings.ContainsAny(text, "{}"):
					place(slot).bad(fix("write it without braces"), "the option %q of the slot %s has a brace in it", k.plan.named(o.Text, o.Key), quote(slot.Name))
				case !ok && t.Forms[lang] != (TemplateForms{}):
					place(slot).bad(fix("write it in that language, or take the language out of the template"), "the option %q of the slot %s has no words in the language %q", k.plan.named(o.Text, o.Key), quote(slot.Name), lang)
				}
			}
		}
	}
	if n := t.Wordings(); n > MostWordings {
		k.places["holding."+s.ID+".template"].as(MistakeHolding).bad(fix("offer at most %d", MostWordings), "the lists of the template %q can be chosen from in %d ways or more, and people sign each of them", k.plan.templateNamed(t.ID), n)
	}
	if !slices.Contains(k.plan.Transitions[""], t.Phase) {
		k.places["holding."+s.ID+".template"].as(MistakeHolding).bad(fix("add the phase to start, or name another template"), "no incident begins in the phase %q", k.plan.phaseNamed(t.Phase))
	}
}

// held tells whether a slot is filled from a list or a clock before anything
// is known of an incident but that it is there.
func (s Slot) held() bool {
	switch s.Type {
	case SlotChoice, SlotComponents, SlotNextUpdate, SlotURL:
		return true
	case SlotTime, SlotDate:
		return s.From == "started" || s.From == "next_update"
	}
	return false
}

// published looks for statements that nobody could publish, and for severities
// that leave no time.
func (k *checker) published(s Statement) {
	if !slices.ContainsFunc(s.Publishers, func(r RoleID) bool { return len(k.plan.Holders(r)) > 0 }) {
		k.places["holding."+s.ID+".publishers"].as(MistakeHolding).bad(fix("name a role that somebody holds"), "nobody holds a role that may publish the holding statement %q", k.plan.statementNamed(s))
	}
	if s.Lasts < WarnBefore {
		k.places["holding."+s.ID+".lasts"].as(MistakeHolding).ask(fix("let it last longer, so that it is there when it is needed"), "an approval of the holding statement %q is about to expire from its first day: it holds for %s, and is renewed from %s before its end", k.plan.statementNamed(s), say.Span(s.Lasts), say.Span(WarnBefore))
	}
	for _, id := range s.ByItself {
		if severity, ok := k.plan.Severity(id); ok && severity.Every == 0 {
			k.places["holding."+s.ID+".by_itself"].as(MistakeHolding).ask(fix("let the severity promise updates, or take it out"), "the holding statement %q goes out by itself for the severity %q, which promises no next update", k.plan.statementNamed(s), k.plan.severityNamed(id))
		}
	}
	for other := range k.plan.Holding.Statements {
		o := k.plan.Holding.Statements[other]
		if o.ID == s.ID {
			break
		}
		for _, id := range s.ByItself {
			if slices.Contains(o.ByItself, id) {
				k.places["holding."+s.ID+".by_itself"].as(MistakeHolding).bad(fix("let one of them do it"), "another holding statement goes out by itself for the severity %q already", k.plan.severityNamed(id))
			}
		}
	}
}
