package plan

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// Signal says what an alert of the company's monitoring means to customers.
// Labels and Patterns choose the alerts that it is for; all of them must match,
// and a label that an alert does not have is "".
type Signal struct {
	Labels   map[string]string // exact values
	Patterns map[string]string // RE2 that the whole value matches
	Ignore   bool              // such alerts are nothing for customers; the rest is empty
	Claims   []comms.Claim     // in the order of the page
	Severity comms.Severity
	Template string // of the first draft; "" is the first that fits
}

// Mapping returns what finds the first signal of the plan that an alert's
// labels match; it tells whether there is one.
func (p *Plan) Mapping() func(labels map[string]string) (Signal, bool) {
	compiled := make([]map[string]*regexp.Regexp, len(p.Signals))
	for i, s := range p.Signals {
		compiled[i] = map[string]*regexp.Regexp{}
		for label, pattern := range s.Patterns {
			compiled[i][label] = regexp.MustCompile(whole(pattern)) // Read compiled it before
		}
	}
	return func(labels map[string]string) (Signal, bool) {
		for i, s := range p.Signals {
			if s.matches(labels, compiled[i]) {
				return s, true
			}
		}
		return Signal{}, false
	}
}

// Name says which alerts the signal is for: `alertname="SignInErrors"`.
func (s Signal) Name() string {
	var out []string
	for _, label := range slices.Sorted(maps.Keys(s.Labels)) {
		out = append(out, fmt.Sprintf("%s=%q", label, s.Labels[label]))
	}
	for _, label := range slices.Sorted(maps.Keys(s.Patterns)) {
		out = append(out, fmt.Sprintf("%s=~%q", label, s.Patterns[label]))
	}
	if len(out) == 0 {
		return "every alert"
	}
	return strings.Join(out, " and ")
}

func (s Signal) matches(labels map[string]string, patterns map[string]*regexp.Regexp) bool {
	for label, v := range s.Labels {
		if labels[label] != v {
			return false
		}
	}
	for label, re := range patterns {
		if !re.MatchString(labels[label]) {
			return false
		}
	}
	return true
}

// whole makes a pattern match whole values, as Prometheus's matchers do.
func whole(pattern string) string { return `\A(?:` + pattern + `)\z` }
