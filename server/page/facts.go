package page

import (
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// facts is what a row of publications says, before anybody decides how it looks.
type facts struct {
	catalogue  *comms.Catalogue // of the plan in force; nil before the first
	plan       int64            // number of the publication that put it in force
	head       int64            // number of the latest publication
	since      time.Time        // when the first plan was published
	incidents  []*incident      // by their first publication, oldest first
	byID       map[comms.ID]*incident
	names      map[comms.ComponentID]comms.Component // as last known, gone ones included
	firstSeen  map[comms.ComponentID]time.Time       // when a plan first named the component
	gone       map[comms.ComponentID]time.Time       // when a plan left the component out that the one before it had
	about      map[comms.ComponentID][]*incident     // by the components that they ever claimed a state of, oldest first
	redactions int64                                 // how many there are
}

// incident is everything that was published of one incident or maintenance.
type incident struct {
	id      comms.ID
	kind    comms.Kind
	updates []*update // oldest first
	head    int64     // number of the latest publication, redactions included
}

// update is one publication of an incident. A redaction is none: it shows in
// the place of the words that it took away.
type update struct {
	number    int64
	at        time.Time
	digest    comms.Digest
	message   comms.Message        // but for its words, if it is an old one
	pub       *signoff.Publication // has them
	removal   *signoff.Removal     // how its words went away; nil while they stand
	corrected []*update            // the corrections that put it right, oldest first
	corrects  *update              // what it puts right, for a correction
}

// read collects the facts. It refuses anything but a whole chain from the
// first publication on: a page with a hole in it would say what nobody signed.
func read(pubs []signoff.Publication) (*facts, error) {
	f := &facts{
		byID:      map[comms.ID]*incident{},
		names:     map[comms.ComponentID]comms.Component{},
		firstSeen: map[comms.ComponentID]time.Time{},
		gone:      map[comms.ComponentID]time.Time{},
		about:     map[comms.ComponentID][]*incident{},
	}
	var head signoff.Head
	for n := range pubs {
		p := &pubs[n]
		if p.IsZero() {
			return nil, fmt.Errorf("a publication without a number follows number %d: it was never signed, so it is not shown", head.Number)
		}
		if err := p.Follows(head); err != nil {
			return nil, fmt.Errorf("the page cannot be made: %w", err)
		}
		head = p.Head()
		f.head = p.Number()
		if err := f.add(p); err != nil {
			return nil, err
		}
	}
	for _, i := range f.incidents {
		for _, c := range i.affects() {
			f.about[c] = append(f.about[c], i)
		}
	}
	return f, nil
}

func (f *facts) add(p *signoff.Publication) error {
	m := p.Facts()
	switch {
	case m.Kind == comms.MessagePlan && m.PlanVersion != nil:
		f.adopt(p, m.PlanVersion.Catalogue)
		return nil
	case m.Kind == comms.MessageStatement: // customers read it when it is used
		return nil
	case m.Redaction != nil && m.Incident != nil && f.byID[m.Incident.ID] != nil:
		f.byID[m.Incident.ID].head = p.Number()
		f.redactions++
		return nil
	case m.Incident != nil && m.Redaction == nil:
		u := &update{number: p.Number(), at: p.At(), digest: p.Digest(), message: m, pub: p, removal: p.Redacted()}
		i := f.byID[m.Incident.ID]
		if i == nil {
			i = &incident{id: m.Incident.ID, kind: m.Incident.Kind}
			f.byID[i.id] = i
			f.incidents = append(f.incidents, i)
		}
		if m.Correction != nil {
			for _, old := range i.updates {
				if old.number == m.Correction.Publication {
					old.corrected, u.corrects = append(old.corrected, u), old
				}
			}
		}
		i.updates, i.head = append(i.updates, u), p.Number()
		return nil
	}
	return fmt.Errorf("publication %d is of the kind %q, which this program cannot show: install the version that published it", p.Number(), m.Kind)
}

func (f *facts) adopt(p *signoff.Publication, c comms.Catalogue) {
	if f.catalogue == nil {
		f.since = p.At()
	}
	if f.catalogue != nil {
		for _, comp := range f.catalogue.Components() {
			f.gone[comp.ID] = p.At()
		}
	}
	f.catalogue, f.plan = &c, p.Number()
	for _, comp := range c.Components() {
		f.names[comp.ID] = comp
		delete(f.gone, comp.ID)
		if _, ok := f.firstSeen[comp.ID]; !ok {
			f.firstSeen[comp.ID] = p.At()
		}
	}
}

// latest is the newest publication of the incident.
func (i *incident) latest() *update { return i.updates[len(i.updates)-1] }

// state is the incident as its latest publication states it.
func (i *incident) state() *comms.Incident { return i.latest().message.Incident }

func (i *incident) open() bool { return !i.state().Phase.Closed() }

// worst is the worst state that it claims now.
func (i *incident) worst() comms.State {
	worst := comms.Operational
	for _, c := range i.state().Claims {
		worst = comms.Worst(worst, c.State)
	}
	return worst
}

// upcoming tells whether this is planned work that nobody has said to have begun.
func (i *incident) upcoming() bool { return i.state().Phase == comms.PhaseScheduled }

// underWay tells whether customers were ever told that planned work had begun.
func (i *incident) underWay() bool {
	return slices.ContainsFunc(i.updates, func(u *update) bool {
		p := u.message.Incident.Phase
		return p == comms.PhaseInProgress || p == comms.PhaseVerifying
	})
}

// began is when it began for customers, by its latest publication.
func (i *incident) began() time.Time {
	if at := i.state().StartedAt; !at.IsZero() {
		return at
	}
	return i.updates[0].at
}

// filed is the time under which it stands in lists of days and months: when it
// began, or when it was first written of as more than a plan, if that was
// earlier. So nothing stands in the future, work that was cancelled before its
// time included.
func (i *incident) filed() time.Time {
	at := i.began()
	for _, u := range i.updates {
		if u.message.Incident.Phase != comms.PhaseScheduled {
			if u.at.Before(at) {
				at = u.at
			}
			break
		}
	}
	return at
}

// ended is when it ended for customers; ok is false while it is open.
func (i *incident) ended() (at time.Time, ok bool) {
	if i.open() {
		return time.Time{}, false
	}
	for _, u := range i.updates { // the first that closed it; a report that follows moves nothing
		if !u.message.Incident.Phase.Closed() {
			at = time.Time{}
		} else if at.IsZero() {
			at = u.effective()
		}
	}
	return at, true
}

// effective is when the update counts from: its publication, or for one that
// ends the incident the end that it names, if that was earlier.
func (u *update) effective() time.Time {
	i := u.message.Incident
	if i.Phase.Closed() && i.EndedAt != nil && i.EndedAt.Before(u.at) {
		return *i.EndedAt
	}
	return u.at
}

// affects lists the components that any of its publications claimed a state of.
func (i *incident) affects() []comms.ComponentID {
	var ids []comms.ComponentID
	for _, u := range i.updates {
		for _, c := range u.message.Incident.Claims {
			ids = append(ids, c.Component)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// promise is when the next update was promised for, zero for no promise.
func (i *incident) promise() time.Time {
	if next := i.state().NextUpdate; next != nil && i.open() {
		return *next
	}
	return time.Time{}
}

// current is the worst claim of all open incidents for each component of the
// catalogue; one that nobody claims anything of works.
func (f *facts) current() map[comms.ComponentID]comms.State {
	states := map[comms.ComponentID]comms.State{}
	for _, i := range f.incidents {
		if !i.open() {
			continue
		}
		for _, c := range i.state().Claims {
			states[c.Component] = comms.Worst(states[c.Component], c.State)
		}
	}
	return states
}
