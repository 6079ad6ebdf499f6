package plan

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/comms"
)

// Each variant is a plan that a company could begin with today.
func TestEveryVariantHoldsUnderCheck(t *testing.T) {
	for _, v := range Variants() {
		files := BuiltinFor(v)
		for _, p := range Check(files) {
			t.Errorf("%s: %s", v, p)
		}
		if p := read1(t, files); p.Postmortem.WorkingDays != 5 || p.Drills.EveryDays == 0 || len(p.Channels.Mail) != 5 {
			t.Errorf("%s promises %+v, practises %+v and mails %+v", v, p.Postmortem, p.Drills, p.Channels)
		}
	}
	if files := BuiltinFor("huge"); files != nil {
		t.Errorf("a variant that does not exist has %d files", len(files))
	}
}

// What differs between the variants is who signs, who is there, what is
// practised and when mails wait: the words are the same.
func TestVariantsShareTheirWords(t *testing.T) {
	standard := read1(t, BuiltinFor(Standard))
	for _, v := range []Variant{Small, Regulated} {
		for _, part := range Changed(standard, read1(t, BuiltinFor(v))) {
			if part != PartRules && part != PartRoster {
				t.Errorf("%s differs from the standard in its %s", v, part)
			}
		}
	}
}

func TestLawyersSignForDataWhereItIsRegulated(t *testing.T) {
	kinds := func(v Variant, id comms.Severity) (out []ApprovalKind) {
		s, _ := read1(t, BuiltinFor(v)).Severity(id)
		for _, r := range s.Approvals {
			out = append(out, r.Kind)
		}
		return out
	}
	for _, c := range []struct {
		variant Variant
		id      comms.Severity
		want    []ApprovalKind
	}{
		{Small, "data", []ApprovalKind{Facts, Wording}}, {Standard, "data", []ApprovalKind{Facts, Legal}},
		{Regulated, "data", []ApprovalKind{Facts, Wording, Legal}}, {Regulated, "critical", []ApprovalKind{Facts, Wording}},
	} {
		if got := kinds(c.variant, c.id); !slices.Equal(got, c.want) {
			t.Errorf("%s: %s is signed for %v, want %v", c.variant, c.id, got, c.want)
		}
	}
}
