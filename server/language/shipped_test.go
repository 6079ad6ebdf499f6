package language_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

func TestShippedCatalogues(t *testing.T) {
	c, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 14, 32, 0, 0, time.UTC)
	for _, test := range []struct{ got, want string }{
		{c.For("es").DateTime(at), "22 nov, 14:32 UTC"},
		{c.For("es-MX").Date(at), "domingo 22 de noviembre"},
		{c.For("en").Date(at), "Sunday 22 November"},
		{c.For("es").Month(at), "noviembre de 2026"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
