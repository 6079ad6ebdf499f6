package statuspage_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// The interface as the responses of real pages have it: the keys of each
// object in their order, and what stands under each. "?" may be null, "[x]" is
// a list of x, "optional" may be missing.
//
//go:embed testdata/shapes.json
var shapesFile []byte

var shapes = func() map[string][]string {
	var all map[string][]string
	if err := json.Unmarshal(shapesFile, &all); err != nil {
		panic(err)
	}
	return all
}()

// texts are the forms of strings.
var texts = map[string]string{
	"string": `(?s).*`, "id": `[a-z0-9]{12}`, "url": `https?://[^\s]+[^/]`, "zone": `[A-Z][A-Za-z_]+/[A-Za-z_/]+`,
	"time": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)`, "date": `\d{4}-\d\d-\d\d`,
	"indicator": `none|minor|major|critical|maintenance`, "impact": `none|minor|major|critical|maintenance`,
	"phrase": `All Systems Operational|Major System Outage|Partial System Outage|Minor Service Outage|Degraded System Service|` +
		`Partially Degraded Service|Service Under Maintenance`,
	"component_status":   `operational|degraded_performance|partial_outage|major_outage|under_maintenance`,
	"incident_status":    `investigating|identified|monitoring|resolved|postmortem`,
	"maintenance_status": `scheduled|in_progress|verifying|completed`,
	"any_status":         `investigating|identified|monitoring|resolved|postmortem|scheduled|in_progress|verifying|completed`,
	"month_name":         `January|February|March|April|May|June|July|August|September|October|November|December`,
	"span": `[A-Z][a-z]{2} <var data-var='date'>[ \d]\d</var>, <var data-var='time'>\d\d:\d\d</var>` +
		`( - ([A-Z][a-z]{2} <var data-var='date'>[ \d]\d</var>, )?<var data-var='time'>\d\d:\d\d</var>)? [A-Z+-][A-Z\d]+`,
}

// fits holds a document to the shape of a name.
func fits(t testing.TB, shape, where string, text []byte) {
	t.Helper()
	if bytes.ContainsAny(text, "\n\t") {
		t.Errorf("%s is not written compactly", where)
	}
	for _, err := range misfits(shape, where, text) {
		t.Error(err)
	}
}

func misfits(shape, where string, text []byte) []error {
	dec := json.NewDecoder(bytes.NewReader(text))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return []error{fmt.Errorf("%s is no object: %v", where, err)}
	}
	var errs []error
	for _, field := range shapes[shape] {
		key, want, _ := strings.Cut(field, " ")
		want, optional := strings.CutSuffix(want, " optional")
		if !dec.More() && optional {
			break
		}
		got, err := dec.Token()
		if err != nil || got != key {
			return append(errs, fmt.Errorf("%s: the key %v stands where %s has to (%v)", where, got, key, err))
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return append(errs, fmt.Errorf("%s.%s: %w", where, key, err))
		}
		errs = append(errs, holds(want, where+"."+key, value)...)
	}
	if dec.More() {
		extra, _ := dec.Token()
		errs = append(errs, fmt.Errorf("%s has the key %v, which strict clients refuse", where, extra))
	}
	return errs
}

func holds(want, where string, value json.RawMessage) []error {
	wrong := func(why string) []error { return []error{fmt.Errorf("%s: %s is %s", where, value, why)} }
	kind, nullable := strings.CutSuffix(want, "?")
	if string(value) == "null" {
		if nullable || kind == "null" {
			return nil
		}
		return wrong("null")
	}
	if inner, list := strings.CutPrefix(kind, "["); list {
		var items []json.RawMessage
		if err := json.Unmarshal(value, &items); err != nil {
			return wrong("no list")
		}
		if nullable && len(items) == 0 {
			return wrong("an empty list in the place of null")
		}
		var errs []error
		for n, item := range items {
			errs = append(errs, holds(strings.TrimSuffix(inner, "]"), fmt.Sprintf("%s[%d]", where, n), item)...)
		}
		return errs
	}
	if form, text := texts[kind]; text {
		var s string
		if err := json.Unmarshal(value, &s); err != nil || !regexp.MustCompile(`^(?:`+form+`)$`).MatchString(s) {
			return wrong("no " + kind)
		}
		return nil
	}
	if _, object := shapes[kind]; object {
		return misfits(kind, where, value)
	}
	into := map[string]any{"bool": new(bool), "count": new(uint), "weekday": new(uint)}[kind]
	if into == nil {
		return []error{errors.New("there is no shape " + kind)}
	}
	if err := json.Unmarshal(value, into); err != nil || kind == "count" && string(value) == "0" || kind == "weekday" && value[0] > '6' {
		return wrong("no " + kind)
	}
	return nil
}
