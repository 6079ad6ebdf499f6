package editor

import (
	"net/url"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

// waivePrefix begins the names of fields that hold a reason, one for each rule.
const waivePrefix = "waivers."

// reasonsIn reads why findings may stand.
func reasonsIn(form url.Values) desk.Reasons {
	out := desk.Reasons{}
	for name := range form {
		if rule, ok := strings.CutPrefix(name, waivePrefix); ok && rule != "" {
			out[lint.Rule(rule)] = strings.TrimSpace(lines(form.Get(name)))
		}
	}
	return out
}

// openIn lists what a refused submission leaves to decide: what the desk asks
// for, and whatever a reason was typed for already.
func openIn(w written, report lint.Report) []lint.Finding {
	var blocked *desk.Blocked
	var undecided *desk.Undecided
	var open []lint.Finding
	switch {
	case asError(w.err, &blocked):
		open = blocked.Undecided
	case asError(w.err, &undecided):
		open = undecided.Findings
	}
	for _, f := range report.Findings() {
		asked := slices.ContainsFunc(open, func(o lint.Finding) bool { return o.Rule == f.Rule })
		if !asked && w.reasons[f.Rule] != "" {
			open = append(open, f)
		}
	}
	return open
}

// byRule lists the rules of findings, each once, in their order.
func byRule(fs []lint.Finding) []lint.Rule {
	var out []lint.Rule
	for _, f := range fs {
		if !slices.Contains(out, f.Rule) {
			out = append(out, f.Rule)
		}
	}
	return out
}

// undecided makes a field for each rule: one reason serves all that it found.
// secret is the question about words that a rule keeps back.
func (v *visit) undecided(fs []lint.Finding, typed desk.Reasons, secret string, p page) []field {
	var out []field
	for _, rule := range byRule(fs) {
		var words []string
		key := "desk.waive.warning"
		for _, f := range fs {
			if f.Rule != rule {
				continue
			}
			said := sentence(f.Reason)
			if f.Span != "" {
				said = v.T("desk.waive.words", "words", f.Span)
			}
			if !slices.Contains(words, said) {
				words = append(words, said)
			}
			if f.Level == plan.Block {
				key = secret
			}
		}
		name := waivePrefix + string(rule)
		out = append(out, field{
			Name: name, Kind: "line", Label: v.T(key, "words", strings.Join(words, ", "), "rule", rule),
			Value: readable(typed[rule]), Max: 300, Error: p.Problem(name),
		})
	}
	return out
}

// standing is what was let stand in one update.
type standing struct {
	Path, Title string
	Lines       []string
}

// stand says of each finding that was let stand by whom and why.
func (v *visit) stand(ws []desk.Waiver) []string {
	var out []string
	for _, w := range ws {
		f := w.Finding
		key := "desk.waive.kept"
		switch {
		case f.Span == "" && w.Reason == "" && f.Level == plan.Block:
			key = "desk.waive.gone"
		case w.Approval != "":
			key = "desk.waive.waived"
		case f.Level == plan.Block:
			key = "desk.waive.disputed"
		case w.Reason != "":
			key = "desk.waive.reasoned"
		}
		line := v.T(key, "found", v.found(f), "person", v.people([]plan.PersonID{w.Person}), "reason", w.Reason)
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

// found says what a rule found, and where the rule is to be looked up. A team's
// own rule has a name alone.
func (v *visit) found(f lint.Finding) string {
	name := string(f.Rule)
	if _, known := lint.Rules()[f.Rule]; known {
		name = v.T("desk.waive.rule", "name", v.ruleName(string(f.Rule)), "rule", f.Rule)
	}
	if f.Span == "" {
		return name
	}
	return v.T("desk.waive.found", "rule", name, "words", f.Span)
}

// standings lists what was let stand in the updates of an incident.
func (v *visit) standings(look desk.IncidentView) []standing {
	var out []standing
	for _, u := range look.Updates {
		if lines := v.stand(look.Waivers[u.ID]); len(lines) > 0 {
			out = append(out, standing{"/updates/" + string(u.ID), v.kindOf(u) + ", " + v.DateTime(u.SubmittedAt), lines})
		}
	}
	return out
}
