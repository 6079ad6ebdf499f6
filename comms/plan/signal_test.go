package plan

import (
	"testing"

	"github.com/countersign/countersign/comms"
)

func TestTheFirstSignalThatMatchesCounts(t *testing.T) {
	p, err := Read(Builtin())
	if err != nil {
		t.Fatal(err)
	}
	find := p.Mapping()
	for _, c := range []struct {
		labels    map[string]string
		found     bool
		ignored   bool
		severity  comms.Severity
		component comms.ComponentID
	}{
		{map[string]string{"alertname": "SignInErrors"}, true, false, "major", "sign-in"},
		{map[string]string{"alertname": "SignInErrors", "severity": "critical"}, true, false, "critical", "sign-in"},
		{map[string]string{"alertname": "SignInErrors", "audience": "internal"}, true, true, "", ""},
		{map[string]string{"alertname": "DocumentsSlow"}, true, false, "minor", "documents"},
		{map[string]string{"alertname": "DocumentsSlow", "severity": "page"}, true, false, "major", "documents"},
		{map[string]string{"alertname": "DocumentsSlow", "severity": "pages"}, true, false, "minor", "documents"},
		{map[string]string{"alertname": "MyDocumentsSlow"}, false, false, "", ""},
		{map[string]string{"alertname": "APIErrors"}, true, false, "minor", "public-api"},
		{map[string]string{"alertname": "SignInErrors\n"}, false, false, "", ""},
		{nil, false, false, "", ""},
	} {
		got, found := find(c.labels)
		if found != c.found || got.Ignore != c.ignored || got.Severity != c.severity {
			t.Errorf("%v: %v %+v", c.labels, found, got)
		}
		if c.component != "" && got.Claims[0].Component != c.component {
			t.Errorf("%v: %+v", c.labels, got.Claims)
		}
	}
}
