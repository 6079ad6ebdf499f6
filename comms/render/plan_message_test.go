package render

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

func TestPlanMessage(t *testing.T) {
	inForce := builtin(t)
	files := slices.Clone(plan.Builtin())
	for i := range files {
		files[i].Text = strings.ReplaceAll(files[i].Text, "Everything is working", "Everything works")
	}
	slices.Reverse(files)
	c := Context{Update: "up0000000001", Plan: comms.DigestOf([]byte("x")), Basis: 4}
	m, err := Plan(files, inForce, c, 2, " Shorter.\n")
	if err != nil {
		t.Fatal(err)
	}
	v := m.PlanVersion
	if m.Kind != comms.MessagePlan || m.Update != c.Update || m.Plan != c.Plan || m.Basis != 4 || v.Version != 2 || v.Summary != "Shorter." {
		t.Errorf("message %+v", m)
	}
	if !slices.Equal(v.Parts, []string{"catalogue"}) {
		t.Errorf("parts %v, want the catalogue alone", v.Parts)
	}
	if v.Catalogue.Texts.AllWell["en"] != "Everything works" {
		t.Errorf("the compiled words are %q", v.Catalogue.Texts.AllWell)
	}
	if !slices.IsSortedFunc(v.Files, func(a, b comms.PlanFile) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("files are not sorted by name")
	}
	slices.Reverse(files)
	again, err := Plan(files, inForce, c, 2, "Shorter.")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, again); diff != "" {
		t.Errorf("the order of the files changed the message:\n%s", diff)
	}
}

func TestFirstPlanAndBrokenPlan(t *testing.T) {
	m, err := Plan(plan.Builtin(), nil, Context{Update: "up0000000001"}, 1, "First")
	if err != nil {
		t.Fatal(err)
	}
	if len(m.PlanVersion.Parts) == 0 {
		t.Error("the first plan has no parts")
	}
	if _, err := Plan([]comms.PlanFile{{Name: "plan.yaml", Text: "templates: 3"}}, nil, Context{}, 1, ""); err == nil {
		t.Error("a broken plan was taken")
	}
}
