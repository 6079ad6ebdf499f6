package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// same fails unless both are deeply equal.
func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// code fails unless the error is a refusal of the code.
func code(t testing.TB, what string, err error, want comms.Code) {
	t.Helper()
	if comms.CodeOf(err) != want {
		t.Errorf("%s: got %v, want a refusal with the code %q", what, err, want)
	}
}

// ledger stores one of everything and reads it back as it was.
func ledger(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	ctx := o.ctx()
	s := o.Submit(o.Incident("data"), "dana")
	a := o.Sign(s, 0, "ines")
	void := desk.Void{Approval: a.ID, At: o.tick(), Reason: "password reset"}
	o.Write(func(tx desk.Tx) error {
		must(t, tx.AddContent(ctx, s.Content)) // the same again does nothing
		must(t, tx.AddRequirements(ctx, asRows(s.Update, s.Requirements)))
		must(t, tx.AddVoid(ctx, void))
		return tx.AddVoid(ctx, void)
	})
	o.Write(func(tx desk.Tx) error {
		weaker := asRows(s.Update, []plan.Requirement{{Kind: plan.Any, Roles: []plan.RoleID{"drafter"}}})
		code(t, "other requirements for the same words", tx.AddRequirements(ctx, weaker), comms.Conflict)
		return nil
	})
	must(t, st.Read(ctx, func(tx desk.Tx) error {
		u, err := tx.Update(ctx, s.ID)
		must(t, err)
		same(t, "update", u, s.Update)
		i, err := tx.Incident(ctx, s.Incident.ID)
		must(t, err)
		same(t, "incident", i, s.Incident)
		c, err := tx.Content(ctx, s.Digest)
		must(t, err)
		same(t, "content", c, s.Content)
		rs, err := tx.Requirements(ctx, s.ID, s.Digest)
		must(t, err)
		same(t, "requirements", rs, asRows(s.Update, s.Requirements))
		as, err := tx.Approvals(ctx, s.ID, s.Digest)
		must(t, err)
		if len(as) != 1 {
			t.Fatalf("%d approvals, want 1", len(as))
		}
		same(t, "approval", as[0], a)
		must(t, as[0].Verify(Keys()))
		by, err := tx.ApprovalsBy(ctx, "ines")
		must(t, err)
		same(t, "approvals by a person who took theirs back", len(by), 0)
		vs, err := tx.Voids(ctx, s.ID, s.Digest)
		must(t, err)
		same(t, "voids", vs, []desk.Void{void})
		in, err := tx.UpdatesIn(ctx, desk.InReview, desk.Parked)
		must(t, err)
		same(t, "updates in review", in, []desk.Update{s.Update})
		of, err := tx.UpdatesOf(ctx, s.Incident.ID)
		must(t, err)
		same(t, "updates of the incident", of, in)
		_, err = tx.Update(ctx, "nothing00000")
		code(t, "an update that is not there", err, comms.NotFound)
		_, err = tx.Publication(ctx, 99)
		code(t, "a publication that is not there", err, comms.NotFound)
		_, err = tx.Content(ctx, comms.DigestOf(nil))
		code(t, "a content that is not there", err, comms.NotFound)
		return nil
	}))
}

// signers finds what a person has signed wherever it could still come to be
// published: a draft may return to review with the same words.
func signers(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	var want []comms.ID
	for _, state := range []desk.UpdateState{desk.InReview, desk.Draft, desk.ChangesRequested, desk.Parked, desk.Withdrawn} {
		s := o.Submit(o.Incident("data"), "dana")
		a := o.Sign(s, 0, "ines")
		if s.State = state; state != desk.Withdrawn {
			want = append(want, a.ID)
		}
		o.Write(func(tx desk.Tx) error { return tx.ChangeUpdate(o.ctx(), s.Update) })
	}
	published := o.Submit(o.Incident("data"), "dana")
	signed := []signoff.Approval{o.Sign(published, 0, "ines"), o.Sign(published, 1, o.Signer(published, 1))}
	must(t, o.Keep(published, o.Countersign(published, signed)))
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		var got []comms.ID
		as, err := tx.ApprovalsBy(o.ctx(), "ines")
		for _, a := range as {
			got = append(got, a.ID)
		}
		same(t, "approvals by a person", got, want)
		return err
	}))
}

// chain reads publications back, in order and by what they are about.
func chain(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	ctx := o.ctx()
	first, p2 := o.Publish("minor")
	_, p3 := o.Publish("data")
	ps, err := st.Publications(ctx, 0, 100)
	must(t, err)
	if len(ps) != 3 || ps[2].Head().String() != p3.Head().String() {
		t.Fatalf("read %d publications, want 3 up to %s", len(ps), p3.Head())
	}
	newer, err := st.Publications(ctx, 2, 100)
	must(t, err)
	if len(newer) != 1 || newer[0].Number() != 3 {
		t.Errorf("after 2 came %d publications, want number 3 alone", len(newer))
	}
	one, err := st.Publications(ctx, 0, 1)
	must(t, err)
	if len(one) != 1 {
		t.Errorf("limit 1 gave %d", len(one))
	}
	must(t, st.Read(ctx, func(tx desk.Tx) error {
		standing, err := tx.Standing(ctx)
		must(t, err)
		if len(standing) != 2 {
			t.Errorf("%d incidents stand, want 2", len(standing))
		}
		history, err := tx.History(ctx, first.Incident.ID)
		must(t, err)
		if len(history) != 1 || history[0].Number() != p2.Number() {
			t.Errorf("history of the first incident has %d publications, want number 2 alone", len(history))
		}
		inForce, err := tx.PlanInForce(ctx)
		must(t, err)
		same(t, "plan in force", inForce.Number(), 1)
		i, err := tx.Incident(ctx, first.Incident.ID)
		must(t, err)
		same(t, "head of the incident", i.Head, p2.Number())
		return nil
	}))
}

// versions: whoever changes what has moved on gets a conflict.
func versions(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	i := o.Incident("minor")
	u := o.Draft(i, "dana")
	for _, round := range []comms.Code{"", comms.Conflict} { // the same version twice
		err := st.Write(o.ctx(), func(tx desk.Tx) error {
			changed := u
			changed.Note = "changes asked for"
			return tx.ChangeUpdate(o.ctx(), changed)
		})
		code(t, "change the update", err, round)
		err = st.Write(o.ctx(), func(tx desk.Tx) error {
			changed := i
			changed.Name = "Sign-in fails"
			return tx.ChangeIncident(o.ctx(), changed)
		})
		code(t, "change the incident", err, round)
	}
	u.ID, i.ID = "nothing00000", "nothing00000"
	o.Write(func(tx desk.Tx) error {
		code(t, "change no update", tx.ChangeUpdate(o.ctx(), u), comms.NotFound)
		code(t, "change no incident", tx.ChangeIncident(o.ctx(), i), comms.NotFound)
		return nil
	})
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		open, err := tx.Incidents(o.ctx(), true, 0)
		must(t, err)
		if len(open) != 1 || open[0].Version != 2 || open[0].Name != "Sign-in fails" {
			t.Errorf("open incidents: %+v", open)
		}
		return nil
	}))
}

// writers: what a writer reads stays true until it commits, whoever else writes.
func writers(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	u := o.Draft(o.Incident("minor"), "dana")
	const people, each = 8, 10
	var wg sync.WaitGroup
	errs := make(chan error, people*each)
	for n := range people {
		wg.Go(func() {
			for range each {
				errs <- st.Write(o.ctx(), func(tx desk.Tx) error {
					rs, err := tx.Revisions(o.ctx(), u.ID)
					if err != nil {
						return err
					}
					if err := tx.AddEntry(o.ctx(), desk.Entry{At: Clock(), Person: plan.PersonID(fmt.Sprint("p", n)), Action: "saved"}); err != nil {
						return err
					}
					return tx.AddRevision(o.ctx(), desk.Revision{Update: u.ID, Number: len(rs) + 1, Author: plan.PersonID(fmt.Sprint("p", n)),
						At: Clock(), Draft: draft.Draft{Kind: comms.MessageUpdate}})
				})
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		must(t, err)
	}
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		rs, err := tx.Revisions(o.ctx(), u.ID)
		must(t, err)
		same(t, "revisions", len(rs), people*each+1)
		latest, err := tx.Latest(o.ctx(), u.ID)
		must(t, err)
		same(t, "latest revision", latest, rs[people*each])
		latest, err = tx.Latest(o.ctx(), "nobodywrote0")
		must(t, err)
		same(t, "latest revision of what nobody wrote", latest, desk.Revision{})
		return nil
	}))
	es, err := st.Audit(o.ctx(), 0, 1)
	must(t, err)
	same(t, "last entry", es[0].Number, people*each)
}

// atomicity: a transaction that fails at its last step leaves nothing behind.
func atomicity(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s := o.Submit(o.Incident("data"), "dana")
	p := o.Countersign(s, o.SignAll(s))
	broken := errors.New("the lights went out")
	err := st.Write(o.ctx(), func(tx desk.Tx) error {
		must(t, tx.AddPublication(o.ctx(), p))
		must(t, tx.AddEntry(o.ctx(), desk.Entry{At: o.Now, Action: "publication.added"}))
		must(t, tx.Announce(o.ctx(), p))
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the function's own error", err)
	}
	head, err := st.Head(o.ctx())
	must(t, err)
	same(t, "head", head.Number, 1)
	unspread, err := st.Unspread(o.ctx())
	must(t, err)
	same(t, "fan-outs", len(unspread), 0)
	func() {
		defer func() { _ = recover() }()
		_ = st.Write(o.ctx(), func(tx desk.Tx) error {
			must(t, tx.AddPublication(o.ctx(), p))
			panic("a bug")
		})
	}()
	must(t, o.Keep(s, p)) // the writer is free again, and the number too
}

// snapshot: a reader sees one state of things, and holds up no writer.
func snapshot(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
		before, err := tx.Incidents(o.ctx(), false, 0)
		must(t, err)
		done := make(chan bool)
		go func() { o.Incident("minor"); close(done) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("a reader holds up a writer")
		}
		after, err := tx.Incidents(o.ctx(), false, 0)
		must(t, err)
		same(t, "incidents seen by one reader", len(after), len(before))
		return nil
	}))
	if st.Read(o.ctx(), func(tx desk.Tx) error { return tx.InsertIncident(o.ctx(), desk.Incident{ID: comms.NewID()}) }) == nil {
		t.Error("a reader could write")
	}
}

// journal: entries are numbered, and people without an account are barred.
func journal(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	for n := range 5 {
		o.Write(func(tx desk.Tx) error {
			return tx.AddEntry(o.ctx(), desk.Entry{At: o.tick(), Person: "dana", Action: "update.saved", Subject: fmt.Sprint(n), Detail: map[string]string{"n": fmt.Sprint(n)}})
		})
	}
	last, err := st.Audit(o.ctx(), 0, 2)
	must(t, err)
	if len(last) != 2 || last[0].Number != 5 || last[0].Detail["n"] != "4" || !last[0].At.Equal(o.Now) {
		t.Errorf("the last two entries: %+v", last)
	}
	older, err := st.Audit(o.ctx(), 4, 100)
	must(t, err)
	same(t, "entries before 4", len(older), 3)
}
