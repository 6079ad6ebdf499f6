package audit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/audit"
	"github.com/countersign/countersign/server/store/storetest"
)

// TestWhatRestsOnNoApprovalIsFound publishes by a holding statement as whoever
// takes the law away can, or rewrites what lay around it then.
func TestWhatRestsOnNoApprovalIsFound(t *testing.T) {
	const quarter = 90 * 24 * time.Hour
	for name, c := range map[string]struct {
		finds string
		harm  func(h *history, statement signoff.Publication)
	}{
		"nothing was done": {"", func(h *history, statement signoff.Publication) { h.held(h.Declared("major"), statement, true) }},
		"by itself":        {"", func(h *history, statement signoff.Publication) { h.held(h.Declared("critical"), statement, false) }},
		"withdrawn later": {"", func(h *history, statement signoff.Publication) {
			h.held(h.Declared("major"), statement, true)
			h.end(statement, h.Now.Add(time.Second))
		}},
		"withdrawn later, in the same instant": {"", func(h *history, statement signoff.Publication) {
			h.end(statement, h.held(h.Declared("major"), statement, true).At())
		}},
		"withdrawn later, by a clock that is slow": {"", func(h *history, statement signoff.Publication) {
			h.end(statement, h.held(h.Declared("major"), statement, true).At().Add(-time.Minute))
		}},
		"withdrawn before": {"whose approval had been taken back after publication 2", func(h *history, statement signoff.Publication) {
			h.held(h.Declared("major"), statement, true)
			h.end(statement, h.Now)
			h.lawless()
			h.Exec(`UPDATE endings SET head = 2`)
		}},
		"withdrawn after what never was": {"ended after publication 9, which cannot be", func(h *history, statement signoff.Publication) {
			h.end(statement, h.Now)
			h.lawless()
			h.Exec(`UPDATE endings SET head = 9`)
		}},
		"approved anew before": {"had approved the holding statement anew", func(h *history, statement signoff.Publication) {
			h.Approve(quarter)
			h.lawless()
			h.held(h.Declared("major"), statement, true)
		}},
		"nobody had declared it": {"nobody had declared the incident", func(h *history, statement signoff.Publication) {
			h.held(h.Declared("critical"), statement, false)
			h.Exec(`UPDATE incidents SET declared_at = 0`)
		}},
		"before it was due": {"and the first update was due at", func(h *history, statement signoff.Publication) {
			h.held(h.Declared("critical"), statement, false)
			h.Exec(`UPDATE incidents SET declared_at = declared_at + 60000000`)
		}},
		"the second of its incident": {"they knew", func(h *history, statement signoff.Publication) {
			i := h.Declared("major")
			first := h.held(i, statement, true)
			h.lawless()
			i.Head, i.Version = first.Number(), i.Version+1
			h.held(i, statement, true)
		}},
		"the publisher's signature is gone": {"there is no such row that can be trusted", func(h *history, statement signoff.Publication) {
			h.held(h.Declared("major"), statement, true)
			h.lawless()
			h.Exec(`DELETE FROM approvals WHERE requirement = 0 AND person = 'sam'`)
		}},
		"somebody wrote it": {"they were written by", func(h *history, statement signoff.Publication) {
			p := h.held(h.Declared("major"), statement, true)
			h.lawless()
			h.Exec(`INSERT INTO revisions (update_id, number, author, at, draft) VALUES ($1, 1, 'eve', 1, '{}')`, string(p.Message().Update))
		}},
		"an ending of something else": {"there is no such approval of a holding statement", func(h *history, _ signoff.Publication) {
			h.lawless()
			h.Exec(`INSERT INTO endings (publication, at, person, reason, head) VALUES (1, 1, '', '', 1)`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			st := storetest.SQLite(t)
			h := &history{Office: storetest.NewOffice(t, st)}
			c.harm(h, h.Approve(quarter))
			r, err := audit.Verify(t.Context(), st, storetest.Keys(), nil)
			check(t, err)
			if c.finds == "" && !r.Holds() || c.finds != "" && !strings.Contains(r.String(), c.finds) {
				t.Errorf("the audit should find %q:\n%s", c.finds, r)
			}
		})
	}
}

// held publishes what a statement makes of an incident, by somebody or by
// itself, with its mails.
func (h *history) held(i desk.Incident, statement signoff.Publication, by bool) signoff.Publication {
	h.T.Helper()
	s := h.Hold(i, statement)
	if by {
		s = h.Named(s, "sam")
	} else {
		h.Now = h.Now.Add(10 * time.Minute)
	}
	p, err := h.Held(s, statement)
	check(h.T, err)
	check(h.T, h.Keep(s, p))
	h.deliver(p.Number())
	return p
}

func (h *history) end(statement signoff.Publication, at time.Time) {
	h.T.Helper()
	h.Write(func(tx desk.Tx) error {
		return tx.AddEnding(h.T.Context(), desk.Ending{Publication: statement.Number(), At: at, Person: "dana", Reason: "It says too little"})
	})
}
