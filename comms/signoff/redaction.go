package signoff

import (
	"reflect"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
)

// MaxReason is the most characters of the reason for a redaction.
const MaxReason = 300

// withdraws checks that a redaction takes the words of one update or
// correction away, says why, and leaves all else as it was signed.
func withdraws(m comms.Message, b Basis) error {
	r := m.Redaction
	if r == nil || r.Remains == nil || m.Incident == nil || len(m.Forms) > 0 || m.Audience != nil {
		return comms.Refuse(comms.Invalid, "", "this redaction does not say what it takes away; begin it from the publication")
	}
	if err := Redactable(b.Withdraws); err != nil {
		return err
	}
	old := b.Withdraws.Message()
	if r.Publication != b.Withdraws.Number() || r.Digest != b.Withdraws.Digest() || old.Incident.ID != m.Incident.ID ||
		!reflect.DeepEqual(*r.Remains, old.WithoutWords()) {
		return comms.Refuse(comms.Invalid, "", "this redaction says other things of publication %d than were signed; begin it from the publication", b.Withdraws.Number())
	}
	for _, lang := range append([]comms.Lang{b.Plan.Catalogue.Source}, b.Plan.Required...) {
		if r.Reason[lang] == "" {
			return comms.Refuse(comms.Invalid, "reason", "the reason is missing in the language %q, and the plan requires it; write it", lang)
		}
	}
	for lang, words := range r.Reason {
		if utf8.RuneCountInString(words) > MaxReason {
			return comms.Refuse(comms.Invalid, "reason", "the reason in the language %q has more than %d characters; shorten it", lang, MaxReason)
		}
	}
	return nil
}

// Redactable refuses a publication whose words cannot be redacted, with what
// to do instead.
func Redactable(p Publication) error {
	m := p.Message()
	switch {
	case p.IsZero():
		return comms.Refuse(comms.NotFound, "", "the publication to redact is missing; look at the incident again")
	case m.Kind == comms.MessagePlan:
		return comms.Refuse(comms.Invalid, "", "publication %d is a plan, and its words stay in force with it; submit a new version of the plan instead", p.Number())
	case m.Kind == comms.MessageStatement:
		return comms.Refuse(comms.Invalid, "", "publication %d approves a holding statement, which customers do not see; withdraw it instead", p.Number())
	case m.Kind == comms.MessageRedaction:
		return comms.Refuse(comms.Invalid, "", "publication %d is a redaction itself and cannot be taken away; its reason stays", p.Number())
	case p.removal != nil:
		return comms.Refuse(comms.Conflict, "", "the words of publication %d were removed already, by publication %d", p.Number(), p.removal.Number)
	case m.Incident == nil:
		return comms.Refuse(comms.Invalid, "", "publication %d has no words that can be removed", p.Number())
	}
	return nil
}

// unmoved tells whether a redaction says of its incident what customers know.
func unmoved(i comms.Incident, standing *comms.Incident) bool {
	if standing == nil {
		return false
	}
	s := *standing
	i.Changes, s.Changes = nil, nil // what the latest publication moved, this one does not
	return reflect.DeepEqual(i, s)
}
