package plan

import (
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
)

// at reads a time in UTC.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02T15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOneTurnsToTheHoldersInTheirHours(t *testing.T) {
	p := read1(t, Builtin()) // legal is there from Monday to Friday, 9 to 18 in Madrid
	for _, c := range []struct {
		when  string
		first PersonID
	}{
		{"2026-11-23T08:00", "nora"}, {"2026-11-23T07:59", "tomas"}, {"2026-11-23T17:00", "tomas"},
		{"2026-11-28T10:00", "tomas"}, {"2026-07-01T07:00", "nora"},
	} {
		if got := p.Shift(at(t, c.when)).Holders(LegalRole); got[0] != c.first || len(got) != 3 {
			t.Errorf("at %s one turns to %v, want %s first", c.when, got, c.first)
		}
	}
	if got := p.Shift(at(t, "2026-11-28T03:00")).Holders(IncidentLead); got[0] != "ines" {
		t.Errorf("a role without hours begins with %v", got)
	}
	night := Role{ID: "night", Holders: []PersonID{"a"}, Hours: Hours{Days: []string{"fri"}, From: "22:00", To: "06:00"}}
	for when, on := range map[string]bool{"2026-11-27T21:30": true, "2026-11-28T04:30": true, "2026-11-28T21:30": false, "2026-11-27T04:30": false} {
		if p.OnDuty(night, at(t, when)) != on {
			t.Errorf("the night of Friday at %s is %v", when, !on)
		}
	}
}

func TestAReportIsDueAfterWorkingDays(t *testing.T) {
	p := read1(t, Builtin())
	for _, c := range []struct{ ended, due string }{
		{"2026-11-23T14:00", "2026-11-30T23:00"}, // Monday: the end of the next Monday in Madrid
		{"2026-11-27T23:30", "2026-12-04T23:00"}, // Saturday in Madrid already
		{"2026-11-28T12:00", "2026-12-04T23:00"},
	} {
		if due, ok := p.ReportDue("major", at(t, c.ended)); !ok || !due.Equal(at(t, c.due)) {
			t.Errorf("the report on what ended at %s is due at %v, want %s", c.ended, due, c.due)
		}
	}
	if _, ok := p.ReportDue("minor", at(t, "2026-11-23T14:00")); ok {
		t.Error("a report is due that the plan does not promise")
	}
}

func TestUrgentMailsAlwaysGo(t *testing.T) {
	p := read1(t, edited(t, "channels.yaml", "severities: [critical, major, minor, data, maintenance]",
		"severities: [critical, major, data, maintenance]\n    quiet: { from: '22:00', to: '07:00', severities: [maintenance] }"))
	for severity, want := range map[comms.Severity]struct{ sent, waits bool }{
		"critical": {true, false}, "major": {true, false}, "minor": {false, false}, "data": {true, false}, "maintenance": {true, true},
	} {
		sent, quiet := p.Mails(severity)
		if sent != want.sent || (quiet != nil) != want.waits {
			t.Errorf("%s: sent %v, quiet %v", severity, sent, quiet)
		}
	}
	if _, quiet := p.Mails("maintenance"); *quiet != (comms.Quiet{From: "22:00", To: "07:00", Zone: "Europe/Madrid"}) {
		t.Errorf("planned work waits in %+v", quiet)
	}
	if sent, quiet := (&Plan{}).Mails("anything"); !sent || quiet != nil {
		t.Error("a plan that says nothing of mails sends none")
	}
}

func TestAReportIsSignedForItsSeverityAsWell(t *testing.T) {
	p := read1(t, Builtin())
	kinds := func(id comms.Severity, phase comms.Phase) []ApprovalKind {
		s, _ := p.Severity(id)
		var out []ApprovalKind
		for _, r := range p.Approvals(s, phase) {
			out = append(out, r.Kind)
		}
		return out
	}
	for id, want := range map[comms.Severity][]ApprovalKind{
		"critical": {Facts, Wording}, "major": {Facts, Wording}, "data": {Facts, Wording, Legal},
	} {
		if got := kinds(id, comms.PhasePostmortem); !slices.Equal(got, want) {
			t.Errorf("a report on %s is signed for %v, want %v", id, got, want)
		}
	}
	if got := kinds("critical", comms.PhaseResolved); !slices.Equal(got, []ApprovalKind{Facts}) {
		t.Errorf("the end of a critical incident is signed for %v", got)
	}
}
