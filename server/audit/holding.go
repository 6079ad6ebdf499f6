package audit

import (
	"context"
	"time"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// endings: what was taken back are approvals of holding statements. It also
// notes when people declared incidents.
func (w *walk) endings(ctx context.Context, rows store.Raw) error {
	all, err := rows.Endings(ctx)
	if err != nil {
		return err
	}
	kinds := make(map[int64]string, len(w.rows))
	for _, r := range w.rows {
		kinds[r.Number] = r.Kind
	}
	w.ended = make(map[int64]int64, len(all))
	var last int64
	if n := len(w.rows); n > 0 {
		last = w.rows[n-1].Number
	}
	for _, e := range all {
		if kinds[e.Publication] != "statement" {
			w.find("endings", number(e.Publication), "there is no such approval of a holding statement")
		}
		if e.Head < e.Publication || e.Head > last {
			w.find("endings", number(e.Publication), "it says that the approval ended after publication %d, which cannot be", e.Head)
		}
		w.ended[e.Publication] = e.Head
	}
	incidents, err := rows.Incidents(ctx)
	w.declared = make(map[string]int64, len(incidents))
	for _, i := range incidents {
		w.declared[i.ID] = i.DeclaredAt
	}
	return err
}

// rests: what was made from a holding statement rests on the publication that
// approved it, which was the latest of its name, had not been taken back, and
// said under the plan of the incident what it said when people signed it.
func (w *walk) rests(p signoff.Publication, under *plan.Plan) {
	find := func(text string, args ...any) { w.find("publications", number(p.Number()), text, args...) }
	m, g := p.Message(), p.Warrant().Grant
	approved := g.Number
	if w.seals[approved] != g.Seal {
		find("it rests on publication %d as the chain does not have it", approved)
		return
	}
	for _, other := range w.publications {
		s := other.Message().Statement
		if s != nil && s.ID == m.Holding.ID && other.Number() > approved && other.Number() < p.Number() {
			find("it rests on publication %d, and publication %d had approved the holding statement anew", approved, other.Number())
		}
	}
	if head, ended := w.ended[approved]; ended && head < p.Number() {
		find("it rests on publication %d, whose approval had been taken back after publication %d", approved, head)
	}
	for _, other := range w.publications {
		if other.Number() != approved {
			continue
		}
		if then := w.wereInForce[other.Message().Plan]; then == nil || !plan.SameGround(then, under, m.Holding.ID) {
			find("its plan had changed what the holding statement of publication %d says or rests on", approved)
		}
	}
	if s, ok := under.Severity(m.Incident.Severity); !ok || s.Data {
		find("its plan lets no holding statement speak of the severity %q", m.Incident.Severity)
	}
	if len(p.Warrant().Approvals) == 0 {
		w.itself(p, under)
	}
}

// itself: a holding statement went out by itself for what a person had
// declared, and not before the first update was due.
func (w *walk) itself(p signoff.Publication, under *plan.Plan) {
	m := p.Message()
	s, _ := under.Severity(m.Incident.Severity)
	declared := w.declared[string(m.Incident.ID)]
	switch due := time.UnixMicro(declared).Add(s.FirstUpdate); {
	case declared == 0:
		w.find("publications", number(p.Number()), "it went out by itself, and nobody had declared the incident")
	case p.At().Before(due):
		w.find("publications", number(p.Number()), "it went out by itself at %s, and the first update was due at %s", p.At().Format(time.RFC3339), due.UTC().Format(time.RFC3339))
	}
}
