package audit_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/audit"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// history is a plan, three incidents with mail, an update on its way with a
// signature that was taken back, and one that was withdrawn.
type history struct {
	*storetest.Office
	minor, data, last storetest.Submitted
	open              storetest.Submitted
	reader            comms.ID // gets mail of publications 2 and 3, and came before both
	late              comms.ID // gets mail of publication 4
	head              signoff.Head
	first             map[comms.ID]comms.ID // signature of each publication's warrant, by update
}

func tell(t testing.TB, st *store.Store) *history {
	t.Helper()
	h := &history{Office: storetest.NewOffice(t, st), first: map[comms.ID]comms.ID{}}
	h.reader = h.Subscribe("reader@example.com")
	h.Subscribe("other@example.com", h.Plan.Catalogue.Components()[1].ID)
	h.minor = h.publish("minor")
	h.data = h.publish("data")
	h.Now = h.Now.Add(time.Minute)
	h.late = h.Subscribe("late@example.com", h.Component())
	h.last = h.publish("minor")
	h.open = h.Submit(h.Incident("data"), "dana")
	a := h.Sign(h.open, 0, h.Signer(h.open, 0))
	h.Write(func(tx desk.Tx) error {
		return tx.AddVoid(t.Context(), desk.Void{Approval: a.ID, At: h.Now, Reason: "password reset"})
	})
	withdrawn := h.Draft(h.open.Incident, "sam")
	withdrawn.State = desk.Withdrawn
	h.Write(func(tx desk.Tx) error { return tx.ChangeUpdate(t.Context(), withdrawn) })
	var err error
	h.head, err = st.Head(t.Context())
	check(t, err)
	return h
}

// outlines are those of everything that was published.
func (h *history) outlines() []*signoff.Outline {
	h.T.Helper()
	pubs, err := h.Store.Publications(h.T.Context(), 0, 100)
	check(h.T, err)
	out, err := signoff.Outlines(pubs)
	check(h.T, err)
	return out
}

// keep stores a checkpoint at the head.
func (h *history) keep(key signoff.Key, outlines []*signoff.Outline) {
	h.T.Helper()
	sealed, err := key.SealCheckpoint(signoff.NewCheckpoint(h.head, outlines))
	check(h.T, err)
	check(h.T, h.Store.SetCheckpoint(h.T.Context(), sealed))
}

// publish brings a new incident to customers, with its mails.
func (h *history) publish(severity comms.Severity) storetest.Submitted {
	h.T.Helper()
	s, p := h.Publish(severity)
	h.first[s.ID] = p.Warrant().Approvals[0].ID
	h.deliver(p.Number())
	return s
}

// byKey publishes as whoever holds the seal key can, under another plan than
// the one in force.
func (h *history) byKey(change func(*plan.Plan)) {
	h.T.Helper()
	p, err := plan.Read(plan.Builtin())
	check(h.T, err)
	change(p)
	h.Plan = p
	h.publish("critical")
}

func (h *history) deliver(publication int64) {
	h.T.Helper()
	ctx := h.T.Context()
	h.Now = h.Now.Add(time.Second)
	_, err := h.Store.Spread(ctx, publication, 100, h.Now)
	check(h.T, err)
	ds, err := h.Store.Claim(ctx, publication, 100, h.Now, time.Minute)
	check(h.T, err)
	for _, d := range ds {
		check(h.T, h.Store.Settle(ctx, d, outbox.Outcome{State: outbox.Sent, At: h.Now}))
	}
}

// lawless takes the law away, as somebody with a SQL shell can.
func (h *history) lawless() {
	h.T.Helper()
	db := h.Store.DB()
	list, drop := `SELECT name FROM sqlite_master WHERE type = 'trigger'`, `DROP TRIGGER %s`
	if h.Store.Dialect() == "postgres" {
		list, drop = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`, `ALTER TABLE %s DISABLE TRIGGER ALL`
	} else {
		h.Exec(`PRAGMA foreign_keys = 0`)
	}
	rows, err := db.Query(list)
	check(h.T, err)
	var names []string
	for rows.Next() {
		var name string
		check(h.T, rows.Scan(&name))
		names = append(names, name)
	}
	check(h.T, rows.Err())
	for _, name := range names {
		h.Exec(fmt.Sprintf(drop, name))
	}
}

func TestAHistoryHolds(t *testing.T) {
	each(t, func(t *testing.T, st *store.Store) {
		empty, err := audit.Verify(t.Context(), st, storetest.Keys(), &signoff.Head{})
		check(t, err)
		if !empty.Holds() {
			t.Errorf("an empty store: %s", empty)
		}
		h := tell(t, st)
		h.keep(storetest.Key(), h.outlines())
		r, err := audit.Verify(t.Context(), st, storetest.Keys(), &h.head)
		check(t, err)
		if !r.Holds() {
			t.Errorf("an honest history: %s", r)
		}
		if r.Publications != 4 || r.Deliveries != 4 || r.Approvals != 5 || r.Entries != 3 || r.Contents != 5 || r.Head.String() != h.head.String() {
			t.Errorf("walked %+v", r)
		}
		if !strings.Contains(r.String(), "4 publications") || !strings.Contains(r.String(), "Everything holds") {
			t.Errorf("the summary: %s", r)
		}
	})
}

// each runs a test on SQLite, and on PostgreSQL if there is one.
func each(t *testing.T, test func(*testing.T, *store.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, storetest.SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, storetest.Postgres(t)) })
}

// forgeries by what was done; want is a finding that must be among those that
// come of it, as "table key: text" with the text's beginning.
var forgeries = map[string]struct {
	forge func(h *history)
	want  func(h *history) []string
}{
	"change the words": {
		func(h *history) {
			h.Exec(`UPDATE contents SET bytes = $1 WHERE digest = $2`, []byte(strings.Replace(string(h.data.Content.Bytes()), "cannot", "can", 1)), h.data.Digest.String())
		},
		func(h *history) []string {
			return []string{"contents digest " + h.data.Digest.String() + ": its bytes hash to", "publications number 3: publication 3 cannot be trusted"}
		},
	},
	"change the words with their digest": {
		func(h *history) {
			other := []byte(strings.Replace(string(h.data.Content.Bytes()), "cannot", "can", 1))
			d := comms.DigestOf(other).String()
			h.Exec(`INSERT INTO contents (digest, bytes) VALUES ($1, $2)`, d, other)
			for _, table := range []string{"publications", "approvals", "requirements", "updates"} {
				h.Exec(`UPDATE `+table+` SET digest = $1 WHERE digest = $2`, d, h.data.Digest.String())
			}
		},
		func(h *history) []string { return []string{"publications number 3: publication 3 cannot be trusted"} },
	},
	"lose the words": {
		func(h *history) { h.Exec(`DELETE FROM contents WHERE digest = $1`, h.data.Digest.String()) },
		func(h *history) []string {
			return []string{"publications number 3: publication 3 cannot be trusted: its words"}
		},
	},
	"keep a checkpoint under another key": {
		func(h *history) {
			key, err := signoff.NewKey()
			check(h.T, err)
			h.keep(key, h.outlines())
		},
		func(h *history) []string {
			return []string{"checkpoints number 4: the checkpoint at publication 4 cannot be trusted"}
		},
	},
	"keep a checkpoint of something else": {
		func(h *history) {
			outlines := h.outlines()
			outlines[1] = tell(h.T, storetest.SQLite(h.T)).outlines()[1]
			h.keep(storetest.Key(), outlines)
		},
		func(h *history) []string {
			return []string{"checkpoints number 4: it says other things of publication 2 than that does"}
		},
	},
	"change the time": {
		func(h *history) { h.Exec(`UPDATE publications SET at = at - 60000000 WHERE number = 3`) },
		func(h *history) []string { return []string{"publications number 3: publication 3 cannot be trusted"} },
	},
	"insert a publication": {
		func(h *history) {
			h.Exec(`INSERT INTO publications (number, at, digest, kind, update_id, incident_id, phase, warrant_kind, warrant, frame, previous, seal)
				SELECT 5, at, $1, kind, $2, $3, phase, warrant_kind, warrant, frame, seal, seal FROM publications WHERE number = 4`,
				h.open.Digest.String(), string(h.open.ID), string(h.open.Update.Incident))
		},
		func(h *history) []string {
			return []string{"publications number 5: publication 5 cannot be trusted", "updates id " + string(h.open.ID) + ": publication 5 is of it"}
		},
	},
	"give a warrant of genesis": {
		func(h *history) {
			h.Exec(`UPDATE publications SET warrant = '{"kind":"genesis"}', warrant_kind = 'genesis' WHERE number = 3`)
		},
		func(h *history) []string { return []string{"publications number 3: publication 3 cannot be trusted"} },
	},
	"swap the signers": {
		func(h *history) {
			h.Exec(`UPDATE approvals SET person = CASE person WHEN 'ines' THEN 'nora' ELSE 'ines' END WHERE update_id = $1`, string(h.data.ID))
		},
		func(h *history) []string {
			return []string{"approvals id " + h.signature(h.data) + ": it was not given"}
		},
	},
	"lose a signature": {
		func(h *history) { h.Exec(`DELETE FROM approvals WHERE update_id = $1`, string(h.data.ID)) },
		func(h *history) []string {
			return []string{"approvals id " + h.signature(h.data) + ": the warrant of publication 3 names it, and there is no such row"}
		},
	},
	"invent a signature": {
		func(h *history) {
			h.Exec(`INSERT INTO approvals (id, update_id, digest, requirement, person, means, languages, at, expires, seal)
				SELECT 'invented0000', update_id, digest, 1, 'nora', means, languages, at, expires, seal FROM approvals WHERE update_id = $1`, string(h.open.ID))
		},
		func(h *history) []string { return []string{"approvals id invented0000: it was not given"} },
	},
	"take a signature back before": {
		func(h *history) {
			h.Exec(`INSERT INTO voids (approval_id, at, reason) VALUES ($1, 1, '')`, h.signature(h.data))
		},
		func(h *history) []string {
			return []string{"approvals id " + h.signature(h.data) + ": it had been taken back"}
		},
	},
	"ask for less": {
		func(h *history) {
			h.Exec(`UPDATE requirements SET kind = 'any' WHERE update_id = $1 AND idx = 0`, string(h.data.ID))
		},
		func(h *history) []string {
			return []string{"requirements update " + string(h.data.ID) + ": they ask for other signatures"}
		},
	},
	"change an author": {
		func(h *history) {
			h.Exec(`UPDATE revisions SET author = 'sam' WHERE update_id = $1`, string(h.data.ID))
		},
		func(h *history) []string {
			return []string{"revisions update " + string(h.data.ID) + ": they were written by [sam]"}
		},
	},
	"make a signer the author": {
		func(h *history) {
			h.Exec(`UPDATE revisions SET author = 'ines' WHERE update_id = $1`, string(h.data.ID))
		},
		func(h *history) []string {
			return []string{"approvals id " + h.signature(h.data) + ": ines signed a text that they wrote"}
		},
	},
	"lose a revision": {
		func(h *history) {
			h.Write(func(tx desk.Tx) error {
				return tx.AddRevision(h.T.Context(), desk.Revision{Update: h.open.ID, Number: 2, Author: "sam", At: h.Now, Draft: draft.Draft{Kind: comms.MessageUpdate}})
			})
			h.Exec(`DELETE FROM revisions WHERE update_id = $1 AND number = 1`, string(h.open.ID))
		},
		func(h *history) []string {
			return []string{"revisions update " + string(h.open.ID) + ": number 1 is missing"}
		},
	},
	"delete a publication in the middle": {
		func(h *history) { h.Exec(`DELETE FROM publications WHERE number = 3`) },
		func(h *history) []string {
			return []string{"publications number 3: it is missing from the chain", "updates id " + string(h.data.ID) + ": it is marked as published"}
		},
	},
	"delete one and count anew": {
		func(h *history) {
			h.Exec(`DELETE FROM publications WHERE number = 3`)
			h.Exec(`UPDATE publications SET number = 3 WHERE number = 4`)
		},
		func(h *history) []string {
			return []string{"publications number 3: it does not follow the seal of the publication before it", "publications number 4: it is missing, and the head that was kept outside"}
		},
	},
	"cut the end off, with every trace": {
		func(h *history) {
			h.Exec(`DELETE FROM deliveries WHERE publication = 4`)
			h.Exec(`DELETE FROM fanouts WHERE publication = 4`)
			h.Exec(`DELETE FROM publications WHERE number = 4`)
			for _, table := range []string{"approvals", "requirements", "revisions"} {
				h.Exec(`DELETE FROM `+table+` WHERE update_id = $1`, string(h.last.ID))
			}
			h.Exec(`DELETE FROM updates WHERE id = $1`, string(h.last.ID))
			h.Exec(`DELETE FROM incidents WHERE id = $1`, string(h.last.Incident.ID))
			h.Exec(`DELETE FROM audit WHERE number = 3`)
		},
		func(h *history) []string {
			return []string{"publications number 4: it is missing, and the head that was kept outside names it: the chain ends at 3"}
		},
	},
	"mark an update as published": {
		func(h *history) {
			h.Exec(`UPDATE updates SET state = 'published', publication = 4 WHERE id = $1`, string(h.open.ID))
		},
		func(h *history) []string {
			return []string{"updates id " + string(h.open.ID) + ": it is marked as published, and publication 4 says other things"}
		},
	},
	"take a published update back": {
		func(h *history) {
			h.Exec(`UPDATE updates SET state = 'draft', publication = NULL WHERE id = $1`, string(h.data.ID))
		},
		func(h *history) []string {
			return []string{"updates id " + string(h.data.ID) + ": publication 3 is of it"}
		},
	},
	"resolve an incident": {
		func(h *history) {
			h.Exec(`UPDATE incidents SET phase = 'resolved' WHERE id = $1`, string(h.data.Incident.ID))
		},
		func(h *history) []string {
			return []string{"incidents id " + string(h.data.Incident.ID) + `: it is in the phase "resolved"`}
		},
	},
	"turn an incident back": {
		func(h *history) { h.Exec(`UPDATE incidents SET head = NULL WHERE id = $1`, string(h.data.Incident.ID)) },
		func(h *history) []string {
			return []string{"incidents id " + string(h.data.Incident.ID) + ": its head is publication 0, and the latest of it is 3"}
		},
	},
	"move a delivery on": {
		func(h *history) {
			h.Exec(`DELETE FROM deliveries WHERE publication = 3`)
			h.Exec(`UPDATE deliveries SET publication = 3 WHERE publication = 2`)
		},
		func(h *history) []string {
			return []string{fmt.Sprintf("deliveries publication 3, subscriber %s, way mail: it is older than its publication", h.reader), "fanouts publication 2: it made 1 deliveries, and there are 0"}
		},
	},
	"move a delivery back": {
		func(h *history) {
			h.Exec(`UPDATE deliveries SET publication = 2 WHERE publication = 4 AND subscriber = $1`, string(h.late))
		},
		func(h *history) []string {
			return []string{fmt.Sprintf("deliveries publication 2, subscriber %s, way mail: it was made after the fan-out", h.late)}
		},
	},
	"deliver what was never published": {
		func(h *history) { h.Exec(`UPDATE deliveries SET publication = 9 WHERE publication = 2`) },
		func(h *history) []string {
			return []string{fmt.Sprintf("deliveries publication 9, subscriber %s, way mail: there is no such publication", h.reader)}
		},
	},
	"widen an audience": {
		func(h *history) {
			h.Exec(`UPDATE fanouts SET components = '[]' WHERE publication = 2`)
			h.Exec(`UPDATE deliveries SET subscriber = (SELECT id FROM subscribers WHERE address = 'other@example.com') WHERE publication = 2`)
		},
		func(h *history) []string {
			return []string{"fanouts publication 2: it is for another audience", "deliveries publication 2, subscriber "}
		},
	},
	"lose an entry of the audit": {
		func(h *history) { h.Exec(`DELETE FROM audit WHERE number = 2`) },
		func(h *history) []string { return []string{"audit number 2: it is missing"} },
	},
	"sign with the key under another roster": {
		func(h *history) { h.byKey(func(p *plan.Plan) { p.Roles[1].Holders = []plan.PersonID{"sam"} }) },
		func(h *history) []string { return []string{": sam held no role that may give it when publication 5"} },
	},
	"publish under a plan of before": {
		func(h *history) {
			h.Replan(func(files []comms.PlanFile) { files[0].Text += "# one more line\n" })
			s := h.publish("minor")
			h.Exec(`UPDATE adoptions SET plan = 1, head = 1 WHERE incident_id = $1`, string(s.Incident.ID))
		},
		func(h *history) []string {
			return []string{"publications number 6: it was written under another plan than the one that its incident went by"}
		},
	},
	"open an incident under a plan of before": {
		func(h *history) {
			h.Replan(func(files []comms.PlanFile) { files[0].Text += "# one more line\n" })
			i := h.Incident("minor")
			h.Exec(`UPDATE adoptions SET plan = 1 WHERE incident_id = $1`, string(i.ID))
		},
		func(h *history) []string {
			return []string{", plan 1: the plan in force after publication 5 was that of publication 5"}
		},
	},
	"sign with the key what follows nothing": {
		func(h *history) {
			i := h.data.Incident
			i.Head, i.Version = 3, i.Version+1
			s := h.Submit(i, "dana", func(m *comms.Message) { m.Basis, m.After = 0, h.open.Digest })
			p := h.Countersign(s, h.SignAll(s))
			check(h.T, h.Keep(s, p))
		},
		func(h *history) []string {
			return []string{"publications number 5: it was written to follow the words " + h.open.Digest.String()}
		},
	},
	"sign with the key under another quorum": {
		func(h *history) {
			h.byKey(func(p *plan.Plan) {
				for i := range p.Severities {
					p.Severities[i].Approvals = []plan.Requirement{{Kind: plan.Any, Roles: []plan.RoleID{plan.SupportLead}}}
				}
			})
		},
		func(h *history) []string {
			return []string{"publications number 5: its plan asks for other signatures than its warrant"}
		},
	},
}

// signature is the first signature of an update's warrant.
func (h *history) signature(s storetest.Submitted) string {
	h.T.Helper()
	return string(h.first[s.ID])
}

func TestForgeriesAreFoundAndNamed(t *testing.T) {
	told := tell(t, storetest.SQLite(t))
	for name, c := range forgeries {
		t.Run(name, func(t *testing.T) {
			h := told.copy(t)
			h.lawless()
			c.forge(h)
			h.names(c.want(h))
		})
	}
}

// On PostgreSQL the same rows are read by other queries' plans; a few
// forgeries of each kind suffice.
func TestForgeriesOnPostgres(t *testing.T) {
	h := tell(t, storetest.Postgres(t))
	h.lawless()
	var want []string
	for _, name := range []string{"insert a publication", "change an author", "resolve an incident", "move a delivery on", "lose an entry of the audit"} {
		forgeries[name].forge(h)
		want = append(want, forgeries[name].want(h)...)
	}
	h.names(want)
}

// copy gives the same history in a database of its own.
func (h *history) copy(t *testing.T) *history {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	h.Exec(`VACUUM INTO '` + file + `'`)
	office, c := *h.Office, *h
	office.T, office.Store = t, storetest.Open(t, "sqlite:"+file)
	c.Office = &office
	return &c
}

// names fails unless each of the texts is in a finding.
func (h *history) names(wanted []string) {
	h.T.Helper()
	r, err := audit.Verify(h.T.Context(), h.Store, storetest.Keys(), &h.head)
	check(h.T, err)
	for _, want := range wanted {
		if !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return strings.Contains(f.String(), want) }) {
			h.T.Errorf("nothing says %q:\n%s", want, r)
		}
	}
	if strings.Contains(r.String(), "Everything holds") {
		h.T.Error("the summary says that everything holds")
	}
}

func TestAnotherHistoryIsSeenFromOutside(t *testing.T) {
	h := tell(t, storetest.SQLite(t))
	another := h.head
	another.Seal.Signature = slices.Clone(another.Seal.Signature)
	another.Seal.Signature[0]++
	r, err := audit.Verify(t.Context(), h.Store, storetest.Keys(), &another)
	check(t, err)
	if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].String(), "publications number 4: its seal is not the one that was kept outside") {
		t.Errorf("found %s", r)
	}
}

func TestALostKeyIsNamed(t *testing.T) {
	h := tell(t, storetest.SQLite(t))
	r, err := audit.Verify(t.Context(), h.Store, signoff.NewKeyring(), nil)
	check(t, err)
	if r.Holds() || !strings.Contains(r.String(), "none of this installation's keys") {
		t.Errorf("found %s", r)
	}
}
