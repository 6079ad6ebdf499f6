package desk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Reasons say by rule why its findings may stand: one serves all of a rule.
type Reasons map[lint.Rule]string

// maxReason is the most characters of a reason.
const maxReason = 300

// check refuses reasons that no honest keyboard sends, by "waivers.RULE".
func (r Reasons) check() error {
	var bad comms.Refusals
	for rule, reason := range r {
		field := "waivers." + string(rule)
		if refusal := draft.CheckText(field, reason, true); refusal != nil {
			bad = append(bad, refusal)
		} else if utf8.RuneCountInString(reason) > maxReason {
			bad = append(bad, comms.Refuse(comms.Invalid, field, "this reason has more than %d characters; shorten it", maxReason))
		}
	}
	if len(bad) > 0 {
		return bad
	}
	return nil
}

func (r Reasons) of(rule lint.Rule) string { return strings.TrimSpace(r[rule]) }

// Waiver is a finding that somebody let stand in what was submitted: a warning,
// with the submitter's reason; or words that a rule keeps back, with the
// submitter's reason for asking, and that of the second person whose signature
// waived it. It is kept for good, but for its words, which a redaction empties.
type Waiver struct {
	ID       comms.ID
	Update   comms.ID
	Digest   comms.Digest // of what was submitted
	Finding  lint.Finding // without its sentence and its suggestion
	Person   plan.PersonID
	Approval comms.ID // the signature that it is part of; "" of a submission
	Reason   string   // "" where the plan keeps warnings without asking
	At       time.Time
}

// same tells whether a finding is the one that was let stand: the rule, the
// place and the words are.
func (w Waiver) same(f lint.Finding) bool {
	return w.Finding.Rule == f.Rule && w.Finding.Lang == f.Lang && w.Finding.Field == f.Field && w.Finding.Span == f.Span
}

// decide settles what becomes of the findings of a text that is submitted. It
// refuses what has to be changed or decided, and lists what stands.
func (d *Desk) decide(ctx context.Context, tx Tx, a Actor, at place, p Preview, reasons Reasons) ([]Waiver, error) {
	if slices.ContainsFunc(p.Report.Blocks(), func(f lint.Finding) bool { return !signoff.Waivable(f) && !f.Confirm }) {
		return nil, &Blocked{Report: p.Report}
	}
	if err := reasons.check(); err != nil {
		return nil, err
	}
	before, err := tx.Waivers(ctx, at.update.ID)
	if err != nil {
		return nil, err
	}
	var stand []Waiver
	var undecided []lint.Finding
	for _, f := range p.Report.Findings() {
		if f.Confirm && f.Level == plan.Block {
			continue // somebody else settles it before they sign
		}
		reason := reasons.of(f.Rule)
		if reason == "" {
			reason = said(before, f)
		}
		switch {
		case reason != "":
		case f.Level == plan.Block, at.asks(p.Message):
			undecided = append(undecided, f)
		}
		w := Waiver{ID: comms.NewID(), Update: at.update.ID, Digest: p.Content.Digest(), Finding: f, Person: a.Person, Reason: reason, At: d.c.Now()}
		if !slices.ContainsFunc(before, w.repeats) {
			stand = append(stand, w)
		}
	}
	switch {
	case slices.ContainsFunc(undecided, signoff.Waivable):
		return nil, &Blocked{p.Report, undecided}
	case len(undecided) > 0:
		return nil, &Undecided{p.Report, undecided}
	}
	return stand, nil
}

// asks tells whether whoever submits must say why warnings stay. A redaction
// never waits for that.
func (at place) asks(m comms.Message) bool {
	if m.Incident == nil || m.Redaction != nil {
		return false
	}
	s, ok := at.plan.Severity(m.Incident.Severity)
	return ok && s.Warnings == plan.AskWarnings
}

// said is what was said of the same finding when the text was submitted before.
func said(before []Waiver, f lint.Finding) string {
	for _, w := range slices.Backward(before) {
		if w.Approval == "" && w.Reason != "" && w.same(f) {
			return w.Reason
		}
	}
	return ""
}

// repeats tells whether the same words were submitted with the same finding and
// reason before.
func (w Waiver) repeats(o Waiver) bool {
	return o.Digest == w.Digest && o.Approval == "" && o.Reason == w.Reason && o.same(w.Finding) && o.Finding.Start == w.Finding.Start
}

// let stores what stands, and tells the audit which rules were waived.
func (d *Desk) let(ctx context.Context, tx Tx, a Actor, stand []Waiver) error {
	rules := map[string][]string{}
	for _, w := range stand {
		if err := tx.AddWaiver(ctx, w); err != nil {
			return err
		}
		action := "finding.kept"
		switch {
		case w.Approval != "":
			action = "finding.waived"
		case w.Finding.Level == plan.Block:
			action = "finding.disputed"
		case w.Reason != "":
			action = "finding.reasoned"
		}
		if rule := string(w.Finding.Rule); !slices.Contains(rules[action], rule) {
			rules[action] = append(rules[action], rule)
		}
	}
	for _, action := range []string{"finding.kept", "finding.reasoned", "finding.disputed", "finding.waived"} {
		if len(rules[action]) == 0 {
			continue
		}
		w := stand[0]
		if err := d.log(ctx, tx, a, action, w.Update, "digest", w.Digest.String(), "rules", strings.Join(rules[action], ", ")); err != nil {
			return err
		}
	}
	return nil
}

// waived are the findings that a signature has to waive.
type waived []lint.Finding

// waive lists what the rules keep back of the words on the bench and no live
// signature waives, and refuses a signature that does not say why it may stand.
func (d *Desk) waive(b bench, s Signing, now time.Time) (waived, error) {
	if b.message.Kind == comms.MessagePlan {
		return nil, nil
	}
	if err := s.Reasons.check(); err != nil {
		return nil, err
	}
	var counts []signoff.Approval
	for i := range b.requirements {
		if a := b.live(i, now); a != nil {
			counts = append(counts, *a)
		}
	}
	out := waived(signoff.Unwaived(d.report(b), counts))
	for _, f := range out {
		if s.Reasons.of(f.Rule) == "" {
			return nil, comms.Refuse(comms.Invalid, "waivers."+string(f.Rule), "the rule %s keeps %q back; say why it is no secret, or ask for changes", f.Rule, f.Span)
		}
	}
	return out, nil
}

func (w waived) by(reasons Reasons) []signoff.Waiver {
	var out []signoff.Waiver
	for _, f := range w {
		out = append(out, signoff.Waive(f, reasons.of(f.Rule)))
	}
	return out
}

func (w waived) rows(u Update, a Actor, part signoff.Approval, reasons Reasons) []Waiver {
	var out []Waiver
	for _, f := range w {
		out = append(out, Waiver{ID: comms.NewID(), Update: u.ID, Digest: part.Digest, Finding: f, Person: a.Person, Approval: part.ID, Reason: reasons.of(f.Rule), At: part.At})
	}
	return out
}

// waivers lists what was let stand in the words that an update has now.
func waivers(ctx context.Context, tx Tx, u Update) ([]Waiver, error) {
	if u.Digest.IsZero() {
		return nil, nil
	}
	all, err := tx.Waivers(ctx, u.ID)
	return slices.DeleteFunc(all, func(w Waiver) bool { return w.Digest != u.Digest }), err
}

// given are the signatures that count now.
func given(signatures []Signature) []signoff.Approval {
	var out []signoff.Approval
	for _, s := range signatures {
		if s.Approval != nil {
			out = append(out, *s.Approval)
		}
	}
	return out
}
