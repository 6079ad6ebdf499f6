package plan

import "testing"

func TestBuiltinHasNoProblems(t *testing.T) {
	if _, err := Read(Builtin()); err != nil {
		t.Fatal(err)
	}
}
