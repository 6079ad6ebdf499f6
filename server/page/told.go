package page

import (
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// incident is everything that was published of one incident or maintenance.
type incident struct {
	id      comms.ID
	kind    comms.Kind
	updates []*update // oldest first
	head    int64     // number of the latest publication, redactions included
	// titles are the headings of what stood of it when it was last written of,
	// in the order of their languages, and titled the number of that
	// publication: lists need them, and nothing else of the words.
	titles []text
	titled int64
	// filed is the time under which it stands in lists of days and months: when
	// it began, or when it was first written of as more than a plan, if that was
	// earlier. So nothing stands in the future, work that was cancelled before
	// its time included.
	filed time.Time
}

// update is one publication of an incident.
type update = signoff.Told

// add takes an update or a correction at the end.
func (i *incident) add(o *signoff.Outline) {
	i.updates, i.head = signoff.Tell(i.updates, o), o.Number()
	i.filed = i.began()
	if n := slices.IndexFunc(i.updates, func(u *update) bool { return u.Phase() != comms.PhaseScheduled }); n >= 0 {
		i.filed = earlier(i.filed, i.updates[n].At())
	}
}

// clone is the same incident in other memory: what is added to one of them is
// not in the other.
func (i *incident) clone() *incident {
	c, row := *i, make([]update, len(i.updates))
	twin := func(u *update) *update {
		if u == nil {
			return nil
		}
		return &row[slices.Index(i.updates, u)]
	}
	c.updates = make([]*update, len(i.updates), len(i.updates)+1)
	for n, u := range i.updates {
		c.updates[n] = &row[n]
		row[n].Outline, row[n].Corrects = u.Outline, twin(u.Corrects)
		for _, by := range u.Corrected {
			row[n].Corrected = append(row[n].Corrected, twin(by))
		}
	}
	return &c
}

// titlesOf are a message's headings, in every language that it has words in.
func titlesOf(m comms.Message) []text {
	var out []text
	for _, lang := range m.Languages() {
		if f := m.Forms[lang]; f.Text != "" || f.HTML != "" {
			out = append(out, text{f.Title, lang})
		}
	}
	return out
}

// latest is the newest publication of the incident.
func (i *incident) latest() *update { return i.updates[len(i.updates)-1] }

func (i *incident) open() bool { return !i.latest().Phase().Closed() }

// worst is the worst state that it claims now.
func (i *incident) worst() comms.State {
	worst := comms.Operational
	for _, c := range i.latest().Claims() {
		worst = comms.Worst(worst, c.State)
	}
	return worst
}

// upcoming tells whether this is planned work that nobody has said to have begun.
func (i *incident) upcoming() bool { return i.latest().Phase() == comms.PhaseScheduled }

// underWay tells whether customers were ever told that planned work had begun.
func (i *incident) underWay() bool {
	return slices.ContainsFunc(i.updates, func(u *update) bool {
		p := u.Phase()
		return p == comms.PhaseInProgress || p == comms.PhaseVerifying
	})
}

// began is when it began for customers, by its latest publication.
func (i *incident) began() time.Time {
	if at := i.latest().StartedAt(); !at.IsZero() {
		return at
	}
	return i.updates[0].At()
}

// ended is when it ended for customers; ok is false while it is open.
func (i *incident) ended() (at time.Time, ok bool) {
	if i.open() {
		return time.Time{}, false
	}
	for _, u := range i.updates { // the first that closed it; a report that follows moves nothing
		if !u.Phase().Closed() {
			at = time.Time{}
		} else if at.IsZero() {
			at = u.Effective()
		}
	}
	return at, true
}

// affects lists the components that any of its publications claimed a state of.
func (i *incident) affects() []comms.ComponentID {
	var ids []comms.ComponentID
	for _, u := range i.updates {
		for _, c := range u.Claims() {
			ids = append(ids, c.Component)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// promise is when the next update was promised for, zero for no promise.
func (i *incident) promise() time.Time {
	if i.open() {
		return i.latest().NextUpdate()
	}
	return time.Time{}
}

// told is what stands of the incident now; nil if all words were removed.
func (i *incident) told() *update { return signoff.Standing(i.updates) }
