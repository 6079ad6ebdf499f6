package lint

import (
	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Template judges the words of a plan's own templates, as plan.Check asks.
func Template(p *plan.Plan, lang comms.Lang, text string) []plan.Complaint {
	var out []plan.Complaint
	subject := Subject{Plan: p, Reader: "en", Free: map[comms.Lang]string{lang: text}}
	for _, f := range Check(subject).Findings() {
		out = append(out, plan.Complaint{Text: string(f.Rule) + ": " + f.Span, Fix: f.Reason, Span: f.Span, Level: f.Level})
	}
	return out
}
