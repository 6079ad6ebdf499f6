package lint

import (
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
)

const (
	signAll  Rule = "all"  // everybody is affected
	signSome Rule = "some" // not everybody is
)

var scopes = map[Rule]phrases{
	signAll: {
		"en": `all customers
			all users
			all of our customers
			every customer
			every user
			everyone
			everybody
			all regions
			customers everywhere`,
		"es": `todos los clientes
			todos nuestros clientes
			todos los usuarios
			todo el mundo
			todas las regiones`,
	},
	signSome: {
		"en": `some customers
			some users
			some of our customers
			a few customers
			a few users
			a small number of customers
			a small number of users
			a subset of customers
			a subset of users
			only customers
			only users
			only affects
			only some`,
		"es": `algunos clientes
			algunos usuarios
			algunos de nuestros clientes
			unos pocos clientes
			parte de los clientes
			solo los clientes
			sólo los clientes
			solo afecta
			sólo afecta
			solo algunos
			sólo algunos`,
	},
}

// changed are words that say that something is not as it was: with them it is
// news, and no contradiction.
var changed = wordSet("now also more longer spread spreading wider grown correction corrected still remaining rest ahora también además ya más corrección corregido todavía aún siguen resto")

// suffering are words for what customers cannot do.
var suffering = wordSet("cannot t unable affected affects affecting impacted fail fails failing slow down trouble problems errors pueden puede afecta afectados fallan falla lento errores problemas")

// contradicts compares the update with what was said last: whom it is about,
// since when, and whether it is over.
func contradicts(j *judge) []Finding {
	i := j.Message.Incident
	if i == nil || j.Message.Kind != comms.MessageUpdate || i.Kind != comms.KindIncident {
		return nil
	}
	var out []Finding
	if n := len(j.History); n > 0 {
		if told := j.History[n-1].Incident; told != nil && told.StartedAt.Unix()/60 != i.StartedAt.Unix()/60 {
			out = append(out, j.about(draft.Shared, "started_at", "CONTRA.start", "before", clockUTC(told.StartedAt), "now", clockUTC(i.StartedAt)))
		}
	}
	if i.Phase != comms.PhaseInvestigating && i.Phase != comms.PhaseIdentified {
		return out
	}
	for _, f := range j.slotTexts() {
		t := j.read(f.lang, f.s)
		for _, m := range t.found[signOver] {
			if s := t.sentenceAt(m.first); t.any(s.first, s.last, changed) < 0 {
				out = append(out, j.at(f, t.span(m.first, m.n), "CONTRA.over", "phase", j.phaseName(i.Phase)))
				break
			}
		}
		if m, sign, ok := t.scope(); ok && j.toldOtherwise(f.lang, sign) {
			out = append(out, j.at(f, t.span(m.first, m.n), "CONTRA.scope"))
		}
	}
	return out
}

// toldOtherwise tells whether the last update that said whom it is about said
// the opposite.
func (j *judge) toldOtherwise(lang comms.Lang, now Rule) bool {
	for _, earlier := range slices.Backward(j.History) {
		if earlier.Incident == nil || earlier.Incident.Phase != comms.PhaseInvestigating && earlier.Incident.Phase != comms.PhaseIdentified {
			continue
		}
		if _, told, ok := j.read(lang, earlier.Forms[lang].Text).scope(); ok {
			return told != now
		}
	}
	return false
}

// scope is whom a text says to be affected, if it says one thing.
func (t *text) scope() (match, Rule, bool) {
	var first match
	var said Rule
	for _, sign := range []Rule{signAll, signSome} {
		for _, m := range t.found[sign] {
			if !t.suffers(m) {
				continue
			}
			if said != "" && said != sign {
				return match{}, "", false
			}
			if said == "" {
				first, said = m, sign
			}
		}
	}
	return first, said, said != ""
}

// suffers tells whether a sentence says that those whom it names are affected.
func (t *text) suffers(m match) bool {
	s := t.sentenceAt(m.first)
	at := t.any(s.first, s.last, suffering)
	return at >= 0 && t.low(at-1) != "not" && t.any(s.first, s.last, changed) < 0
}

// contradictsItself finds one text that says both that everybody is affected
// and that only some are, or that it is over and that it is looked into.
func contradictsItself(j *judge, t *text) []hit {
	if j.Message.Incident != nil {
		return nil // the whole message is compared with what was said
	}
	var out []hit
	for _, all := range t.found[signAll] {
		for _, some := range t.found[signSome] {
			if t.suffers(all) && t.suffers(some) {
				later := all
				if some.first > all.first {
					later = some
				}
				return append(out, hit{span: t.span(later.first, later.n), reason: "CONTRA.scope"})
			}
		}
	}
	return out
}

// at makes a finding on a stretch of a field.
func (j *judge) at(f field, s span, reason string, args ...string) Finding {
	said := f.s[s.start:s.end]
	out := j.about(f.lang, f.name, reason, append([]string{"span", said}, args...)...)
	out.Start, out.End, out.Span = s.start, s.end, said
	return out
}
