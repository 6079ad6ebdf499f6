package draft_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
)

func TestMerge(t *testing.T) {
	base := draft.Draft{
		Kind: comms.MessageUpdate, Template: "investigating", Phase: comms.PhaseInvestigating, Severity: "major", StartedAt: "2026-11-23T14:00",
		Claims: []comms.Claim{{Component: "a", State: comms.Partial}, {Component: "b", State: comms.Degraded}},
		Slots:  draft.Slots{"en": {"impact": "old", "who": "old"}, draft.Shared: {"next_update": "2026-11-23T15:00"}},
		Files:  []comms.PlanFile{{Name: "x.yaml", Text: "x"}, {Name: "y.yaml", Text: "y"}},
	}
	with := func(change func(*draft.Draft)) draft.Draft {
		d := base.Clone()
		change(&d)
		return d
	}
	set := func(lang comms.Lang, name, value string) draft.Draft {
		return with(func(d *draft.Draft) { d.Slots.Set(lang, name, value) })
	}
	for name, test := range map[string]struct {
		mine, theirs, want draft.Draft
		conflicts          []string
	}{
		"nothing":         {base, base, base, nil},
		"mine alone":      {set("en", "impact", "mine"), base, set("en", "impact", "mine"), nil},
		"theirs alone":    {base, set("en", "impact", "theirs"), set("en", "impact", "theirs"), nil},
		"the same change": {set("en", "impact", "both"), set("en", "impact", "both"), set("en", "impact", "both"), nil},
		"different slots": {set("en", "impact", "mine"), set("en", "who", "theirs"), with(func(d *draft.Draft) {
			d.Slots.Set("en", "impact", "mine")
			d.Slots.Set("en", "who", "theirs")
		}), nil},
		"the same slot": {set("en", "impact", "mine"), set("en", "impact", "theirs"), set("en", "impact", "theirs"), []string{"slots.en.impact"}},
		"a language that one began": {set("es", "impact", "mío"), set("en", "who", "theirs"), with(func(d *draft.Draft) {
			d.Slots.Set("es", "impact", "mío")
			d.Slots.Set("en", "who", "theirs")
		}), nil},
		"emptied by me, changed by them": {set("en", "impact", ""), set("en", "impact", "theirs"), set("en", "impact", "theirs"), []string{"slots.en.impact"}},
		"emptied by them":                {base, set("en", "impact", ""), set("en", "impact", ""), nil},
		"a shared slot":                  {set("", "next_update", "2026-11-23T15:10"), set("", "next_update", "2026-11-23T15:20"), set("", "next_update", "2026-11-23T15:20"), []string{"slots.next_update"}},
		"a phase goes with its template": {
			with(func(d *draft.Draft) { d.Template, d.Phase = "identified", comms.PhaseIdentified }), set("en", "who", "theirs"),
			with(func(d *draft.Draft) {
				d.Template, d.Phase = "identified", comms.PhaseIdentified
				d.Slots.Set("en", "who", "theirs")
			}), nil,
		},
		"claims of different components": {
			with(func(d *draft.Draft) { d.Claims[0].State = comms.Major }),
			with(func(d *draft.Draft) { d.Claims = append(d.Claims[:1], comms.Claim{Component: "c", State: comms.Major}) }),
			with(func(d *draft.Draft) {
				d.Claims = []comms.Claim{{Component: "a", State: comms.Major}, {Component: "c", State: comms.Major}}
			}), nil,
		},
		"a claim of the same component": {
			with(func(d *draft.Draft) { d.Claims[0].State = comms.Major }),
			with(func(d *draft.Draft) { d.Claims[0].State = comms.Operational }),
			with(func(d *draft.Draft) { d.Claims[0].State = comms.Operational }), []string{"claims.a"},
		},
		"files of a plan": {
			with(func(d *draft.Draft) { d.Files[0].Text = "mine" }),
			with(func(d *draft.Draft) { d.Files[1].Text = "theirs" }),
			with(func(d *draft.Draft) { d.Files[0].Text, d.Files[1].Text = "mine", "theirs" }), nil,
		},
		"several fields": {
			with(func(d *draft.Draft) { d.Severity, d.StartedAt, d.Summary = "minor", "1", "mine" }),
			with(func(d *draft.Draft) { d.Severity, d.EndedAt, d.Summary = "critical", "2", "theirs" }),
			with(func(d *draft.Draft) { d.Severity, d.StartedAt, d.EndedAt, d.Summary = "critical", "1", "2", "theirs" }),
			[]string{"severity", "summary"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := test.theirs.Clone()
			got, conflicts := draft.Merge(base, test.mine, test.theirs)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("merged (-want +got):\n%s", diff)
			}
			if !slices.Equal(conflicts, test.conflicts) {
				t.Errorf("conflicts %v, want %v", conflicts, test.conflicts)
			}
			if diff := cmp.Diff(before, test.theirs); diff != "" {
				t.Errorf("it changed what it was given:\n%s", diff)
			}
		})
	}
}

// A change of either side is in the merged text, or its field is named.
func TestMergeLosesNothing(t *testing.T) {
	words := rapid.SampledFrom([]string{"", "one", "two", "three"})
	text := rapid.Custom(func(t *rapid.T) draft.Draft {
		d := draft.Draft{Slots: draft.Slots{}, StartedAt: words.Draw(t, "started"), Template: words.Draw(t, "template")}
		for _, lang := range []comms.Lang{draft.Shared, "en", "es"} {
			for _, slot := range []string{"impact", "who"} {
				d.Slots.Set(lang, slot, words.Draw(t, slot))
			}
		}
		for _, c := range []comms.ComponentID{"a", "b", "c"} {
			if s := words.Draw(t, "claim"); s != "" {
				d.Claims = append(d.Claims, comms.Claim{Component: c, State: comms.State(s)})
			}
		}
		return d
	})
	rapid.Check(t, func(t *rapid.T) {
		base, mine, theirs := text.Draw(t, "base"), text.Draw(t, "mine"), text.Draw(t, "theirs")
		merged, conflicts := draft.Merge(base, mine, theirs)
		was, is, now, got := fields(base), fields(mine), fields(theirs), fields(merged)
		for _, all := range []map[string]string{was, is, now, got} {
			for name := range all {
				want, conflict := now[name], false
				switch {
				case is[name] == was[name], is[name] == now[name]:
				case now[name] == was[name]:
					want = is[name]
				default:
					conflict = true
				}
				if got[name] != want || slices.Contains(conflicts, name) != conflict {
					t.Fatalf("%s: was %q, mine %q, theirs %q: merged %q, conflicts %v", name, was[name], is[name], now[name], got[name], conflicts)
				}
			}
		}
	})
}

// fields lays a draft out as the form's fields.
func fields(d draft.Draft) map[string]string {
	out := map[string]string{"started_at": d.StartedAt, "template": d.Template}
	for lang, values := range d.Slots {
		for name, v := range values {
			out[draft.SlotField(lang, name)] = v
		}
	}
	for _, c := range d.Claims {
		out[draft.ClaimField(c.Component)] = string(c.State)
	}
	return out
}
