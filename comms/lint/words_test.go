package lint

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// wordCase is one text with the spans that a rule must find in it, in order;
// with none the rule must be silent.
type wordCase struct {
	lang comms.Lang
	text string
	want []string
}

func wordPlan() *plan.Plan {
	return &plan.Plan{
		Catalogue: comms.Catalogue{
			Organisation: "Lumen", Source: "en", Languages: []comms.Lang{"en", "es"},
			PageURL: "https://status.lumen.example", SupportEmail: "support@lumen.example",
			Groups: []comms.Group{{ID: "g", Components: []comms.Component{{ID: "edge", Name: comms.Words{"en": "Edge Network", "es": "Red Edge"}}}}},
		},
		Products:  []string{"Pipeline", "Lumen Queue"},
		Customers: []string{"Acme", "Blue Shell"},
		Domains:   []string{"api-prod-01.lumen.example"},
		Allow:     []string{"192.0.2.0/24", "OPS-1000", "webhook", "db-demo-01"},
		Glossary: []plan.Term{
			{Lang: "en", Term: "failover", Plain: "switch to a backup system", Note: "also: fail over, failing over, failed over"},
			{Lang: "en", Term: "deploy", Plain: "release, put live"},
			{Lang: "en", Term: "rollback", Plain: "undo of a recent change", Note: "also: roll back, rolled back, rolling back"},
			{Lang: "en", Term: "latency", Plain: "delay"},
			{Lang: "en", Term: "elevated latency", Plain: "slower than usual"},
			{Lang: "en", Term: "edge", Plain: "servers close to you"},
			{Lang: "en", Term: "edge case", Plain: "unusual situation"},
			{Lang: "en", Term: "cache", Plain: "temporary copy"},
			{Lang: "en", Term: "SLO", Plain: "service target"},
			{Lang: "en", Term: "PoP", Plain: "one of our network locations", Note: "case-sensitive"},
			{Lang: "en", Term: "pub/sub", Plain: "messaging system"},
			{Lang: "en", Term: "blue-green", Plain: "release method"},
			{Lang: "en", Term: "rate-limited", Plain: "limited"},
			{Lang: "en", Term: "primary", Plain: "main database", Note: "only next to database/db/node"},
			{Lang: "en", Term: "region", Plain: "location", Note: "ok with a place name"},
			{Lang: "en", Term: "SEV1", Plain: "", Note: "match SEV-?[0-9]; internal label"},
			{Lang: "en", Term: "P0", Plain: ""},
			{Lang: "en", Term: "UTC", Plain: "", Note: "always keep with the time"},
			{Lang: "en", Term: "pipeline", Plain: "processing steps"},
			{Lang: "en", Term: "queue", Plain: "waiting list of work"},
			{Lang: "en", Term: "webhook", Plain: "automatic notification"},
			{Lang: "en", Term: "token", Plain: "sign-in key"},
			{Lang: "es", Term: "latencia elevada", Plain: "más lento de lo habitual"},
			{Lang: "es", Term: "latencia", Plain: "retraso, lentitud"},
			{Lang: "es", Term: "balanceador de carga", Plain: "sistema que reparte el tráfico"},
			{Lang: "es", Term: "propagación", Plain: "tiempo hasta que el cambio llega a todos"},
			{Lang: "es", Term: "mitigar", Plain: "reducir el efecto"},
			{Lang: "es", Term: "nodo", Plain: "servidor"},
			{Lang: "es", Term: "timeout", Plain: "petición sin respuesta a tiempo"},
			{Lang: "es", Term: "edge", Plain: "servidores cercanos"},
			{Lang: "es", Term: "war room", Plain: ""},
		},
	}
}

// planted is every case by its rule.
func planted() map[Rule][]wordCase {
	all := maps.Clone(wordCases)
	maps.Copy(all, writingCases)
	return all
}

func TestWordRules(t *testing.T) {
	for id, cases := range planted() {
		t.Run(string(id), func(t *testing.T) {
			for _, c := range cases {
				got := spansOf(Check(Subject{Plan: wordPlan(), Reader: "en", Free: map[comms.Lang]string{c.lang: c.text}}), id)
				if !slices.Equal(got, c.want) {
					t.Errorf("%s %q:\n got %q\nwant %q", c.lang, c.text, got, c.want)
				}
			}
		})
	}
}

func spansOf(r Report, id Rule) []string {
	var out []string
	for _, f := range r.Findings() {
		if f.Rule == id {
			out = append(out, f.Span)
		}
	}
	return out
}

// TestEveryRuleHasCases fails when somebody adds a rule and plants nothing for
// it: a positive and a negative in each language for rules on words, a test of
// its own for rules on the message.
func TestEveryRuleHasCases(t *testing.T) {
	cases := planted()
	for _, r := range table() {
		if r.message != nil {
			fires, silent := false, false
			for _, c := range messageCases {
				fires = fires || slices.ContainsFunc(c.want, func(w string) bool { return strings.HasPrefix(w, string(r.id)+" ") })
				silent = silent || len(c.want) == 0
			}
			if !fires || !silent {
				t.Errorf("%s has no case on a message in which it fires, or none in which it is silent", r.id)
			}
		}
		if !r.onWords() {
			continue
		}
		for _, lang := range spoken(r.id) {
			var positive, negative bool
			for _, c := range cases[r.id] {
				if c.lang == lang {
					positive = positive || len(c.want) > 0
					negative = negative || len(c.want) == 0
				}
			}
			if !positive || !negative {
				t.Errorf("%s lacks a case in %q: positive %t, negative %t", r.id, lang, positive, negative)
			}
		}
	}
}

// spoken lists the languages that a rule is about.
func spoken(id Rule) []comms.Lang {
	if id == "TONE-FORM" { // only Spanish has two forms of address here
		return []comms.Lang{"es"}
	}
	return []comms.Lang{"en", "es"}
}

func TestFindingsExplainThemselves(t *testing.T) {
	subject := Subject{Plan: wordPlan(), Reader: "es", Free: map[comms.Lang]string{"en": "Deploys to 10.0.3.7 started. SEV-2."}}
	got := Check(subject).Findings()
	if len(got) != 3 {
		t.Fatalf("got %d findings, want 3: %+v", len(got), got)
	}
	deploy, ip, sev := got[0], got[1], got[2]
	if want := "Puede que los clientes no conozcan «Deploys». En palabras sencillas: release, put live."; deploy.Reason != want {
		t.Errorf("reason %q, want %q", deploy.Reason, want)
	}
	if deploy.Replace == nil || *deploy.Replace != "Releases" {
		t.Errorf("replacement of %q is %v, want \"Releases\"", deploy.Span, deploy.Replace)
	}
	if ip.Level != plan.Block || ip.Field != "text" || ip.Lang != "en" || ip.Start != 11 || ip.End != 19 || ip.Replace != nil {
		t.Errorf("finding on the address: %+v", ip)
	}
	if sev.Span != "SEV-2" || sev.Replace == nil || *sev.Replace != "" {
		t.Errorf("finding on the label: %+v", sev)
	}
}

func TestPlanSetsLevels(t *testing.T) {
	p := wordPlan()
	subject := Subject{Plan: p, Reader: "en", Free: map[comms.Lang]string{"en": "Failover to 10.0.3.7"}}
	if r := Check(subject); len(r.Findings()) != 2 || len(r.Blocks()) != 1 {
		t.Fatalf("by default: %+v", r.Findings())
	}
	before := Check(subject).Rules()
	p.Rules = map[string]plan.Level{"JARGON": plan.Block, "SEC-IP": plan.Warn}
	for _, f := range Check(subject).Findings() {
		if want := p.Rules[string(f.Rule)]; f.Level != want {
			t.Errorf("%s is %q, and the plan says %q", f.Rule, f.Level, want)
		}
	}
	p.Rules = map[string]plan.Level{"JARGON": plan.Off}
	r := Check(subject)
	if len(r.Findings()) != 1 || r.Findings()[0].Rule != "SEC-IP" || r.Rules() != before-1 {
		t.Errorf("with JARGON off: %d rules, %+v", r.Rules(), r.Findings())
	}
}

func TestPlace(t *testing.T) {
	const s = "uno\ndós tres\n"
	for _, c := range []struct{ offset, line, column int }{{0, 1, 1}, {3, 1, 4}, {4, 2, 1}, {9, 2, 5}, {len(s), 3, 1}, {99, 3, 1}, {-1, 1, 1}} {
		if line, column := Place(s, c.offset); line != c.line || column != c.column {
			t.Errorf("offset %d: line %d, column %d, want %d, %d", c.offset, line, column, c.line, c.column)
		}
	}
}
