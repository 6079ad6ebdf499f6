package editor

import (
	"testing"

	"github.com/countersign/countersign/templates"
)

// A page is parsed when somebody asks for it; a mistake in one must not wait
// for that.
func TestEveryPageParses(t *testing.T) {
	all, err := readPages(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for name, parsed := range all {
		if _, err := parsed(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
