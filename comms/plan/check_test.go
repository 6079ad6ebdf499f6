package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

func TestBuiltinHoldsUnderCheck(t *testing.T) {
	for _, p := range Check(Builtin()) {
		t.Error(p)
	}
}

// planted is a mistake that somebody makes in one place of the built-in plan.
type planted struct {
	kind           Mistake
	name           string
	file, old, new string // what is changed
	in, at         string // the file and the words at which it is found; in is file unless given
	level          Level
	says           string
}

var plantedMistakes = []planted{
	{MistakeForm, "a key that does not exist", "signatures.yaml", "approval_life:", "approval_live:", "", "approval_live:", Block, "did you mean"},
	{MistakeTemplate, "a step without words", "templates-maintenance.yaml", "phase: verifying", "phase: in_progress", "severities.yaml", "in_progress: [", Block, `the step from "Under way" to "Checking the work" has no template for the severity "Planned work"`},
	{MistakeTemplate, "a step without words for one severity", "templates-incident.yaml", "id: monitoring\n", "id: monitoring\n    severities: [critical, major, minor]\n", "severities.yaml", "investigating: [", Block, `the step from "Investigating" to "Checking the fix" has no template for the severity "Data or security"`},
	{MistakeTemplate, "a template that is only for what came back", "templates-incident.yaml", "id: monitoring\n", "id: monitoring\n    after: [resolved]\n", "severities.yaml", "investigating: [", Block, `the step from "Investigating" to "Checking the fix" has no template for the severity "Critical"`},
	{MistakeTemplate, "no correction", "templates-correction.yaml", "message: correction", "message: correction\n    severities: [major, minor, data, maintenance]", "severities.yaml", "id: critical", Warn, "could not be corrected"},
	{MistakePhase, "nothing can be started", "severities.yaml", "start: [investigating, identified, scheduled]", "start: [investigating, identified]", "", "start:", Block, `nothing of the severity "Planned work" can be started`},
	{MistakePhase, "a phase without end", "severities.yaml", "  monitoring: [monitoring, identified, investigating, resolved]\n", "", "", "investigating: [", Warn, `the phase "Checking the fix" can be reached and never left`},
	{MistakeSlot, "a slot that is not declared", "templates-incident.yaml", "and affects {who}. {not_affected?}", "and affects {whom}. {not_affected?}", "", "{whom}", Block, `the slot "whom" is in the words and not declared`},
	{MistakeSlot, "a slot that is not used", "templates-incident.yaml", "slots: [components, started, next_update, url]", "slots: [components, started, ended, next_update, url]", "", "started, ended", Block, `the slot "ended" of the template "First words" is in none of its words`},
	{MistakeLanguage, "a text in one language", "catalogue.yaml", "{ en: Everything is working, es: Todo funciona }", "{ en: Everything is working }", "", "all_well", Warn, `no text in the language "es"`},
	{MistakeLanguage, "a step to try in one language", "links.yaml", "        es: Exporte una carpeta cada vez.\n", "", "", "en: Export one folder", Warn, `no text in the language "es"`},
	{MistakeLanguage, "a template in one language", "organisation.yaml", "optional: [es]", "optional: [es, pt]", "templates-incident.yaml", "      en:\n        title: '{headline}'", Warn, `missing in the language "pt"`},
	{MistakeWords, "jargon in a template", "templates-incident.yaml", "We do not yet know how many", "The failover is slow. We do not yet know how many", "", "The failover", Warn, "failover"},
	{MistakeName, "two roles of one name", "roster.yaml", "name: { en: Legal,", "name: { en: Incident lead,", "", "id: legal", Block, `the roles "incident-lead" and "legal" are both called "Incident lead"`},
	{MistakeName, "two people of one name", "roster.yaml", "name: Sam Okafor", "name: Dana Whitfield", "", "id: sam", Warn, `both called "Dana Whitfield"`},
	{MistakeRole, "a role with nobody", "roster.yaml", "holders: [sam]\n    stand_ins: [dana]", "holders: []", "", "id: support-lead", Warn, "nobody holds the role"},
	{MistakeRole, "a role with one person", "roster.yaml", "holders: [sam]\n    stand_ins: [dana]", "holders: [sam]", "", "id: support-lead", Warn, "one person alone"},
	{MistakeQuorum, "the author is the only one", "roster.yaml", "stand_ins: [marta, omar]", "stand_ins: []", "signatures.yaml", "critical:\n", Warn, `an update of the severity "Critical" cannot be signed in one case: when Inés Duarte wrote it, nobody is left for facts`},
	{MistakeQuorum, "somebody is away", "roster.yaml", "stand_ins: [marta, omar]", "stand_ins: [marta]", "signatures.yaml", "critical:\n", Warn, "when Inés Duarte wrote it and Marta Lindqvist is away, nobody is left for facts"},
	{MistakeQuorum, "the same people for two signatures", "roster.yaml", "holders: [nora]\n    stand_ins: [tomas, petra]", "holders: [ines]\n    stand_ins: [marta, omar]", "signatures.yaml", "data:", Warn, "when Inés Duarte wrote it and Marta Lindqvist is away, nobody is left for legal"},
	{MistakeQuorum, "a severity that changes", "signatures.yaml", "  minor:\n    - { kind: any, roles: [incident-lead, communications-lead, support-lead, legal] }", "  minor:\n    - { kind: wording, roles: [incident-lead] }\n    - { kind: legal, roles: [incident-lead] }", "", "data:", Warn, "an update that changes the severity"},
	{MistakeQuorum, "nobody at all", "roster.yaml", "holders: [ines]\n    stand_ins: [marta, omar]", "holders: []", "signatures.yaml", "critical:\n", Block, "can never be signed"},
	{MistakeQuorum, "more signatures than people", "signatures.yaml", "    - { kind: legal, roles: [legal] }", "    - { kind: legal, roles: [legal] }\n    - { kind: facts, roles: [incident-lead] }\n    - { kind: facts, roles: [incident-lead] }\n    - { kind: facts, roles: [incident-lead] }", "", "data:", Block, "can never be signed"},
	{MistakeQuorum, "a report that nobody can sign", "signatures.yaml", "  severities: [critical, major, data]\n  approvals:\n    - { kind: facts, roles: [incident-lead] }", "  severities: [critical, major, data]\n  approvals:\n    - { kind: facts, roles: [drafter] }\n    - { kind: facts, roles: [drafter] }\n    - { kind: facts, roles: [drafter] }", "", "{ kind: facts, roles: [drafter] }", Block, "the report on an incident"},
	{MistakeCadence, "a promise that is too quick", "severities.yaml", "every: 20m", "every: 10m", "", "every: 10m", Warn, "its signatures may take 15 minutes"},
	{MistakeRule, "a level for a rule that there is not", "rules.yaml", "glossary: builtin", "rules: { JARGN: off }\nglossary: builtin", "", "rules: {", Warn, `there is no language rule "JARGN". Did you mean "JARGON"?`},
	{MistakeRule, "an own rule that nothing shows to work", "rules.yaml", "    found: [Habrá reembolsos para todos.]\n", "", "", "id: OWN-REEMBOLSO", Warn, "nothing shows that the rule"},
	{MistakeLink, "a link to a component that is gone", "links.yaml", "components: [exports]", "components: [exprots]", "", "[exprots]", Block, `did you mean "exports"?`},
	{MistakeLink, "help on somebody else's host", "links.yaml", "https://northwind.example/help/sign-in", "https://northwind.test/help", "", "northwind.test", Block, "is not one of the plan's domains"},
	{MistakeLink, "an address in a template off the plan's domains", "templates-incident.yaml", "We are sorry for the worry.", "Read https://blog.example/why here.", "", "Read https", Block, "is not one of the plan's domains"},
	{MistakeLink, "a key of the page that is gone", "links.yaml", "en: Export one folder at a time.", "'en': 'Look at https://status.northwind.example/es/go/exports.'", "", "/es/go/exports", Block, `did you mean "export"?`},
	{MistakeLength, "a form that cannot fit", "templates-incident.yaml", "short: The problem with {components} is over.", "short: The problem with {components} is " + strings.Repeat("very ", 50) + "over.", "", "short: The problem with {components} is very", Block, "this form has at least"},
	{MistakeHolding, "a statement that expires at once", "holding.yaml", "lasts: 2160h", "lasts: 200h", "", "lasts:", Warn, "is about to expire from its first day"},
	{MistakeHolding, "a statement of a data incident", "holding.yaml", "severities: [critical, major, minor]", "severities: [critical, data]", "", "severities:", Block, "about customers' data"},
	{MistakeHolding, "a statement of planned work", "holding.yaml", "severities: [critical, major, minor]", "severities: [critical, maintenance]", "", "severities:", Block, "announced and not held"},
	{MistakeHolding, "a template that somebody fills in", "holding.yaml", "template: holding", "template: investigating", "", "template: investigating", Block, "may not be approved in advance"},
	{MistakeHolding, "a slot that nothing fills", "slots.yaml", "{ name: started, type: time, from: started }", "{ name: started, type: time, from: ended }", "templates-incident.yaml", "slots: [components, started, next_update, url]", Block, "could not be filled"},
	{MistakeHolding, "one person alone approves it", "holding.yaml", "    - { kind: wording, roles: [communications-lead] }\n", "", "", "{ kind: facts", Warn, "one person alone approves"},
	{MistakeHolding, "nobody may publish it", "holding.yaml", "publishers: [drafter, incident-lead, communications-lead, support-lead]", "publishers: []", "", "publishers:", Block, "nobody may publish this statement"},
	{MistakeHolding, "by itself for a severity without promise", "severities.yaml", "    every: 20m\n", "", "holding.yaml", "by_itself:", Warn, "promises no next update"},
	{MistakeHolding, "by itself for a severity that it is not for", "holding.yaml", "severities: [critical, major, minor]", "severities: [major, minor]", "", "by_itself:", Block, "is not possible"},
	{MistakeHolding, "two go out by themselves", "holding.yaml", "      by_itself: [critical] # when the first update is due and nobody has said anything\n", "      by_itself: [critical]\n    - { id: other, template: holding, severities: [critical], states: [major], publishers: [drafter], lasts: 2160h, by_itself: [critical] }\n", "", "id: other", Block, "goes out by itself for the severity \"Critical\" already"},
	{MistakeHolding, "no incident begins so", "templates-incident.yaml", "es: Primeras palabras }\n    phase: investigating", "es: Primeras palabras }\n    phase: monitoring", "holding.yaml", "template:", Block, "no incident begins in the phase"},
	{MistakeQuorum, "a holding statement that nobody can approve", "holding.yaml", "roles: [communications-lead] }", "roles: [incident-lead] }", "", "{ kind: facts", Warn, "a holding statement cannot be signed"},
	{MistakeLength, "a line that cannot fit", "templates-incident.yaml", "in_product: The problem with {components} is over.", "in_product: The problem with {components} is " + strings.Repeat("very ", 30) + "over.", "", "in_product: The problem with {components} is very", Block, "may have 160"},
}

func TestCheckFindsEveryKindOfMistake(t *testing.T) {
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	spanish := words.For("es").Phrase
	found := map[Mistake]bool{}
	for _, c := range plantedMistakes {
		t.Run(string(c.kind)+": "+c.name, func(t *testing.T) {
			files := edited(t, c.file, c.old, c.new)
			file := cmp.Or(c.in, c.file)
			line := lineOf(t, files, file, c.at)
			ps := Check(files, noFailover)
			for _, p := range ps {
				for _, said := range []comms.Phrase{p.Text, p.Fix} { // a judge's words are in the reader's language already
					if p.Kind != MistakeWords && spanish(said) == said.String() {
						t.Errorf("in Spanish this is English: %s", said)
					}
				}
			}
			for _, p := range ps {
				if p.Kind == c.kind && p.File == file && p.Line == line && p.Column > 0 && p.Fix.Format != "" && p.Level == c.level && strings.Contains(strings.ToLower(p.String()), strings.ToLower(c.says)) {
					found[c.kind] = true
					return
				}
			}
			t.Errorf("want %s:%d (%s, %s) to say %q, got:\n%v", file, line, c.kind, c.level, c.says, ps)
		})
	}
	for _, kind := range Mistakes() {
		if !found[kind] {
			t.Errorf("no planted mistake of the kind %q was found: plant one", kind)
		}
	}
}

// noFailover is a language rule.
func noFailover(_ *Plan, _ comms.Lang, text string) []Complaint {
	if !strings.Contains(text, "failover") {
		return nil
	}
	return []Complaint{{Text: "customers need not know “failover”.", Fix: "Say “backup”.", Span: "failover", Level: Warn}}
}

// A finding stands where its words stand, also inside a block of text and
// behind letters of more than one byte.
func TestAFindingHasTheColumnOfItsWords(t *testing.T) {
	for _, c := range []struct{ file, old, new, at string }{
		{"templates-incident.yaml", "Some customers may be having trouble", "Some é failover may be having trouble", "failover may"},
		{"templates-incident.yaml", "in_product: 'False alarm: there", "in_product: 'False failover: there", "failover: there"},
		{"links.yaml", "en: Export one folder", "en: Export one failover", "failover at"},
		{"links.yaml", "title: { en: Paying, es: Pagar }", "title: { en: Paying a failover, es: Pagar }", "failover, es"},
	} {
		files := edited(t, c.file, c.old, c.new)
		want := Problem{File: c.file, Line: lineOf(t, files, c.file, c.at)}
		for _, f := range files {
			if f.Name == c.file {
				line := strings.Split(f.Text, "\n")[want.Line-1]
				want.Column = 1 + len([]rune(line[:strings.Index(line, "failover")]))
			}
		}
		ps := besidesRules(Check(files, noFailover))
		if len(ps) != 1 || ps[0].Line != want.Line || ps[0].Column != want.Column {
			t.Errorf("want one finding at %s:%d:%d, got %v", want.File, want.Line, want.Column, ps)
		}
	}
}

// TestCheckTriesOwnRules: the texts beside a rule are judged, and what the
// judge says of other rules does not count.
func TestCheckTriesOwnRules(t *testing.T) {
	finds := func(found string) Judge {
		return func(_ *Plan, _ comms.Lang, text string) []Complaint {
			if strings.Contains(text, found) {
				return []Complaint{{Rule: "OWN-REFUND"}, {Rule: "JARGON"}}
			}
			return nil
		}
	}
	files := Builtin()
	line := lineOf(t, files, "rules.yaml", "found: [We will")
	for _, c := range []struct{ finds, at, says string }{
		{"We will", fmt.Sprintf("rules.yaml:%d:40: ", line), `the rule "OWN-REFUND" does not find this text`},
		{"efund", "", ""},
		{"a", fmt.Sprintf("rules.yaml:%d:17: ", line+1), `the rule "OWN-REFUND" finds this text`},
	} {
		var got []string
		for _, p := range Check(files, finds(c.finds)) {
			if strings.Contains(p.Text.String(), "OWN-REFUND") && p.Level == Block {
				got = append(got, p.String())
			}
		}
		if c.says == "" && len(got) > 0 || c.says != "" && !strings.Contains(strings.Join(got, "\n"), c.at+c.says) {
			t.Errorf("a rule that finds %q: %v", c.finds, got)
		}
	}
}

// besidesRules leaves out what Check has against the plan's own rules, which a
// judge of a test does not know.
func besidesRules(ps Problems) Problems {
	return slices.DeleteFunc(ps, func(p Problem) bool { return strings.Contains(p.Text.String(), "OWN-") })
}

func TestCheckLetsJudgesSeeTheWordsOfLinks(t *testing.T) {
	files := edited(t, "links.yaml", "Export one folder at a time.", "Export one failover at a time.")
	ps := besidesRules(Check(files, func(_ *Plan, _ comms.Lang, text string) []Complaint {
		if strings.Contains(text, "failover") {
			return []Complaint{{Text: "customers need not know “failover”.", Fix: "Say “backup”.", Level: Warn}}
		}
		return nil
	}))
	want := fmt.Sprintf("links.yaml:%d:", lineOf(t, files, "links.yaml", "Export one failover"))
	if len(ps) != 1 || !strings.HasPrefix(ps[0].String(), want) {
		t.Errorf("want one warning at %s, got %v", want, ps)
	}
}

func TestCheckLetsJudgesSeeEveryTemplatesWords(t *testing.T) {
	files := edited(t, "templates-incident.yaml", "**What you can do now:** {action_customer}.", "**Failover:** {action_customer}.")
	seen := 0
	ps := besidesRules(Check(files, func(p *Plan, lang comms.Lang, text string) []Complaint {
		seen++
		if strings.ContainsAny(text, "{}") {
			t.Errorf("a slot was left open: %s", text)
		}
		if strings.Contains(text, "Failover") {
			return []Complaint{{Text: "customers need not know “failover”.", Fix: "Say “switch to a backup”.", Level: Warn}}
		}
		return nil
	}))
	want := fmt.Sprintf("templates-incident.yaml:%d:", lineOf(t, files, "templates-incident.yaml", "{impact} This started")-1)
	if len(ps) != 1 || !strings.HasPrefix(ps[0].String(), want) || !strings.HasSuffix(ps[0].String(), "“failover”. Say “switch to a backup”.") {
		t.Errorf("want one warning at %s, got %v", want, ps)
	}
	if seen < 9*2*5 {
		t.Errorf("the judge saw %d texts", seen)
	}
}

// The shortcut that leaves plentiful signatures out must never change whether
// all can be given; trying every assignment tells.
func TestQuorumAgreesWithTryingEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.IntRange(1, 7).Draw(t, "people")
		p := &Plan{}
		for i := range people {
			p.People = append(p.People, Person{ID: PersonID(fmt.Sprint("p", i))})
		}
		var needed []Requirement
		for i := range rapid.IntRange(1, 4).Draw(t, "needed") {
			role := Role{ID: RoleID(fmt.Sprint("r", i))}
			for _, person := range p.People {
				if rapid.Bool().Draw(t, "holds") {
					role.Holders = append(role.Holders, person.ID)
				}
			}
			p.Roles = append(p.Roles, role)
			needed = append(needed, Requirement{Kind: Facts, Roles: []RoleID{role.ID}})
		}
		author := p.People[rapid.IntRange(0, people-1).Draw(t, "author")].ID
		away := p.People[rapid.IntRange(0, people-1).Draw(t, "away")].ID
		k := &checker{plan: p}
		who, _ := k.scarce(needed)
		if got, want := lacking(who, author, away) < 0, tryAll(p, needed, map[PersonID]bool{author: true, away: true}); got != want {
			t.Errorf("the matching says %v, trying everything says %v", got, want)
		}
	})
}

func tryAll(p *Plan, needed []Requirement, taken map[PersonID]bool) bool {
	if len(needed) == 0 {
		return true
	}
	for _, person := range p.Holders(needed[0].Roles[0]) {
		if taken[person] {
			continue
		}
		taken[person] = true
		if tryAll(p, needed[1:], taken) {
			return true
		}
		delete(taken, person)
	}
	return false
}
