package lint

import (
	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// causes say why it happened.
var causes = phrases{
	"en": `caused by
		root cause is
		root cause was
		the cause is
		the cause was
		is due to
		are due to
		was due to
		were due to
		because of a
		because of an
		because of our
		because of the
		triggered by
		resulted from
		results from
		the result of a
		the result of an`,
	"es": `causado por
		causada por
		causados por
		causadas por
		provocado por
		provocada por
		provocados por
		provocadas por
		la causa es
		la causa fue
		la causa ha sido
		se debe a
		se debió a
		se deben a
		es debido a
		fue debido a
		a causa de un
		a causa de una
		por culpa de
		a raíz de un
		a raíz de una
		motivado por
		originado por
		originada por`,
}

// isEarly lets a cause through that may be said: somebody else has confirmed
// it, it was found, it is over, it is of planned work, or it is said to be
// unknown.
func isEarly(j *judge, t *text, m match) bool {
	s := t.sentenceAt(m.first)
	if j.isWork(t) || t.within(s, signUnknown) || t.any(s.first, m.first-1, open) >= 0 {
		return false
	}
	if j.Message.Incident != nil {
		return j.isBeforeCause()
	}
	return t.has(signOpen) && !t.has(signOver)
}

// open are words after which a cause is a question.
var open = wordSet("whether if what whatever find finding si qué averiguar saber")

// isBeforeCause tells whether a message goes out before a cause may be said.
func (j *judge) isBeforeCause() bool {
	return j.Message.Incident.Phase == comms.PhaseInvestigating && !j.CauseConfirmed
}

// unconfirmed finds a cause in the slot that is for it, in whatever phase,
// which nobody but its authors has confirmed.
func unconfirmed(j *judge) []Finding {
	if j.CauseConfirmed {
		return nil
	}
	for _, lang := range j.langs() {
		for _, s := range j.template.Slots {
			if s.Type != plan.SlotCause || j.Draft.Slots[lang][s.Name] == "" {
				continue
			}
			key := "CAUSE-EARLY.unconfirmed"
			if j.Confirmers == "" {
				key = "CAUSE-EARLY.nobody"
			}
			f := j.about(lang, s.Name, key, "people", j.Confirmers)
			f.Confirm = true
			return []Finding{f} // said once, for all languages
		}
	}
	return nil
}
