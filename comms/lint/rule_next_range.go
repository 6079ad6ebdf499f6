package lint

import (
	"time"

	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// grace lets a promise through that was rounded up to whole minutes; signoff
// gives the same.
const grace = time.Minute

// nextRange checks the promise: in the future, and no later than the severity
// allows.
func nextRange(j *judge) []Finding {
	i := j.Message.Incident
	if i == nil || i.NextUpdate == nil {
		return nil
	}
	if !i.NextUpdate.After(j.Now) {
		return []Finding{j.about(draft.Shared, nextUpdate, "NEXT-RANGE.past", "time", clockUTC(*i.NextUpdate))}
	}
	limit := promise(j.severity, i.StartedAt, j.Now)
	if limit == 0 || !i.NextUpdate.After(j.Now.Add(limit+grace)) {
		return nil
	}
	return []Finding{j.about(draft.Shared, nextUpdate, "NEXT-RANGE.far",
		"time", clockUTC(*i.NextUpdate), "limit", clockUTC(j.Now.Add(limit)))}
}

// promise is how long customers of a severity wait at most for the next
// update; 0 promises none. An incident that has gone on for LongAfter is in
// long mode.
func promise(s plan.Severity, started, now time.Time) time.Duration {
	if s.LongEvery > 0 && s.LongAfter > 0 && !started.IsZero() && now.Sub(started) >= s.LongAfter {
		return s.LongEvery
	}
	return s.Every
}
