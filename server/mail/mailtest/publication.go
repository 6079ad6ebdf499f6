package mailtest

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// At is when the publications of this package were published.
var At = time.Date(2026, 11, 22, 14, 32, 0, 0, time.UTC)

// Catalogue is the signed words of a company that speaks English and Spanish.
func Catalogue() comms.Catalogue {
	return comms.Catalogue{
		Organisation: "Northwind", PageURL: "https://status.northwind.example", Source: "en", Languages: []comms.Lang{"en", "es"},
		Texts: comms.Texts{
			Footer: comms.Words{"en": "Northwind Ltd, 1 Harbour Street", "es": "Northwind Ltd, calle del Puerto 1"},
			Sender: comms.Words{"en": "Northwind status", "es": "Estado de Northwind"},
		},
	}
}

// Update is a message about an incident in English and Spanish.
func Update() comms.Message {
	return comms.Message{
		Kind: comms.MessageUpdate, Update: "updateupdate",
		Incident: &comms.Incident{
			ID: "incidentinci", Kind: comms.KindIncident, Phase: comms.PhaseInvestigating, Severity: "major", StartedAt: At.Add(-time.Hour),
			Claims: []comms.Claim{}, Changes: []comms.Change{},
		},
		Audience: &comms.Audience{Kind: comms.KindIncident},
		Forms: map[comms.Lang]comms.Forms{
			"en": {
				Title: "Sign-in is not working for some customers", Subject: "Northwind: sign-in is not working",
				HTML: "<p>Some customers in Europe cannot sign in. This started at 13:32 UTC.</p>\n<p>Next update by <strong>15:02 UTC</strong>.</p>\n",
				Text: "Some customers in Europe cannot sign in. This started at 13:32 UTC.\n\nNext update by 15:02 UTC.", Short: "Sign-in is not working.",
			},
			"es": {
				Title: "Algunos clientes no pueden iniciar sesión", Subject: "Northwind: no se puede iniciar sesión",
				HTML: "<p>Algunos clientes de Europa no pueden iniciar sesión. Empezó a las 13:32 UTC.</p>\n<p>Próxima actualización antes de las <strong>15:02 UTC</strong>.</p>\n",
				Text: "Algunos clientes de Europa no pueden iniciar sesión. Empezó a las 13:32 UTC.\n\nPróxima actualización antes de las 15:02 UTC.", Short: "No se puede iniciar sesión.",
			},
		},
	}
}

// Publish countersigns a message as the number after the given one.
func Publish(t testing.TB, m comms.Message, after int64) signoff.Publication {
	t.Helper()
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	content, err := comms.Seal(m)
	if err != nil {
		t.Fatal(err)
	}
	var languages []comms.Lang
	for lang := range m.Forms {
		languages = append(languages, lang)
	}
	needed := []plan.Requirement{{Kind: plan.Facts, Roles: []plan.RoleID{plan.IncidentLead}}}
	a, err := signoff.Attest(key, signoff.Approval{
		ID: comms.NewID(), Update: m.Update, Digest: content.Digest(), Person: "lead", Means: signoff.MeansPassword,
		Languages: languages, At: At.Add(-time.Minute), Expires: At.Add(time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := signoff.Countersign(key, content, lint.NewReport(content.Digest(), 1, nil), []signoff.Approval{a}, signoff.Basis{
		Chain: signoff.Head{Number: after},
		Plan: &plan.Plan{
			Catalogue: comms.Catalogue{Source: "en"}, People: []plan.Person{{ID: "lead"}, {ID: "writer"}},
			Roles: []plan.Role{{ID: plan.IncidentLead, Holders: []plan.PersonID{"lead"}}},
			Severities: []plan.Severity{
				{ID: "major", Kind: comms.KindIncident, Approvals: needed}, {ID: "maintenance", Kind: comms.KindMaintenance, Approvals: needed},
			},
			Transitions: map[comms.Phase][]comms.Phase{comms.PhaseNone: {comms.PhaseInvestigating, comms.PhaseScheduled}},
		},
		Requirements: needed, Authors: []plan.PersonID{"writer"}, Keys: signoff.NewKeyring(key.Public()),
	}, At)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
