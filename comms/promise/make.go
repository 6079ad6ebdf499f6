package promise

import (
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Begin is what the declaration of an incident or of planned work promises:
// the first update, or the notice. ok is false where the plan promises none.
func Begin(kind comms.Kind, s plan.Severity, declared, starts time.Time) (p Promise, ok bool) {
	p = Promise{Kind: First, Made: declared, Due: declared.Add(s.FirstUpdate), State: Open}
	if kind == comms.KindMaintenance {
		p.Kind, p.Due = Notice, starts.Add(-s.FirstUpdate)
	}
	return p, s.FirstUpdate > 0
}

// Follow is what a publication promises: what it says of the next update, else
// what the severity does. Long-incident mode counts only where the publication
// says so, by a next update that lies that far ahead. What is over promises a
// report where the plan does, and else nothing.
func Follow(pl *plan.Plan, i comms.Incident, number int64, at time.Time) (p Promise, ok bool) {
	p = Promise{Kind: Next, After: number, Made: at, State: Open}
	s, _ := pl.Severity(i.Severity)
	switch {
	case i.Phase == comms.PhaseResolved:
		p.Kind = Report
		p.Due, ok = pl.ReportDue(i.Severity, at)
		return p, ok
	case i.Phase.Closed():
		return p, false
	case i.Phase == comms.PhaseScheduled:
		p.Kind, p.Due = Start, i.StartedAt
		return p, i.StartedAt.After(at)
	case i.Kind == comms.KindMaintenance:
		p.Kind = End
	}
	switch {
	case i.NextUpdate != nil:
		p.Due = *i.NextUpdate
	case s.Every > 0:
		p.Due = at.Add(s.Every)
	case i.Kind == comms.KindMaintenance && i.EndedAt != nil && i.EndedAt.After(at):
		p.Due = *i.EndedAt
	default:
		return p, false
	}
	return p, true
}

// Sign is the promise of an update's signatures: by when customers must have
// heard of its incident, or by when it is to go out; where nothing is promised
// that lies ahead, within the life of a signature.
func Sign(update comms.ID, submitted, promised time.Time, life time.Duration) Promise {
	p := Promise{Update: update, Kind: Signature, Made: submitted, Due: promised, State: Open}
	if !promised.After(submitted) {
		p.Due = submitted.Add(life)
	}
	return p
}

// Raise is a first update's promise after the severity became a graver one:
// the new time counts from the change, and is never later than the old. moved
// is false where the old one stands.
func (p Promise) Raise(s plan.Severity, at time.Time) (next Promise, moved bool) {
	due := at.Add(s.FirstUpdate)
	if p.State != Open || p.Kind != First || s.FirstUpdate == 0 || !due.Before(p.Due) {
		return p, false
	}
	return Promise{Kind: First, After: p.After, Made: at, Due: due, State: Open}, true
}

// Told is the promise after a publication of its incident, with the promise
// that follows from it; follows is false for none. A redaction tells customers
// nothing new. Planned work that is called off or moved in time withdraws the
// promise that it begins, and an incident that comes back the report on it.
func (p Promise) Told(pl *plan.Plan, m comms.Message, number int64, at time.Time) (told, next Promise, follows bool) {
	p.After = number
	if m.Kind == comms.MessageRedaction {
		return p, Promise{}, false
	}
	next, follows = Follow(pl, *m.Incident, number, at)
	if p.Kind == Notice && p.State == Open { // of the work as it was announced
		s, _ := pl.Severity(m.Incident.Severity)
		p.Due = m.Incident.StartedAt.Add(-s.FirstUpdate)
	}
	switch phase := m.Incident.Phase; {
	case p.Kind == Report && follows && next.Kind == Report:
		return p, Promise{}, false // put right, and still over
	case p.Kind == Report && phase != comms.PhasePostmortem:
		return p.Withdraw(at).by(number), next, follows
	case p.Kind == Start && phase == comms.PhaseScheduled:
		if p.State == Open && follows && next.Due.Equal(p.Due) {
			return p, Promise{}, false // said again, and nothing moved
		}
		return p.Withdraw(at).by(number), next, follows
	case p.Kind == Start && phase == comms.PhaseCancelled:
		return p.Withdraw(at).by(number), next, follows
	}
	return p.Fulfil(at, number), next, follows
}

// by names the publication that answered a promise which was missed.
func (p Promise) by(number int64) Promise {
	if p.State == Missed && p.Answer == 0 && !p.Answered.IsZero() {
		p.Answer = number
	}
	return p
}
