package comms_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/comms"
)

func TestChoicesAddUp(t *testing.T) {
	const incident, maintenance = comms.KindIncident, comms.KindMaintenance
	for name, test := range map[string]struct{ have, more, want comms.Choice }{
		"everything takes in the rest": {
			comms.Choice{Components: []comms.ComponentID{"b", "a"}}, comms.Choice{Everything: true}, comms.Choice{Everything: true},
		},
		"one incident beside the rest": {
			comms.Choice{Everything: true, Kind: incident}, comms.Choice{Incidents: []comms.ID{"x"}},
			comms.Choice{Everything: true, Kind: incident, Incidents: []comms.ID{"x"}},
		},
		"the first general choice brings its kind": {
			comms.Choice{Incidents: []comms.ID{"x"}}, comms.Choice{Groups: []string{"g"}, Kind: maintenance},
			comms.Choice{Groups: []string{"g"}, Kind: maintenance, Incidents: []comms.ID{"x"}},
		},
		"two kinds are both": {
			comms.Choice{Components: []comms.ComponentID{"a"}, Kind: incident}, comms.Choice{Components: []comms.ComponentID{"b", "a"}, Kind: maintenance},
			comms.Choice{Components: []comms.ComponentID{"a", "b"}},
		},
		"a kind of nothing is none": {comms.Choice{Kind: incident}, comms.Choice{}, comms.Choice{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.have.With(test.more)
			if diff := cmp.Diff(test.want, got); diff != "" || !got.Equal(test.want) {
				t.Error(diff)
			}
			if got.IsZero() != test.want.IsZero() || !got.With(test.more).Equal(got) {
				t.Error("adding the same again changed it")
			}
		})
	}
}

func TestGroupsOf(t *testing.T) {
	c := comms.Catalogue{Groups: []comms.Group{
		{ID: "one", Components: []comms.Component{{ID: "a"}, {ID: "b"}}}, {ID: "two", Components: []comms.Component{{ID: "c"}}},
	}}
	for want, ids := range map[string][]comms.ComponentID{"": nil, "one": {"a", "b"}, "two": {"c", "gone"}} {
		got := ""
		for _, g := range c.GroupsOf(ids) {
			got += g
		}
		if got != want {
			t.Errorf("%v are in %q, want %q", ids, got, want)
		}
	}
	if comms.PhasePostmortem.Ends() || !comms.PhaseCancelled.Ends() || comms.PhaseMonitoring.Ends() {
		t.Error("a phase ends what it should not, or the other way")
	}
}
