package plan

import (
	"strings"

	"github.com/countersign/countersign/comms"
)

// readingFloors are how easily texts must read unless the plan says otherwise:
// about as the news does.
var readingFloors = map[comms.Lang]int{"en": 40, "es": 50}

// ReadingFloor is how easily a text in the language must read, from 0 (hard)
// to 100 (easy): by Flesch in English, by Fernández Huerta in Spanish. There
// is no measure of other languages.
func (p *Plan) ReadingFloor(lang comms.Lang) (int, bool) {
	short, _, _ := strings.Cut(string(lang), "-")
	floor, known := readingFloors[comms.Lang(short)]
	if own, set := p.Readability[lang]; set {
		floor = own
	}
	return floor, known
}

// readability reads the floors of the plan's own.
func (c *compiler) readability(v value) map[comms.Lang]int {
	if v.missing() {
		return nil
	}
	o := v.object(c.langs...)
	out := map[comms.Lang]int{}
	for _, lang := range c.langs {
		f := o.get(lang)
		if f.missing() {
			continue
		}
		if _, measured := (&Plan{}).ReadingFloor(comms.Lang(lang)); !measured {
			f.bad(fix("remove it"), "nothing measures how easily %q reads", lang)
		}
		out[comms.Lang(lang)] = f.number(0, 100)
	}
	return out
}
