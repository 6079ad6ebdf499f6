package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// forgery is a row of publications as somebody with a SQL shell would write it.
type forgery struct {
	number                       int64
	at                           time.Time
	digest, kind, update         string
	incident                     any
	warrantKind, previous, extra string
}

func (o *Office) forge(s Submitted) forgery {
	head, err := o.Store.Head(o.ctx())
	must(o.T, err)
	return forgery{number: head.Number + 1, at: o.tick(), digest: s.Digest.String(), kind: "update", update: string(s.ID),
		incident: string(s.Incident.ID), warrantKind: "quorum", previous: head.Seal.String()}
}

// insert writes it; extra is what may stand between INSERT and INTO.
func (o *Office) insert(f forgery) error {
	_, err := o.Store.DB().Exec(`INSERT `+f.extra+` INTO publications
		(number, at, digest, kind, update_id, incident_id, phase, warrant_kind, warrant, frame, previous, seal)
		VALUES ($1, $2, $3, $4, $5, $6, 'investigating', $7, '{}', '', $8, 'forged:AAAA')`,
		f.number, f.at.UnixMicro(), f.digest, f.kind, f.update, f.incident, f.warrantKind, f.previous)
	return err
}

// refuses fails unless the database said no, and why.
func refuses(t testing.TB, err error, sentence string) {
	t.Helper()
	if err == nil {
		t.Fatalf("the database allowed it; want a refusal that says %q", sentence)
	}
	if !strings.Contains(err.Error(), sentence) {
		t.Fatalf("refused with %q, want %q", err, sentence)
	}
}

const noLiveSignature = "no live signature by somebody who did not write it"

func publicationsNeedSignatures(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	for name, c := range map[string]struct {
		sentence string
		attempt  func(Submitted) forgery
	}{
		"no signature": {noLiveSignature, o.forge},
		"one signature of two": {noLiveSignature, func(s Submitted) forgery {
			o.Sign(s, 0, o.Signer(s, 0))
			return o.forge(s)
		}},
		"signatures that have expired": {noLiveSignature, func(s Submitted) forgery {
			o.SignAll(s)
			f := o.forge(s)
			f.at = f.at.Add(16 * time.Minute)
			return f
		}},
		"signatures of later": {noLiveSignature, func(s Submitted) forgery {
			early := o.tick()
			o.SignAll(s)
			f := o.forge(s)
			f.at = early
			return f
		}},
		"a signature that was taken back": {noLiveSignature, func(s Submitted) forgery {
			a := o.SignAll(s)[1]
			o.Write(func(tx desk.Tx) error {
				return tx.AddVoid(o.ctx(), desk.Void{Approval: a.ID, At: o.tick(), Reason: "reset"})
			})
			return o.forge(s)
		}},
		"a signer who then wrote": {noLiveSignature, func(s Submitted) forgery {
			a := o.SignAll(s)[0]
			o.Write(func(tx desk.Tx) error {
				return tx.AddRevision(o.ctx(), desk.Revision{Update: s.ID, Number: 2, Author: a.Person, At: o.tick(), Draft: draft.Draft{Kind: comms.MessageUpdate}})
			})
			return o.forge(s)
		}},
		"signatures for other words": {"in review with these exact words", func(s Submitted) forgery {
			o.SignAll(s)
			other := o.Submit(s.Incident, "dana")
			f := o.forge(s)
			f.digest = other.Digest.String()
			return f
		}},
		"a draft": {"in review with these exact words", func(s Submitted) forgery {
			o.SignAll(s)
			s.State = desk.Draft
			o.Write(func(tx desk.Tx) error { return tx.ChangeUpdate(o.ctx(), s.Update) })
			return o.forge(s)
		}},
		"another incident": {"in review with these exact words", func(s Submitted) forgery {
			o.SignAll(s)
			f := o.forge(s)
			f.incident = string(o.Incident("minor").ID)
			return f
		}},
		"another kind": {"in review with these exact words", func(s Submitted) forgery {
			o.SignAll(s)
			f := o.forge(s)
			f.kind = "correction"
			return f
		}},
		"words that are not stored": {"stored words", func(s Submitted) forgery {
			f := o.forge(s)
			f.digest = comms.DigestOf([]byte("x")).String()
			return f
		}},
		"a number left out": {"next number", func(s Submitted) forgery {
			o.SignAll(s)
			f := o.forge(s)
			f.number++
			return f
		}},
		"a number taken": {"next number", func(s Submitted) forgery {
			o.SignAll(s)
			f := o.forge(s)
			f.number--
			return f
		}},
		"another chain": {"seal of the publication before", func(s Submitted) forgery {
			o.SignAll(s)
			f := o.forge(s)
			f.previous = ""
			return f
		}},
		"genesis again": {"genesis is for the first plan", func(s Submitted) forgery {
			f := o.forge(s)
			f.warrantKind, f.kind = "genesis", "plan"
			return f
		}},
		"a holding warrant": {"has a holding warrant, and nothing else has", func(s Submitted) forgery {
			f := o.forge(s)
			f.warrantKind = "holding"
			return f
		}},
		"no warrant": {"warrant of the kind quorum, holding or genesis", func(s Submitted) forgery {
			f := o.forge(s)
			f.warrantKind = ""
			return f
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f := c.attempt(o.Submit(o.Incident("data"), "dana"))
			refuses(t, o.insert(f), c.sentence)
		})
	}
	t.Run("no requirement", func(t *testing.T) {
		s := o.Submit(o.Incident("data"), "dana")
		u := o.Draft(s.Incident, "dana")
		u.State, u.Digest = desk.InReview, s.Digest
		o.Write(func(tx desk.Tx) error { return tx.ChangeUpdate(o.ctx(), u) })
		f := o.forge(s)
		f.update = string(u.ID)
		refuses(t, o.insert(f), "signatures of its requirements")
	})
	t.Run("before its time", func(t *testing.T) {
		at := o.Now.Add(5 * time.Minute).Truncate(time.Second)
		s := o.Submit(o.Incident("data"), "dana", func(m *comms.Message) { m.PublishAt = &at })
		approvals := o.SignAll(s)
		s.State = desk.Approved
		o.Write(func(tx desk.Tx) error { return tx.ChangeUpdate(o.ctx(), s.Update) })
		s.Version++
		f := o.forge(s)
		f.at = at.Add(-time.Microsecond)
		refuses(t, o.insert(f), "signed to go out later")
		o.Now = at.Add(-time.Second)
		must(t, o.Keep(s, o.Countersign(s, approvals))) // at its time, to the microsecond
	})
	t.Run("after other words than the latest", func(t *testing.T) {
		first, published := o.Publish("data")
		other := o.Submit(o.Incident("data"), "dana")
		i := first.Incident
		i.Head, i.Version = published.Number(), i.Version+1
		follow := func(d comms.Digest) Submitted {
			return o.Submit(i, "dana", func(m *comms.Message) { m.Basis, m.After = 0, d })
		}
		s := follow(other.Digest)
		refuses(t, o.Keep(s, o.Countersign(s, o.SignAll(s))), "signed to follow others")
		s = follow(first.Digest)
		must(t, o.Keep(s, o.Countersign(s, o.SignAll(s))))
	})
	t.Run("published once", func(t *testing.T) {
		s, _ := o.Publish("data")
		refuses(t, o.insert(o.forge(s)), "published already")
	})
	t.Run("signed is published", func(t *testing.T) { // else the refusals above prove nothing
		s := o.Submit(o.Incident("data"), "dana")
		must(t, o.Keep(s, o.Countersign(s, o.SignAll(s))))
	})
}

func signaturesAreLawful(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	add := func(a signoff.Approval) error {
		return st.Write(o.ctx(), func(tx desk.Tx) error { return tx.AddApproval(o.ctx(), a) })
	}
	s := o.Submit(o.Incident("data"), "dana")
	refuses(t, add(o.Approval(s, 0, "dana")), "nobody signs a text that they wrote")
	refuses(t, add(o.Approval(s, 2, "ines")), "no such requirement")
	other := s
	other.Digest = o.Submit(s.Incident, "dana").Digest
	refuses(t, add(o.Approval(other, 0, "ines")), "no such requirement")
	backwards := o.Approval(s, 0, "ines")
	backwards.Expires = backwards.At
	refuses(t, add(backwards), "must end after it begins")

	first := o.Sign(s, 0, "ines")
	refuses(t, add(o.Approval(s, 1, "ines")), "one person fills one requirement")
	o.Sign(s, 0, "ines") // the same again is no second signature, and may extend the first
	o.Now = o.Now.Add(time.Hour)
	must(t, add(o.Approval(s, 1, "ines"))) // an hour later the first has expired
	if err := add(first); comms.CodeOf(err) != comms.Unsigned && comms.CodeOf(err) != comms.Conflict {
		t.Errorf("the same approval again: %v", err)
	}

	back := o.Submit(o.Incident("data"), "dana")
	void := o.Sign(back, 0, "ines")
	o.Write(func(tx desk.Tx) error {
		return tx.AddVoid(o.ctx(), desk.Void{Approval: void.ID, At: o.tick(), Reason: "reset"})
	})
	must(t, add(o.Approval(back, 1, "ines"))) // taken back, it stands in nobody's way

	published, _ := o.Publish("data")
	refuses(t, add(o.Approval(published, 0, "marta")), "takes no signature")
}

func recordsStay(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s, p := o.Publish("data")
	open := o.Submit(o.Incident("minor"), "dana")
	a := o.Sign(open, 0, o.Signer(open, 0))
	o.Write(func(tx desk.Tx) error {
		return tx.AddVoid(o.ctx(), desk.Void{Approval: a.ID, At: o.tick(), Reason: "reset"})
	})
	type attack struct{ sentence, query string }
	var attacks []attack
	for table, name := range map[string]string{"publications": "a publication", "approvals": "an approval", "revisions": "a revision",
		"requirements": "a requirement", "contents": "a content", "voids": "a void", "audit": "an entry of the audit"} {
		column := map[string]string{"publications": "number", "approvals": "person", "revisions": "author", "requirements": "kind",
			"contents": "digest", "voids": "reason", "audit": "action"}[table]
		attacks = append(attacks,
			attack{name + " is never changed", "UPDATE " + table + " SET " + column + " = " + column},
			attack{name + " is never deleted", "DELETE FROM " + table})
		if st.Dialect() == "postgres" {
			attacks = append(attacks, attack{"is never deleted", "TRUNCATE " + table + " CASCADE"})
		}
	}
	id, incident := "'"+string(s.ID)+"'", "'"+string(s.Incident.ID)+"'"
	attacks = append(attacks,
		attack{"keeps its state", "UPDATE updates SET state = 'draft', publication = NULL WHERE id = " + id},
		attack{"keeps its state", "UPDATE updates SET digest = '" + open.Digest.String() + "' WHERE id = " + id},
		attack{"keeps its state", "UPDATE updates SET publication = 1 WHERE id = " + id},
		attack{"must name its publication", "UPDATE updates SET state = 'published', publication = 2 WHERE id = '" + string(open.ID) + "'"},
		attack{"", "UPDATE updates SET state = 'approved', digest = NULL WHERE id = '" + string(open.ID) + "'"},
		attack{"keeps its identifier", "UPDATE updates SET incident_id = NULL WHERE id = " + id},
		attack{"an update is never deleted", "DELETE FROM updates"},
		attack{"an incident is never deleted", "DELETE FROM incidents"},
		attack{"never goes back", "UPDATE incidents SET head = NULL WHERE id = " + incident},
		attack{"never goes back", "UPDATE incidents SET head = 1 WHERE id = " + incident},
		attack{"one of its publications", "UPDATE incidents SET head = 2 WHERE id = '" + string(open.Incident.ID) + "'"},
		attack{"takes no revision", "INSERT INTO revisions VALUES (" + id + ", 2, 'ines', 1, '{}')"},
		attack{"next number of its update", "INSERT INTO revisions VALUES ('" + string(open.ID) + "', 3, 'ines', 1, '{}')"},
		attack{"takes no requirement", "INSERT INTO requirements VALUES (" + id + ", '" + s.Digest.String() + "', 9, 'any', '[]')"},
		attack{"must have the next number", "INSERT INTO audit VALUES (7, 1, '', 'x', '', '{}')"},
		attack{"a fan-out is never deleted", "DELETE FROM fanouts"},
	)
	for _, a := range attacks {
		_, err := st.DB().Exec(a.query)
		if err == nil {
			t.Fatalf("%s: the database allowed it", a.query)
		}
		refuses(t, err, a.sentence)
	}
	if _, err := st.Publication(o.ctx(), p.Number()); err != nil {
		t.Errorf("after the attacks: %v", err)
	}
}

// nothingIsReplaced tries the ways in which SQL inserts over a row that is
// there, which ask no DELETE trigger.
func nothingIsReplaced(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s, p := o.Publish("data")
	id, digest := string(s.ID), s.Digest.String()
	approval := string(p.Warrant().Approvals[0].ID)
	verbs := []string{"INSERT OR REPLACE INTO ", "INSERT OR IGNORE INTO ", "REPLACE INTO "}
	if st.Dialect() == "postgres" {
		verbs = []string{"INSERT INTO "}
	}
	for _, verb := range verbs {
		for _, row := range []string{
			"contents (digest, bytes) VALUES ('" + digest + "', '')",
			"approvals (id, update_id, digest, requirement, person, means, languages, at, expires, seal) VALUES ('" + approval + "', '" + id + "', '" + digest + "', 0, 'eve', '', '[]', 1, 2, '')",
			"revisions (update_id, number, author, at, draft) VALUES ('" + id + "', 1, 'eve', 1, '{}')",
			"requirements (update_id, digest, idx, kind, roles) VALUES ('" + id + "', '" + digest + "', 0, 'any', '[]')",
			"audit (number, at, person, action, subject, detail) VALUES (1, 1, 'eve', 'x', '', '{}')",
			"updates (id, kind, state, submitted_at, submitted_by, note, created_at, created_by, version) VALUES ('" + id + "', 'update', 'draft', 0, '', '', 0, '', 1)",
			"incidents (id, kind, name, severity, phase, started_at, opened_at, opened_by, version) VALUES ('" + string(s.Incident.ID) + "', 'incident', '', '', '', 0, 0, '', 1)",
		} {
			if _, err := st.DB().Exec(verb + row); err == nil {
				t.Errorf("%s%s: the database allowed it", verb, row)
			}
		}
	}
	f := o.forge(s)
	f.number = p.Number()
	for _, extra := range []string{"OR REPLACE", "OR IGNORE"} {
		if f.extra = extra; st.Dialect() == "postgres" {
			f.extra = ""
		}
		refuses(t, o.insert(f), "next number")
	}
}
