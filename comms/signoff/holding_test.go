package signoff

import (
	"flag"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/holding"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

var calm = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// stage is a holding statement that was approved, and what somebody makes of it.
type stage struct {
	key, forger Key
	basis       Basis
	message     comms.Message
	now         time.Time
	itself      bool // nobody publishes it
	resign      bool // the signature is for the message as it is in the end
	signer      plan.PersonID
	how         func(*Approval, *stage) // what is wrong with the signature
}

var offered = comms.Statement{
	ID: "first-words", Template: "holding", Phase: comms.PhaseInvestigating, Severities: []comms.Severity{"critical", "major"},
	Mails: []comms.Mails{{Severity: "critical", Sent: true}, {Severity: "major", Sent: true}},
	Components: []comms.Permitted{
		{Component: "exports", Name: comms.Words{"en": "Exports", "es": "Exportaciones"}, States: []comms.State{comms.Degraded}},
		{Component: "sign-in", Name: comms.Words{"en": "Sign-in & more", "es": "Acceso"}, States: []comms.State{comms.Degraded, comms.Major}},
	},
	Publishers: []string{"drafter"}, Itself: []comms.Itself{{Severity: "critical", After: 600}}, Expires: calm.Add(90 * 24 * time.Hour),
	Gaps: []comms.Gap{{Slot: "components", From: "components"}, {Slot: "next_update", From: "next_update"}},
	Wordings: []comms.Wording{
		{Choices: map[string]string{"where": "eu"}, Forms: map[comms.Lang]comms.Forms{
			"en": {Title: "Trouble with {components} in Europe", HTML: "<p>{components}, by {next_update}.</p>", Text: "{components}, by {next_update}."},
			"es": {Title: "Problemas con {components} en Europa", HTML: "<p>{components}, a las {next_update}.</p>", Text: "{components}, a las {next_update}."},
		}},
		{Choices: map[string]string{"where": ""}, Forms: map[comms.Lang]comms.Forms{
			"en": {Title: "Trouble with {components}", HTML: "<p>{components}, by {next_update}.</p>", Text: "{components}, by {next_update}."},
			"es": {Title: "Problemas con {components}", HTML: "<p>{components}, a las {next_update}.</p>", Text: "{components}, a las {next_update}."},
		}},
	},
	Addresses: comms.Words{},
}

func rules() *plan.Plan {
	incident := func(id comms.Severity) plan.Severity {
		return plan.Severity{ID: id, Kind: comms.KindIncident, FirstUpdate: 10 * time.Minute, Every: 30 * time.Minute, Approvals: []plan.Requirement{{Kind: plan.Facts, Roles: []plan.RoleID{"lead"}}}}
	}
	data := incident("data")
	data.Data = true
	return &plan.Plan{
		Catalogue: comms.Catalogue{Source: "en", Languages: []comms.Lang{"en", "es"}}, ApprovalLife: 15 * time.Minute,
		Transitions: map[comms.Phase][]comms.Phase{comms.PhaseNone: {comms.PhaseInvestigating, comms.PhaseIdentified}},
		Severities:  []plan.Severity{incident("critical"), incident("major"), incident("minor"), data},
		Templates:   []plan.Template{{ID: "holding", Message: comms.MessageUpdate, Phase: comms.PhaseInvestigating, Holding: true}},
		Roles:       []plan.Role{{ID: "drafter", Holders: []plan.PersonID{"dana"}}, {ID: "lead", Holders: []plan.PersonID{"ines"}}, {ID: "words", Holders: []plan.PersonID{"carlos"}}},
		Holding: plan.Holding{
			Approvals: []plan.Requirement{{Kind: plan.Facts, Roles: []plan.RoleID{"lead"}}, {Kind: plan.Wording, Roles: []plan.RoleID{"words"}}},
			Statements: []plan.Statement{{
				ID: "first-words", Template: "holding", Severities: []comms.Severity{"critical", "major"}, Publishers: []plan.RoleID{"drafter"},
				Components: []plan.Permitted{{Component: "exports", States: []comms.State{comms.Degraded}}, {Component: "sign-in", States: []comms.State{comms.Degraded, comms.Major}}},
				Lasts:      90 * 24 * time.Hour, ByItself: []comms.Severity{"critical"},
			}},
		},
	}
}

// approve has a statement approved by two people.
func approve(t *testing.T, key Key, s comms.Statement) Publication {
	t.Helper()
	b := Basis{Chain: Head{Number: 1}, Plan: rules(), PlanDigest: comms.DigestOf([]byte("plan")), Authors: []plan.PersonID{"dana"}, Keys: NewKeyring(key.Public())}
	content, err := comms.Seal(comms.Message{Kind: comms.MessageStatement, Update: "approvalaaaa", Plan: b.PlanDigest, Statement: &s})
	if err != nil {
		t.Fatal(err)
	}
	b.Requirements = b.Plan.Holding.Approvals
	var given []Approval
	for i, person := range []plan.PersonID{"ines", "carlos"} {
		a, err := Attest(key, Approval{ID: comms.NewID(), Update: "approvalaaaa", Digest: content.Digest(), Requirement: i, Person: person,
			Means: MeansTOTP, Languages: []comms.Lang{"en", "es"}, At: calm, Expires: calm.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		given = append(given, a)
	}
	if _, err := Countersign(key, content, lint.NewReport(content.Digest(), 1, nil), given[:1], b, calm); comms.CodeOf(err) != comms.Unsigned {
		t.Fatalf("one signature approved it: %v", err)
	}
	p, err := Countersign(key, content, lint.NewReport(content.Digest(), 1, nil), given, b, calm)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// set is a lawful use of the statement, by somebody or by itself.
func set(key, forger Key, approved Publication, itself bool) *stage {
	began := calm.Add(30 * 24 * time.Hour)
	next := began.Add(25 * time.Minute)
	s := &stage{key: key, forger: forger, now: began.Add(10 * time.Minute), itself: itself, signer: "dana", resign: true}
	s.message = comms.Message{
		Kind: comms.MessageUpdate, Update: "updateaaaaaa", Plan: comms.DigestOf([]byte("plan")),
		Incident: &comms.Incident{
			ID: "incidentaaaa", Kind: comms.KindIncident, Phase: comms.PhaseInvestigating, Severity: "critical", Template: "holding",
			Claims: []comms.Claim{{Component: "sign-in", State: comms.Major}}, StartedAt: began, NextUpdate: &next,
		},
		Holding:  &comms.Holding{ID: "first-words", Publication: approved.Number(), Digest: approved.Digest(), Choices: map[string]string{"where": "eu"}},
		Audience: &comms.Audience{Components: []comms.ComponentID{"sign-in"}, Kind: comms.KindIncident},
	}
	s.message.Incident.Changes = Changes(s.message.Incident.Claims, nil, nil)
	s.message.Forms, _ = holding.Fill(offered, *s.message.Incident, s.message.Holding.Choices)
	s.basis = Basis{
		Chain: Head{Number: approved.Number(), Seal: approved.seal}, Plan: rules(), PlanDigest: s.message.Plan, Keys: NewKeyring(key.Public()),
		Statement: approved, Ground: rules(), Declared: began,
	}
	return s
}

// abuses are the ways in which a statement is made to say more, go out later,
// or by somebody else. sealed tells whether the publication that comes of it
// would itself be false: then it is refused for ever, whoever sealed it.
var abuses = []struct {
	name   string
	sealed bool
	do     func(*stage)
}{
	{"other words", true, func(s *stage) { s.words("en", func(f *comms.Forms) { f.Title = "All is well" }) }},
	{"one letter of the mail", true, func(s *stage) { s.words("es", func(f *comms.Forms) { f.Text += " " }) }},
	{"HTML that is not escaped", true, func(s *stage) {
		s.words("en", func(f *comms.Forms) { f.HTML = "<p>Sign-in & more, by 09:35 UTC.</p>" })
	}},
	{"a language less", true, func(s *stage) { delete(s.message.Forms, "es") }},
	{"a language more", true, func(s *stage) { s.message.Forms["fr"] = comms.Forms{Title: "x", Text: "x"} }},
	{"another choice than its words", true, func(s *stage) { s.message.Holding.Choices = map[string]string{"where": ""} }},
	{"a choice that there is not", true, func(s *stage) { s.message.Holding.Choices = map[string]string{"where": "mars"} }},
	{"another component than its words", true, func(s *stage) { s.claim("exports", comms.Degraded) }},
	{"a component that it may not name", true, func(s *stage) { s.claim("billing", comms.Degraded) }},
	{"a state that it may not say", true, func(s *stage) { s.claim("sign-in", comms.Operational) }},
	{"no component", true, func(s *stage) { s.message.Incident.Claims, s.message.Incident.Changes = nil, []comms.Change{} }},
	{"another severity", true, func(s *stage) { s.message.Incident.Severity = "minor" }},
	{"data", true, func(s *stage) { s.message.Incident.Severity = "data" }},
	{"another phase", true, func(s *stage) { s.message.Incident.Phase = comms.PhaseIdentified }},
	{"another template", true, func(s *stage) { s.message.Incident.Template = "other" }},
	{"an end", true, func(s *stage) { at := s.now; s.message.Incident.EndedAt = &at }},
	{"no promise", true, func(s *stage) { s.message.Incident.NextUpdate = nil }},
	{"another promise than its words", true, func(s *stage) { at := s.now.Add(5 * time.Minute); s.message.Incident.NextUpdate = &at }},
	{"another audience", true, func(s *stage) {
		s.message.Audience = &comms.Audience{Components: []comms.ComponentID{"exports"}, Kind: comms.KindIncident}
	}},
	{"no mail", true, func(s *stage) { s.message.Audience = nil }},
	{"a second update", true, func(s *stage) { s.message.Basis, s.basis.Incident = 2, 2 }},
	{"a correction", true, func(s *stage) { s.message.Kind, s.message.Correction = comms.MessageCorrection, &comms.Correction{} }},
	{"a time", true, func(s *stage) { at := s.now; s.message.PublishAt = &at }},
	{"another statement", true, func(s *stage) { s.message.Holding.ID = "others" }},
	{"another approval", true, func(s *stage) { s.message.Holding.Digest = comms.DigestOf([]byte("x")) }},
	{"the approval has expired", true, func(s *stage) {
		later := offered.Expires.Sub(s.now)
		s.now = s.now.Add(later)
		if s.message.Incident.NextUpdate == nil {
			return
		}
		next, began := s.message.Incident.NextUpdate.Add(later), s.message.Incident.StartedAt.Add(later)
		s.message.Incident.NextUpdate, s.message.Incident.StartedAt = &next, began
		s.message.Forms, _ = holding.Fill(offered, *s.message.Incident, s.message.Holding.Choices)
	}},
	{"withdrawn", false, func(s *stage) { s.basis.Ended = "it says too little" }},
	{"the plan says otherwise", false, func(s *stage) { p := rules(); p.Templates[0].Name = comms.Words{"en": "x"}; s.basis.Plan = p }},
	{"the plan has it no more", false, func(s *stage) { p := rules(); p.Holding.Statements = nil; s.basis.Plan = p }},
	{"no statement", false, func(s *stage) { s.basis.Statement = Publication{} }},
	{"under another plan", false, func(s *stage) { s.basis.PlanDigest = comms.DigestOf([]byte("other")) }},
	{"the page has moved", false, func(s *stage) { s.basis.States = map[comms.ComponentID]comms.State{"sign-in": comms.Degraded} }},
	{"somebody wrote it", false, func(s *stage) { s.itself = false; s.basis.Authors = []plan.PersonID{"dana"} }},
	{"by somebody whom it does not name", false, func(s *stage) { s.itself = false; s.signer = "ines" }},
	{"by somebody who may not sign now", false, func(s *stage) { s.itself = false; s.basis.Barred = map[plan.PersonID]string{"dana": "gone"} }},
	{"a signature for other words", true, func(s *stage) {
		s.itself = false
		s.how = func(a *Approval, _ *stage) { a.Digest = comms.DigestOf([]byte("x")) }
	}},
	{"a signature that is not alive", true, func(s *stage) { s.itself = false; s.how = func(a *Approval, s *stage) { a.Expires = s.now } }},
	{"a signature of elsewhere", true, func(s *stage) {
		s.itself = false
		s.how = func(_ *Approval, s *stage) { s.key, s.forger = s.forger, s.key }
	}},
	{"by itself too early", true, func(s *stage) { s.itself = true; s.now = s.now.Add(-time.Second) }},
	{"by itself soon after it was declared", false, func(s *stage) { s.itself = true; s.basis.Declared = s.basis.Declared.Add(time.Minute) }},
	{"by itself and not for this", true, func(s *stage) { s.itself = true; s.message.Incident.Severity = "major" }},
}

func (s *stage) words(lang comms.Lang, change func(*comms.Forms)) {
	f := s.message.Forms[lang]
	change(&f)
	s.message.Forms[lang] = f
}

// claim says it of one component alone, and tells those who follow it.
func (s *stage) claim(id comms.ComponentID, state comms.State) {
	s.message.Incident.Claims = []comms.Claim{{Component: id, State: state}}
	s.message.Incident.Changes = Changes(s.message.Incident.Claims, nil, nil)
	s.message.Audience = &comms.Audience{Components: []comms.ComponentID{id}, Kind: comms.KindIncident}
}

// publish does what the desk does, and what whoever holds the seal key could do
// without it.
func (s *stage) publish(t interface{ Fatal(...any) }) (honest error, forced error) {
	content, err := comms.Seal(s.message)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := content.Message()
	w := Warrant{Kind: Holding}
	if !s.itself {
		w.Requirements = []plan.Requirement{{Kind: plan.Any, Roles: []plan.RoleID{"drafter"}}}
		a := Approval{ID: "signatureaaa", Update: m.Update, Digest: content.Digest(), Person: s.signer, Means: MeansPassword, At: s.now, Expires: s.now.Add(time.Minute)}
		key := s.key
		if s.how != nil {
			if s.how(&a, s); !slices.Equal(s.key.private, key.private) {
				key, s.key, s.forger = s.key, key, s.key
			}
		}
		if a, err = Attest(key, a); err != nil {
			t.Fatal(err)
		}
		w.Approvals = []Approval{a}
	}
	s.basis.Requirements = w.Requirements
	report := lint.NewReport(content.Digest(), 1, nil)
	p, honest := Countersign(s.key, content, report, w.Approvals, s.basis, s.now)
	if honest == nil && (p.warrant.Kind != Holding || p.Message().Holding == nil) {
		t.Fatal("it went out by another right")
	}
	if w.Grant, err = grant(set(s.key, s.forger, s.basis.Statement, false).basis.Statement); err != nil {
		t.Fatal(err)
	}
	forged, err := seal(s.key, content, m, w, s.basis, s.now)
	if err != nil {
		t.Fatal(err)
	}
	_, forced = Restore(recordOf(t, forged), s.basis.Keys)
	return honest, forced
}

func recordOf(t interface{ Fatal(...any) }, p Publication) Record {
	warrant, err := p.EncodeWarrant()
	if err != nil {
		t.Fatal(err)
	}
	return Record{
		Number: p.number, At: p.at, Digest: p.Digest(), Content: p.content.Bytes(), Warrant: warrant,
		Frame: p.frame, Previous: p.previous.String(), Seal: p.seal.String(),
	}
}

// TestHoldingIsWithinWhatWasApproved plays random abuses of a statement, and
// looks for one that goes out, and for a lawful use that does not. What would
// be false in itself is also sealed by whoever holds the key, and must not be
// restored.
func TestHoldingIsWithinWhatWasApproved(t *testing.T) {
	key, _ := NewKey()
	forger, _ := NewKey()
	approved := approve(t, key, offered)
	lawful := 0
	if checks := flag.Lookup("rapid.checks").Value; checks.String() == "10000" { // each of these seals and verifies ten times
		defer checks.Set("10000")
		if err := checks.Set("400"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := set(key, forger, approved, rapid.Bool().Draw(t, "by itself"))
		picked := rapid.SliceOfNDistinct(rapid.IntRange(0, len(abuses)-1), 0, 2, rapid.ID[int]).Draw(t, "abuses")
		untrue := false
		for _, i := range picked {
			abuses[i].do(s)
			untrue = untrue || abuses[i].sealed
		}
		honest, forced := s.publish(t)
		switch {
		case len(picked) == 0 && (honest != nil || forced != nil):
			t.Fatalf("a lawful use is refused: %v, %v", honest, forced)
		case len(picked) == 0:
			lawful++
		case len(picked) == 1 && honest == nil:
			t.Fatalf("it went out: %s", abuses[picked[0]].name)
		case len(picked) == 1 && comms.CodeOf(honest) == "":
			t.Fatalf("a refusal that nobody can act on: %v", honest)
		case len(picked) == 1 && untrue && forced == nil:
			t.Fatalf("sealed by the key alone, it was restored: %s", abuses[picked[0]].name)
		}
	})
	if lawful == 0 {
		t.Fatal("nothing lawful was tried")
	}
}

// TestEveryAbuseIsRefused tries each abuse by itself.
func TestEveryAbuseIsRefused(t *testing.T) {
	key, _ := NewKey()
	forger, _ := NewKey()
	approved := approve(t, key, offered)
	for _, abuse := range abuses {
		t.Run(abuse.name, func(t *testing.T) {
			s := set(key, forger, approved, false)
			abuse.do(s)
			honest, forced := s.publish(t)
			if comms.CodeOf(honest) == "" {
				t.Errorf("it came to %v, want a refusal", honest)
			}
			if abuse.sealed && forced == nil {
				t.Error("sealed by the key alone, it was restored")
			}
		})
	}
	t.Run("under a quorum", func(t *testing.T) {
		s := set(key, forger, approved, false)
		content, _ := comms.Seal(s.message)
		m, _ := content.Message()
		a, _ := Attest(key, Approval{ID: "signatureaaa", Update: m.Update, Digest: content.Digest(), Person: "ines", Means: MeansPassword, At: s.now, Expires: s.now.Add(time.Minute)})
		p, err := seal(key, content, m, Warrant{Kind: Quorum, Requirements: rules().Severities[0].Approvals, Approvals: []Approval{a}}, s.basis, s.now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(recordOf(t, p), s.basis.Keys); err == nil {
			t.Error("what is made from a holding statement was restored under a quorum")
		}
	})
}
