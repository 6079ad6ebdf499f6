package lint

import "strings"

// acronyms finds short forms that are spelt out nowhere in the text, once each.
func acronyms(j *judge, t *text) []hit {
	var out []hit
	seen := map[string]bool{}
	for i := range t.words {
		raw := t.raw(i)
		if !isAcronym(raw) || seen[raw] || wellKnown[raw] || zones[raw] || !t.standsFree(i) || t.inCapitals(i) {
			continue
		}
		seen[raw] = true
		if t.speltOut(i) || j.speltOut(t, raw) {
			continue
		}
		out = append(out, hit{span: t.words[i].span})
	}
	return out
}

// isAcronym takes two to five capitals, with a small s for several of them.
func isAcronym(s string) bool {
	if len(s) > 3 {
		s = strings.TrimSuffix(s, "s")
	}
	return len(s) >= 2 && len(s) <= 5 && isUpper(s)
}

// wellKnown are short forms that people know better than what they stand for.
var wellKnown = wordSet("OK ID IDs PIN PC PCs TV GPS USB SMS PDF PDFs URL URLs FAQ AM PM EU UK US USA UE EEUU EE UU UN CEO AI IA API APIs HTML HTTP HTTPS CSV XML JSON " +
	"QR SIM VPN IT TI FM DVD CD CDs GB MB TB KB GHz MHz NASA ATM VAT IVA NIF DNI NIE IBAN SEPA BIC ISO PS NB RSS UTC GMT SL SA TPV SOS VIP DIY ETA OS iOS TBD TBC " +
	"TODO FIXME XX HH MM DD YYYY CVE PR MR CL NO NOT ON OR IF AND ALL ANY NEW YES SI")

// standsFree tells whether the word is no part of an identifier, a name with
// digits, an address or a path.
func (t *text) standsFree(i int) bool {
	if !standsAlone(t, i, 1) {
		return false
	}
	p := t.around(t.words[i].start)
	return !p.url && !strings.ContainsAny(p.s, "0123456789_@=\\")
}

// inCapitals tells whether the words around are in capitals as well: a text
// that shouts, which another rule finds.
func (t *text) inCapitals(i int) bool {
	for _, k := range []int{i - 1, i + 1} {
		if w := t.low(k); len(w) > 5 && isUpper(t.raw(k)) {
			return true
		}
	}
	return false
}

// speltOut tells whether a short form stands in brackets after its words, or
// its words in brackets after it.
func (t *text) speltOut(i int) bool {
	raw := strings.TrimSuffix(t.raw(i), "s")
	if strings.HasSuffix(t.gap(i-1), "(") && t.initials(i-1, raw) {
		return true
	}
	return i+1 < len(t.words) && strings.HasPrefix(strings.TrimLeft(t.gap(i), " "), "(")
}

// initials tells whether the words up to k begin with the letters of a short
// form, or are as many.
func (t *text) initials(k int, short string) bool {
	n := len(short) - 1
	for ; k >= 0 && n >= 0; k-- {
		if w := t.low(k); w[0] == short[n]|0x20 {
			n--
		} else if !joining[w] {
			return n < len(short)-1
		}
	}
	return n < 0
}

var joining = wordSet("of the and for to in a de del la el los las y para en")

// speltOut tells whether another text of the same message spells the short
// form out in that language.
func (j *judge) speltOut(t *text, short string) bool {
	for _, other := range []string{"(" + strings.TrimSuffix(short, "s") + ")", strings.TrimSuffix(short, "s") + " ("} {
		if strings.Contains(j.Message.Forms[t.lang].Text, other) {
			return true
		}
	}
	return false
}
