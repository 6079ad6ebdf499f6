package plan

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestUnder holds every field of a plan to the version or to the plan in
// force: one that is added belongs to a part, and goes with it.
func TestUnder(t *testing.T) {
	version, err := Read(Builtin())
	if err != nil {
		t.Fatal(err)
	}
	other := slices.Clone(Builtin())
	for i := range other {
		other[i].Text = strings.NewReplacer("Northwind", "Southwind", "[dana]", "[ada]", "approval_life: 15m", "approval_life: 20m",
			"every: 20m", "every: 25m", "optional: [es]", "optional: [es, fr]", "Critical,", "Gravest,").Replace(other[i].Text)
	}
	inForce, err := Read(other)
	if err != nil {
		t.Fatal(err)
	}
	if Under(version, version) != version {
		t.Error("a plan under itself is another one")
	}
	versions := []string{"languages.source", "languages"} // of the catalogue
	p := Under(version, inForce)
	for _, part := range Parts() {
		got, old, now := p.content(part), version.content(part), inForce.content(part)
		for i, f := range got {
			want := old[i].value
			if (part == PartCatalogue || part == PartRoster || part == PartLinks) && !slices.Contains(versions, f.name) {
				want = now[i].value
			}
			if !reflect.DeepEqual(f.value, want) {
				t.Errorf("%s %s is %v, want %v", part, f.name, f.value, want)
			}
		}
	}
}
