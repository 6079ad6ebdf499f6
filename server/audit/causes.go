package audit

import (
	"context"
	"slices"
	"strconv"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/store"
)

// causes: each confirmation is of words that stood in the text, by somebody who
// held a role for it and had not written the text; and no publication gives a
// cause that nobody but its authors had confirmed, where its plan keeps that back.
func (w *walk) causes(ctx context.Context, rows store.Raw) error {
	all, err := rows.Confirmations(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		w.confirmation(c)
	}
	since, err := rows.Since(ctx, "causes")
	if err != nil {
		return err
	}
	published := make(map[int64]comms.Message, len(w.publications))
	for _, p := range w.publications {
		published[p.Number()] = p.Message()
	}
	return rows.Signed(ctx, since, func(number int64, text draft.Draft) {
		if m, ok := published[number]; ok && m.Incident != nil {
			w.caused(number, m, text, all)
		}
	})
}

func (w *walk) confirmation(c store.RawConfirmation) {
	find := func(text string, args ...any) { w.find("causes", "id "+string(c.ID), text, args...) }
	if c.Wrote {
		find("%s confirmed the cause in a text that they wrote", c.Person)
	}
	p := w.planOf(c.Incident, c.Head)
	if p == nil {
		find("no plan was in force after publication %d by which it could be given", c.Head)
		return
	}
	if c.Emptied {
		return // what the text was of cannot be known any more
	}
	if t, _ := p.Template(c.Draft.Template); desk.CauseOf(c.Draft, t) != c.Cause {
		find("revision %d of the text does not give the cause that it confirms", c.Revision)
	}
	if !slices.Contains(desk.Confirmers(p, c.Draft.Severity), c.Person) {
		find("%s held no role that confirms a cause after publication %d", c.Person, c.Head)
	}
}

// caused judges the cause that a publication gives.
func (w *walk) caused(number int64, m comms.Message, text draft.Draft, all []store.RawConfirmation) {
	p := w.planOf(m.Incident.ID, number-1)
	if p == nil {
		return
	}
	if level, set := p.Rules["CAUSE-EARLY"]; set && level != plan.Block {
		return
	}
	t, _ := p.Template(text.Template)
	cause := desk.CauseOf(text, t)
	if cause.IsZero() || slices.ContainsFunc(all, func(c store.RawConfirmation) bool {
		return c.Incident == m.Incident.ID && c.Cause == cause && c.Head < number && !slices.Contains(w.desk.authors[string(m.Update)], c.Person)
	}) {
		return
	}
	w.find("publications", "number "+strconv.FormatInt(number, 10), "it gives a cause that nobody but its authors had confirmed")
}

// planOf is the plan that an incident went by after a publication, with the
// people of the plan in force then; nil for none.
func (w *walk) planOf(incident comms.ID, head int64) *plan.Plan {
	inForce, ok := w.inForceAt[head+1]
	if !ok {
		inForce = w.inForce
	}
	under := w.wereInForce[w.adopted.at(incident, head+1)]
	if under == nil || inForce == nil {
		return nil
	}
	return plan.Under(under, inForce)
}
