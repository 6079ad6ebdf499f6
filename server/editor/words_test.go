package editor

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

// TestAPromiseIsSaidToTheMinute: a promise that reads shorter than it is would
// be missed, or signed for what it is not.
func TestAPromiseIsSaidToTheMinute(t *testing.T) {
	words, err := language.New(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{Printer: words.For("en")}
	for d, want := range map[time.Duration]string{
		30 * time.Second:             "a moment",
		time.Minute:                  "1 minute",
		time.Hour:                    "1 hour",
		90 * time.Minute:             "1 hour 30 minutes",
		25*time.Hour + time.Minute:   "25 hours 1 minute",
		72 * time.Hour:               "3 days",
		49*time.Hour + 5*time.Minute: "2 days 1 hour 5 minutes",
		48*time.Hour + 5*time.Minute: "2 days 5 minutes",
	} {
		if got := v.length(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
	p := &plan.Plan{ApprovalLife: 75 * time.Minute}
	d := v.severityDetail(p, plan.Severity{FirstUpdate: 90 * time.Minute, Every: 150 * time.Minute, LongAfter: 135 * time.Minute, LongEvery: 185 * time.Minute})
	company := v.company(p)
	for got, want := range map[string]string{
		d.First.Text: "1 hour 30 minutes", d.Then.Text: "2 hours 30 minutes", d.Long: "(after 2 hours 15 minutes, every 3 hours 5 minutes if that is announced)",
		company[len(company)-1].Text: "1 hour 15 minutes",
	} {
		if got != want {
			t.Errorf("the plan's page says %q, want %q", got, want)
		}
	}
}
