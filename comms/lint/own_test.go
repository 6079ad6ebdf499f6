package lint

import (
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// TestRuleNames holds the names that a plan may set to the rules that there are.
func TestRuleNames(t *testing.T) {
	var have []string
	for id := range Rules() {
		have = append(have, string(id))
	}
	named := plan.RuleNames()
	slices.Sort(have)
	slices.Sort(named)
	if !slices.Equal(have, named) {
		t.Errorf("the rules are\n%q\nand a plan may set\n%q", have, named)
	}
}

func ownPlan(rules ...plan.OwnRule) *plan.Plan {
	p := messagePlan()
	p.OwnRules = rules
	return p
}

func TestOwnRules(t *testing.T) {
	says := comms.Words{"en": "Say less.", "es": "Diga menos."}
	rules := []plan.OwnRule{
		{ID: "OWN-REFUND", Level: plan.Warn, Lang: "en", Terms: []string{"refund", "credit note"}, Message: says, Replace: "a letter"},
		{ID: "OWN-ORDER", Level: plan.Block, Patterns: []string{`\bN-[0-9]+\b`, `Z*`}, Message: says, LeaveOut: true},
		{ID: "OWN-EARLY", Level: plan.Block, Terms: []string{"disk"}, Phases: []comms.Phase{comms.PhaseResolved}, Message: says},
	}
	for _, c := range []struct {
		lang comms.Lang
		text string
		id   Rule
		want []string
	}{
		{"en", "Refunds and a credit note; refunding. Prefund, refund_id.", "OWN-REFUND", []string{"Refunds", "credit note", "refunding"}},
		{"es", "Un refund.", "OWN-REFUND", nil},
		{"en", "Order N-17, N-x and ZN-18.", "OWN-ORDER", []string{"N-17", "Z"}},
		{"es", "El pedido N-17.", "OWN-ORDER", []string{"N-17"}},
		{"en", "A disk is full.", "OWN-EARLY", []string{"disk"}},
	} {
		r := Check(Subject{Plan: ownPlan(rules...), Reader: "es", Free: map[comms.Lang]string{c.lang: c.text}})
		if got := spansOf(r, c.id); !slices.Equal(got, c.want) {
			t.Errorf("%s %q: %s finds %q, want %q", c.lang, c.text, c.id, got, c.want)
		}
		for _, f := range r.Findings() {
			if f.Rule == "OWN-REFUND" && (f.Reason != "Diga menos." || f.Replace == nil || *f.Replace != "a letter") {
				t.Errorf("%+v", f)
			}
			if f.Rule == "OWN-ORDER" && (f.Level != plan.Block || f.Replace == nil || *f.Replace != "") {
				t.Errorf("%+v", f)
			}
		}
	}
	s := goodSubject()
	s.Plan = ownPlan(rules...)
	s.Draft.Slots.Set("en", "us", "A disk is full.")
	s.Draft.Slots.Set("es", "us", "Un disk lleno.")
	if got := Check(sealed(t, s)).Findings(); len(got) != 0 {
		t.Errorf("a rule for resolved incidents counts while one is investigated: %+v", got)
	}
	resolve(&s, "resolved")
	s.Plan.Templates[2].Slots = append(s.Plan.Templates[2].Slots, plan.Slot{Name: "us", Type: plan.SlotUs})
	if got := spansOf(Check(sealed(t, s)), "OWN-EARLY"); len(got) != 2 {
		t.Errorf("a rule for resolved incidents finds %q in one", got)
	}
}

func TestAPlanSetsTheLevelOfItsOwnRules(t *testing.T) {
	p := ownPlan(plan.OwnRule{ID: "OWN-A", Level: plan.Warn, Terms: []string{"disk"}})
	p.Rules = map[string]plan.Level{"OWN-A": plan.Off}
	if r := Check(Subject{Plan: p, Reader: "en", Free: map[comms.Lang]string{"en": "A disk."}}); len(r.Findings()) != 0 {
		t.Errorf("%+v", r.Findings())
	}
}

// FuzzOwnRules looks for patterns and texts whose findings have no place.
func FuzzOwnRules(f *testing.F) {
	for _, seed := range [][3]string{{`\bN-[0-9]+`, "refund", "Refunds of N-17"}, {`(?i)é+`, "é", "É é\xc3"}, {`a|`, "-", "a--a"}, {`.`, "a b", "a  b\na b"}, {`[^\x00-\x7f]`, "ß", "Straße"}} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, pattern, term, s string) {
		if len(pattern) > 100 || len(term) > 80 || len(s) > 2000 {
			return
		}
		p := wordPlan()
		p.Glossary = nil
		p.OwnRules = []plan.OwnRule{{ID: "OWN-A", Level: plan.Block, Patterns: []string{pattern}, Terms: []string{term}}}
		for _, found := range Check(Subject{Plan: p, Reader: "en", Free: map[comms.Lang]string{"en": s}}).Findings() {
			if found.Rule == "OWN-A" && utf8.ValidString(s) {
				checkSpan(t, found, s)
			}
		}
	})
}
