package render

import (
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// testPlan is a small plan with one template that uses every kind of slot and
// every form. French has no month names here and an optional language's rules.
func testPlan() *plan.Plan {
	component := func(id comms.ComponentID, en, es string) comms.Component {
		return comms.Component{ID: id, Name: comms.Words{"en": en, "es": es}}
	}
	return &plan.Plan{
		Catalogue: comms.Catalogue{
			PageURL: "https://status.example", Source: "en", Languages: []comms.Lang{"en", "es", "fr"},
			Groups: []comms.Group{
				{ID: "app", Components: []comms.Component{component("sign-in", "Sign-in", "Acceso"), component("exports", "Exports", "Exportaciones")}},
				{ID: "api", Components: []comms.Component{component("invoices", "Invoices", "Informes")}},
			},
		},
		Required:      []comms.Lang{"en"},
		Severities:    []plan.Severity{{ID: "major", Kind: comms.KindIncident}, {ID: "maintenance", Kind: comms.KindMaintenance}},
		DataSentences: []plan.Sentence{{Key: "none", Text: comms.Words{"en": "No data was lost.", "es": "No se perdió ningún dato."}}},
		Templates: []plan.Template{
			testTemplate("update", comms.MessageUpdate, comms.PhaseInvestigating),
			testTemplate("resolved", comms.MessageUpdate, comms.PhaseResolved),
			testTemplate("scheduled", comms.MessageUpdate, comms.PhaseScheduled),
			testTemplate("correction", comms.MessageCorrection, comms.PhaseNone),
			testTemplate("any", comms.MessageUpdate, comms.PhaseNone),
		},
	}
}

func testTemplate(id string, kind comms.MessageKind, phase comms.Phase) plan.Template {
	return plan.Template{
		ID: id, Message: kind, Phase: phase,
		Slots: []plan.Slot{
			{Name: "components", Type: plan.SlotComponents, Required: true, From: "components"},
			{Name: "impact", Type: plan.SlotImpact, Required: true, Lines: 3},
			{Name: "who", Type: plan.SlotWho, Required: true, Lines: 1},
			{Name: "not_affected", Type: plan.SlotText},
			{Name: "action", Type: plan.SlotAction},
			{Name: "reason", Type: plan.SlotText},
			{Name: "time", Type: plan.SlotTime, From: "started"},
			{Name: "date", Type: plan.SlotDate, From: "started"},
			{Name: "end", Type: plan.SlotTime, From: "ended"},
			{Name: "seen", Type: plan.SlotTime},
			{Name: "notice", Type: plan.SlotDate},
			{Name: "duration", Type: plan.SlotDuration, From: "duration"},
			{Name: "next_update", Type: plan.SlotNextUpdate, Required: true},
			{Name: "data", Type: plan.SlotData},
			{Name: "region", Type: plan.SlotChoice, Options: []plan.Sentence{{Key: "eu", Text: comms.Words{"en": "in Europe", "es": "en Europa"}}}},
			{Name: "url", Type: plan.SlotURL, From: "url"},
		},
		Forms: map[comms.Lang]plan.TemplateForms{
			"en": {
				Title:     "Problem with {components}",
				Subject:   "Problem with {components} since {time}",
				Body:      "{impact} This affects {who}. {not_affected?}\n\n**What you can do.** {action?}\n\nSee [the page]({url}). Next update: {next_update}.",
				Short:     "{impact} Next update at {next_update}. {url}",
				Support:   "Thank you for writing.\n\n{impact} {action?}\n\nNext update at {next_update}.",
				InProduct: "{components}: next update at {next_update}.",
			},
			"es": {
				Title:     "Problema con {components}",
				Subject:   "Problema con {components} desde las {time}",
				Body:      "{impact} Afecta a {who}. {not_affected?}\n\n**Qué puede hacer.** {action?}\n\nVea [la página]({url}). Próxima actualización: {next_update}.",
				Short:     "{impact} Próxima actualización: {next_update}. {url}",
				Support:   "Gracias por escribirnos.\n\n{impact} {action?}\n\nPróxima actualización: {next_update}.",
				InProduct: "{components}: próxima actualización a las {next_update}.",
			},
		},
	}
}

func testDraft() draft.Draft {
	return draft.Draft{
		Kind: comms.MessageUpdate, Template: "update", Severity: "major",
		Claims: []comms.Claim{{Component: "sign-in", State: comms.Partial}, {Component: "exports", State: comms.Major}},
		Slots: draft.Slots{
			draft.Shared: {"next_update": "2026-11-23T15:30"},
			"en":         {"impact": "Exports fail.", "who": "customers in Europe"},
			"es":         {"impact": "Las exportaciones fallan.", "who": "los clientes de Europa"},
		},
		StartedAt: "2026-11-23T14:20",
	}
}

func testContext() Context {
	return Context{
		Update: "up0000000001", Incident: "in0000000001", Kind: comms.KindIncident,
		Phase: comms.PhaseIdentified, Plan: comms.DigestOf([]byte("plan")), Basis: 7,
	}
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}
