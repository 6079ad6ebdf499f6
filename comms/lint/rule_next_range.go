package lint

import (
	"time"

	"github.com/countersign/countersign/comms/draft"
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
	limit := j.severity.Every
	if !i.StartedAt.IsZero() {
		limit = j.severity.Cadence(i.StartedAt, j.Reopened, j.Now)
	}
	if limit == 0 || !i.NextUpdate.After(j.Now.Add(limit+grace)) {
		return nil
	}
	return []Finding{j.about(draft.Shared, nextUpdate, "NEXT-RANGE.far",
		"time", clockUTC(*i.NextUpdate), "limit", clockUTC(j.Now.Add(limit)))}
}
