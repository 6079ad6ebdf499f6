package desk_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
)

// TestWorkIsPreparedAfterOtherMessages corrects the announcement of planned
// work, or takes its words away, before the start and the end are prepared.
func TestWorkIsPreparedAfterOtherMessages(t *testing.T) {
	for name, then := range map[string]func(o *office, u desk.Update){
		"a correction": func(o *office, u desk.Update) {
			c, err := o.Correct(o.ctx, o.drafter(), u.Publication)
			if err != nil {
				o.t.Fatal(err)
			}
			o.published(c, honest)
		},
		"a redaction": func(o *office, u desk.Update) { o.redacted(u.Publication) },
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			start := o.clock().Add(48 * time.Hour)
			_, u, err := o.Open(o.ctx, o.drafter(), desk.Opening{
				Kind: comms.KindMaintenance, Name: "Work", Severity: "maintenance", Claims: []comms.Claim{{Component: o.component(0), State: comms.Maintenance}},
				StartedAt: draft.FormatTime(start), EndedAt: draft.FormatTime(start.Add(time.Hour)),
			})
			if err != nil {
				t.Fatal(err)
			}
			then(o, o.published(u, honest))
			updates, err := o.PrepareWork(o.ctx, o.drafter(), u.Incident)
			if err != nil || len(updates) != 2 {
				t.Fatalf("%d updates were prepared: %v", len(updates), err)
			}
			for _, u := range updates {
				text := o.look(u.ID).Latest.Draft
				if u.Kind != comms.MessageUpdate || text.Kind != u.Kind || text.Corrects != 0 || text.Severity != "maintenance" || len(text.Claims) != 1 || text.PublishAt == "" {
					t.Errorf("a %s was prepared: %+v", u.Kind, text)
				}
			}
		})
	}
}
