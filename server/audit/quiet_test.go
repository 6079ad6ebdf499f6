package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/audit"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

// quiet is what ordinary SQL can do without breaking the law, so that nothing
// but the audit says it. {open} is an update of the history and {data} an
// incident, {number} a publication whose mails wait.
var quiet = map[string]struct{ query, want string }{
	"call it less severe": {
		`UPDATE incidents SET severity = 'minor' WHERE id = '{data}'`,
		`incidents id {data}: it is of the severity "minor", and customers were told "data"`,
	},
	"let it begin at another time": {
		`UPDATE incidents SET started_at = started_at + 60000000 WHERE id = '{data}'`,
		"incidents id {data}: it began at ",
	},
	"ask for one signature more": {
		`INSERT INTO requirements (update_id, digest, idx, kind, roles) SELECT id, digest, 7, 'any', '["drafter"]' FROM updates WHERE id = '{open}'`,
		"requirements update {open}: they are not what the plan asks for",
	},
	"ask under another's words": {
		`INSERT INTO requirements (update_id, digest, idx, kind, roles) SELECT '{open}', digest, 0, 'any', '["drafter"]' FROM publications WHERE number = 3`,
		"requirements update {open}: they are for words of the update {update}, which were never submitted for this one",
	},
	"say that somebody else began it": {
		`UPDATE updates SET created_by = 'nobody' WHERE id = '{open}'`,
		"updates id {open}: it says that nobody began it, and its first revision is by dana",
	},
	"tell nobody": {
		`UPDATE fanouts SET done_at = cutoff WHERE publication = {number}`,
		"deliveries publication {number}, subscriber {reader}, way mail: the fan-out is done, and this delivery is missing",
	},
}

func TestWhatTheLawLetsThroughIsFound(t *testing.T) {
	each(t, func(t *testing.T, st *store.Store) {
		h := tell(t, st)
		h.Now = h.Now.Add(time.Hour)
		_, p := h.Publish("data")
		fill := strings.NewReplacer("{open}", string(h.open.ID), "{data}", string(h.data.Incident.ID), "{update}", string(h.data.ID),
			"{reader}", string(h.reader), "{number}", fmt.Sprint(p.Number()))
		h.holds()
		var wanted []string
		for name, q := range quiet {
			if _, err := st.DB().Exec(fill.Replace(q.query)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			wanted = append(wanted, fill.Replace(q.want))
		}
		h.names(wanted)
	})
}

// holds fails if anything is found.
func (h *history) holds() {
	h.T.Helper()
	r, err := audit.Verify(h.T.Context(), h.Store, storetest.Keys(), nil)
	check(h.T, err)
	if !r.Holds() {
		h.T.Fatalf("an honest history: %s", r)
	}
}

// What the law keeps out of the records of mail and of incidents is found once
// somebody takes the law away.
func TestLawlessRecordsAreFound(t *testing.T) {
	told := tell(t, storetest.SQLite(t))
	for name, c := range map[string]struct{ query, want string }{
		"settle what nobody claimed": {`UPDATE deliveries SET attempt = 0 WHERE publication = 3`,
			"deliveries publication 3, subscriber {reader}, way mail: it is settled, and nobody ever claimed it"},
		"settle without a time": {`UPDATE deliveries SET settled_at = 0 WHERE publication = 3`,
			"deliveries publication 3, subscriber {reader}, way mail: it is in the state sent, which its time of settling denies"},
		"settle what waits": {`UPDATE deliveries SET state = 'waiting' WHERE publication = 3`,
			"deliveries publication 3, subscriber {reader}, way mail: it is in the state waiting, which its time of settling denies"},
		"be done before the beginning": {`UPDATE fanouts SET done_at = 1 WHERE publication = 3`, "fanouts publication 3: it was done before it began"},
		"tell the end to others":       {`UPDATE fanouts SET ends = 'aaaaaaaaaaaa' WHERE publication = 3`, "fanouts publication 3: it is for another audience"},
		"tell other groups":            {`UPDATE fanouts SET circles = '["nobody"]' WHERE publication = 3`, "fanouts publication 3: it is for another audience"},
		"make it planned work":         {`UPDATE incidents SET kind = 'maintenance' WHERE id = '{data}'`, `incidents id {data}: it is of the kind "maintenance"`},
		"ask for lost words":           {`UPDATE requirements SET digest = 'lost' WHERE update_id = '{open}'`, "requirements update {open}: they are for words that cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			h := told.copy(t)
			fill := strings.NewReplacer("{open}", string(h.open.ID), "{data}", string(h.data.Incident.ID), "{reader}", string(h.reader))
			h.holds()
			h.lawless()
			h.Exec(fill.Replace(c.query))
			h.names([]string{fill.Replace(c.want)})
		})
	}
}

// Customers choose anew and leave as they like: what they were told before is
// no finding, though they would not be told it now.
func TestChoicesMayChange(t *testing.T) {
	each(t, func(t *testing.T, st *store.Store) {
		h := tell(t, st)
		later := h.Now.Add(time.Hour)
		check(t, st.Choose(t.Context(), h.reader, "es", comms.Choice{Kind: comms.KindMaintenance, Everything: true}, later))
		check(t, st.Unsubscribe(t.Context(), h.late, later))
		h.holds()
		h.Now = later.Add(time.Hour)
		h.Follow("new@example.com", comms.Choice{Incidents: []comms.ID{h.minor.Incident.ID}})
		_, p := h.Publish("minor")
		for done := false; !done; {
			var err error
			done, err = st.Spread(t.Context(), p.Number(), 10, h.Now)
			check(t, err)
		}
		h.holds()
	})
}
