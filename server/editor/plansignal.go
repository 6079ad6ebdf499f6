package editor

import (
	"maps"
	"net/url"
	"reflect"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
)

// fewestMatches is how many rows a signal's form has at least for what it asks
// of an alert; one more than it asks now.
const fewestMatches = 3

// match is one thing that a signal asks of an alert.
type match struct{ Label, How, Value string }

// The ways in which a label matches.
const (
	isExactly = "is"
	isLike    = "matches"
)

// alertName is the label by which alerts are called.
const alertName = "alertname"

// askedOf is the form of a new signal that is for alerts of a name; nil for none.
func askedOf(entry, alert string) url.Values {
	if alert == "" || entry != "signal/"+newEntry {
		return nil
	}
	return url.Values{matchField(1, "label"): {alertName}, matchField(1, "how"): {isExactly}, matchField(1, "value"): {alert}}
}

// signalNamed finds the plan's signal of a name.
func signalNamed(p *plan.Plan, name string) (plan.Signal, bool) {
	for _, s := range p.Signals {
		if s.Name() == name {
			return s, true
		}
	}
	return plan.Signal{}, false
}

// signalAnswers are what a signal says, as its form asks for it.
func signalAnswers(s plan.Signal) answers {
	var asked []match
	for _, label := range slices.Sorted(maps.Keys(s.Labels)) {
		asked = append(asked, match{label, isExactly, s.Labels[label]})
	}
	for _, label := range slices.Sorted(maps.Keys(s.Patterns)) {
		asked = append(asked, match{label, isLike, s.Patterns[label]})
	}
	out := answers{"match": asked, "ignore": "", "claims": s.Claims, "severity": string(s.Severity), "template": s.Template}
	if s.Ignore {
		out["ignore"] = "true"
	}
	return out
}

// signalOf is the signal that answers make.
func signalOf(a answers) plan.Signal {
	s := plan.Signal{Labels: map[string]string{}, Patterns: map[string]string{}}
	asked, _ := a["match"].([]match)
	for _, m := range asked {
		if m.How == isLike {
			s.Patterns[m.Label] = m.Value
		} else {
			s.Labels[m.Label] = m.Value
		}
	}
	if s.Ignore = a["ignore"] == "true"; !s.Ignore {
		s.Claims, _ = a["claims"].([]comms.Claim)
		s.Severity, s.Template = comms.Severity(asText(a["severity"])), asText(a["template"])
	}
	return s
}

// signalFields are the answers as the plan's files hold them.
func signalFields(a answers) []rewrite.Field {
	s := signalOf(a)
	texts := func(m map[string]string) any {
		var out []rewrite.Field
		for _, key := range slices.Sorted(maps.Keys(m)) {
			out = append(out, rewrite.Field{Key: key, Value: m[key]})
		}
		return filled(out)
	}
	var claims []rewrite.Field
	for _, c := range s.Claims {
		claims = append(claims, rewrite.Field{Key: string(c.Component), Value: string(c.State)})
	}
	out := []rewrite.Field{{Key: "labels", Value: texts(s.Labels)}, {Key: "patterns", Value: texts(s.Patterns)}, {Key: "ignore"}, {Key: "components", Value: filled(claims)}, {Key: "severity"}, {Key: "template"}}
	if s.Ignore {
		out[2].Value = true
	}
	if s.Severity != "" {
		out[4].Value = string(s.Severity)
	}
	if s.Template != "" {
		out[5].Value = s.Template
	}
	return out
}

// filled is nothing rather than an empty mapping.
func filled(fields []rewrite.Field) any {
	if len(fields) == 0 {
		return nil
	}
	return fields
}

// underChange is what a signal is known by while its fields are written: it is
// known by what it matches otherwise, which may be what is being changed.
const underChange = "under-change"

// writeSignal puts a signal's answers into the plan's files.
func writeSignal(files []comms.PlanFile, before, now answers) ([]comms.PlanFile, error) {
	files, err := rewrite.Set(files, rewrite.Path{"signals", signalOf(before).Name()}, rewrite.Field{Key: "id", Value: underChange})
	at, was := rewrite.Path{"signals", underChange}, signalFields(before)
	for i, f := range append(signalFields(now), rewrite.Field{Key: "id"}) {
		if i < len(was) && reflect.DeepEqual(was[i].Value, f.Value) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files, err = rewrite.Set(files, at, f)
	}
	return files, err
}

// beginSignal adds a signal, above the one that is for every other alert.
func beginSignal(files []comms.PlanFile, p *plan.Plan, fields []rewrite.Field, name string) ([]comms.PlanFile, error) {
	list := rewrite.Path{"signals"}
	files, err := rewrite.Add(files, list, fields)
	if n := len(p.Signals); err == nil && n > 0 && p.Signals[n-1].Name() == (plan.Signal{}).Name() {
		return rewrite.Shift(files, append(list, name), -1)
	}
	return files, err
}

// matchField is the name of one field of a row, which count from 1.
func matchField(row int, of string) string { return "match." + number(row) + "." + of }

// typedMatches reads what a signal asks of an alert; rows without a label and a
// value ask nothing.
func typedMatches(form url.Values) []match {
	var out []match
	for i := 1; form.Has(matchField(i, "label")); i++ {
		m := match{oneLine(form.Get(matchField(i, "label"))), isExactly, oneLine(form.Get(matchField(i, "value")))}
		if form.Get(matchField(i, "how")) == isLike {
			m.How = isLike
		}
		if m.Label != "" || m.Value != "" {
			out = append(out, m)
		}
	}
	return out
}

// signalLacks lists what a signal must say and does not.
func (v *visit) signalLacks(p *plan.Plan, r entryRef, now answers) comms.Refusals {
	bad := v.matchLacks(now)
	if s := signalOf(now); len(bad) == 0 && s.Name() != r.Name {
		if _, same := signalNamed(p, s.Name()); same {
			bad = append(bad, comms.Refuse(comms.Invalid, "match", "%s", v.T("desk.edit.match_same", "alerts", v.alertName(s))))
		}
	}
	if now["ignore"] == "true" {
		return bad
	}
	lack := func(field string) {
		bad = append(bad, comms.Refuse(comms.Invalid, field, "%s", v.T("desk.edit.missing", "field", v.T("desk.edit.field."+field))))
	}
	if claims, _ := now["claims"].([]comms.Claim); len(claims) == 0 {
		lack("claims")
	}
	if now["severity"] == "" {
		lack("severity")
	}
	return bad
}

// matchLacks lists what is not clear about which alerts a signal is for.
func (v *visit) matchLacks(now answers) comms.Refusals {
	var bad comms.Refusals
	asked, _ := now["match"].([]match)
	for i, m := range asked {
		if slices.ContainsFunc(asked[:i], func(o match) bool { return o.Label == m.Label && o.How == m.How }) {
			bad = append(bad, comms.Refuse(comms.Invalid, "match", "%s", v.T("desk.edit.match_twice", "label", m.Label)))
		}
		if m.Label == "" {
			bad = append(bad, comms.Refuse(comms.Invalid, "match", "%s", v.T("desk.edit.match_label", "value", m.Value)))
		}
		if m.Value == "" {
			bad = append(bad, comms.Refuse(comms.Invalid, "match", "%s", v.T("desk.edit.match_value", "label", m.Label)))
		}
	}
	return bad
}

// matchRows asks for what an alert must say for the signal to be for it, a
// row for each label.
func (v *visit) matchRows(f field, asked []match) []field {
	asked = append(slices.Clone(asked), match{How: isExactly})
	for len(asked) < fewestMatches {
		asked = append(asked, match{How: isExactly})
	}
	for i, m := range asked {
		how := field{Name: matchField(i+1, "how"), Kind: "select", Label: v.T("desk.edit.match.how", "number", i+1)}
		for _, one := range []string{isExactly, isLike} {
			how.Options = append(how.Options, option{one, v.T("desk.edit.match." + one), one == m.How})
		}
		f.Inner = append(f.Inner,
			field{Name: matchField(i+1, "label"), Kind: "line", Label: v.T("desk.edit.match.label", "number", i+1), Value: m.Label, Max: 80}, how,
			field{Name: matchField(i+1, "value"), Kind: "line", Label: v.T("desk.edit.match.value", "number", i+1), Value: m.Value, Max: 1000})
	}
	return []field{f}
}

// signalField is one question about a signal, with its answer.
func (v *visit) signalField(p *plan.Plan, f field, key string, a answers) []field {
	said := asText(a[key])
	choose := func(value, label string) { f.Options = append(f.Options, option{value, label, value == said}) }
	f.Kind = "select"
	switch key {
	case "match":
		asked, _ := a[key].([]match)
		f.Kind = "rows"
		return v.matchRows(f, asked)
	case "ignore":
		choose("", v.T("desk.edit.ignore.no"))
		choose("true", v.T("desk.edit.ignore.yes"))
	case "claims":
		claims, _ := a[key].([]comms.Claim)
		f.Kind = "claims"
		for _, c := range p.Catalogue.Components() {
			one, state := field{Name: claimPrefix + string(c.ID), Kind: "select", Label: in(c.Name, v.Printer, p.Catalogue)}, stateOf(claims, c.ID)
			one.Value = string(state)
			one.Options = []option{{"", v.T("desk.claims.none"), state == ""}}
			for _, s := range plan.Troubled() {
				one.Options = append(one.Options, option{string(s), v.state(s).Label, s == state})
			}
			f.Inner = append(f.Inner, one)
		}
	case "severity":
		choose("", "")
		for _, s := range p.Severities {
			if s.Kind == comms.KindIncident {
				choose(string(s.ID), in(s.Name, v.Printer, p.Catalogue))
			}
		}
	case "template":
		choose("", v.T("desk.edit.first_template"))
		for _, s := range p.Severities {
			for _, t := range p.Openings(s.ID) {
				if s.Kind == comms.KindIncident && !slices.ContainsFunc(f.Options, func(o option) bool { return o.Value == t.ID }) {
					choose(t.ID, in(t.Name, v.Printer, p.Catalogue))
				}
			}
		}
	}
	return []field{f}
}

// signalQuestion is the question about a signal that a key of the plan's files
// is about.
func signalQuestion(key string) string {
	switch base := baseOf(key); base {
	case "labels", "patterns":
		return "match"
	case "components":
		return "claims"
	default:
		return base
	}
}
