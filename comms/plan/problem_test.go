package plan

import (
	"testing"

	"github.com/countersign/countersign/comms"
)

func TestProblemReadsAsSentences(t *testing.T) {
	for fix, want := range map[string]string{
		"say it":        "a.yaml:1:2: it is wrong. Say it.",
		"élide it":      "a.yaml:1:2: it is wrong. Élide it.",
		"“it” says it":  "a.yaml:1:2: it is wrong. “it” says it.",
		"is it needed?": "a.yaml:1:2: it is wrong. Is it needed?",
	} {
		p := Problem{File: "a.yaml", Line: 1, Column: 2, Text: comms.Say("it is wrong"), Fix: comms.Say("%s", fix), Level: Block}
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestARequirementNamesItsRoles(t *testing.T) {
	p := &Plan{Roles: []Role{{ID: "a", Name: comms.Words{"en": "Ana's role"}}}}
	for _, test := range []struct {
		roles []RoleID
		want  string
	}{
		{nil, "no role"},
		{[]RoleID{"a"}, "Ana's role"},
		{[]RoleID{"a", "b", "c"}, "Ana's role or b or c"},
	} {
		if got := p.MayGive(Requirement{Roles: test.roles}).String(); got != test.want {
			t.Errorf("%v: got %q, want %q", test.roles, got, test.want)
		}
	}
}
