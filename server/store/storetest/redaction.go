package storetest

import (
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// redactionsAreLawful tries to take words away by hand: without a redaction,
// with a signed message that is none, and of other words than a redaction names.
func redactionsAreLawful(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s, p := o.Publish("data")
	other, kept := o.Publish("data")
	o.Write(func(tx desk.Tx) error {
		return tx.AddEntry(o.ctx(), desk.Entry{At: o.tick(), Person: "dana", Action: "update.parked", Subject: string(other.ID), Detail: map[string]string{"reason": "x"}})
	})
	attempt := func(sentence, query string, args ...any) {
		t.Helper()
		_, err := st.DB().Exec(query, args...)
		refuses(t, err, sentence)
	}
	const (
		insert   = `INSERT INTO redactions (publication, update_id, redaction) VALUES ($1, $2, $3)`
		contents = `UPDATE contents SET bytes = substr(bytes, 1, 0) WHERE digest = $1`
		drafts   = `UPDATE revisions SET draft = '' WHERE update_id = $1`
		entries  = `UPDATE audit SET detail = '{}' WHERE subject = $1`
	)
	const onlyBy = "only a publication of the kind redaction"
	attempt("a content is never changed", contents, s.Digest.String())
	attempt("a revision is never changed", drafts, string(s.ID))
	attempt("an entry of the audit is never changed", entries, string(s.ID))
	attempt(onlyBy, insert, p.Number(), string(s.ID), kept.Number())

	r, by := o.Redact(s, p)
	attempt("never replaced", insert, p.Number(), string(s.ID), by.Number())
	attempt("never replaced", insert, kept.Number(), string(other.ID), by.Number())
	attempt("never changed", `UPDATE redactions SET publication = publication`)
	attempt("never deleted", `DELETE FROM redactions`)
	attempt("a content is never changed", contents, other.Digest.String())
	attempt("a content is never changed", contents, r.Digest.String())
	attempt("a revision is never changed", drafts, string(other.ID))
	attempt("an entry of the audit is never changed", entries, string(other.ID))
	attempt("an entry of the audit is never changed", entries, string(s.ID)) // another action than those that hold people's words
	attempt("a content is never changed", `UPDATE contents SET bytes = (SELECT bytes FROM contents WHERE digest = $1) WHERE digest = $2`, other.Digest.String(), s.Digest.String())
	attempt("a revision is never changed", `UPDATE revisions SET draft = '{}' WHERE update_id = $1`, string(s.ID))
	attempt("a revision is never changed", `UPDATE revisions SET draft = '', author = 'eve' WHERE update_id = $1`, string(s.ID))

	// A redaction that is signed and in review takes nothing away yet.
	waiting := o.SubmitRedaction(other, kept)
	o.SignAll(waiting)
	attempt(onlyBy, insert, kept.Number(), string(other.ID), by.Number()+1)
	if _, err := st.Publication(o.ctx(), kept.Number()); err != nil {
		t.Errorf("after the attempts: %v", err)
	}
}

// redactionsAreRead asks every reader for a publication whose words are gone,
// also those that end before the redaction.
func redactionsAreRead(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s, p := o.Publish("data")
	o.Write(func(tx desk.Tx) error {
		must(t, tx.AddEntry(o.ctx(), desk.Entry{At: o.tick(), Person: "marta", Action: "update.changes_requested", Subject: string(s.ID), Detail: map[string]string{"reason": "Customers"}}))
		return tx.Notify(o.ctx(), desk.Notice{Kind: desk.NoticeChanges, Update: s.ID, To: []plan.PersonID{"dana"}, By: "marta", Reason: "Customers"})
	})
	_, by := o.Redact(s, p)
	check := func(reader string, got signoff.Publication, err error) {
		t.Helper()
		must(t, err)
		r := got.Redacted()
		if r == nil || r.Number != by.Number() || r.Digest != by.Digest() || !r.At.Equal(by.At()) || r.Reason["en"] != "It named a customer." {
			t.Fatalf("%s: the redaction is %+v", reader, r)
		}
		m := got.Message()
		if got.Number() != p.Number() || got.Digest() != p.Digest() || len(got.Content().Bytes()) != 0 || len(m.Forms) != 0 ||
			m.Kind != comms.MessageUpdate || m.Update != s.ID || m.Incident.Severity != "data" || m.Audience == nil {
			t.Errorf("%s: what is left is %+v", reader, m)
		}
		if _, err := got.Content().Message(); err == nil {
			t.Errorf("%s: the content still has a message", reader)
		}
	}
	got, err := st.Publication(o.ctx(), p.Number())
	check("Publication", got, err)
	page, err := st.Publications(o.ctx(), p.Number()-1, 1)
	must(t, err)
	check("Publications", page[0], err)
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		history, err := tx.History(o.ctx(), s.Incident.ID)
		must(t, err)
		check("History", history[0], err)
		standing, err := tx.Standing(o.ctx())
		must(t, err)
		if len(standing) != 1 || standing[0].Number() != by.Number() || standing[0].Message().Incident.ID != s.Incident.ID {
			t.Errorf("what stands is %+v", standing)
		}
		content, err := tx.Content(o.ctx(), s.Digest)
		must(t, err)
		if len(content.Bytes()) != 0 || content.Digest() != s.Digest {
			t.Errorf("the content still has %d bytes", len(content.Bytes()))
		}
		revisions, err := tx.Revisions(o.ctx(), s.ID)
		must(t, err)
		if len(revisions) != 1 || !revisions[0].Redacted || revisions[0].Draft.Template != "" || revisions[0].Author != "dana" {
			t.Errorf("the revisions are %+v", revisions)
		}
		return nil
	}))
	about, err := st.Subject(o.ctx(), s.ID)
	must(t, err)
	if title := about.Title("en", "en"); title != "Sign-in is slow" { // what the desk calls the incident
		t.Errorf("its title is %q", title)
	}
	for table, n := range map[string]int{"notices WHERE reason <> ''": 0, "audit WHERE detail <> '{}' AND action = 'update.changes_requested'": 0, "contents": 3} {
		var have int
		must(t, st.DB().QueryRow("SELECT COUNT(*) FROM "+table).Scan(&have))
		if have != n {
			t.Errorf("%d %s, want %d", have, table, n)
		}
	}
}
