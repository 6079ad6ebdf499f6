package pagetest

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

//go:embed sentences.txt
var sentences string

// Names of the large company's components, in English and Spanish.
var componentNames = strings.Split(strings.TrimSpace(`
Sign-in/Inicio de sesión|Company sign-in/Acceso de empresa|Web app/Aplicación web|Mobile app/Aplicación móvil|Documents/Documentos|Search/Búsqueda
Exports/Exportaciones|Imports/Importaciones|Notifications/Avisos|Payments/Pagos|Invoices/Facturas|Public API/API pública
Calendar/Calendario|Comments/Comentarios|Sharing/Uso compartido|Templates/Plantillas|Forms/Formularios|Reports/Informes
Dashboards/Paneles|Backups/Copias de seguridad|File uploads/Subida de archivos|Image previews/Vistas previas|Video calls/Videollamadas|Chat/Chat
Phone support/Atención telefónica|Help centre/Centro de ayuda|Webhooks/Webhooks|Developer console/Consola de desarrollo|Partner portal/Portal de socios|Training site/Sitio de formación`), "\n")

// LargePlan is the plan that ships with the program, for a company of thirty
// components in five groups.
func LargePlan(t testing.TB) []comms.PlanFile {
	t.Helper()
	var groups strings.Builder
	groups.WriteString("groups:\n")
	n := 0
	for g, line := range componentNames {
		fmt.Fprintf(&groups, "  - id: group-%d\n    name: { en: Area %d, es: Área %d }\n    components:\n", g, g+1, g+1)
		for _, name := range strings.Split(line, "|") {
			en, es, _ := strings.Cut(name, "/")
			fmt.Fprintf(&groups, "      - id: %s\n        name: { en: %s, es: %s }\n        description: { en: %s for everybody, es: %s para todos }\n", Component(n), en, es, en, es)
			n++
		}
	}
	return withGroups(t, groups.String())
}

// HugePlan is the plan that ships with the program, for a company of three
// hundred components in twenty groups.
func HugePlan(t testing.TB) []comms.PlanFile {
	t.Helper()
	var groups strings.Builder
	groups.WriteString("groups:\n")
	for n := range 300 {
		line := strings.Split(componentNames[n/15%len(componentNames)], "|")
		en, es, _ := strings.Cut(line[n%len(line)], "/")
		if n%15 == 0 {
			fmt.Fprintf(&groups, "  - id: region-%d\n    name: { en: Region %d, es: Región %d }\n    components:\n", n/15, n/15+1, n/15+1)
		}
		fmt.Fprintf(&groups, "      - id: component-%02d\n        name: { en: %s %d, es: %s %d }\n        description: { en: %s in region %d, es: %s en la región %d }\n", n, en, n, es, n, en, n/15+1, es, n/15+1)
	}
	return withGroups(t, groups.String())
}

// withGroups is the plan that ships with other components.
func withGroups(t testing.TB, groups string) []comms.PlanFile {
	t.Helper()
	files := plan.Builtin()
	for i, f := range files {
		if f.Name == "signals.yaml" {
			files[i].Text = "signals:\n  - ignore: true\n"
		}
		if f.Name == "links.yaml" { // those that ship lead to the components that ship
			files[i].Text = "links:\n  - key: open\n    title: { en: Opening, es: Abrir }\n    components: [component-00, component-01]\n    try:\n      - { en: Wait a little., es: Espere un poco. }\n"
		}
		if f.Name != "catalogue.yaml" {
			continue
		}
		before, rest, _ := strings.Cut(f.Text, "groups:\n")
		_, after, ok := strings.Cut(rest, "\nstates:\n")
		if !ok {
			t.Fatal("the built-in catalogue is not laid out as expected")
		}
		files[i].Text = before + groups + "\nstates:\n" + after
	}
	return files
}

// Component is the identifier of one of the large company's thirty.
func Component(n int) comms.ComponentID { return comms.ComponentID(fmt.Sprintf("component-%02d", n)) }

// Body is the n-th text of an update, 400 characters long: no sentence of it
// stands in another of the first twenty.
func Body(n int) string {
	all := strings.Split(strings.TrimSpace(sentences), "\n")
	var text strings.Builder
	for i := 0; text.Len() < 400; i++ {
		text.WriteString(all[(n*len(all)/20+i)%len(all)] + " ")
	}
	words := text.String()[:399] + "."
	half := strings.Index(words[180:], ". ") + 181
	return "<p>" + words[:half] + "</p>\n<p><strong>What you can do now:</strong> " + strings.TrimSpace(words[half:]) + "</p>\n"
}

// Large is a page at its fullest: thirty components, ninety days with closed
// incidents in them, and open incidents with four updates each.
func Large(t testing.TB, now time.Time, open, closed int) *Press {
	t.Helper()
	p := New(t, now.Add(-200*24*time.Hour), LargePlan(t)...)
	states := []comms.State{comms.Degraded, comms.Partial, comms.Major}
	both := func(en string) comms.Words { return comms.Words{"en": en, "es": en} }
	for n := range closed {
		start := now.Add(-time.Duration(closed-n) * 88 * 24 * time.Hour / time.Duration(closed+1)).Truncate(time.Minute)
		end := start.Add(time.Duration(20+n*7%90) * time.Minute)
		u := Update{
			Incident: fmt.Sprint("closed ", n), Phase: comms.PhaseInvestigating, At: start.Add(5 * time.Minute), Started: start,
			Claims: []comms.Claim{{Component: Component(n * 7 % 30), State: states[n%3]}},
			Title:  both(fmt.Sprintf("Trouble number %d", n)), HTML: both(Body(n)),
		}
		p.Publish(u)
		u.Phase, u.At, u.Ended = comms.PhaseResolved, end.Add(2*time.Minute), &end
		u.Claims = []comms.Claim{{Component: Component(n * 7 % 30), State: comms.Operational}}
		p.Publish(u)
	}
	phases := []comms.Phase{comms.PhaseInvestigating, comms.PhaseIdentified, comms.PhaseIdentified, comms.PhaseMonitoring}
	titles := []string{"Some customers cannot sign in", "Exports take longer than usual", "Images are missing from new documents", "Payments by card are refused", "Search finds no documents of this week"}
	for level, phase := range phases {
		for n := range open {
			at := now.Add(-time.Duration(4-level)*12*time.Minute + time.Duration(n)*time.Minute).Truncate(time.Minute)
			next := at.Add(50 * time.Minute)
			p.Publish(Update{
				Incident: fmt.Sprint("open ", n), Phase: phase, At: at, Started: now.Add(-time.Hour).Truncate(time.Minute), Next: &next,
				Claims: []comms.Claim{{Component: Component(n * 5 % 30), State: states[n%3]}},
				Title:  both(titles[n%len(titles)]), HTML: both(Body(level*5 + n)),
			})
		}
	}
	return p
}
