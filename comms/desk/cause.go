package desk

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// Confirmation says that somebody knows that a cause is the cause: for its
// exact words, in every text of the incident whose authors they are not among.
// It is kept for good. Other words are another cause.
type Confirmation struct {
	ID       comms.ID
	Update   comms.ID     // in whose text they stood
	Revision int          // of that text
	Cause    comms.Digest // see CauseOf
	Person   plan.PersonID
	At       time.Time
}

// CauseOf names the words that a text gives as the cause, in every language;
// zero where it gives none.
func CauseOf(text draft.Draft, t plan.Template) comms.Digest {
	var said [][3]string
	for _, lang := range slices.Sorted(maps.Keys(text.Slots)) {
		for _, s := range t.Slots {
			if words := strings.TrimSpace(text.Slots[lang][s.Name]); s.Type == plan.SlotCause && words != "" {
				said = append(said, [3]string{string(lang), s.Name, words})
			}
		}
	}
	if len(said) == 0 {
		return comms.Digest{}
	}
	b, _ := json.Marshal(said) // strings always encode
	return comms.DigestOf(b)
}

// Cause is how the cause stands that an update gives.
type Cause struct {
	Digest       comms.Digest    // zero where it gives none
	Confirmation *Confirmation   // nil while nobody has confirmed it
	May          []plan.PersonID // who may
	You          bool            // the actor may, now
}

// cause finds how the cause of a text stands.
func (at place) cause(text draft.Draft) Cause {
	t, _ := at.plan.Template(text.Template)
	out := Cause{Digest: CauseOf(text, t)}
	if out.Digest.IsZero() {
		return out
	}
	for _, c := range at.causes {
		if c.Cause == out.Digest && !slices.Contains(at.authors, c.Person) {
			out.Confirmation = &c
			return out
		}
	}
	for _, person := range Confirmers(at.plan, text.Severity) {
		if _, barred := at.barred[person]; !barred && !slices.Contains(at.authors, person) {
			out.May = append(out.May, person)
		}
	}
	return out
}

// Confirmers lists who may confirm a cause in a text of a severity that they
// did not write: those whose signature is for the facts.
func Confirmers(p *plan.Plan, severity comms.Severity) []plan.PersonID {
	s, _ := p.Severity(severity)
	return holders(p, knowing(s.Approvals))
}

// knowing picks the signatures whose givers know the facts; where none asks for
// facts, any signer may confirm a cause.
func knowing(all []plan.Requirement) []plan.Requirement {
	facts := slices.DeleteFunc(slices.Clone(all), func(r plan.Requirement) bool { return r.Kind != plan.Facts })
	if len(facts) > 0 {
		return facts
	}
	return all
}

// everyone lists whom a roster names.
func everyone(p *plan.Plan) []plan.PersonID {
	out := make([]plan.PersonID, len(p.People))
	for i, v := range p.People {
		out[i] = v.ID
	}
	return out
}

// names lists people as the roster calls them.
func names(p *plan.Plan, people []plan.PersonID) string {
	out := make([]string, len(people))
	for i, id := range people {
		out[i] = string(id)
		if v, ok := p.Person(id); ok && v.Name != "" {
			out[i] = v.Name
		}
	}
	return strings.Join(out, ", ")
}

// ConfirmCause says that the cause which an update gives, in these exact words,
// is the cause. Who wrote any of the text cannot say so. What was typed becomes
// a revision first, so that what was confirmed can be read again.
func (d *Desk) ConfirmCause(ctx context.Context, a Actor, update comms.ID, seen comms.Digest) error {
	return d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		u, latest, err := editable(ctx, tx, update)
		if err != nil {
			return err
		}
		if latest, err = settle(ctx, tx, latest); err != nil {
			return err
		}
		at, err := d.place(ctx, tx, u, latest.Draft)
		if err != nil {
			return err
		}
		c := at.cause(latest.Draft)
		switch {
		case a.Token != "":
			return comms.Refuse(comms.Forbidden, "", "a token confirms no cause; sign in as yourself")
		case c.Digest.IsZero():
			return comms.Refuse(comms.Conflict, "cause", "this text gives no cause to confirm; read it again")
		case c.Digest != seen:
			return comms.Refuse(comms.Conflict, "cause", "the cause reads otherwise than you saw it; read it again before you confirm it")
		case slices.Contains(at.authors, a.Person):
			return comms.Refuse(comms.Forbidden, "", "you wrote part of this text; somebody else confirms the cause")
		case c.Confirmation != nil:
			return nil
		case !slices.Contains(c.May, a.Person):
			return comms.Refuse(comms.Forbidden, "", "your roles in the plan do not confirm a cause; ask somebody whose signature is for the facts")
		}
		err = tx.AddConfirmation(ctx, Confirmation{ID: comms.NewID(), Update: update, Revision: latest.Number, Cause: c.Digest, Person: a.Person, At: d.c.Now()})
		if err != nil {
			return err
		}
		return d.log(ctx, tx, a, "cause.confirmed", update, "cause", c.Digest.String())
	})
}

// causeStands refuses a signature under a cause that nobody has confirmed,
// where the plan keeps such words back.
func (d *Desk) causeStands(b bench) error {
	for _, f := range d.report(b).Blocks() {
		if f.Confirm {
			return comms.Refuse(comms.Conflict, "cause", "nobody but its author has confirmed the cause; confirm it before you sign, or ask for changes")
		}
	}
	return nil
}
