package lint

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// messagePlan has a template for each of the moments that the rules tell apart.
func messagePlan() *plan.Plan {
	p := wordPlan()
	p.Severities = []plan.Severity{
		{ID: "critical", Kind: comms.KindIncident, Every: 20 * time.Minute, LongAfter: 2 * time.Hour, LongEvery: time.Hour},
		{ID: "maintenance", Kind: comms.KindMaintenance},
	}
	p.DataSentences = []plan.Sentence{{Key: "none", Text: comms.Words{"en": "No data was lost.", "es": "No se perdió ningún dato."}}}
	p.Transitions = map[comms.Phase][]comms.Phase{
		comms.PhaseNone:          {comms.PhaseInvestigating, comms.PhaseScheduled},
		comms.PhaseInvestigating: {comms.PhaseIdentified, comms.PhaseInvestigating, comms.PhaseResolved},
	}
	components := plan.Slot{Name: "components", Type: plan.SlotComponents, From: "components", Required: true}
	next := plan.Slot{Name: "next", Type: plan.SlotNextUpdate, From: "next_update", Required: true}
	impact := plan.Slot{Name: "impact", Type: plan.SlotImpact, Required: true, Min: 20, Max: 200}
	action := plan.Slot{Name: "action", Type: plan.SlotAction}
	us := plan.Slot{Name: "us", Type: plan.SlotUs}
	note := plan.Slot{Name: "note", Type: plan.SlotText, Max: 40}
	p.Templates = []plan.Template{
		{ID: "investigating", Message: comms.MessageUpdate, Phase: comms.PhaseInvestigating, Slots: []plan.Slot{components, impact, action, us, note, next, {Name: "time", Type: plan.SlotTime, From: "started", Required: true}}},
		{ID: "holding", Message: comms.MessageUpdate, Phase: comms.PhaseInvestigating, Holding: true, Slots: []plan.Slot{components, action, us, next}},
		{ID: "resolved", Message: comms.MessageUpdate, Phase: comms.PhaseResolved, Slots: []plan.Slot{components, action, {Name: "data", Type: plan.SlotData}, {Name: "lasted", Type: plan.SlotDuration}}},
		{ID: "resolved_bare", Message: comms.MessageUpdate, Phase: comms.PhaseResolved, Slots: []plan.Slot{components}},
		{ID: "scheduled", Message: comms.MessageUpdate, Phase: comms.PhaseScheduled, Slots: []plan.Slot{components}},
		{ID: "correction", Message: comms.MessageCorrection, Slots: []plan.Slot{components, {Name: "reason", Type: plan.SlotText}, next}},
	}
	return p
}

// goodSubject is an update that no rule complains of.
func goodSubject() Subject {
	next := noon.Add(20 * time.Minute)
	d := draft.Draft{
		Kind: comms.MessageUpdate, Template: "investigating", Phase: comms.PhaseInvestigating, Severity: "critical",
		Claims: []comms.Claim{{Component: "edge", State: comms.Major}}, StartedAt: "2026-11-23T11:50",
		Slots: draft.Slots{
			draft.Shared: {"next_update": "2026-11-23T12:20"},
			"en":         {"impact": "You cannot open your account.", "action": "Nothing to do.", "us": "We are looking for the cause."},
			"es":         {"impact": "No puede abrir su cuenta.", "action": "No hay que hacer nada.", "us": "Buscamos la causa."},
		},
	}
	m := comms.Message{
		Kind: comms.MessageUpdate, Update: "aaaaaaaaaaaa",
		Incident: &comms.Incident{ID: "bbbbbbbbbbbb", Kind: comms.KindIncident, Phase: comms.PhaseInvestigating, Severity: "critical",
			Template: "investigating", Claims: d.Claims, StartedAt: noon.Add(-10 * time.Minute), NextUpdate: &next},
		Forms: map[comms.Lang]comms.Forms{
			"en": {Title: "Problem with Edge Network", Subject: "Problem with Edge Network", Text: "You cannot open your account. Next update: 12:20 UTC.", Short: "You cannot open your account.", Support: "We know of it.", InProduct: "We know of it."},
			"es": {Title: "Problema con Red Edge", Subject: "Problema con Red Edge", Text: "No puede abrir su cuenta. Próxima actualización: 12:20 UTC.", Short: "No puede abrir su cuenta.", Support: "Lo sabemos.", InProduct: "Lo sabemos."},
		},
	}
	return Subject{Message: m, Draft: d, Plan: messagePlan(), Now: noon, Reader: "en"}
}

// messageCase changes the good subject and lists "RULE lang field" of what
// must be found, sorted as the report sorts.
type messageCase struct {
	name   string
	change func(s *Subject)
	want   []string
}

func resolve(s *Subject, template string) {
	ended := noon
	s.Phase, s.Draft.Template = comms.PhaseInvestigating, template
	s.Message.Incident.Phase, s.Message.Incident.Template = comms.PhaseResolved, template
	s.Message.Incident.NextUpdate, s.Message.Incident.EndedAt = nil, &ended
	s.Draft.Slots[draft.Shared]["data"] = "none"
}

// repeat makes the subject an update after one that said the same; change
// makes the earlier one another.
func repeat(s *Subject, change func(old *comms.Message)) {
	old := s.Message
	old.Forms = maps.Clone(old.Forms)
	change(&old)
	s.History, s.Phase = []comms.Message{old}, comms.PhaseInvestigating
}

// told puts an earlier update before the subject.
func told(s *Subject, text string, change func(i *comms.Incident)) {
	repeat(s, func(old *comms.Message) {
		i := *old.Incident
		if change != nil {
			change(&i)
		}
		old.Incident, old.Forms = &i, map[comms.Lang]comms.Forms{"en": {Title: text, Text: text}}
	})
}

// redact makes the subject a redaction of itself.
func redact(s *Subject, en, es string) {
	setForm(s, "en", func(f *comms.Forms) { f.Text = "Nobody at Zanzibar with the key x7y8 can use Edge Network. Sorry." })
	old := s.Message
	remains := old.WithoutWords()
	reason := comms.Words{"en": en}
	if es != "" {
		reason["es"] = es
	}
	s.History = []comms.Message{old}
	s.Draft = draft.Draft{Kind: comms.MessageRedaction}
	s.Message = comms.Message{Kind: comms.MessageRedaction, Update: "cccccccccccc", Incident: old.Incident,
		Redaction: &comms.Redaction{Publication: 2, Remains: &remains, Reason: reason}}
}

func setSlots(s *Subject, name, en, es string) {
	s.Draft.Slots.Set("en", name, en)
	s.Draft.Slots.Set("es", name, es)
}

func setForm(s *Subject, lang comms.Lang, change func(f *comms.Forms)) {
	f := s.Message.Forms[lang]
	change(&f)
	s.Message.Forms[lang] = f
}

func promiseAt(s *Subject, d time.Duration) { t := noon.Add(d); s.Message.Incident.NextUpdate = &t }

var messageCases = []messageCase{
	{"good", func(*Subject) {}, nil},
	{"a redaction", func(s *Subject) { redact(s, "The words named a machine in Europe. Sorry.", "") }, nil},
	{"a redaction that repeats", func(s *Subject) {
		redact(s, "The words named Zanzibar and the key x7y8 of it, and Edge Network.", "Zanzibar estaba en el texto.")
	}, []string{"SEC-AGAIN en reason", "SEC-AGAIN en reason", "SEC-AGAIN es reason"}},
	{"no impact in Spanish", func(s *Subject) { s.Draft.Slots.Set("es", "impact", "") }, []string{"REQ-IMPACT es impact"}},
	{"blank impact", func(s *Subject) { s.Draft.Slots.Set("en", "impact", " \n") }, []string{"REQ-IMPACT en impact"}},
	{"no component", func(s *Subject) { s.Message.Incident.Claims = nil }, []string{"REQ-COMP  claims"}},
	{"no promise", func(s *Subject) { s.Message.Incident.NextUpdate = nil }, []string{"REQ-NEXT  next_update"}},
	{"maintenance promises none", func(s *Subject) {
		s.Draft.Template, s.Message.Incident.Phase, s.Message.Incident.Severity = "scheduled", comms.PhaseScheduled, "maintenance"
		s.Message.Incident.NextUpdate = nil
	}, nil},
	{"no action, nothing that we do", func(s *Subject) {
		s.Draft.Slots.Set("en", "action", "")
		s.Draft.Slots.Set("es", "action", "")
		setSlots(s, "us", "", "")
	}, []string{"REQ-ACTION en action", "REQ-US en us", "REQ-ACTION es action", "REQ-US es us"}},
	{"said in one language alone", func(s *Subject) { s.Draft.Slots.Set("en", "action", ""); s.Draft.Slots.Set("es", "us", "") }, []string{"LANG en action", "LANG es us"}},
	{"holding knows no action yet", func(s *Subject) { s.Draft.Template = "holding"; setSlots(s, "action", "", "") }, nil},
	{"resolved", func(s *Subject) { resolve(s, "resolved") }, nil},
	{"resolved with an unknown data sentence", func(s *Subject) { resolve(s, "resolved"); s.Draft.Slots[draft.Shared]["data"] = "made up" }, []string{"REQ-DATA  data"}},
	{"resolved by a bare template", func(s *Subject) { resolve(s, "resolved_bare") }, []string{"REQ-DATA  template", "REQ-DUR  template"}},
	{"resolved without an end", func(s *Subject) { resolve(s, "resolved"); s.Message.Incident.EndedAt = nil }, []string{"REQ-DUR  ended_at"}},
	{"promise passed", func(s *Subject) { promiseAt(s, 0) }, []string{"NEXT-RANGE  next_update"}},
	{"promise rounded up", func(s *Subject) { promiseAt(s, 21*time.Minute) }, nil},
	{"promise too far", func(s *Subject) { promiseAt(s, 21*time.Minute+time.Second) }, []string{"NEXT-RANGE  next_update"}},
	{"long mode not yet", func(s *Subject) { promiseAt(s, time.Hour); s.Message.Incident.StartedAt = noon.Add(-119 * time.Minute) }, []string{"NEXT-RANGE  next_update"}},
	{"long mode, and reopened since", func(s *Subject) {
		promiseAt(s, time.Hour)
		s.Message.Incident.StartedAt, s.Reopened = noon.Add(-2*time.Hour), noon.Add(-time.Hour)
	}, []string{"NEXT-RANGE  next_update"}},
	{"long mode", func(s *Subject) { promiseAt(s, time.Hour); s.Message.Incident.StartedAt = noon.Add(-2 * time.Hour) }, nil},
	{"no such step", func(s *Subject) { s.Phase = comms.PhaseResolved }, []string{"PHASE-ORDER  phase"}},
	{"no such beginning", func(s *Subject) { s.Message.Incident.Phase = comms.PhaseMonitoring }, []string{"PHASE-ORDER  phase"}},
	{"correction keeps the phase", func(s *Subject) {
		s.Message.Kind, s.Draft.Template, s.Phase = comms.MessageCorrection, "correction", comms.PhaseInvestigating
	}, nil},
	{"correction after a step", func(s *Subject) {
		s.Message.Kind, s.Draft.Template, s.Phase = comms.MessageCorrection, "correction", comms.PhaseResolved
	}, []string{"PHASE-ORDER  phase"}},
	{"correction's reason", func(s *Subject) {
		s.Message.Kind, s.Draft.Template, s.Phase = comms.MessageCorrection, "correction", comms.PhaseInvestigating
		s.Message.Correction = &comms.Correction{Reason: comms.Words{"en": "We said 10.0.3.7."}}
	}, []string{"SEC-IP en reason"}},
	{"full short form", func(s *Subject) {
		setForm(s, "es", func(f *comms.Forms) { f.Short = strings.Repeat("é", 279) + "👩‍👩‍👧" })
	}, []string{"TONE-MARK es short"}},
	{"long forms", func(s *Subject) {
		setForm(s, "en", func(f *comms.Forms) {
			f.Short, f.Title = strings.Repeat("y", 281), strings.Repeat("y", 121)
			f.Subject, f.InProduct = strings.Repeat("y", 201), strings.Repeat("y", 201)
		})
	}, []string{"LEN-CH en in_product", "LEN-CH en short", "LEN-CH en subject", "LEN-CH en title"}},
	{"slot bounds", func(s *Subject) {
		s.Draft.Slots.Set("en", "impact", "It fails.")
		setSlots(s, "note", "ñ", strings.Repeat("ñ", 41))
	}, []string{"LEN-CH en impact", "LEN-CH es note"}},
	{"shown once, beside what was typed", func(s *Subject) {
		s.Draft.Slots.Set("en", "impact", "The machine db-prod-03 is down for you.")
		setForm(s, "en", func(f *comms.Forms) { f.Text, f.Title = "DB-prod-03 is down.", "db-prod-03" })
		setForm(s, "es", func(f *comms.Forms) { f.Support = "db-prod-03 y web-01" })
	}, []string{"SEC-HOST en impact", "SEC-HOST es support"}},
	{"a template's own words", func(s *Subject) { setForm(s, "es", func(f *comms.Forms) { f.Subject = "Nodo 10.0.3.7" }) }, []string{"JARGON es subject", "SEC-IP es subject"}},
	{"empty slots are shown at their fields", func(s *Subject) {
		s.Draft.Slots.Set("en", "impact", "")
		s.Draft.Slots.Set("en", "note", "")
		s.Message.Incident.NextUpdate = nil
		setForm(s, "en", func(f *comms.Forms) {
			f.Text = "{impact} {note} since {time}, {next}. {other}"
			f.Title = "{impact} {note}"
		})
		setForm(s, "es", func(f *comms.Forms) { f.Text = "{next} desde {time}" })
	}, []string{"REQ-NEXT  next_update", "SLOT  started_at", "REQ-IMPACT en impact", "SLOT en note", "SLOT en text"}},
	{"a cause while nobody knows it", func(s *Subject) {
		setSlots(s, "us", "This was caused by a change. We are undoing it.", "Fue causado por un cambio. Lo deshacemos.")
	}, []string{"CAUSE-EARLY en us", "CAUSE-EARLY es us"}},
	{"data is safe, says nobody", func(s *Subject) { setSlots(s, "us", "Your data is safe with us.", "Sus datos están a salvo.") }, []string{"PROM-DATA en us", "PROM-DATA es us"}},
	{"data is safe, in the plan's words", func(s *Subject) { setSlots(s, "us", "No data was lost.", "No se perdió ningún dato.") }, nil},
	{"a time for the fix", func(s *Subject) {
		setSlots(s, "us", "It should work normally within 30 minutes.", "Debería funcionar con normalidad en 30 minutos.")
	}, []string{"PROM-ETA en us", "PROM-ETA es us"}},
	{"a date instead of today", func(s *Subject) { setSlots(s, "us", "We began today.", "Empezamos hoy.") }, []string{"TIME-REL en us", "TIME-REL es us"}},
	{"the same text again", func(s *Subject) { repeat(s, func(*comms.Message) {}) }, []string{"SAME-TEXT en us", "SAME-TEXT es us"}},
	{"the same text at another time", func(s *Subject) {
		repeat(s, func(old *comms.Message) {
			for lang, f := range old.Forms {
				f.Text = strings.ReplaceAll(f.Text, "12:20", "11:40")
				old.Forms[lang] = f
			}
		})
	}, []string{"SAME-TEXT en us", "SAME-TEXT es us"}},
	{"the same text with another state", func(s *Subject) {
		repeat(s, func(old *comms.Message) {
			i := *old.Incident
			i.Claims = []comms.Claim{{Component: "edge", State: comms.Partial}}
			old.Incident = &i
		})
	}, nil},
	{"another start than customers were told", func(s *Subject) {
		told(s, "We know of it.", func(i *comms.Incident) { i.StartedAt = noon.Add(-time.Hour) })
	}, []string{"CONTRA  started_at"}},
	{"everybody after some", func(s *Subject) {
		told(s, "Some customers cannot open their account.", nil)
		s.Draft.Slots.Set("en", "impact", "All customers cannot open their account.")
	}, []string{"CONTRA en impact"}},
	{"everybody after some, and it says so", func(s *Subject) {
		told(s, "Some customers cannot open their account.", nil)
		s.Draft.Slots.Set("en", "impact", "Now all customers cannot open their account.")
	}, nil},
	{"over while it goes on", func(s *Subject) {
		setSlots(s, "us", "The problem has been fixed.", "El problema se ha solucionado.")
	}, []string{"CONTRA en us", "CONTRA es us"}},
	{"part of it is over", func(s *Subject) {
		setSlots(s, "us", "Half of it has been fixed and we still look at the rest.", "La mitad se ha solucionado y seguimos con el resto.")
	}, nil},
	{"languages that disagree", func(s *Subject) {
		setSlots(s, "us", "About 30% of you since 11:50 UTC, see https://status.lumen.example.", "Cerca del 13 % desde las 11:55 UTC.")
	}, []string{"LANG en us", "LANG en us", "LANG en us", "LANG es us", "LANG es us"}},
	{"languages that name another component", func(s *Subject) {
		setSlots(s, "us", "We look at the Edge Network.", "Miramos otra cosa.")
	}, []string{"LANG en us"}},
	{"words that are no name", func(s *Subject) {
		setSlots(s, "us", "It looks like an edge network of ours.", "Ya sabe.")
	}, []string{"JARGON en us"}},
	{"languages that say the same their own way", func(s *Subject) {
		setSlots(s, "us", "Edge Network lost 1,250 requests, 2.5% of them, at 3:30 pm UTC in two hours on 3rd March.",
			"La Red Edge perdió 1.250 peticiones, un 2,5 %, a las 15:30 UTC en 2 horas el 3 de marzo.")
	}, nil},
	{"tú where the template says usted", func(s *Subject) {
		setForm(s, "es", func(f *comms.Forms) { f.Text = "Estimado cliente, usted no puede abrir su cuenta." })
		s.Draft.Slots.Set("es", "us", "Si puedes, escribe a soporte.")
	}, []string{"TONE-CLICHE es text", "TONE-FORM es us"}},
	{"slots of another template do not go out", func(s *Subject) { s.Draft.Slots.Set("en", "leftover", "10.0.3.7") }, nil},
}

func TestMessageRules(t *testing.T) {
	for _, c := range messageCases {
		t.Run(c.name, func(t *testing.T) {
			s := goodSubject()
			c.change(&s)
			s = sealed(t, s)
			r := Check(s)
			var got []string
			for _, f := range r.Findings() {
				got = append(got, string(f.Rule)+" "+string(f.Lang)+" "+f.Field)
				if f.Reason == "" || strings.ContainsAny(strings.ReplaceAll(f.Reason, f.Span, ""), "{}") {
					t.Errorf("%s: reason %q", f.Rule, f.Reason)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
			if r.Digest() != s.Content.Digest() || !r.Judged() {
				t.Errorf("the report is on %s, the content is %s", r.Digest(), s.Content.Digest())
			}
		})
	}
}

func sealed(t *testing.T, s Subject) Subject {
	t.Helper()
	content, err := comms.Seal(s.Message)
	if err != nil {
		t.Fatal(err)
	}
	s.Content = content
	return s
}

// TestJudgesTheContent: whatever message the caller holds, the report is about
// the bytes that its digest names.
func TestJudgesTheContent(t *testing.T) {
	s := goodSubject()
	setForm(&s, "en", func(f *comms.Forms) { f.Text = "10.0.3.7 is down." })
	s = sealed(t, s)
	s.Message = goodSubject().Message
	if len(Check(s).Blocks()) != 1 {
		t.Error("a message beside the content was judged instead of the content")
	}
}

func TestNoJudgementWithoutContent(t *testing.T) {
	raw := []byte("no message")
	content, err := comms.OpenContent(comms.DigestOf(raw), raw)
	if err != nil {
		t.Fatal(err)
	}
	if r := Check(Subject{Content: content, Plan: messagePlan(), Now: noon}); r.Judged() {
		t.Error("bytes that are no message were judged")
	}
}
