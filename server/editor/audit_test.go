package editor_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/plan"
)

func TestThePartsOfAnEntryHaveNames(t *testing.T) {
	in := install(t, "dana", "carlos")
	for who, want := range map[plan.PersonID]string{"dana": "by warrant of: genesis", "carlos": "en virtud de: genesis"} {
		page := words(in.as(who).get("/audit").body)
		if !strings.Contains(page, want) || strings.Contains(page, "desk.audit.") {
			t.Errorf("%s reads:\n%s", who, page)
		}
	}
}
