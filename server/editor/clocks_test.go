package editor

import (
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

// TestEachReportIsAccountedFor: a report that was promised, taken back when
// the incident went on, and promised anew is not said to be owed twice.
func TestEachReportIsAccountedFor(t *testing.T) {
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{Printer: words.For("en"), plan: &plan.Plan{}}
	due := time.Date(2026, 11, 27, 17, 0, 0, 0, time.UTC)
	report := func(state promise.State) promise.Promise {
		return promise.Promise{Kind: promise.Report, Due: due, State: state, Answered: due.Add(time.Hour)}
	}
	for _, test := range []struct {
		states []promise.State
		want   []string
	}{
		{[]promise.State{promise.Open}, []string{"promised by Friday 27 November 2026, 17:00 UTC"}},
		{[]promise.State{promise.Withdrawn}, []string{"not owed any more"}},
		{[]promise.State{promise.Missed}, []string{"1 hour late"}},
		{[]promise.State{promise.Withdrawn, promise.Kept}, []string{"promised by Friday 27 November 2026, 17:00 UTC; taken back, and promised anew", "in time"}},
	} {
		var look desk.IncidentView
		for _, state := range test.states {
			look.Promises = append(look.Promises, promise.Promise{Kind: promise.Next, State: promise.Kept}, report(state))
		}
		var got []string
		for _, f := range v.figures(look, due) {
			if f.Label == "Report on what happened" {
				got = append(got, f.Text)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%v: %q, want %q", test.states, got, test.want)
		}
	}
}
