package editor_test

import (
	"html"
	"net/url"
	"strings"
	"testing"
)

// TestRefusalsSpeakTheReadersLanguage holds that a person who reads Spanish is
// told what is wrong in Spanish, where the domain knows English alone.
func TestRefusalsSpeakTheReadersLanguage(t *testing.T) {
	in := install(t, "carlos")
	carlos := in.as("carlos")
	_, id := in.opened("carlos")
	longer := in.complete(1)
	longer.Set("slots.en.impact", strings.Repeat("x", 30_000))
	for name, test := range map[string]struct {
		path string
		form url.Values
		want []string
	}{
		"an empty opening": {"/incidents/new", url.Values{}, []string{
			"La mesa necesita un nombre de trabajo; escriba unas palabras, la clientela no las ve.",
			`El plan no tiene ninguna gravedad "" para esto; elija una de estas: critical, major, minor, data.`,
			"No ha elegido ningún componente; elija aquello que da problemas a la clientela.",
		}},
		"a time that is none": {"/incidents/new", url.Values{"name": {"x"}, "started_at": {"mediodía"}}, []string{
			`"mediodía" no es una hora: escríbala como 2026-11-23T15:00, en UTC.`,
		}},
		"a long slot": {"/updates/" + string(id) + "/save", longer, []string{
			"Este texto ocupa 30000 bytes; acórtelo a 20000 como máximo.",
		}},
		"a short password": {"/account/password", url.Values{"current": {password}, "password": {"corta"}, "again": {"corta"}}, []string{
			"Esta contraseña tiene menos de 12 caracteres; elija una más larga, como cuatro palabras sin relación entre sí.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := carlos.post(test.path, test.form)
			for _, want := range test.want {
				if !strings.Contains(html.UnescapeString(got.body), want) {
					t.Errorf("status %d; the page lacks %q:\n%.1500s", got.status, want, words(got.body))
				}
			}
		})
	}
}
