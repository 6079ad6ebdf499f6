package audit

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// deskRows is what the desk wrote down on the way to publications.
type deskRows struct {
	approvals    map[string]signoff.Approval // by identifier
	voids        map[string]int64            // when, by approval
	authors      map[string][]plan.PersonID  // by update, sorted
	began        map[string]string           // who wrote its first revision, by update
	requirements map[asking][]plan.Requirement
	texts        map[string]texts // of the revisions, by update
}

// texts counts the revisions of an update that have words and those that have none.
type texts struct {
	written, empty int
	lost           bool // the latest is one of those that have none
}

// asking is a message of an update for which signatures were asked.
type asking struct{ update, digest string }

// signatures: every approval was attested, and every warrant says what the
// desk's records say.
func (w *walk) signatures(ctx context.Context, rows store.Raw) error {
	d := &w.desk
	*d = deskRows{map[string]signoff.Approval{}, map[string]int64{}, map[string][]plan.PersonID{}, map[string]string{}, map[asking][]plan.Requirement{}, map[string]texts{}}
	for _, read := range []func(context.Context, store.Raw, *deskRows) error{w.approvals, w.voids, w.revisions, w.requirements} {
		if err := read(ctx, rows, d); err != nil {
			return err
		}
	}
	for _, p := range w.publications {
		if k := p.Warrant().Kind; k == signoff.Quorum || k == signoff.Holding {
			w.warrant(p, *d)
		}
	}
	return nil
}

func (w *walk) approvals(ctx context.Context, rows store.Raw, d *deskRows) error {
	all, err := rows.Approvals(ctx)
	for _, r := range all {
		w.Approvals++
		a, err := r.Approval()
		if err == nil {
			err = a.Verify(w.keys)
		}
		if err != nil {
			w.find("approvals", "id "+r.ID, "it was not given through this service: %v", err)
			continue
		}
		d.approvals[r.ID] = a
	}
	return err
}

func (w *walk) voids(ctx context.Context, rows store.Raw, d *deskRows) error {
	all, err := rows.Voids(ctx)
	for _, v := range all {
		d.voids[v.Approval] = v.At
	}
	return err
}

func (w *walk) revisions(ctx context.Context, rows store.Raw, d *deskRows) error {
	all, err := rows.Revisions(ctx)
	last := map[string]int{}
	for _, r := range all {
		if r.Number != last[r.Update]+1 {
			w.find("revisions", "update "+r.Update, "number %d is missing", last[r.Update]+1)
		}
		last[r.Update] = r.Number
		if r.Number == 1 {
			d.began[r.Update] = r.Author
		}
		t := d.texts[r.Update]
		t.lost = r.Empty
		if r.Empty {
			t.empty++
		} else {
			t.written++
		}
		d.texts[r.Update] = t
		d.authors[r.Update] = append(d.authors[r.Update], plan.PersonID(r.Author))
	}
	for update, people := range d.authors {
		slices.Sort(people)
		d.authors[update] = slices.Compact(people)
	}
	return err
}

func (w *walk) requirements(ctx context.Context, rows store.Raw, d *deskRows) error {
	all, err := rows.Requirements(ctx)
	for _, r := range all {
		q := plan.Requirement{Kind: plan.ApprovalKind(r.Kind)}
		if err := json.Unmarshal([]byte(r.Roles), &q.Roles); err != nil {
			w.find("requirements", "update "+r.Update, "the roles of number %d are not readable", r.Index)
		}
		a := asking{r.Update, r.Digest}
		d.requirements[a] = append(d.requirements[a], q)
	}
	return err
}

// warrant compares the sealed warrant of a publication with the rows.
func (w *walk) warrant(p signoff.Publication, d deskRows) {
	update := string(p.Message().Update)
	if want, have := p.Warrant().Authors, d.authors[update]; !slices.Equal(want, have) {
		w.find("revisions", "update "+update, "they were written by %v, and the warrant of publication %d says %v", have, p.Number(), want)
	}
	if want, have := p.Warrant().Requirements, d.requirements[asking{update, p.Digest().String()}]; !reflect.DeepEqual(want, have) {
		w.find("requirements", "update "+update, "they ask for other signatures than the warrant of publication %d", p.Number())
	}
	for _, a := range p.Warrant().Approvals {
		key := "id " + string(a.ID)
		stored, ok := d.approvals[string(a.ID)]
		if !ok {
			w.find("approvals", key, "the warrant of publication %d names it, and there is no such row that can be trusted", p.Number())
		} else if !reflect.DeepEqual(stored, a) {
			w.find("approvals", key, "it says other things than the warrant of publication %d", p.Number())
		}
		if at, voided := d.voids[string(a.ID)]; voided && at <= p.At().UnixMicro() {
			w.find("approvals", key, "it had been taken back when publication %d was published with it", p.Number())
		}
		if slices.Contains(d.authors[update], a.Person) {
			w.find("approvals", key, "%s signed a text that they wrote", a.Person)
		}
	}
}
