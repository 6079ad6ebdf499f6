package desk

import (
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// Working is what a person typed into an update and did not save yet: the
// last text of theirs since the latest revision. It becomes a revision of
// theirs at the next save, submission or withdrawal, whoever does it, so that
// everybody whose words are in a text stands as its author.
type Working struct {
	Update comms.ID
	Author plan.PersonID
	At     time.Time
	Draft  draft.Draft
}

// Presence is a person who has an update open for writing.
type Presence struct {
	Update comms.ID
	Person plan.PersonID
	Field  string // of the form, in which they write; "" for none
	At     time.Time
}

// away is how long after the last sign of a person they count as gone. The
// desk's page gives one every ten seconds while it is in sight.
const away = 25 * time.Second

// Typing is what a page holds while somebody writes in it.
type Typing struct {
	Base   draft.Draft // what the page was filled with, or told last
	Text   draft.Draft // what it holds now
	Field  string      // in which the person is writing; "" for none
	Settle bool        // makes a revision of what is kept, if nothing is in conflict
}

// Kept is what became of it.
type Kept struct {
	// Text is the newest text, with what was typed merged into it. Number is
	// that of the latest revision, which the text may have outgrown.
	Text Revision
	// Conflicts names the fields that somebody else changed meanwhile in
	// another way. Text holds theirs there; what was typed is not kept.
	Conflicts []string
	// Held says that nothing was kept, because the update is in review: only
	// Save takes its signatures back.
	Held   bool
	By     []plan.PersonID // whose words may have been merged with what was typed
	Others []Presence      // who else is writing here
}

// Keep merges what a person is typing into the newest text, and keeps it until
// it becomes a revision. It changes no state and takes no signature back.
func (d *Desk) Keep(ctx context.Context, a Actor, update comms.ID, t Typing) (Kept, error) {
	var out Kept
	err := d.write(ctx, a, func(tx Tx, p *plan.Plan) error {
		out = Kept{}
		u, latest, err := editable(ctx, tx, update)
		if err != nil {
			return err
		}
		if bad := draft.CheckText("field", t.Field, false); bad != nil {
			return bad
		}
		now := d.c.Now()
		out.Others, err = tx.Meet(ctx, Presence{Update: update, Person: a.Person, Field: t.Field, At: now}, now.Add(-away))
		if err != nil {
			return err
		}
		workings, err := tx.Workings(ctx, update)
		if err != nil {
			return err
		}
		out.Text, out.By = newest(latest, workings), others(a, latest, workings)
		text, conflicts := draft.Merge(t.Base, t.Text, out.Text.Draft)
		if !slices.Equal(t.Base.Claims, t.Text.Claims) {
			inPageOrder(p, text.Claims)
		}
		if out.Held = !typeable(u.State); out.Held {
			return nil
		}
		if err := d.checkDraft(ctx, tx, u, text); err != nil {
			return err
		}
		if out.Conflicts = conflicts; !same(text, out.Text.Draft) {
			out.Text.Author, out.Text.At, out.Text.Draft = a.Person, now, text
			if err := tx.PutWorking(ctx, Working{Update: update, Author: a.Person, At: now, Draft: text}); err != nil {
				return err
			}
		}
		if t.Settle && len(conflicts) == 0 {
			out.Text, err = settle(ctx, tx, latest)
		}
		return err
	})
	return out, err
}

// Settle makes revisions of what people typed into an update, each by its own
// author, and returns the latest.
func (d *Desk) Settle(ctx context.Context, update comms.ID) (Revision, error) {
	var latest Revision
	err := d.c.Store.Write(ctx, func(tx Tx) error {
		_, before, err := editable(ctx, tx, update)
		if err != nil {
			return err
		}
		latest, err = settle(ctx, tx, before)
		return err
	})
	return latest, err
}

// typeable tells whether typing alone may change a text: nobody's signature
// hangs on it.
func typeable(s UpdateState) bool { return s == Draft || s == ChangesRequested || s == Parked }

// settle makes revisions of what people typed since the latest one, and
// returns the latest.
func settle(ctx context.Context, tx Tx, latest Revision) (Revision, error) {
	workings, err := tx.Workings(ctx, latest.Update)
	if err != nil || len(workings) == 0 {
		return latest, err
	}
	for _, w := range workings {
		latest = Revision{Update: w.Update, Number: latest.Number + 1, Author: w.Author, At: w.At, Draft: w.Draft}
		if err := tx.AddRevision(ctx, latest); err != nil {
			return latest, err
		}
	}
	return latest, tx.EndWorkings(ctx, latest.Update)
}

// newest is the text that stands: what was typed last, else the latest
// revision.
func newest(latest Revision, workings []Working) Revision {
	if n := len(workings); n > 0 {
		w := workings[n-1]
		latest.Author, latest.At, latest.Draft = w.Author, w.At, w.Draft
	}
	return latest
}

// others lists whose words the newest text may hold besides the actor's.
func others(a Actor, latest Revision, workings []Working) []plan.PersonID {
	var out []plan.PersonID
	for _, w := range workings {
		if w.Author != a.Person {
			out = append(out, w.Author)
		}
	}
	if len(out) == 0 && latest.Author != a.Person {
		out = append(out, latest.Author)
	}
	return out
}

// inPageOrder sorts claims as the page lists their components.
func inPageOrder(p *plan.Plan, claims []comms.Claim) {
	order := map[comms.ComponentID]int{}
	for i, c := range p.Catalogue.Components() {
		order[c.ID] = i
	}
	slices.SortStableFunc(claims, func(a, b comms.Claim) int { return order[a.Component] - order[b.Component] })
}
