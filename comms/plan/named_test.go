package plan

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

// TestFindingsSpeakOfThePlanByItsNames: whoever reads that something cannot be
// signed need not know what the files call it, nor how programs write an hour.
func TestFindingsSpeakOfThePlanByItsNames(t *testing.T) {
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, old, new, english, spanish string }{
		{
			"signatures.yaml", "approval_life: 15m", "approval_life: 1h30m",
			`the severity "Critical" promises an update every 20 minutes, and its signatures may take 1 hour 30 minutes. Promise`,
			`la gravedad "Crítico" promete una actualización cada 20 minutos, y sus firmas pueden tardar 1 hora 30 minutos. Prometa`,
		},
		{
			"signatures.yaml", "approval_life: 15m", "approval_life: 26h",
			"approvals would live for 1 day 2 hours, and", "las aprobaciones valdrían 1 día 2 horas, y",
		},
		{
			"roster.yaml", "stand_ins: [marta, omar]", "stand_ins: []",
			`more people who may sign: facts (Incident lead), legal (Legal); nobody`, `que puedan firmar: los hechos (Responsable del incidente), lo legal (Asesoría jurídica); nadie`,
		},
		{
			"holding.yaml", "lasts: 2160h", "lasts: 200h",
			`the holding statement "First words" is about to expire from its first day: it holds for 8 days 8 hours, and is renewed from 14 days before`,
			`la declaración de espera "Primeras palabras" está a punto de caducar desde su primer día: vale 8 días 8 horas`,
		},
		{
			"templates-maintenance.yaml", "phase: scheduled", "phase: verifying",
			`the step from "start" to "Planned" has no template for the severity "Planned work"`, `el paso de "inicio" a "Programado" no tiene plantilla para la gravedad "Trabajos programados"`,
		},
		{
			"organisation.yaml", "optional: [es]", "optional: [es, pt]",
			`the template "First words" is missing in the language "Portuguese"`, `la plantilla "Primeras palabras" falta en el idioma "portugués"`,
		},
	} {
		found := Check(edited(t, c.file, c.old, c.new))
		if got := found.In(words.For("en").Phrase); !strings.Contains(got, c.english) {
			t.Errorf("%s: want %q in\n%s", c.new, c.english, got)
		}
		if got := found.In(words.For("es").Phrase); !strings.Contains(got, c.spanish) {
			t.Errorf("%s: want %q in\n%s", c.new, c.spanish, got)
		}
	}
}
