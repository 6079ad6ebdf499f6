package holding_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/holding"
)

var began = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)

// statement has a gap of each kind, a list, and a name that HTML would read.
func statement() comms.Statement {
	words := func(words string) map[comms.Lang]comms.Forms {
		text := words + " {components} since {started}, {day}. Next by {next_update}. {url}"
		f := comms.Forms{Title: words + " {components}.", Subject: words, HTML: "<p>" + text + "</p>", Text: text, Short: words + " {components}", Support: text, InProduct: text}
		return map[comms.Lang]comms.Forms{"en": f, "es": f}
	}
	return comms.Statement{
		ID: "first", Template: "holding", Phase: comms.PhaseInvestigating, Severities: []comms.Severity{"major", "minor"},
		Mails: []comms.Mails{{Severity: "major", Sent: true}, {Severity: "minor"}},
		Components: []comms.Permitted{
			{Component: "sign-in", Name: comms.Words{"en": "Sign-in & keys", "es": "Acceso"}, States: []comms.State{comms.Degraded, comms.Partial}},
			{Component: "exports", Name: comms.Words{"en": "Exports Inc.", "es": "Exportes"}, States: []comms.State{comms.Major}},
		},
		Gaps: []comms.Gap{
			{Slot: "components", From: "components"}, {Slot: "started", From: "started"}, {Slot: "day", From: "started", Date: true},
			{Slot: "next_update", From: "next_update"}, {Slot: "url", From: "url"},
		},
		Wordings: []comms.Wording{
			{Choices: map[string]string{"extra": ""}, Forms: words("Trouble with")},
			{Choices: map[string]string{"extra": "slow"}, Forms: words("It is slow:")},
		},
		Addresses: comms.Words{"en": "https://status.example/incidents/", "es": "https://status.example/es/incidents/"},
	}
}

// update is what the statement makes of an incident of two components.
func update(t interface{ Fatal(...any) }, s comms.Statement, changes ...func(*comms.Message)) comms.Message {
	next := began.Add(30 * time.Minute)
	m := comms.Message{
		Kind: comms.MessageUpdate, Holding: &comms.Holding{ID: s.ID, Choices: map[string]string{"extra": ""}},
		Incident: &comms.Incident{
			ID: "abcdefghjkmn", Kind: comms.KindIncident, Template: s.Template, Phase: s.Phase, Severity: "major", StartedAt: began, NextUpdate: &next,
			Claims:  []comms.Claim{{Component: "exports", State: comms.Major}, {Component: "sign-in", State: comms.Partial}},
			Changes: []comms.Change{{Component: "sign-in", Before: comms.Operational, After: comms.Partial}},
		},
	}
	m.Audience = holding.Audience(s, *m.Incident)
	forms, err := holding.Fill(s, *m.Incident, m.Holding.Choices)
	if err != nil {
		t.Fatal(err)
	}
	m.Forms = forms
	for _, change := range changes {
		change(&m)
	}
	return m
}

func TestFill(t *testing.T) {
	got := update(t, statement()).Forms["en"]
	want := comms.Forms{
		Title: "Trouble with Sign-in & keys and Exports Inc.", Subject: "Trouble with", Short: "Trouble with Sign-in & keys and Exports Inc.",
		Text: "Trouble with Sign-in & keys and Exports Inc. since 14:05 UTC, Monday 23 November. Next by 14:35 UTC. https://status.example/incidents/abcdefghjkmn",
	}
	want.Support, want.InProduct = want.Text, want.Text
	want.HTML = "<p>" + strings.Replace(want.Text, "&", "&amp;", 1) + "</p>"
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestFillRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		choices  map[string]string
		change   func(*comms.Incident)
		field    string
		sentence string
	}{
		"an option that is not listed": {map[string]string{"extra": "everything is lost"}, func(*comms.Incident) {}, "choices", "no words for this choice"},
		"a list that it does not have": {map[string]string{"more": "slow"}, func(*comms.Incident) {}, "choices", "no words for this choice"},
		"no component":                 {nil, func(i *comms.Incident) { i.Claims = nil }, "components", "nothing is given for {components}"},
		"a component of another page":  {nil, func(i *comms.Incident) { i.Claims = []comms.Claim{{Component: "cellar"}} }, "components", "nothing is given for {components}"},
		"no beginning":                 {nil, func(i *comms.Incident) { i.StartedAt = time.Time{} }, "started", "nothing is given for {started}"},
		"no next update":               {nil, func(i *comms.Incident) { i.NextUpdate = nil }, "next_update", "nothing is given for {next_update}"},
		"no identifier":                {nil, func(i *comms.Incident) { i.ID = "" }, "url", "nothing is given for {url}"},
	} {
		t.Run(name, func(t *testing.T) {
			i := *update(t, statement()).Incident
			c.change(&i)
			_, err := holding.Fill(statement(), i, c.choices)
			var r *comms.Refusal
			if !errors.As(err, &r) || r.Field != c.field || !strings.Contains(r.Text, c.sentence) {
				t.Errorf("got %v, want a refusal of %q that says %q", err, c.field, c.sentence)
			}
		})
	}
}

// permitted is what Permit says of each change of a lawful update; "" allows it.
var permitted = map[string]struct {
	sentence string
	change   func(*comms.Message)
}{
	"nothing is changed":            {"", func(*comms.Message) {}},
	"a correction":                  {"first update of an incident", func(m *comms.Message) { m.Kind = comms.MessageCorrection }},
	"no statement":                  {"first update of an incident", func(m *comms.Message) { m.Holding = nil }},
	"planned work":                  {"first update of an incident", func(m *comms.Message) { m.Incident.Kind = comms.KindMaintenance }},
	"the second of its incident":    {"were told something", func(m *comms.Message) { m.Basis = 7 }},
	"it follows other words":        {"were told something", func(m *comms.Message) { m.After = comms.DigestOf([]byte("words")) }},
	"a chosen time":                 {"goes out at once", func(m *comms.Message) { at := began.Add(time.Hour); m.PublishAt = &at }},
	"a plan comes with it":          {"more than its words", func(m *comms.Message) { m.PlanVersion = &comms.PlanVersion{} }},
	"a statement comes with it":     {"more than its words", func(m *comms.Message) { m.Statement = &comms.Statement{} }},
	"a correction comes with it":    {"more than its words", func(m *comms.Message) { m.Correction = &comms.Correction{} }},
	"a redaction comes with it":     {"more than its words", func(m *comms.Message) { m.Redaction = &comms.Redaction{} }},
	"another statement":             {"announces the phase", func(m *comms.Message) { m.Holding.ID = "second" }},
	"another template":              {"announces the phase", func(m *comms.Message) { m.Incident.Template = "resolved" }},
	"another phase":                 {"announces the phase", func(m *comms.Message) { m.Incident.Phase = comms.PhaseResolved }},
	"data":                          {"not for the severity", func(m *comms.Message) { m.Incident.Severity = "data" }},
	"an end":                        {"has ended", func(m *comms.Message) { m.Incident.EndedAt = m.Incident.NextUpdate }},
	"no promise":                    {"next update is promised", func(m *comms.Message) { m.Incident.NextUpdate = nil }},
	"no component":                  {"no component is named", func(m *comms.Message) { m.Incident.Claims = nil }},
	"a component that is not in it": {"may not name", func(m *comms.Message) { m.Incident.Claims[0].Component = "cellar" }},
	"a state that is not in it":     {`may not say "degraded"`, func(m *comms.Message) { m.Incident.Claims[0].State = comms.Degraded }},
	"out of order":                  {"once, in order", func(m *comms.Message) { slices.Reverse(m.Incident.Claims) }},
	"one component twice":           {"once, in order", func(m *comms.Message) { m.Incident.Claims[1] = m.Incident.Claims[0] }},
	"an unnamed component changes":  {"does not name it", func(m *comms.Message) { m.Incident.Claims = m.Incident.Claims[:1] }},
	"told to everybody":             {"nobody else", func(m *comms.Message) { m.Audience.Components = nil }},
	"told to nobody":                {"nobody else", func(m *comms.Message) { m.Audience = nil }},
	"a severity without mail":       {"nobody else", func(m *comms.Message) { m.Incident.Severity = "minor" }},
}

func TestPermit(t *testing.T) {
	for name, c := range permitted {
		t.Run(name, func(t *testing.T) {
			err := holding.Permit(statement(), update(t, statement(), c.change))
			switch {
			case c.sentence == "" && err != nil:
				t.Error(err)
			case c.sentence != "" && (comms.CodeOf(err) != comms.Unsigned || !strings.Contains(err.Error(), c.sentence)):
				t.Errorf("got %v, want a refusal that says %q", err, c.sentence)
			}
		})
	}
}

// filled are the words between the statement's own, in each language.
var filled = map[comms.Lang]*regexp.Regexp{
	"en": regexp.MustCompile(`^(?:Trouble with|It is slow:) (Sign-in & keys|Exports Inc\.|Sign-in & keys and Exports Inc\.) since (\d\d:\d\d UTC), (\w+ \d\d? \w+)\. Next by (.*\d\d:\d\d UTC.*)\. https://status\.example/incidents/[a-z]{12}$`),
	"es": regexp.MustCompile(`^(?:Trouble with|It is slow:) (Acceso|Exportes|Acceso y Exportes) since (\d\d:\d\d UTC), (\w+ \d\d? de \w+)\. Next by (.*\d\d:\d\d UTC.*)\. https://status\.example/es/incidents/[a-z]{12}$`),
}

// TestNothingButListsAndClocks fills a statement in for incidents of every
// kind: whatever comes of it has the statement's own words with names of its
// list and times between them, and no other words pass as them.
func TestNothingButListsAndClocks(t *testing.T) {
	s := statement()
	rapid.Check(t, func(rt *rapid.T) {
		next := began.Add(time.Duration(rapid.Int64Range(-5000, 5000).Draw(rt, "minutes")) * time.Minute)
		m := comms.Message{Kind: comms.MessageUpdate, Holding: &comms.Holding{ID: s.ID, Choices: map[string]string{}}, Incident: &comms.Incident{
			ID: comms.ID(rapid.StringMatching(`[a-z]{12}`).Draw(rt, "id")), StartedAt: began, NextUpdate: &next,
		}}
		for _, c := range rapid.SliceOfNDistinct(rapid.SampledFrom([]comms.ComponentID{"exports", "sign-in", "cellar", "{url}"}), 0, 4, rapid.ID[comms.ComponentID]).Draw(rt, "components") {
			m.Incident.Claims = append(m.Incident.Claims, comms.Claim{Component: c, State: rapid.SampledFrom(comms.States()).Draw(rt, "state")})
		}
		if choice := rapid.SampledFrom([]string{"none", "", "slow", "all is lost"}).Draw(rt, "choice"); choice != "none" {
			m.Holding.Choices["extra"] = choice
		}
		forms, err := holding.Fill(s, *m.Incident, m.Holding.Choices)
		named := slices.ContainsFunc(m.Incident.Claims, func(c comms.Claim) bool { _, ok := s.Permits(c.Component); return ok })
		if ok := named && m.Holding.Choices["extra"] != "all is lost"; ok != (err == nil) {
			rt.Fatalf("filling it in gives %v", err)
		}
		if err != nil {
			return
		}
		for lang, pattern := range filled {
			if !pattern.MatchString(forms[lang].Text) {
				rt.Errorf("in %s it says %q", lang, forms[lang].Text)
			}
		}
		m.Forms = forms
		if err := holding.Worded(s, m); err != nil {
			rt.Errorf("its own words are refused: %v", err)
		}
		lang := rapid.SampledFrom([]comms.Lang{"en", "es"}).Draw(rt, "language")
		other := forms[lang]
		field := rapid.SampledFrom([]*string{&other.Title, &other.Subject, &other.HTML, &other.Text, &other.Short, &other.Support, &other.InProduct}).Draw(rt, "form")
		at := rapid.IntRange(0, len(*field)).Draw(rt, "at")
		*field = (*field)[:at] + rapid.StringN(1, 5, -1).Draw(rt, "words") + (*field)[at:]
		forms[lang] = other
		if err := holding.Worded(s, m); comms.CodeOf(err) != comms.Unsigned {
			rt.Errorf("other words pass: %q: %v", *field, err)
		}
		delete(forms, lang)
		if err := holding.Worded(s, m); comms.CodeOf(err) != comms.Unsigned {
			rt.Errorf("it passes without its %s: %v", lang, err)
		}
	})
}

func TestGaps(t *testing.T) {
	if got := holding.Gaps("{components} since {started}, {Not this} {} {next_update}"); !slices.Equal(got, []string{"components", "started", "next_update"}) {
		t.Errorf("got %q", got)
	}
}
