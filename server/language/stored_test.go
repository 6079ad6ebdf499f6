package language_test

import (
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

// What the service wrote down in English reads in the reader's language.
func TestStored(t *testing.T) {
	c, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	es, en := c.For("es"), c.For("en")
	over := comms.Say("customers were told that this is over (publication %d), so there is nothing left to say", 12).String()
	for _, test := range []struct{ stored, want string }{
		{"the text was changed", "el texto se cambió"},
		{over, "se comunicó a la clientela que esto ha terminado (publicación 12), así que no queda nada por decir"},
		{"Ana says: the text was changed", "Ana says: the text was changed"},
		{"The time is wrong: 100 % of it.", "The time is wrong: 100 % of it."},
		{"", ""},
	} {
		if got := es.Stored(test.stored); got != test.want {
			t.Errorf("%q reads %q, want %q", test.stored, got, test.want)
		}
		if got := en.Stored(test.stored); got != test.stored {
			t.Errorf("in English %q reads %q", test.stored, got)
		}
	}
}
