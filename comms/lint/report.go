package lint

import (
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// Rule names a language rule: "SEC-IP", "JARGON".
type Rule string

// Finding is one complaint of one rule about one span of text, as data.
type Finding struct {
	Rule  Rule       `json:"rule"`
	Level plan.Level `json:"level"` // block or warn
	Lang  comms.Lang `json:"lang"`
	// Field is the slot ("impact"), the draft field ("started_at") or the form
	// ("short", "text") that it is about.
	Field string `json:"field"`
	Start int    `json:"start"` // byte offset in the field's text
	End   int    `json:"end"`   // byte offset after the span; Start for a finding about the whole field
	Span  string `json:"span"`  // the words between them
	// Reason is a sentence in the language of the desk's reader; see Sentences.
	Reason string `json:"reason"`
	// Replace is what could stand instead; nil when there is no suggestion, ""
	// to leave the words out.
	Replace *string `json:"replace,omitempty"`
	// Confirm says that it goes away, with the words as they are, once somebody
	// else has confirmed them.
	Confirm bool `json:"confirm,omitempty"`
}

// Subject is what the rules judge.
type Subject struct {
	Content comms.Content   // the message; zero for free text
	Message comms.Message   // decoded from Content
	Draft   draft.Draft     // what it was rendered from
	Plan    *plan.Plan      // never nil
	History []comms.Message // what was published about the incident, oldest first
	Phase   comms.Phase     // where the incident stands now
	// Reopened is when the incident came back after it was over, if it does with
	// the message when that goes out; zero if it never did.
	Reopened time.Time
	Now      time.Time
	// CauseConfirmed says that somebody else than its authors has confirmed the
	// cause, in the words that the draft gives; Confirmers names who could.
	CauseConfirmed bool
	Confirmers     string
	// Reader is the language in which findings explain themselves.
	Reader comms.Lang
	// Free is free text for `countersign lint`; it stands for a message
	// without slots when Content is zero.
	Free map[comms.Lang]string
}

// Report is the judgement on one exact message.
type Report struct {
	digest   comms.Digest
	judged   bool
	findings []Finding
	rules    int
}

// NewReport binds findings to the digest of the message that was judged. Only
// Check should need it, and tests.
func NewReport(digest comms.Digest, rules int, findings []Finding) Report {
	return Report{digest: digest, judged: true, findings: findings, rules: rules}
}

// Digest names the message that was judged; zero for free text.
func (r Report) Digest() comms.Digest { return r.digest }

// Judged is false for the zero Report, which says nothing about anything.
func (r Report) Judged() bool { return r.judged }

// Findings lists the findings by language, field and place.
func (r Report) Findings() []Finding { return append([]Finding(nil), r.findings...) }

// Rules counts the rules that were applied.
func (r Report) Rules() int { return r.rules }

// Blocks lists the findings that stop the message.
func (r Report) Blocks() []Finding {
	var out []Finding
	for _, f := range r.findings {
		if f.Level == plan.Block {
			out = append(out, f)
		}
	}
	return out
}

// In lists the findings about one field in one language; draft.Shared asks
// for those of shared slots.
func (r Report) In(lang comms.Lang, field string) []Finding {
	var out []Finding
	for _, f := range r.findings {
		if f.Lang == lang && f.Field == field {
			out = append(out, f)
		}
	}
	return out
}
