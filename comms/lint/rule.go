package lint

import (
	"github.com/countersign/countersign/comms/plan"
)

// rule is one line of the table: what it looks for in each text, in the whole
// message, or in both.
type rule struct {
	id    Rule
	level plan.Level // unless the plan says otherwise
	// phrases are found in every text, unless keep says that one means
	// something else there; suggest says what could stand instead where that
	// depends on the text.
	phrases phrases
	keep    func(j *judge, t *text, m match) bool
	suggest func(j *judge, t *text, m match) *string
	// words judges one text; message judges slots, times, phases and what was
	// said before.
	words   func(j *judge, t *text) []hit
	message func(j *judge) []Finding
}

// onWords tells whether the rule judges texts.
func (r rule) onWords() bool { return r.words != nil || r.phrases != nil }

// hits lists what the rule finds in a text.
func (r rule) hits(j *judge, t *text) []hit {
	var out []hit
	if r.words != nil {
		out = r.words(j, t)
	}
	for _, m := range t.found[r.id] {
		if r.keep != nil && !r.keep(j, t, m) {
			continue
		}
		h := t.matched(m)
		if r.suggest != nil {
			h.replace = r.suggest(j, t, m)
		}
		out = append(out, h)
	}
	return out
}

// hit is what a rule on words found.
type hit struct {
	span
	reason  string   // key of the sentence; "" is the rule's name
	says    string   // the sentence itself, where the plan has it
	args    []string // further placeholders of the sentence: name, value, …
	replace *string
	mild    bool // asks, where the rule blocks
}

// table lists every rule with its default level.
func table() []rule {
	return []rule{
		{id: "SEC-IP", level: plan.Block, words: secIP},
		{id: "SEC-HOST", level: plan.Block, words: secHost},
		{id: "SEC-TICKET", level: plan.Block, words: secTicket},
		{id: "SEC-SECRET", level: plan.Block, words: secSecret},
		{id: "SEC-EMAIL", level: plan.Block, words: secEmail},
		{id: "SEC-TRACE", level: plan.Block, words: secTrace},
		{id: "SEC-CODE", level: plan.Block, words: secCode},
		{id: "SEC-CUST", level: plan.Block, words: secCust},
		{id: "SEC-AGAIN", level: plan.Warn, message: secAgain},
		{id: "SLOT", level: plan.Block, words: slotMarks},
		{id: "PROM-ABS", level: plan.Block, phrases: absolutes, keep: isAbsolute},
		{id: "PROM-DATA", level: plan.Block, phrases: dataClaims, keep: isUnconfirmed},
		{id: "PROM-ETA", level: plan.Warn, words: fixTime},
		{id: "CAUSE-EARLY", level: plan.Block, phrases: causes, keep: isEarly, message: unconfirmed},
		{id: "CAUSE-HEDGE", level: plan.Warn, phrases: hedges, keep: isGuess},
		{id: "BLAME-NAME", level: plan.Block, words: blameName},
		{id: "BLAME-3P", level: plan.Warn, phrases: excuses, keep: isExcuse},
		{id: "BLAME-HUMAN", level: plan.Block, phrases: humanErrors, words: blamePerson},
		{id: "TIME-ZONE", level: plan.Block, words: timeZone},
		{id: "TIME-NUM", level: plan.Block, words: numericDate},
		{id: "TIME-VAGUE", level: plan.Warn, phrases: vague, keep: isVague},
		{id: "TIME-REL", level: plan.Warn, phrases: relativeDays, keep: isRelative, suggest: dated},
		{id: "LINK", level: plan.Block, words: links},
		{id: "JARGON", level: plan.Warn, words: jargon},
		{id: "ACR", level: plan.Warn, words: acronyms},
		{id: "NONPLAIN", level: plan.Warn, phrases: padding},
		{id: "LEN-SENT", level: plan.Warn, words: longSentences},
		{id: "TONE-MIN", level: plan.Warn, phrases: minimising},
		{id: "TONE-CLICHE", level: plan.Warn, phrases: cliches},
		{id: "TONE-MARK", level: plan.Warn, words: marks},
		{id: "TONE-FORM", level: plan.Warn, words: formOfAddress},
		{id: "READ", level: plan.Warn, words: readingEase},
		{id: "SAME-TEXT", level: plan.Warn, words: saidTwice, message: saidBefore},
		{id: "CONTRA", level: plan.Warn, words: contradictsItself, message: contradicts},
		{id: "LANG", level: plan.Block, message: languagesDiffer},
		{id: "REQ-IMPACT", level: plan.Block, message: reqImpact},
		{id: "REQ-COMP", level: plan.Block, message: reqComponents},
		{id: "REQ-NEXT", level: plan.Block, message: reqNext},
		{id: "REQ-ACTION", level: plan.Warn, message: reqAction},
		{id: "REQ-US", level: plan.Warn, message: reqUs},
		{id: "REQ-DATA", level: plan.Block, message: reqData},
		{id: "REQ-DUR", level: plan.Warn, message: reqDuration},
		{id: "NEXT-RANGE", level: plan.Block, message: nextRange},
		{id: "PHASE-ORDER", level: plan.Block, message: phaseOrder},
		{id: "LEN-CH", level: plan.Block, message: lengths},
	}
}

// applied is the table under a plan: levels as the plan sets them, rules that
// it switches off left out.
func applied(p *plan.Plan) []rule {
	all := append(table(), ownRules(p)...)
	out := all[:0]
	for _, r := range all {
		switch l := p.Rules[string(r.id)]; l {
		case plan.Off:
			continue
		case plan.Block, plan.Warn:
			r.level = l
		}
		out = append(out, r)
	}
	return out
}

// Rules tells the default level of every rule: the names that a plan may set.
func Rules() map[Rule]plan.Level {
	out := map[Rule]plan.Level{}
	for _, r := range table() {
		out[r.id] = r.level
	}
	return out
}
