package statuspage

import (
	"testing"

	"github.com/countersign/countersign/comms"
)

func TestRollUp(t *testing.T) {
	const (
		ok   = comms.Operational
		work = comms.Maintenance
		slow = comms.Degraded
		some = comms.Partial
		down = comms.Major
	)
	for _, test := range []struct {
		states []comms.State
		want   status
	}{
		{nil, allWell},
		{[]comms.State{ok}, allWell},
		{[]comms.State{work}, atWork},
		{[]comms.State{slow}, someDegraded},
		{[]comms.State{some}, someMajor},
		{[]comms.State{down}, allMajor},
		{[]comms.State{ok, ok, ok}, allWell},
		{[]comms.State{ok, work}, atWork},
		{[]comms.State{work, work}, atWork},
		{[]comms.State{ok, slow, work}, someDegraded},
		{[]comms.State{slow, slow}, allDegraded},
		{[]comms.State{slow, slow, work}, someDegraded},
		{[]comms.State{ok, slow, some}, somePartial},
		{[]comms.State{some, some}, someMajor},
		{[]comms.State{ok, ok, down}, someMajor},
		{[]comms.State{some, slow, down}, someMajor},
		{[]comms.State{down, down}, allMajor},
	} {
		if got := rollUp(test.states); got != test.want {
			t.Errorf("%v add up to %v, want %v", test.states, got, test.want)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	if got := identifier(ofComponent, "kctbh9vrtdwd"); got != "kctbh9vrtdwd" {
		t.Errorf("an identifier that programs know became %q", got)
	}
	seen := map[string]bool{}
	for _, name := range []string{"search", "sign-in", "a", "kctbh9vrtdwd", "search2"} {
		for _, kind := range []string{ofComponent, ofGroup} {
			id := identifier(kind, name)
			if !hosted.MatchString(id) || seen[id] || id != identifier(kind, name) {
				t.Errorf("the %s %s has the identifier %q", kind, name, id)
			}
			seen[id] = true
		}
	}
}
