package lint

import (
	"github.com/countersign/countersign/comms/plan"
)

// rule is one line of the table. Exactly one of words and message is set.
type rule struct {
	id    Rule
	level plan.Level // unless the plan says otherwise
	// words judges one text; message judges slots, times and phases.
	words   func(j *judge, t *text) []hit
	message func(j *judge) []Finding
}

// hit is what a rule on words found.
type hit struct {
	span
	reason  string   // key of the sentence; "" is the rule's name
	args    []string // further placeholders of the sentence: name, value, …
	replace *string
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
		{id: "TIME-ZONE", level: plan.Block, words: timeZone},
		{id: "JARGON", level: plan.Warn, words: jargon},
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
	all := table()
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
