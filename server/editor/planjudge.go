package editor

import (
	"sync"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

// judgedPlan is what a plan changes, and what would go wrong with it.
type judgedPlan struct {
	Changes  []planChange
	Findings []planFinding
	Blocks   bool // some of them keep it from taking effect
}

// planFinding is one thing that would go wrong in an incident.
type planFinding struct {
	Text  string
	Place string // "roster.yaml:12"
	Block bool
}

// foresight remembers what a plan's check found last: pages show it again and
// again, and it reads every word of every template.
type foresight struct {
	mu    sync.Mutex
	files string // and the language of the reader
	found plan.Problems
}

// mostPlanFindings is how many findings a page shows.
const mostPlanFindings = 30

// judged checks a plan's files as they stand.
func (e *Editor) judged(v *visit, files []comms.PlanFile) (judgedPlan, error) {
	content, err := comms.Seal(comms.Message{Kind: comms.MessagePlan, PlanVersion: &comms.PlanVersion{Files: files}})
	if err != nil {
		return judgedPlan{}, err
	}
	e.foresight.mu.Lock()
	defer e.foresight.mu.Unlock()
	if key := content.Digest().String() + " " + string(v.Lang()); e.foresight.files != key {
		e.foresight.files, e.foresight.found = key, plan.Check(files, lint.Judge(v.Lang()))
	}
	out := judgedPlan{Blocks: e.foresight.found.Blocks()}
	for i, p := range e.foresight.found {
		if i == mostPlanFindings {
			out.Findings = append(out.Findings, planFinding{Text: v.T("desk.plan.more_findings", "count", len(e.foresight.found)-i)})
			break
		}
		out.Findings = append(out.Findings, planFinding{Text: v.problemText(p), Place: p.File + ":" + number(p.Line), Block: p.Level == plan.Block})
	}
	return out, nil
}

// problemText says what is wrong with a plan, and what to do.
func (v *visit) problemText(p plan.Problem) string {
	return sentence(v.Phrase(p.Text)) + " " + sentence(v.Phrase(p.Fix))
}
