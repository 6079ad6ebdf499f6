package lint

import (
	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Judge judges the words of a plan's own templates and links, and the texts
// beside the rules of its own, as plan.Check asks; reader is the language in
// which it explains itself.
func Judge(reader comms.Lang) plan.Judge {
	var book *Book
	return func(p *plan.Plan, lang comms.Lang, text string) []plan.Complaint {
		if book == nil || book.plan != p {
			book = Compile(p)
		}
		var out []plan.Complaint
		for _, f := range book.Check(Subject{Reader: reader, Free: map[comms.Lang]string{lang: text}}).Findings() {
			out = append(out, plan.Complaint{Rule: string(f.Rule), Text: string(f.Rule) + ": " + f.Span, Fix: f.Reason, Span: f.Span, Level: f.Level})
		}
		return out
	}
}
