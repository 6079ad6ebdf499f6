package render

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Redaction makes the message that takes the words of a publication away.
// standing is the incident as customers know it now, which stays as it is. The
// reason is required in the languages that the plan requires.
func Redaction(d draft.Draft, p *plan.Plan, c Context, old signoff.Publication, standing comms.Incident) (comms.Message, error) {
	if err := signoff.Redactable(old); err != nil {
		return comms.Message{}, err
	}
	words := comms.Words{}
	for lang, slots := range d.Slots {
		if text := strings.Join(strings.Fields(clean(slots[Reason])), " "); text != "" && lang != draft.Shared {
			words[lang] = text
		}
	}
	if bad := reasonable(words, p); len(bad) > 0 {
		return comms.Message{}, bad
	}
	remains := old.Message().WithoutWords()
	standing.Changes = signoff.Changes(standing.Claims, c.States, c.Others)
	return comms.Message{
		Format: comms.Format, Kind: comms.MessageRedaction, Update: c.Update, Plan: c.Plan, Basis: c.Basis,
		Incident:  &standing,
		Redaction: &comms.Redaction{Publication: old.Number(), Digest: old.Digest(), Remains: &remains, Reason: words},
	}, nil
}

func reasonable(words comms.Words, p *plan.Plan) comms.Refusals {
	var bad comms.Refusals
	for _, lang := range append([]comms.Lang{p.Catalogue.Source}, p.Required...) {
		if words[lang] == "" && !slices.ContainsFunc(bad, func(r *comms.Refusal) bool { return r.Field == draft.SlotField(lang, Reason) }) {
			bad = append(bad, comms.Refuse(comms.Invalid, draft.SlotField(lang, Reason), "say why the words are removed, in a sentence that customers read in their place"))
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(words)) {
		if n := utf8.RuneCountInString(words[lang]); n > signoff.MaxReason {
			bad = append(bad, comms.Refuse(comms.Invalid, draft.SlotField(lang, Reason), "the reason has %d characters; shorten it to %d at most", n, signoff.MaxReason))
		}
	}
	return bad
}
