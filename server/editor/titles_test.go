package editor_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// What waits is named on the first page in the reader's language, as customers
// will read it, before it is published and after.
func TestTheFirstPageNamesThingsInTheReadersLanguage(t *testing.T) {
	in := install(t, "dana", "ines", "carlos")
	_, id := in.opened("dana")
	digest := in.submit("dana", id, func(d *draft.Draft) {
		for slot, text := range map[string]string{
			"headline":        "Algunos clientes no pueden entrar",
			"impact":          "Los clientes de Europa no pueden entrar con una contraseña.",
			"who":             "uno de cada cinco clientes de Europa",
			"action_us":       "revisando el servicio de entrada paso a paso",
			"action_customer": "no cierre la sesión si la tiene abierta",
		} {
			d.Slots.Set("es", slot, text)
		}
	})
	titles := map[plan.PersonID]string{"ines": "Some customers cannot sign in", "carlos": "Algunos clientes no pueden entrar"}
	named := func(when string) {
		t.Helper()
		for reader, want := range titles {
			page := words(in.as(reader).get("/").body)
			for _, title := range titles {
				if strings.Contains(page, title) != (title == want) {
					t.Errorf("%s, %s should read %q alone:\n%s", when, reader, want, page)
				}
			}
		}
	}
	named("before the signatures")
	form := signature(digest)
	form["languages"] = []string{"en", "es"}
	if got := in.as("ines").post("/updates/"+string(id)+"/sign", form); !strings.Contains(got.where, "said=published") {
		t.Fatalf("sign: %d %s\n%s", got.status, got.where, words(got.body))
	}
	named("after them")
}
