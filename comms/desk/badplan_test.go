package desk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Whatever is wrong with a plan that somebody proposes, the one in force stays
// in force, and what was proposed stays a draft of which nothing is lost.
func TestABadPlanLeavesTheOneInForce(t *testing.T) {
	o := open(t)
	before, pub, err := o.Plan(o.ctx)
	if err != nil {
		t.Fatal(err)
	}
	bomb := "aa: &a [x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i < 'k'; i++ {
		bomb += fmt.Sprintf("a%c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", i-1), 9), ", "))
	}
	for _, c := range []struct{ name, old, new, more, says string }{
		{"aliases that explode", "", "", bomb, "zz.yaml:1:5: an anchor (&) stands here"},
		{"ten megabytes", "", "", strings.Repeat("# nothing\n", 1<<20), "zz.yaml:1:1: the plan's files have"},
		{"a pattern that does not compile", "'Documents.*', severity", "'Documents.(', severity", "", "signals.yaml:17:28: this pattern cannot be read"},
		{"a pattern that is slow", "'Documents.*', severity", "'(([a-z]{1,90}){1,90}){1,9}', severity", "", "signals.yaml:17:28: this pattern"},
		{"two roles of one name", "name: { en: Legal,", "name: { en: Incident lead,", "", "are both called"},
		{"two roles of one identifier", "  - id: legal\n", "  - id: admin\n", "", "is used already"},
		{"a language that templates lack", "required: [en]", "required: [en, fr]", "", "templates-incident.yaml:"},
		{"a person who is gone", "  - { id: ines, ", "  - { id: inez, ", "", `"ines" is nobody on the roster`},
		{"a quorum without people", "    holders: [nora]\n    stand_ins: [tomas, petra]\n", "    holders: []\n", "", "can never be signed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := plan.Builtin()
			for i := range files {
				if c.old != "" {
					files[i].Text = strings.Replace(files[i].Text, c.old, c.new, 1)
				}
			}
			if c.more != "" {
				files = append(files, comms.PlanFile{Name: "zz.yaml", Text: c.more})
			}
			u, err := o.ChangePlan(o.ctx, o.drafter(), files, "Something better")
			if err == nil {
				_, err = o.Submit(o.ctx, o.drafter(), u.ID, 1)
			}
			var problems plan.Problems
			if !errors.As(err, &problems) && comms.CodeOf(err) != comms.Invalid || err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it was answered with %.400v, want %q", err, c.says)
			}
			for _, p := range problems {
				if p.Level == plan.Block && (p.Line < 1 || p.Fix.Format == "") {
					t.Errorf("a mistake without a line or a fix: %+v", p)
				}
			}
			if p, now, err := o.Plan(o.ctx); err != nil || now.Number() != pub.Number() || len(p.Files) != len(before.Files) {
				t.Errorf("the plan in force is number %d now, and was %d: %v", now.Number(), pub.Number(), err)
			}
			if u.ID != "" && o.look(u.ID).Update.State != "draft" {
				t.Error("what was proposed is no draft any more")
			}
		})
	}
}
