package lint

import (
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// The most characters that a form may have, as people count them (UAX #29):
// what social networks, mail programs and one line inside a product hold.
const (
	maxTitle     = 120
	maxSubject   = 200
	maxShort     = 280
	maxInProduct = 200
)

// Bounds of a sentence of impact whose slot sets none.
const (
	minImpact = 20
	maxImpact = 200
)

// lengths checks each form against what its channel holds and each slot
// against its own bounds. Nothing is ever cut silently.
func lengths(j *judge) []Finding {
	var out []Finding
	for _, lang := range j.langs() {
		f := j.Message.Forms[lang]
		for _, form := range []struct {
			name, s string
			most    int
		}{{"title", f.Title, maxTitle}, {"subject", f.Subject, maxSubject}, {"short", f.Short, maxShort}, {"in_product", f.InProduct, maxInProduct}} {
			out = append(out, j.within(lang, form.name, form.s, 0, form.most)...)
		}
	}
	for _, f := range j.slotTexts() {
		s, _ := j.template.Slot(f.name)
		if least, most := bounds(s); least > 0 || most > 0 {
			out = append(out, j.within(f.lang, f.name, strings.TrimSpace(f.s), least, most)...)
		}
	}
	return out
}

func bounds(s plan.Slot) (least, most int) {
	if s.Type == plan.SlotImpact && s.Min == 0 && s.Max == 0 {
		return minImpact, maxImpact
	}
	return s.Min, s.Max
}

// within says by how much a text is too long or too short. Blanks are the
// business of the REQ rules.
func (j *judge) within(lang comms.Lang, name, s string, least, most int) []Finding {
	if s == "" {
		return nil
	}
	n := uniseg.GraphemeClusterCount(s)
	switch {
	case most > 0 && n > most:
		return []Finding{j.about(lang, name, "LEN-CH", "count", strconv.Itoa(n), "limit", strconv.Itoa(most), "over", strconv.Itoa(n-most))}
	case n < least:
		reason := "LEN-CH.short"
		if n == 1 {
			reason = "LEN-CH.short.one"
		}
		return []Finding{j.about(lang, name, reason, "count", strconv.Itoa(n), "limit", strconv.Itoa(least))}
	}
	return nil
}
