package page_test

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page/pagetest"
)

// What is over gets a report and may come back; the page follows.
func TestThePageFollowsWhatComesAfterTheEnd(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	ended := at(20, 9, 0)
	publish := func(phase comms.Phase, when time.Time, end *time.Time, claims []comms.Claim, title string) {
		p.Publish(pagetest.Update{Incident: "one", Phase: phase, At: when, Started: at(20, 8, 0), Ended: end, Claims: claims, Title: words(title, ""), HTML: text("x")})
	}
	shows := func(when time.Time, state_, sentence, entry string) {
		t.Helper()
		s := build(t, p, when)
		root := parse(t, source(t, s, "en", "/"))
		if got := state(t, root, "Search"); got != state_ {
			t.Errorf("Search is %q, want %q", got, state_)
		}
		if got := heading(root); got != sentence {
			t.Errorf("the page says %q, want %q", got, sentence)
		}
		if got := content(root); !strings.Contains(got, entry) {
			t.Errorf("the page lacks %q:\n%s", entry, got)
		}
	}
	publish(comms.PhaseInvestigating, at(20, 8, 5), nil, claim(comms.Major, "search"), "Search fails")
	publish(comms.PhaseResolved, at(20, 9, 2), &ended, nil, "Search works")
	publish(comms.PhasePostmortem, at(22, 12, 0), &ended, nil, "What happened to Search")
	shows(at(22, 13, 0), "Working", "Everything is working", "Report, 08:00 UTC to 09:00 UTC")
	publish(comms.PhaseInvestigating, at(23, 10, 0), nil, claim(comms.Partial, "search"), "Search fails again")
	shows(at(23, 11, 0), "Partly not working", "Parts of Search are not working", "Search fails again")
	again := at(23, 12, 0)
	publish(comms.PhaseResolved, at(23, 12, 5), &again, nil, "Search works again")
	shows(at(23, 13, 0), "Working", "Everything is working", "Search works again")
}

func TestAFalseAlarmSaysNothingOfThePast(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	alarm := func(phase comms.Phase, when time.Time, claims []comms.Claim, title string) {
		p.Publish(pagetest.Update{Incident: "one", Phase: phase, At: when, Started: at(20, 8, 0), Claims: claims, Title: words(title, ""), HTML: text("x")})
	}
	alarm(comms.PhaseInvestigating, at(20, 8, 5), claim(comms.Major, "search"), "Search fails")
	if got := source(t, build(t, p, at(20, 9, 0)), "en", "/"); !strings.Contains(got, "99.") {
		t.Error("while it is thought to be down, nothing is taken from its days")
	}
	alarm(comms.PhaseFalseAlarm, at(20, 9, 5), nil, "False alarm")
	got := source(t, build(t, p, at(20, 10, 0)), "en", "/")
	if strings.Contains(got, "99.") || !strings.Contains(got, "False alarm") {
		t.Error("after a false alarm the days still show an outage")
	}
}

func TestWorkThatIsCheckedIsStillUnderWay(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	end := at(20, 11, 0)
	for _, u := range []struct {
		phase comms.Phase
		when  time.Time
		state comms.State
	}{
		{comms.PhaseScheduled, at(18, 8, 0), comms.Operational}, {comms.PhaseInProgress, at(20, 9, 0), comms.Maintenance}, {comms.PhaseVerifying, at(20, 10, 0), comms.Maintenance},
	} {
		p.Publish(pagetest.Update{Incident: "work", Kind: comms.KindMaintenance, Phase: u.phase, At: u.when, Started: at(20, 9, 0), Ended: &end, Claims: claim(u.state, "search"), Title: words("Work on Search", ""), HTML: text("x")})
	}
	root := parse(t, source(t, build(t, p, at(20, 10, 30)), "en", "/"))
	if got := state(t, root, "Search"); got != "Planned work" {
		t.Errorf("Search is %q while the work is checked", got)
	}
	if got := content(root); !strings.Contains(got, "Checking the work") {
		t.Errorf("the page does not say that the work is checked:\n%s", got)
	}
}
