package render

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/holding"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// gapAddress stands for the incident's address while a statement is rendered:
// a link's address has to be one.
const gapAddress = "https://incident.invalid/"

// Statement makes the message that approves a holding statement in advance: its
// words in every language and for every choice, with gaps for what is filled
// in from its lists and clocks. What could not be filled in so is refused.
func Statement(d draft.Draft, p *plan.Plan, c Context) (comms.Message, error) {
	entry, ok := p.Statement(d.Statement)
	if !ok {
		return comms.Message{}, comms.Refuse(comms.Invalid, "statement", "the plan has no holding statement %q; choose one that it has", d.Statement)
	}
	t, _ := p.Template(entry.Template)
	s := comms.Statement{
		ID: entry.ID, Name: t.Name, Template: t.ID, Phase: t.Phase, Severities: entry.Severities, Publishers: []string{},
		Itself: []comms.Itself{}, Gaps: []comms.Gap{}, Addresses: comms.Words{}, Expires: readTime(d.ExpiresAt),
	}
	if s.Expires.IsZero() {
		return comms.Message{}, comms.Refuse(comms.Invalid, "expires_at", "say until when the holding statement is approved, as 2026-11-23T15:00, in UTC")
	}
	for _, id := range entry.Severities {
		sent, quiet := p.Mails(id)
		s.Mails = append(s.Mails, comms.Mails{Severity: id, Sent: sent, Quiet: quiet})
	}
	for _, role := range entry.Publishers {
		s.Publishers = append(s.Publishers, string(role))
	}
	for _, id := range entry.ByItself {
		severity, _ := p.Severity(id)
		s.Itself = append(s.Itself, comms.Itself{Severity: id, After: int64(severity.FirstUpdate.Seconds())})
	}
	for _, slot := range t.Slots {
		switch from := source(slot); {
		case slices.Contains([]string{"components", "started", promise, "url"}, from):
			s.Gaps = append(s.Gaps, comms.Gap{Slot: slot.Name, From: from, Date: slot.Type == plan.SlotDate})
		case slot.Type != plan.SlotChoice:
			return comms.Message{}, comms.Refuse(comms.Invalid, "statement", "the slot %q of the template %q cannot be filled from a list or a clock; change the template", slot.Name, t.ID)
		}
	}
	if n := t.Wordings(); n > plan.MostWordings {
		return comms.Message{}, comms.Refuse(comms.Invalid, "statement", "the lists of the template %q can be chosen from in more than %d ways; offer fewer", t.ID, plan.MostWordings)
	}
	if err := word(&s, p, t, entry); err != nil {
		return comms.Message{}, err
	}
	return comms.Message{Format: comms.Format, Kind: comms.MessageStatement, Update: c.Update, Plan: c.Plan, Basis: c.Basis, Statement: &s}, nil
}

// word renders a statement's words for every choice, and names what it may name.
func word(s *comms.Statement, p *plan.Plan, t plan.Template, entry plan.Statement) error {
	for _, choices := range choices(t.Choices()) {
		text := draft.Draft{Kind: comms.MessageUpdate, Template: t.ID, Phase: t.Phase, Slots: draft.Slots{draft.Shared: choices}}
		f := gather(text, p, t, Context{Kind: comms.KindIncident})
		f.gaps = true
		forms, err := f.forms()
		if err != nil {
			return err
		}
		for lang, words := range forms {
			if forms[lang], err = gapped(s, t, lang, words); err != nil {
				return err
			}
		}
		s.Wordings = append(s.Wordings, comms.Wording{Choices: choices, Forms: forms})
	}
	langs := slices.Sorted(maps.Keys(s.Wordings[0].Forms))
	for _, lang := range langs {
		f := facts{plan: p, context: Context{Incident: "x", Kind: comms.KindIncident}}
		s.Addresses[lang] = strings.TrimSuffix(f.address(lang), "x")
	}
	for _, permitted := range entry.Components {
		component, _ := p.Catalogue.Component(permitted.Component)
		out := comms.Permitted{Component: permitted.Component, Name: comms.Words{}, States: permitted.States}
		for _, lang := range langs {
			name, _ := component.Name.In(lang, p.Catalogue.Source)
			out.Name[lang] = tidy(name, true)
		}
		s.Components = append(s.Components, out)
	}
	return nil
}

// gapped puts the gap of the address in its place, and refuses words with a
// gap that nothing fills.
func gapped(s *comms.Statement, t plan.Template, lang comms.Lang, f comms.Forms) (comms.Forms, error) {
	url := "{}"
	for _, g := range s.Gaps {
		if g.From == "url" {
			url = "{" + g.Slot + "}"
		}
	}
	for _, form := range []*string{&f.Title, &f.Subject, &f.HTML, &f.Text, &f.Short, &f.Support, &f.InProduct} {
		*form = strings.ReplaceAll(*form, gapAddress, url)
		for _, slot := range holding.Gaps(*form) {
			if !slices.ContainsFunc(s.Gaps, func(g comms.Gap) bool { return g.Slot == slot }) {
				return f, comms.Refuse(comms.Invalid, "statement", "the template %q has no words in the language %q for the slot %q; add them to the plan", t.ID, lang, slot)
			}
		}
	}
	return f, nil
}

// choices lists every way to choose from the lists of slots, in their order.
func choices(slots []plan.Slot) []map[string]string {
	out := []map[string]string{{}}
	for _, s := range slots {
		var keys []string
		for _, o := range s.Options {
			keys = append(keys, o.Key)
		}
		if !s.Required {
			keys = append(keys, "")
		}
		var more []map[string]string
		for _, before := range out {
			for _, key := range keys {
				one := maps.Clone(before)
				one[s.Name] = key
				more = append(more, one)
			}
		}
		out = more
	}
	return out
}

// gap is what stands in the place of what an incident fills in.
func (f facts) gap(s plan.Slot) string {
	if source(s) == "url" {
		return gapAddress
	}
	return "{" + s.Name + "}"
}

// Holding makes the update that publishes a statement: the first of an
// incident, with the statement's own words. The draft says what was chosen:
// the claims, the choices, when it began and when the next update comes.
func Holding(d draft.Draft, c Context, h comms.Holding, s comms.Statement) (comms.Message, error) {
	i := comms.Incident{
		ID: c.Incident, Kind: comms.KindIncident, Phase: s.Phase, Severity: d.Severity, Template: s.Template,
		Claims: slices.Clone(d.Claims), StartedAt: readTime(d.StartedAt),
	}
	slices.SortFunc(i.Claims, func(a, b comms.Claim) int { return cmp.Compare(a.Component, b.Component) })
	i.Changes = signoff.Changes(i.Claims, c.States, c.Others)
	if s.Has(promise) {
		i.NextUpdate = pointer(readTime(d.Slots.Get(draft.Shared, promise)))
	}
	h.Choices = map[string]string{}
	for name := range s.Wordings[0].Choices {
		if key := d.Slots.Get(draft.Shared, name); key != "" {
			h.Choices[name] = key
		}
	}
	m := comms.Message{
		Format: comms.Format, Kind: comms.MessageUpdate, Update: c.Update, Plan: c.Plan, Basis: c.Basis, Incident: &i, Holding: &h,
		Audience: holding.Audience(s, i),
	}
	var err error
	m.Forms, err = holding.Fill(s, i, h.Choices)
	return m, err
}
