package plan

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/countersign/countersign/comms"
)

// A publication carries the catalogue as JSON, and signing compares it with
// the files' own.
func TestCatalogueSurvivesJSON(t *testing.T) {
	p, err := Read(Builtin())
	if err != nil {
		t.Fatal(err)
	}
	content, err := comms.Seal(comms.Message{Kind: comms.MessagePlan, PlanVersion: &comms.PlanVersion{Files: p.Files, Catalogue: p.Catalogue}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := content.Message()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(m.PlanVersion.Files)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m.PlanVersion.Catalogue, again.Catalogue) {
		a, _ := json.Marshal(m.PlanVersion.Catalogue)
		b, _ := json.Marshal(again.Catalogue)
		t.Errorf("the catalogue changed on its way through JSON:\n%s\n%s", a, b)
	}
	if !reflect.DeepEqual(p, again) {
		t.Error("reading the same files twice gave two different plans")
	}
}
