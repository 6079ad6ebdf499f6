package language_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

func TestRefusalSpeaksTheLanguage(t *testing.T) {
	c, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	time := comms.Refuse(comms.Invalid, "", "%q is not a time: write it as 2026-11-23T15:00, in UTC", "noon")
	for _, test := range []struct {
		refusal *comms.Refusal
		want    string
	}{
		{comms.Refuse(comms.Conflict, "", "this is published already, as number %d", 7), "esto ya está publicado, con el número 7"},
		{comms.Refuse(comms.Invalid, "started_at", "%v", time), "“noon” no es una hora: escríbala como 2026-11-23T15:00, en UTC"},
		{comms.Refuse(comms.NotFound, "", "there is no %s %v", comms.Say("incident"), "01J"), "no existe el incidente 01J"},
		{comms.Refuse(comms.Forbidden, "", "%s", comms.Say("no signature is asked for now")), "ahora no se pide ninguna firma"},
		{comms.Refuse(comms.Invalid, "", "%s: %s", "PLAIN-1", "Diga «usar»."), "PLAIN-1: Diga «usar»."},
		{comms.Refuse(comms.Invalid, "", "nobody has translated this %d", 1), "nobody has translated this 1"},
		{&comms.Refusal{Text: "made by hand"}, "made by hand"},
	} {
		want := strings.NewReplacer("“", `"`, "”", `"`).Replace(test.want)
		if got := c.For("es-MX").Refusal(test.refusal); got != want {
			t.Errorf("in Spanish: got %q, want %q", got, want)
		}
		if got := c.For("en").Refusal(test.refusal); got != test.refusal.Text {
			t.Errorf("in English: got %q, want %q", got, test.refusal.Text)
		}
	}
}

// TestALanguageIsSaidByItsName, or by its code where it has none.
func TestALanguageIsSaidByItsName(t *testing.T) {
	c, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[comms.Lang]string{"pt": "portugués", "pt-BR": "portugués de Brasil", "xx": "xx", "qqq": "qqq"} {
		want = `la plantilla "Holding" falta en el idioma "` + want + `"`
		if got := c.For("es").Phrase(comms.Say("the template %q is missing in the language %q", "Holding", lang)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestNewReadsTheTranslationsOfRefusals(t *testing.T) {
	extra := map[string]string{"language.es.json": "{" + calendar + "}", "refusals/es.json": `{"no %d":"nada de %d"}`}
	c, err := language.New(files(extra))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.For("es").Refusal(comms.Refuse(comms.Invalid, "", "no %d", 3)); got != "nada de 3" {
		t.Errorf("got %q", got)
	}
	extra["refusals/es.json"] = `{"no %d":"ningún %d"}`
	other, err := language.New(files(extra))
	if err != nil || other.Digest() == c.Digest() {
		t.Errorf("the digest must change with the words of refusals (%v)", err)
	}
	extra["refusals/es.json"] = `["no"]`
	if _, err = language.New(files(extra)); err == nil || !strings.Contains(err.Error(), "messages/refusals/es.json") {
		t.Errorf("a file of another form: got %v", err)
	}
	if _, err = language.New(unreadable{files(extra)}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a file that cannot be read: got %v", err)
	}
}

type unreadable struct{ fstest.MapFS }

func (u unreadable) ReadFile(name string) ([]byte, error) {
	if strings.Contains(name, "refusals/") {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.ReadFile(name)
}
