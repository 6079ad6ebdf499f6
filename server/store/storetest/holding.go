package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// firstWords is the holding statement of the built-in plan.
const firstWords = "first-words"

// Approve has the plan's holding statement approved in advance, to end after
// some time.
func (o *Office) Approve(lasts time.Duration) signoff.Publication {
	o.T.Helper()
	u := desk.Update{ID: comms.NewID(), Kind: comms.MessageStatement, State: desk.Draft, CreatedAt: o.tick(), CreatedBy: "dana", Version: 1}
	text := draft.Draft{Kind: u.Kind, Statement: firstWords, ExpiresAt: draft.FormatTime(o.Now.Add(lasts))}
	var before int64
	o.Write(func(tx desk.Tx) error {
		all, err := tx.Statements(o.ctx())
		must(o.T, err)
		for _, p := range all {
			before = p.Number()
		}
		must(o.T, tx.InsertUpdate(o.ctx(), u))
		return tx.AddRevision(o.ctx(), desk.Revision{Update: u.ID, Number: 1, Author: "dana", At: o.Now, Draft: text})
	})
	m, err := render.Statement(text, o.Plan, render.Context{Update: u.ID, Plan: o.planDigest, Basis: before})
	must(o.T, err)
	s := o.ask(u, m)
	head, err := o.Store.Head(o.ctx())
	must(o.T, err)
	p, err := signoff.Countersign(Key(), s.Content, lint.NewReport(s.Digest, 1, nil), o.SignAll(s), signoff.Basis{
		Chain: head, Incident: before, Plan: o.Plan, PlanDigest: o.planDigest, Requirements: s.Requirements, Authors: []plan.PersonID{"dana"}, Keys: Keys(),
	}, o.tick())
	must(o.T, err)
	o.Write(func(tx desk.Tx) error {
		must(o.T, tx.AddPublication(o.ctx(), p))
		s.State, s.Update.Publication = desk.Published, p.Number()
		must(o.T, tx.ChangeUpdate(o.ctx(), s.Update))
		return tx.AddEntry(o.ctx(), desk.Entry{At: p.At(), Person: "dana", Action: "publication.added", Subject: string(s.ID)})
	})
	return p
}

// ask stores a message that asks for the signatures that the plan names.
func (o *Office) ask(u desk.Update, m comms.Message) Submitted {
	o.T.Helper()
	content, err := comms.Seal(m)
	must(o.T, err)
	needed, err := signoff.Requirements(m, "", o.Plan, nil)
	must(o.T, err)
	u.State, u.Digest, u.SubmittedAt, u.SubmittedBy = desk.InReview, content.Digest(), o.tick(), u.CreatedBy
	o.Write(func(tx desk.Tx) error {
		must(o.T, tx.AddContent(o.ctx(), content))
		must(o.T, tx.AddRequirements(o.ctx(), asRows(u, needed)))
		must(o.T, tx.ChangeUpdate(o.ctx(), u))
		u, err = tx.Update(o.ctx(), u.ID)
		return err
	})
	return Submitted{Update: u, Content: content, Requirements: needed, Author: u.CreatedBy}
}

// Hold stores the update that a holding statement makes of an incident, ready
// to be published by somebody; changes make it another one than that.
func (o *Office) Hold(i desk.Incident, statement signoff.Publication, changes ...func(*comms.Message)) Submitted {
	o.T.Helper()
	u := desk.Update{ID: comms.NewID(), Incident: i.ID, Kind: comms.MessageUpdate, State: desk.Draft, CreatedAt: o.tick(), CreatedBy: "sam", Version: 1}
	text := draft.Draft{Severity: i.Severity, StartedAt: i.StartedAt.Format(time.RFC3339), Claims: []comms.Claim{{Component: o.Component(), State: comms.Partial}}, Slots: draft.Slots{}}
	text.Slots.Set(draft.Shared, "next_update", draft.FormatTime(o.Now.Add(20*time.Minute)))
	m, err := render.Holding(text, render.Context{Update: u.ID, Incident: i.ID, Kind: i.Kind, Plan: o.planDigest},
		comms.Holding{ID: firstWords, Publication: statement.Number(), Digest: statement.Digest()}, *statement.Message().Statement)
	must(o.T, err)
	for _, change := range changes {
		change(&m)
	}
	content, err := comms.Seal(m)
	must(o.T, err)
	u.State, u.Digest = desk.InReview, content.Digest()
	o.Write(func(tx desk.Tx) error {
		must(o.T, tx.AddContent(o.ctx(), content))
		return tx.InsertUpdate(o.ctx(), u)
	})
	return Submitted{Update: u, Incident: i, Content: content}
}

// Named writes down that somebody whom the statement names publishes it, and
// who does.
func (o *Office) Named(s Submitted, person plan.PersonID) Submitted {
	o.T.Helper()
	statement, _ := o.Plan.Statement(firstWords)
	s.Requirements = []plan.Requirement{{Kind: plan.Any, Roles: statement.Publishers}}
	o.Write(func(tx desk.Tx) error { return tx.AddRequirements(o.ctx(), asRows(s.Update, s.Requirements)) })
	o.Sign(s, 0, person)
	return s
}

// Held seals the publication of what a holding statement made, and does not
// store it.
func (o *Office) Held(s Submitted, statement signoff.Publication) (signoff.Publication, error) {
	o.T.Helper()
	head, err := o.Store.Head(o.ctx())
	must(o.T, err)
	return signoff.Countersign(Key(), s.Content, lint.NewReport(s.Digest, 1, nil), o.approvals(s), signoff.Basis{
		Chain: head, Plan: o.Plan, PlanDigest: o.planDigest, Requirements: s.Requirements, Keys: Keys(),
		Statement: statement, Ground: o.Plan, Declared: s.Incident.DeclaredAt,
	}, o.tick())
}

// Declared opens an incident that a person has declared.
func (o *Office) Declared(severity comms.Severity) desk.Incident {
	o.T.Helper()
	i := o.Incident(severity)
	i.DeclaredAt = o.Now
	o.Write(func(tx desk.Tx) error { return tx.ChangeIncident(o.ctx(), i) })
	i.Version++
	return i
}

// holdingIsLawful tries to insert what rests on a holding statement in every
// way that the statement does not cover.
func holdingIsLawful(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	const quarter = 90 * 24 * time.Hour
	statement := o.Approve(quarter)
	forge := func(s Submitted) forgery {
		f := o.forge(s)
		f.warrantKind = "holding"
		return f
	}
	by := func(change ...func(*comms.Message)) Submitted {
		return o.Named(o.Hold(o.Declared("major"), statement, change...), "sam")
	}
	const rests, permits, byWhom = "rests on no holding statement", "does not permit this severity", "goes out by somebody whom it names"
	for name, c := range map[string]struct {
		sentence string
		attempt  func() forgery
	}{
		"nobody publishes it":        {byWhom, func() forgery { return forge(o.Hold(o.Declared("major"), statement)) }},
		"by itself before it is due": {byWhom, func() forgery { return forge(o.Hold(o.Declared("critical"), statement)) }},
		"by itself and never opted": {byWhom, func() forgery {
			f := forge(o.Hold(o.Declared("major"), statement))
			f.at = f.at.Add(time.Hour)
			return f
		}},
		"by itself and not declared": {byWhom, func() forgery {
			f := forge(o.Hold(o.Incident("critical"), statement))
			f.at = f.at.Add(time.Hour)
			return f
		}},
		"the signature has expired": {byWhom, func() forgery { f := forge(by()); f.at = f.at.Add(16 * time.Minute); return f }},
		"of data":                   {permits, func() forgery { return forge(by(func(m *comms.Message) { m.Incident.Severity = "data" })) }},
		"another phase":             {permits, func() forgery { return forge(by(func(m *comms.Message) { m.Incident.Phase = comms.PhaseResolved })) }},
		"a state that it may not say": {permits, func() forgery {
			return forge(by(func(m *comms.Message) { m.Incident.Claims[0].State = comms.Operational }))
		}},
		"a component that it has not": {permits, func() forgery {
			return forge(by(func(m *comms.Message) { m.Incident.Claims[0].Component = "nothing" }))
		}},
		"no component": {permits, func() forgery { return forge(by(func(m *comms.Message) { m.Incident.Claims = nil })) }},
		"no statement": {rests, func() forgery { return forge(by(func(m *comms.Message) { m.Holding.Publication = 1 })) }},
		"another statement's words": {rests, func() forgery {
			return forge(by(func(m *comms.Message) { m.Holding.Digest = comms.DigestOf([]byte("x")) }))
		}},
		"another statement's name": {rests, func() forgery { return forge(by(func(m *comms.Message) { m.Holding.ID = "other" })) }},
		"before it was approved":   {rests, func() forgery { f := forge(by()); f.at = statement.At().Add(-time.Second); return f }},
		"after it has expired":     {"has expired", func() forgery { f := forge(by()); f.at = statement.At().Add(quarter); return f }},
		"under a quorum":           {"and nothing else has", func() forgery { return o.forge(by()) }},
		"what no statement made":   {"and nothing else has", func() forgery { s := o.Submit(o.Incident("major"), "dana"); o.SignAll(s); return forge(s) }},
		"somebody wrote it": {"nobody writes what is made from", func() forgery {
			s := by()
			o.Write(func(tx desk.Tx) error {
				return tx.AddRevision(o.ctx(), desk.Revision{Update: s.ID, Number: 1, Author: "eve", At: o.tick(), Draft: draft.Draft{Kind: comms.MessageUpdate}})
			})
			return forge(s)
		}},
		"a correction": {"first publication of an incident alone", func() forgery {
			s := by(func(m *comms.Message) { m.Kind = comms.MessageCorrection })
			f := forge(s)
			u := desk.Update{ID: comms.NewID(), Incident: s.Incident.ID, Kind: comms.MessageCorrection, State: desk.InReview, Digest: s.Digest, CreatedAt: o.tick(), Version: 1}
			o.Write(func(tx desk.Tx) error { return tx.InsertUpdate(o.ctx(), u) })
			f.kind, f.update = "correction", string(u.ID)
			return f
		}},
	} {
		t.Run(name, func(t *testing.T) { refuses(t, o.insert(c.attempt()), c.sentence) })
	}

	t.Run("what it covers goes out", func(t *testing.T) { // else the refusals above prove nothing
		s := by()
		p, err := o.Held(s, statement)
		must(t, err)
		must(t, o.Keep(s, p))
		back, err := st.Publication(o.ctx(), p.Number())
		must(t, err)
		if w := back.Warrant(); w.Kind != signoff.Holding || len(w.Approvals) != 1 || w.Grant.Number != statement.Number() {
			t.Errorf("it came back under %+v", w)
		}
		s.Incident.Head, s.Incident.Version = p.Number(), s.Incident.Version+1
		second := o.Named(o.Hold(s.Incident, statement), "sam")
		refuses(t, o.insert(forge(second)), "first publication of an incident alone")
	})
	t.Run("by itself when it is due", func(t *testing.T) {
		s := o.Hold(o.Declared("critical"), statement)
		o.Now = o.Now.Add(10 * time.Minute)
		p, err := o.Held(s, statement)
		must(t, err)
		must(t, o.Keep(s, p))
	})
	t.Run("approved anew", func(t *testing.T) {
		old := by()
		late, err := o.Held(old, statement)
		must(t, err)
		statement = o.Approve(quarter)
		refuses(t, o.insert(forge(old)), rests)
		if o.Keep(old, late) == nil {
			t.Error("what rests on an older approval was stored")
		}
		s := by()
		p, err := o.Held(s, statement)
		must(t, err)
		must(t, o.Keep(s, p))
	})
	t.Run("withdrawn", func(t *testing.T) {
		s := by()
		p, err := o.Held(s, statement)
		must(t, err)
		o.Write(func(tx desk.Tx) error {
			return tx.AddEnding(o.ctx(), desk.Ending{Publication: statement.Number(), At: o.tick(), Person: "dana", Reason: "It says too little"})
		})
		refuses(t, o.insert(forge(s)), rests)
		refuses(t, o.Keep(s, p), rests)
	})
	t.Run("of an expiry people are told once", func(t *testing.T) {
		var first, again bool
		var told []int64
		o.Write(func(tx desk.Tx) (err error) {
			e := desk.Expiry{Publication: statement.Number(), At: o.tick(), To: []plan.PersonID{"dana"}}
			if first, err = tx.ClaimExpiry(o.ctx(), e); err == nil {
				again, err = tx.ClaimExpiry(o.ctx(), e)
			}
			if err == nil {
				told, err = tx.Expiries(o.ctx())
			}
			return err
		})
		if !first || again || !slices.Equal(told, []int64{statement.Number()}) {
			t.Errorf("told %v, first %v, again %v", told, first, again)
		}
		for query, sentence := range map[string]string{"UPDATE expiries SET at = 1": "never changed", "DELETE FROM expiries": "never deleted"} {
			_, err := st.DB().Exec(query)
			refuses(t, err, sentence)
		}
	})
	t.Run("endings stay", func(t *testing.T) {
		for query, sentence := range map[string]string{
			"UPDATE endings SET reason = ''": "an ending is never changed",
			"DELETE FROM endings":            "an ending is never deleted",
			"INSERT INTO endings (publication, at, person, reason, head) VALUES (1, 1, '', '', 1)":                                                                   "only the approval of a holding statement",
			"INSERT INTO endings (publication, at, person, reason, head) SELECT publication, at, person, reason, head FROM endings":                                  "ended already",
			"INSERT INTO endings (publication, at, person, reason, head) SELECT number, 1, '', '', number FROM publications WHERE kind = 'statement' AND number < 5": "an approval ends after the latest publication",
		} {
			_, err := st.DB().Exec(query)
			refuses(t, err, sentence)
		}
	})
}
