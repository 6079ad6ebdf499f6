package signoff

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

// Waiver lets one exact blocking finding stand. It is part of a signature and
// lives and dies with it: given with a fresh proof by somebody who wrote no
// part of the text, for one digest, and void when the signature is. It holds
// no words, so that a redaction can take all of them away.
type Waiver struct {
	Rule  lint.Rule    `json:"rule"`
	Lang  comms.Lang   `json:"lang"`
	Field string       `json:"field"`
	Start int          `json:"start"` // as the finding has it
	End   int          `json:"end"`
	Words comms.Digest `json:"words"` // of the finding's words and the reason; see WaivedWords
}

// Waive makes the waiver of a finding for a reason.
func Waive(f lint.Finding, reason string) Waiver {
	return Waiver{Rule: f.Rule, Lang: f.Lang, Field: f.Field, Start: f.Start, End: f.End, Words: WaivedWords(f.Span, reason)}
}

// Covers tells whether a finding on the words that were signed is the one that
// was waived.
func (w Waiver) Covers(f lint.Finding) bool {
	return w.Rule == f.Rule && w.Lang == f.Lang && w.Field == f.Field && w.Start == f.Start && w.End == f.End
}

// WaivedWords is the digest by which a waiver knows the words of its finding
// and its reason.
func WaivedWords(span, reason string) comms.Digest {
	b, _ := json.Marshal([]string{span, reason}) // strings always encode
	return comms.DigestOf(b)
}

// Waivable tells whether a blocking finding may be waived by a second person.
// Only those may that look for secrets; and nothing brings back what a
// redaction takes away.
func Waivable(f lint.Finding) bool {
	return f.Level == plan.Block && waivable(f.Rule)
}

func waivable(r lint.Rule) bool { return strings.HasPrefix(string(r), "SEC-") && r != "SEC-AGAIN" }

// Unwaived lists the findings of a report that none of the signatures waives,
// of those that a signature may waive.
func Unwaived(report lint.Report, approvals []Approval) []lint.Finding {
	return slices.DeleteFunc(report.Blocks(), func(f lint.Finding) bool {
		return !Waivable(f) || slices.ContainsFunc(approvals, func(a Approval) bool {
			return a.Digest == report.Digest() && slices.ContainsFunc(a.Waivers, func(w Waiver) bool { return w.Covers(f) })
		})
	})
}
