package plan

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
)

func TestBuiltinHoldsUnderCheck(t *testing.T) {
	for _, p := range Check(Builtin()) {
		t.Error(p)
	}
}

func TestCheckFindsWhatAnIncidentWould(t *testing.T) {
	for _, c := range []struct {
		name, file, old, new string
		at                   string
		level                Level
		says                 string
	}{
		{"a template missing", "severities.yaml", "identified: [identified,", "identified: [false_alarm, identified,", "identified: [false", Block, `the phase "false_alarm" can be reached and has no template for the severity "critical"`},
		{"a template missing for one severity", "templates-incident.yaml", "id: monitoring\n", "id: monitoring\n    severities: [critical, major, minor]\n", "investigating: [", Block, `no template for the severity "data"`},
		{"nothing can be started", "severities.yaml", "start: [investigating, identified, scheduled]", "start: [investigating, identified]", "start:", Block, `nothing of the severity "maintenance" can be started`},
		{"a phase without end", "severities.yaml", "  monitoring: [monitoring, identified, investigating, resolved]\n", "", "investigating: [", Warn, `the phase "monitoring" can be reached and never left`},
		{"no correction", "templates-correction.yaml", "message: correction", "message: correction\n    severities: [major, minor, data, maintenance]", "id: critical", Warn, "could not be corrected"},
		{"a language missing", "catalogue.yaml", "{ en: Everything is working, es: Todo funciona }", "{ en: Everything is working }", "all_well", Warn, `no text in the language "es"`},
		{"a step to try in one language", "links.yaml", "        es: Exporte una carpeta cada vez.\n", "", "en: Export one folder", Warn, `no text in the language "es"`},
		{"a role with nobody", "roster.yaml", "holders: [sam]\n    stand_ins: [dana]", "holders: []", "id: support-lead", Warn, "nobody holds the role"},
		{"a role with one person", "roster.yaml", "holders: [sam]\n    stand_ins: [dana]", "holders: [sam]", "id: support-lead", Warn, "one person alone"},
		{"a signature when the author is the only one", "roster.yaml", "stand_ins: [marta, omar]", "stand_ins: []", "approvals:\n      - { kind: facts", Warn, "cannot be signed when ines wrote it"},
		{"a signature when somebody is away", "roster.yaml", "stand_ins: [marta, omar]", "stand_ins: [marta]", "approvals:\n      - { kind: facts", Warn, "cannot be signed when ines wrote it and marta is away"},
		{"a signature that nobody can give", "roster.yaml", "holders: [ines]\n    stand_ins: [marta, omar]", "holders: []", "approvals:\n      - { kind: facts", Block, "can never be signed"},
		{"more signatures than people", "severities.yaml", "      - { kind: legal, roles: [legal] }", "      - { kind: legal, roles: [legal] }\n      - { kind: facts, roles: [incident-lead] }\n      - { kind: facts, roles: [incident-lead] }\n      - { kind: facts, roles: [incident-lead] }", "approvals:\n      - { kind: facts, roles: [incident-lead] }\n      - { kind: legal", Block, "can never be signed"},
		{"a promise that is too quick", "severities.yaml", "every: 20m", "every: 10m", "every: 10m", Warn, "its signatures may take 15m"},
		{"a form that cannot fit", "templates-incident.yaml", "short: The problem with {components} is over.", "short: The problem with {components} is " + strings.Repeat("very ", 50) + "over.", "short: The problem with {components} is very", Block, "this form has at least"},
		{"a line that cannot fit", "templates-incident.yaml", "in_product: The problem with {components} is over.", "in_product: The problem with {components} is " + strings.Repeat("very ", 30) + "over.", "in_product: The problem with {components} is very", Block, "may have 160"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := edited(t, c.file, c.old, c.new)
			file := c.file
			if strings.HasPrefix(c.at, "approvals") || strings.Contains(c.at, ": [") || strings.HasPrefix(c.at, "id: critical") {
				file = "severities.yaml"
			}
			line := lineOf(t, files, file, c.at)
			if strings.HasPrefix(c.at, "approvals") {
				line++ // a list begins at its first entry
			}
			ps := Check(files)
			for _, p := range ps {
				if p.File == file && p.Line == line && p.Level == c.level && strings.Contains(p.String(), c.says) {
					return
				}
			}
			t.Errorf("want %s:%d (%s) to say %q, got:\n%v", file, line, c.level, c.says, ps)
		})
	}
}

func TestCheckLetsJudgesSeeTheWordsOfLinks(t *testing.T) {
	files := edited(t, "links.yaml", "Export one folder at a time.", "Export one failover at a time.")
	ps := Check(files, func(_ *Plan, _ comms.Lang, text string) []Complaint {
		if strings.Contains(text, "failover") {
			return []Complaint{{Text: "customers need not know “failover”.", Fix: "Say “backup”.", Level: Warn}}
		}
		return nil
	})
	want := fmt.Sprintf("links.yaml:%d:", lineOf(t, files, "links.yaml", "Export one failover"))
	if len(ps) != 1 || !strings.HasPrefix(ps[0].String(), want) {
		t.Errorf("want one warning at %s, got %v", want, ps)
	}
}

func TestCheckLetsJudgesSeeEveryTemplatesWords(t *testing.T) {
	files := edited(t, "templates-incident.yaml", "**What you can do now:** {action_customer}.", "**Failover:** {action_customer}.")
	seen := 0
	ps := Check(files, func(p *Plan, lang comms.Lang, text string) []Complaint {
		seen++
		if strings.ContainsAny(text, "{}") {
			t.Errorf("a slot was left open: %s", text)
		}
		if strings.Contains(text, "Failover") {
			return []Complaint{{Text: "customers need not know “failover”.", Fix: "Say “switch to a backup”.", Level: Warn}}
		}
		return nil
	})
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
		if got, want := canSign(k.scarce(needed), author, away), tryAll(p, needed, map[PersonID]bool{author: true, away: true}); got != want {
			t.Errorf("canSign says %v, trying everything says %v", got, want)
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
