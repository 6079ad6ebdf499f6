package lint

import (
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/holding"
	"github.com/countersign/countersign/comms/plan"
)

// CheckStatement judges a holding statement that is to be approved: its words
// for every choice that it offers, filled in for an incident that begins now.
// What is found twice is said once. The report is about the content that asks
// for the approval.
func (b *Book) CheckStatement(content comms.Content, s comms.Statement, p *plan.Plan, now time.Time, reader comms.Lang) Report {
	var found []Finding
	rules := 0
	for _, w := range s.Wordings {
		r := b.Check(example(s, w, p, now, reader))
		if !r.Judged() {
			return r
		}
		rules = r.Rules()
		for _, f := range r.Findings() {
			if !slices.ContainsFunc(found, func(g Finding) bool {
				return g.Rule == f.Rule && g.Lang == f.Lang && g.Field == f.Field && g.Span == f.Span && g.Start == f.Start
			}) {
				found = append(found, f)
			}
		}
	}
	sortFindings(found)
	return NewReport(content.Digest(), rules, found)
}

// example fills a wording in as somebody could who publishes it now.
func example(s comms.Statement, w comms.Wording, p *plan.Plan, now time.Time, reader comms.Lang) Subject {
	severity, _ := p.Severity(s.Severities[0])
	first := s.Components[0]
	i := comms.Incident{
		ID: "incident0000", Kind: comms.KindIncident, Phase: s.Phase, Severity: severity.ID, Template: s.Template,
		Claims: []comms.Claim{{Component: first.Component, State: first.States[0]}}, StartedAt: now.UTC().Truncate(time.Minute),
	}
	text := draft.Draft{
		Kind: comms.MessageUpdate, Template: s.Template, Phase: s.Phase, Severity: severity.ID, Claims: i.Claims,
		StartedAt: draft.FormatTime(i.StartedAt), Slots: draft.Slots{},
	}
	for slot, key := range w.Choices {
		text.Slots.Set(draft.Shared, slot, key)
	}
	if s.Has("next_update") {
		next := i.StartedAt.Add(severity.Every)
		i.NextUpdate = &next
		text.Slots.Set(draft.Shared, "next_update", draft.FormatTime(next))
	}
	m := comms.Message{Kind: comms.MessageUpdate, Incident: &i, Holding: &comms.Holding{ID: s.ID, Choices: w.Choices}}
	subject := Subject{Draft: text, Plan: p, Now: now, Reader: reader}
	var err error
	if m.Forms, err = holding.Fill(s, i, w.Choices); err == nil {
		subject.Content, err = comms.Seal(m)
	}
	if err != nil {
		subject.Content = comms.Withdrawn(comms.DigestOf(nil)) // judged by nobody, so it blocks
	}
	return subject
}
