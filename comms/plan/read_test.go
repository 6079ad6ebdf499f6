package plan

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
)

// edited is the built-in plan with one text of one file replaced.
func edited(t testing.TB, file, old, new string) []comms.PlanFile {
	t.Helper()
	files := Builtin()
	for i, f := range files {
		if f.Name == file {
			if !strings.Contains(f.Text, old) {
				t.Fatalf("%s does not hold %q", file, old)
			}
			files[i].Text = strings.Replace(f.Text, old, new, 1)
			return files
		}
	}
	t.Fatalf("no file %s", file)
	return nil
}

// lineOf finds the line of the first place where a text stands in a file.
func lineOf(t testing.TB, files []comms.PlanFile, file, text string) int {
	t.Helper()
	for _, f := range files {
		if before, _, ok := strings.Cut(f.Text, text); ok && f.Name == file {
			return 1 + strings.Count(before, "\n")
		}
	}
	t.Fatalf("%s does not hold %q", file, text)
	return 0
}

// manyPatterns are so many signals with a pattern each.
func manyPatterns(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "  - { patterns: { alertname: 'A%d.*' }, ignore: true }\n", i)
	}
	return out.String()
}

func problemsOf(err error) Problems {
	var ps Problems
	errors.As(err, &ps)
	return ps
}

func TestReadNamesEveryMistake(t *testing.T) {
	for _, c := range []struct {
		name, file, old, new string
		at                   string // stands in the line of the problem
		says                 string
	}{
		{"unknown key", "organisation.yaml", "  time_zone:", "  timezone:", "timezone:", `did you mean "time_zone"?`},
		{"unknown top-level key", "signatures.yaml", "quorums:", "quorum:", "quorum:", `did you mean "quorums"?`},
		{"key twice", "organisation.yaml", "  name: Northwind", "  name: Northwind\n  name: South", "name: South", `the key "name" stands twice; it stands in line 3 already`},
		{"key in two files", "signatures.yaml", "approval_life: 15m", "approval_life: 15m\npeople: []", "people: []", `the key "people" stands in roster.yaml already`},
		{"missing key", "organisation.yaml", "  name: Northwind\n", "", "page:", "organisation has no name"},
		{"anchor", "signatures.yaml", "approval_life: 15m", "approval_life: &life 15m", "&life", "an anchor"},
		{"alias", "signatures.yaml", "approval_life: 15m", "approval_life: *life", "*life", "an alias"},
		{"merge key", "signatures.yaml", "quorums:\n", "quorums:\n  <<: {}\n", "<<", "a merge key"},
		{"tag", "signatures.yaml", "approval_life: 15m", "approval_life: !!str 15m", "!!str", "a tag"},
		{"explicit key", "signatures.yaml", "approval_life: 15m", "? approval_life\n: 15m", "? approval_life", "an explicit key"},
		{"second document", "rules.yaml", "values:\n", "---\nvalues:\n", "values:", "a second YAML document"},
		{"tab", "rules.yaml", "glossary: builtin", "glossary:\tbuiltin", "glossary:", "a tab stands here"},
		{"not UTF-8", "rules.yaml", "glossary: builtin", "glossary: \xff", "glossary:", "not UTF-8"},
		{"bidi override", "catalogue.yaml", "en: Everything is working", "en: Everything \u202eis working", "all_well", "U+202E"},
		{"control character", "catalogue.yaml", "en: Everything is working", "en: \"Everything \x07is\"", "all_well", "U+0007"},
		{"escaped control character", "catalogue.yaml", "en: Everything is working", `en: "Everything \u0007is"`, "all_well", "U+0007"},
		{"escaped bidi override", "catalogue.yaml", "en: Everything is working", `en: "Everything \u202eis"`, "all_well", "U+202E"},
		{"broken YAML", "rules.yaml", "glossary: builtin", "glossary: [builtin", "own_rules:", "not YAML that can be read"},
		{"own rule's name", "rules.yaml", "id: OWN-REFUND", "id: REFUND", "id: REFUND", "begin it with OWN-"},
		{"own rule's name twice", "rules.yaml", "id: OWN-REEMBOLSO", "id: OWN-REFUND", "id: OWN-REFUND\n    level: warn\n    lang: es", "is used already"},
		{"own rule that looks for nothing", "rules.yaml", "    terms: [reembolso, indemnización, compensación]\n", "", "id: OWN-REEMBOLSO", "looks for nothing"},
		{"own rule without a message", "rules.yaml", "    message:\n      en: Whoever is owed money hears it in a letter of their own. Leave it out here.\n      es: Quien tenga derecho a dinero lo sabrá por carta. No lo diga aquí.\n    found: [We will", "    found: [We will", "id: OWN-REFUND", "has no message"},
		{"own rule that switches off", "rules.yaml", "id: OWN-REFUND\n    level: warn", "id: OWN-REFUND\n    level: off", "level: off", "is not"},
		{"own rule in a language that nobody speaks", "rules.yaml", "lang: es", "lang: fr", "lang: fr", "is not possible"},
		{"own rule in a phase that there is not", "rules.yaml", "    lang: es\n", "    lang: es\n    phases: [monitored]\n", "phases: [monitored]", "is not possible"},
		{"pattern that does not compile", "rules.yaml", "terms: [reembolso, indemnización, compensación]", "patterns: ['[0-9']", "patterns: ['[0-9']", "this pattern cannot be read"},
		{"pattern that looks back", "rules.yaml", "terms: [reembolso, indemnización, compensación]", "patterns: ['(?<!x)y']", "patterns: ['(?<!x)y']", "without look-ahead"},
		{"pattern that is slow", "rules.yaml", "terms: [reembolso, indemnización, compensación]", "patterns: ['(abcdefghij){900}']", "patterns: ['(a", "stands for more than"},
		{"pattern that matches everywhere", "rules.yaml", "terms: [reembolso, indemnización, compensación]", "patterns: ['x*|y']", "patterns: ['x*|y']", "and so everywhere"},
		{"pattern of more than a page", "rules.yaml", "terms: [reembolso, indemnización, compensación]", "patterns: ['" + strings.Repeat("ab", 600) + "']", "patterns: ['abab", "has 1200 characters"},
		{"too many patterns of its own", "rules.yaml", "terms: [reembolso, indemnización, compensación]", "patterns: [" + strings.Repeat("abc, ", 200) + "def]", "  - id: OWN-REFUND", "they may have 200"},
		{"reading ease of a language that nobody speaks", "rules.yaml", "glossary: builtin", "readability: { fr: 50 }\nglossary: builtin", "readability", "is no key"},
		{"reading ease beyond the scale", "rules.yaml", "glossary: builtin", "readability: { en: 150 }\nglossary: builtin", "readability", "whole number from 0 to 100"},
		{"slot unquoted", "templates-incident.yaml", "title: '{headline}'", "title: {headline}", "title: {headline}", "is not text"},
		{"key of a link", "links.yaml", "key: payment", "key: Pay/Now", "key: Pay/Now", `"Pay/Now" is no key of a link`},
		{"key of a link twice", "links.yaml", "key: payment", "key: export", "key: export\n    title: { en: Paying", `"export" is used already`},
		{"former key of a link that is another's", "links.yaml", "  - key: payment\n", "  - key: payment\n    former: [export]\n", "export]", `"export" is used already`},
		{"former key of a link that is none", "links.yaml", "  - key: payment\n", "  - key: payment\n    former: [Pay/Now]\n", "Pay/Now", `"Pay/Now" is no key of a link`},
		{"key of a link missing", "links.yaml", "  - key: payment\n    title", "  - title", "title: { en: Paying", "has no key"},
		{"long key of a link", "links.yaml", "key: payment", "key: " + strings.Repeat("k", 65), "key: kkk", "has 65 characters"},
		{"component of a link unknown", "links.yaml", "components: [exports]", "components: [export]", "components: [export]", `did you mean "exports"?`},
		{"component of a link twice", "links.yaml", "components: [exports]", "components: [exports, exports]", "components: [exports, exports]", "stands there twice"},
		{"link about nothing", "links.yaml", "components: [exports]", "components: []", "components: []", "could never say that something is wrong"},
		{"link with nothing to try", "links.yaml", "    try:\n      - en: Wait ten minutes. A large export takes that long.\n        es: Espere diez minutos. Una exportación grande tarda ese tiempo.\n      - en: Export one folder at a time.\n        es: Exporte una carpeta cada vez.\n", "    try: []\n", "try: []", "leaves customers with nothing to do"},
		{"signal without components", "signals.yaml", "    components: { documents: major }\n", "", "patterns: { alertname: 'Documents.*', severity", "has no components"},
		{"component of a signal unknown", "signals.yaml", "{ documents: degraded }", "{ document: degraded }", "{ document: degraded }", `did you mean "documents"?`},
		{"state of a signal that nothing begins with", "signals.yaml", "documents: degraded", "documents: operational", "documents: operational", `"operational" is not possible`},
		{"severity of planned work for a signal", "signals.yaml", "components: { documents: degraded }\n    severity: minor", "components: { documents: degraded }\n    severity: maintenance", "severity: maintenance", `"maintenance" is not possible`},
		{"template of a signal that begins nothing", "signals.yaml", "template: investigating", "template: resolved", "template: resolved", `"resolved" is not possible`},
		{"pattern that cannot be read", "signals.yaml", "'(Api|API).*'", "'(Api|API.*'", "'(Api|API.*'", "this pattern cannot be read"},
		{"pattern that breaks out", "signals.yaml", "'(Api|API).*'", "'Api)|(API'", "'Api)|(API'", "this pattern cannot be read"},
		{"pattern that is huge", "signals.yaml", "'(Api|API).*'", "'a{900}b{900}c{900}d{900}e{900}f{900}'", "a{900}b", "more than 5000 characters"},
		{"long pattern", "signals.yaml", "'(Api|API).*'", "'" + strings.Repeat("a", 1025) + "'", "aaaa", "has 1025 characters"},
		{"too many patterns", "signals.yaml", "signals:\n", "signals:\n" + manyPatterns(200), "patterns: { alertname: 'Documents.*', severity", "more than 200 patterns"},
		{"signal twice", "signals.yaml", "'(Api|API).*'", "'Documents.*'", "alertname: 'Documents.*' }\n    components: { public", "another signal above"},
		{"label with a bad name", "signals.yaml", "{ audience: internal }", "{ 'the audience': internal }", "the audience", "is no name of a label"},
		{"signal that hides the others", "signals.yaml", "  - labels: { audience: internal } # nothing that customers could notice\n    ignore: true", "  - ignore: true", "- ignore: true", "matches every alert"},
		{"ignored with a severity", "signals.yaml", "    ignore: true", "    ignore: true\n    severity: major", "severity: major", "what is ignored has no severity"},
		{"title of a link in the required language", "links.yaml", "title: { en: Paying, es: Pagar }", "title: { es: Pagar }", "title: { es: Pagar }", `has no text in the language "en"`},
		{"help elsewhere", "links.yaml", "https://northwind.example/help/sign-in", "https://elsewhere.example/help", "help: https://elsewhere", `"elsewhere.example" is not one of the plan's domains`},
		{"help that is no address", "links.yaml", "https://northwind.example/help/sign-in", "javascript:alert(1)", "help: javascript", "is not an address that can be used here"},
		{"unknown key in a link", "links.yaml", "    help:", "    helps:", "helps:", `did you mean "help"?`},
		{"duration", "signatures.yaml", "approval_life: 15m", "approval_life: 15 minutes", "approval_life", `"15 minutes" is not a duration`},
		{"seconds", "signatures.yaml", "approval_life: 15m", "approval_life: 90s", "approval_life", "whole minutes"},
		{"negative", "severities.yaml", "every: 20m", "every: -20m", "every: -20m", "out of bounds"},
		{"approvals live too long", "signatures.yaml", "approval_life: 15m", "approval_life: 48h", "approval_life", "at most 24h"},
		{"reminder out of bounds", "rules.yaml", "remind: 30", "remind: 100", "remind: 100", "write a whole number from 1 to 99"},
		{"reminders in the wrong order", "rules.yaml", "stand_in: 50", "stand_in: 20", "remind: 30", "the reminders come after 30, 20 and 70 percent"},
		{"reminder that is none", "rules.yaml", "everyone: 70", "all: 70", "all: 70", `"all" is no key`},
		{"reminders of a severity", "severities.yaml", "    every: 20m\n", "    every: 20m\n    reminders: { remind: 60 }\n", "remind: 60", "the reminders come after 60, 50 and 70 percent"},
		{"whether to say so", "catalogue.yaml", "show_overdue: true", "show_overdue: sometimes", "show_overdue", "neither true nor false"},
		{"number for text", "catalogue.yaml", "en: Everything is working", "en: 7", "en: 7", "is not text"},
		{"required language", "severities.yaml", "en: Critical, es", "es", "Crítico", `has no text in the language "en"`},
		{"unknown language", "severities.yaml", "en: Critical, es: Crítico", "en: Critical, fr: Critique", "Critique", `"fr" is no key`},
		{"language is none", "organisation.yaml", "source: en", "source: English", "source:", "is no language"},
		{"language twice", "organisation.yaml", "optional: [es]", "optional: [en]", "optional:", "stands there already"},
		{"time zone", "organisation.yaml", "Europe/Madrid", "Europe/Madird", "Madird", "is no time zone"},
		{"address", "organisation.yaml", "https://status.northwind.example\n", "status.northwind.example/\n", "page:", "is not an address"},
		{"script address", "organisation.yaml", "https://northwind.example/help", "javascript:alert(1)", "url:", "is not an address"},
		{"mail address", "organisation.yaml", "help@northwind.example", "help at northwind", "email:", "is not a mail address"},
		{"mail header", "roster.yaml", "dana@northwind.example", "Dana <dana@northwind.example>", "dana, name", "is not a mail address"},
		{"domain", "organisation.yaml", "domains: [status.northwind.example", "domains: ['https://x.example'", "domains:", "is no host name"},
		{"state without label", "catalogue.yaml", "  degraded: { en: Slow, es: Lento }\n", "", "operational:", "states has no degraded"},
		{"component twice", "catalogue.yaml", "id: mobile-app", "id: web-app", "id: web-app\n        name: { en: Mobile app", `"web-app" is used already`},
		{"component's name", "catalogue.yaml", "id: mobile-app", "id: Mobile App", "Mobile App\n", "is no identifier"},
		{"person twice", "roster.yaml", "id: sam", "id: dana", "name: Sam", `"dana" is used already`},
		{"nobody", "roster.yaml", "holders: [ines]", "holders: [inez]", "[inez]", `did you mean "ines"?`},
		{"holds and stands in", "roster.yaml", "stand_ins: [marta, omar]", "stand_ins: [ines]", "stand_ins: [ines]", "stands in this role already"},
		{"role", "signatures.yaml", "kind: facts, roles: [incident-lead]", "kind: facts, roles: [incident-led]", "incident-led]", `did you mean "incident-lead"?`},
		{"no role", "signatures.yaml", "kind: facts, roles: [incident-lead]", "kind: facts, roles: []", "roles: []", "nobody may give this signature"},
		{"no approvals", "signatures.yaml", "  critical:\n    - { kind: facts, roles: [incident-lead] }", "  critical: []", "critical: []", "asks for 0 signatures"},
		{"kind of approval", "signatures.yaml", "kind: facts, roles: [incident-lead]", "kind: fact, roles: [incident-lead]", "kind: fact,", `did you mean "facts"?`},
		{"long mode", "severities.yaml", "    long_every: 60m\n", "", "id: critical", "half of its long-incident mode"},
		{"transition", "severities.yaml", "identified: [identified,", "identified: [scheduled,", "identified: [scheduled", `nothing leads from "Identified" to "Planned"`},
		{"phase", "severities.yaml", "scheduled: [scheduled,", "scheduled: [schedule,", "[schedule,", `did you mean "scheduled"?`},
		{"quorum missing", "signatures.yaml", "  roster:\n    - { kind: any, roles: [admin, communications-lead] }\n", "", "rules:", "quorums has no roster"},
		{"glossary", "rules.yaml", "glossary: builtin", "glossary: built-in", "glossary:", `did you mean "builtin"?`},
		{"level", "rules.yaml", "glossary: builtin", "rules: { JARGON: warning }", "rules: {", `use one of: block, warn, off`},
		{"rule's name", "rules.yaml", "glossary: builtin", "rules: { jargon: warn }", "rules: {", "is no name of a language rule"},
		{"slot undeclared", "templates-incident.yaml", "and affects {who}. {not_affected?}", "and affects {whom}. {not_affected?}", "{whom}", `did you mean "who"?`},
		{"slot unused", "templates-incident.yaml", "slots: [components, started, next_update, url]", "slots: [components, started, ended, next_update, url]", "started, ended", `the slot "ended" of the template "First words" is in none of its words`},
		{"slot in braces alone", "templates-incident.yaml", "affects {who}. {not", "affects {Who}. {not", "affects {Who}", "a brace stands here that belongs to no slot"},
		{"optional slot as required", "templates-incident.yaml", "{who}. {not_affected?}", "{who}. {not_affected}", "{not_affected}", "may be empty"},
		{"shared slot", "templates-incident.yaml", "components, headline, impact,", "components, headlin, impact,", "headlin,", `did you mean "headline"?`},
		{"slot's type", "slots.yaml", "type: who", "type: whom", "type: whom", `did you mean "who"?`},
		{"slot's source", "slots.yaml", "from: started }", "from: begun }", "from: begun", "cannot come from"},
		{"slot without label", "templates-incident.yaml", "label: { en: What can we say about data?, es: '¿Qué podemos decir de los datos?' }", "min: 3", "name: data_statement", "has no label"},
		{"options of text", "slots.yaml", "    min: 5\n", "    options: []\n", "options:", "only a slot of the type choice"},
		{"min above max", "slots.yaml", "    min: 10\n    max: 80", "    min: 90\n    max: 80", "min: 90", "can never be filled"},
		{"holding with words", "templates-incident.yaml", "slots: [components, started, next_update, url]", "slots: [components, started, next_update, url, headline]", "url, headline", "is typed by a person"},
		{"template twice", "templates-incident.yaml", "id: monitoring", "id: identified", "id: identified\n    name: { en: Checking", `"identified" is used already`},
		{"template's severity", "templates-incident.yaml", "severities: [critical,", "severities: [maintenance,", "severities: [", "is none of the severity"},
		{"correction with phase", "templates-correction.yaml", "message: correction", "message: correction\n    phase: resolved", "phase: resolved", "keeps the phase"},
		{"form missing", "templates-incident.yaml", "        in_product: The problem with {components} is over. It lasted from {started} to {ended}.\n", "", "title: 'Resolved:", "has no in_product"},
		{"empty text", "templates-incident.yaml", "in_product: The problem with {components} is over. It lasted from {started} to {ended}.", "in_product: ''", "in_product: ''", "is empty"},
		{"two lines", "catalogue.yaml", "en: Everything is working", `en: "Everything\nis working"`, "all_well", "more than one line"},
		{"too long", "catalogue.yaml", "en: Everything is working", "en: " + strings.Repeat("works ", 50), "works works", "has 299 characters"},
		{"list for a mapping", "roster.yaml", "people:\n", "people: { id: x }\nx:\n", "id: x", "people is not a list"},
		{"approvals in two places", "severities.yaml", "    urgent: true # mails", "    approvals: [{ kind: facts, roles: [incident-lead] }]\n    urgent: true # mails", "approvals: [{", "stands under approvals already"},
		{"approvals of nothing", "signatures.yaml", "  minor:\n", "  minro:\n", "  minro:", `did you mean "minor"?`},
		{"quiet hours of what is urgent", "channels.yaml", "    # quiet: { from: \"22:00\", to: \"07:00\", severities: [minor, maintenance] }", "    quiet: { from: \"22:00\", to: \"07:00\", severities: [minor, critical] }", "quiet:", "would wait, and it is urgent"},
		{"mails of what is urgent left out", "channels.yaml", "critical, major, minor, data,", "critical, major, minor,", "severities:", `mails of the severity "Data or security" are left out, and it is urgent`},
		{"quiet hours for nothing", "channels.yaml", "    # quiet: { from: \"22:00\", to: \"07:00\", severities: [minor, maintenance] }", "    quiet: { from: \"22:00\", to: \"07:00\", severities: [] }", "quiet:", "the quiet hours are for nothing"},
		{"a time of day", "channels.yaml", "    # quiet: { from: \"22:00\", to: \"07:00\", severities: [minor, maintenance] }", "    quiet: { from: \"22:00\", to: \"7\", severities: [minor] }", "quiet:", "is not a time of day"},
		{"hours of no length", "roster.yaml", "from: '09:00', to: '18:00'", "from: '09:00', to: '09:00'", "hours:", "it ends when it begins"},
		{"day of the week", "roster.yaml", "days: [mon, tue,", "days: [mo, tue,", "hours:", `did you mean "mon"?`},
		{"no days", "roster.yaml", "days: [mon, tue, wed, thu, fri]", "days: []", "hours:", "there are no days"},
		{"telephone", "roster.yaml", "phone: '+34 900 000 101'", "phone: ring me", "ring me", "is not a telephone number"},
		{"drills of nobody", "drills.yaml", "roles: [drafter, incident-lead, communications-lead, legal, support-lead]", "roles: []", "roles: []", "nobody takes part"},
		{"drills never", "drills.yaml", "every_days: 90", "every_days: 0", "every_days: 0", "a whole number from 1 to 366"},
		{"report on planned work", "signatures.yaml", "severities: [critical, major, data]", "severities: [critical, maintenance]", "severities: [critical", `"maintenance" is not possible`},
		{"template after another kind", "templates-incident.yaml", "after: [resolved, postmortem]", "after: [completed]", "after: [completed]", `nothing leads from "completed" to "investigating"`},
		{"correction after something", "templates-correction.yaml", "message: correction", "message: correction\n    after: [resolved]", "after:", "may be made at any time"},
		{"empty entry", "roster.yaml", "holders: [ines]", "holders: [ines, null]", "null]", "the entry 2 of roles[2].holders is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := edited(t, c.file, c.old, c.new)
			_, err := Read(files)
			ps := problemsOf(err)
			line := lineOf(t, files, c.file, c.at)
			for _, p := range ps {
				if p.File == c.file && p.Line == line && strings.Contains(strings.ToLower(p.String()), strings.ToLower(c.says)) {
					return
				}
			}
			t.Errorf("want %s:%d to say %q, got:\n%v", c.file, line, c.says, err)
		})
	}
}

func TestReadNamesAllMistakesAtOnce(t *testing.T) {
	files := edited(t, "organisation.yaml", "Europe/Madrid", "Europe/Madird")
	for i := range files {
		files[i].Text = strings.Replace(files[i].Text, "approval_life: 15m", "approval_life: soon", 1)
		files[i].Text = strings.Replace(files[i].Text, "holders: [ines]", "holders: [inez]", 1)
	}
	_, err := Read(files)
	for _, want := range []string{"organisation.yaml:8:14: ", "signatures.yaml:3:16: ", "roster.yaml:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want a problem at %s, got:\n%v", want, err)
		}
	}
}

func TestReadStopsAfterEnoughMistakes(t *testing.T) {
	_, err := Read([]comms.PlanFile{{Name: "plan.yaml", Text: manyKeys(1000)}})
	if n := len(problemsOf(err)); n != maxProblems {
		t.Errorf("got %d problems, want %d", n, maxProblems)
	}
}

func TestReadTakesOneFile(t *testing.T) {
	var all strings.Builder
	for _, f := range Builtin() {
		if strings.HasPrefix(f.Name, "templates-") {
			_, f.Text, _ = strings.Cut(f.Text, "templates:\n")
		}
		if f.Name == "templates-correction.yaml" {
			all.WriteString("templates:\n")
		}
		all.WriteString(f.Text + "\n")
	}
	one, err := Read([]comms.PlanFile{{Name: "plan.yaml", Text: all.String()}})
	if err != nil {
		t.Fatal(err)
	}
	many, err := Read(Builtin())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Diff(many, one) {
		if !strings.HasSuffix(c.Path, ".yaml") && c.Path != "templates" {
			t.Errorf("the same plan in one file differs: %+v", c)
		}
	}
}

func TestReadRefusesWhatIsNoPlan(t *testing.T) {
	many := make([]comms.PlanFile, 51)
	for i := range many {
		many[i] = comms.PlanFile{Name: fmt.Sprintf("p%d.yaml", i), Text: "allow: []"}
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'k'; i++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*%c,", i-1), 9))
	}
	one := func(text string) []comms.PlanFile { return []comms.PlanFile{{Name: "plan.yaml", Text: text}} }
	for _, c := range []struct {
		name  string
		files []comms.PlanFile
		says  string
	}{
		{"nothing", nil, "no files"},
		{"too many files", many, "51 files"},
		{"10 MB", one(strings.Repeat("allow: []\n", 1<<20)), "all together"},
		{"2 MB in one file", one(strings.Repeat("allow: []\n", 1<<18)), "at most 1048576"},
		{"5 MB in all", append(big(5), many[:1]...), "all together"},
		{"empty", one(""), "is empty"},
		{"only a comment", one("# nothing\n"), "is empty"},
		{"a word", one("plan"), "is not a mapping"},
		{"a list", one("- plan\n"), "is not a mapping"},
		{"aliases that explode", one(bomb), "an anchor"},
		{"nested brackets", one("allow: " + strings.Repeat("[", 5_000)), "inside one another"},
		{"nested braces", one("allow: " + strings.Repeat("{a: ", 5_000)), "inside one another"},
		{"nested entries", one("allow:\n  " + strings.Repeat("- ", 5_000)), "inside one another"},
		{"nested mappings", one(stairs(5000)), "inside one another"},
		{"brackets over lines", one("allow: " + strings.Repeat("[\n ", 5_000)), "inside one another"},
		{"closing brackets first", one("allow: " + strings.Repeat("]", 100) + strings.Repeat("[", 1000)), ""},
		{"more keys than a plan has", one(manyKeys(50_000)), "larger than any that people could read"},
		{"binary", one("\x00\x01\xff\xfe"), "U+0000"},
		{"byte order mark", one("\ufeffallow: []"), "U+FEFF"},
		{"a path for a name", []comms.PlanFile{{Name: "../plan.yaml", Text: "allow: []"}}, "is not one that a plan's file may have"},
		{"a name twice", []comms.PlanFile{{Name: "a.yaml", Text: "allow: []"}, {Name: "a.yaml", Text: "allow: []"}}, "two files have this name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Read(c.files)
			if p != nil || err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, %.300v; want %q", p != nil, err, c.says)
			}
		})
	}
}

func big(n int) []comms.PlanFile {
	out := make([]comms.PlanFile, n)
	for i := range out {
		out[i] = comms.PlanFile{Name: fmt.Sprintf("big%d.yaml", i), Text: strings.Repeat("# text\n", 1<<20/7)}
	}
	return out
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: v\n", i)
	}
	return b.String()
}

func stairs(n int) string {
	var b strings.Builder
	for i := range min(n, 1000) {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
