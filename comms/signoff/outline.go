package signoff

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unique"

	"github.com/countersign/countersign/comms"
)

// Outline is a publication but for its words: which incident it is of, what it
// claims, since when. It is what ten years of publications are kept as in
// memory, a few hundred bytes each; the words are read again, and verified
// again, when somebody asks for them. Only a Publication gives one, and what
// it says was signed.
type Outline struct {
	number, at int64 // at in UTC microseconds
	digest     comms.Digest
	update     comms.ID
	plan       unique.Handle[comms.Digest]
	manner     unique.Handle[manner]
	of         *subject // nil for what is of no incident
	does       *effect  // nil for none
	started    int64    // UTC microseconds, like the two that follow; never for none
	ended      int64
	next       int64
	rare       *rare // nil for most
}

// manner is what few kinds of publications there are.
type manner struct {
	kind      comms.MessageKind
	phase     comms.Phase
	announced bool
}

// subject is what the publications of one incident have in common.
type subject struct {
	id       comms.ID
	kind     comms.Kind
	severity comms.Severity
}

// effect is what a publication says of components. Most say what the one before
// them said.
type effect struct {
	claims  []comms.Claim
	changes []comms.Change
}

func (e *effect) equal(f *effect) bool {
	return slices.Equal(e.claims, f.claims) && slices.Equal(e.changes, f.changes)
}

// rare is what one in hundreds has: a plan, a correction, a redaction and what
// one took away.
type rare struct {
	catalogue  *comms.Catalogue
	correction *comms.Correction
	redacts    int64
	removal    *Removal
}

const never = math.MinInt64

// Outline gives the publication without its words. What it has in common with
// the one before it of the same incident, nil for none, both hold together.
func (p Publication) Outline(before *Outline) *Outline {
	m := p.message
	o := &Outline{
		number: p.number, at: p.at.UnixMicro(), digest: p.Digest(), update: m.Update, plan: unique.Make(m.Plan),
		started: never, ended: never, next: never,
	}
	how := manner{kind: m.Kind, announced: m.Audience != nil}
	seldom := rare{correction: m.Correction, removal: p.Redacted()}
	if m.PlanVersion != nil {
		c := m.PlanVersion.Catalogue
		seldom.catalogue = &c
	}
	if m.Redaction != nil {
		seldom.redacts = m.Redaction.Publication
	}
	if i := m.Incident; i != nil {
		how.phase = i.Phase
		o.state(i, before)
		o.started, o.ended, o.next = micros(&i.StartedAt), micros(i.EndedAt), micros(i.NextUpdate)
	}
	o.manner = unique.Make(how)
	if seldom != (rare{}) {
		o.rare = &seldom
	}
	return o
}

// state takes up which incident it is of, and what it says of components.
func (o *Outline) state(i *comms.Incident, before *Outline) {
	var was Outline
	if before != nil {
		was = *before
	}
	of := subject{i.ID, same(i.Kind), same(i.Severity)}
	if o.of = was.of; o.of == nil || *o.of != of {
		o.of = &of
	}
	var held effect
	if was.does != nil {
		held = *was.does
	}
	does := effect{i.Claims, i.Changes}
	switch {
	case len(does.claims)+len(does.changes) == 0:
	case held.equal(&does):
		o.does = was.does
	default:
		o.does = does.copy(held)
	}
}

// copy gives the same in memory of its own, but for what is held already, and
// with the one copy of each name.
func (e *effect) copy(held effect) *effect {
	c := held
	if !slices.Equal(e.claims, held.claims) {
		c.claims = slices.Grow([]comms.Claim(nil), len(e.claims))
		for _, claim := range e.claims {
			c.claims = append(c.claims, comms.Claim{Component: same(claim.Component), State: same(claim.State)})
		}
	}
	if !slices.Equal(e.changes, held.changes) {
		c.changes = slices.Grow([]comms.Change(nil), len(e.changes))
		for _, change := range e.changes {
			c.changes = append(c.changes, comms.Change{Component: same(change.Component), Before: same(change.Before), After: same(change.After)})
		}
	}
	return &c
}

// same is the one copy of a name that all others are held by.
func same[T ~string](s T) T { return unique.Make(s).Value() }

func micros(t *time.Time) int64 {
	if t == nil || t.IsZero() {
		return never
	}
	return t.UnixMicro()
}

func moment(at int64) time.Time {
	if at == never {
		return time.Time{}
	}
	return time.UnixMicro(at).UTC()
}

// IsZero tells whether this is of no publication at all.
func (o *Outline) IsZero() bool { return o.number == 0 }

// Number is the publication's.
func (o *Outline) Number() int64 { return o.number }

// At is when it was published, in UTC.
func (o *Outline) At() time.Time { return moment(o.at) }

// Digest names what was signed.
func (o *Outline) Digest() comms.Digest { return o.digest }

// Update is the permanent identifier of what was published.
func (o *Outline) Update() comms.ID { return o.update }

// Kind says what the publication does.
func (o *Outline) Kind() comms.MessageKind { return o.manner.Value().kind }

// Plan is the digest of the publication of the plan that it goes by.
func (o *Outline) Plan() comms.Digest { return o.plan.Value() }

// Incident is the incident or maintenance that it is of; "" for none.
func (o *Outline) Incident() comms.ID {
	if o.of == nil {
		return ""
	}
	return o.of.id
}

// Work tells whether it is of a maintenance.
func (o *Outline) Work() bool { return o.of != nil && o.of.kind == comms.KindMaintenance }

// Severity is the incident's as it states it; "" where it is of none.
func (o *Outline) Severity() comms.Severity {
	if o.of == nil {
		return ""
	}
	return o.of.severity
}

// Phase is the incident's as it states it.
func (o *Outline) Phase() comms.Phase { return o.manner.Value().phase }

// Claims are the states that it claims, sorted by component, for whoever
// changes nothing of them.
func (o *Outline) Claims() []comms.Claim {
	if o.does == nil {
		return nil
	}
	return o.does.claims
}

// Changes is what it did to components over all incidents, sorted by
// component, for whoever changes nothing of the list.
func (o *Outline) Changes() []comms.Change {
	if o.does == nil {
		return nil
	}
	return o.does.changes
}

// StartedAt is when the incident began, in UTC; zero if it does not say.
func (o *Outline) StartedAt() time.Time { return moment(o.started) }

// EndedAt is when it ended or is planned to, in UTC; zero if it does not say.
func (o *Outline) EndedAt() time.Time { return moment(o.ended) }

// NextUpdate is the promise, in UTC; zero for none.
func (o *Outline) NextUpdate() time.Time { return moment(o.next) }

// Announced tells whether it went to subscribers.
func (o *Outline) Announced() bool { return o.manner.Value().announced }

// Catalogue is that of the plan that it put in force; nil for what is no plan.
func (o *Outline) Catalogue() *comms.Catalogue {
	if o.rare == nil {
		return nil
	}
	return o.rare.catalogue
}

// Correction is what it puts right; nil for what is no correction. Its reason
// is gone if the words are.
func (o *Outline) Correction() *comms.Correction {
	if o.rare == nil {
		return nil
	}
	return o.rare.correction
}

// Redacts is the number of the publication whose words it takes away; 0 for
// what is no redaction.
func (o *Outline) Redacts() int64 {
	if o.rare == nil {
		return 0
	}
	return o.rare.redacts
}

// Redacted tells how the words were taken away; nil while they stand.
func (o *Outline) Redacted() *Removal {
	if o.rare == nil {
		return nil
	}
	return o.rare.removal
}

// Without gives the outline as it is once the words were redacted. It refuses
// a redaction of anything else.
func (o *Outline) Without(redaction Publication) (*Outline, error) {
	p, err := Publication{number: o.number, content: comms.Withdrawn(o.digest)}.Without(redaction)
	if err != nil {
		return nil, err
	}
	out, gone := *o, rare{}
	if o.rare != nil {
		gone = *o.rare
	}
	gone.correction, gone.removal = p.message.Correction, p.removal
	out.rare = &gone
	return &out, nil
}

// Gather gives the same outlines in memory of their own, close together. What
// one says of components it shares with all that say the same: in ten years much
// happens again.
func Gather(all []*Outline) []*Outline {
	var ids strings.Builder
	of, does, said := map[*subject]*subject{}, map[*effect]*effect{}, map[string]*effect{}
	for _, o := range all {
		ids.WriteString(string(o.update))
		if o.of != nil && of[o.of] == nil {
			ids.WriteString(string(o.of.id))
			of[o.of] = &subject{kind: o.of.kind, severity: o.of.severity}
		}
		if o.does != nil && does[o.does] == nil {
			key := fmt.Sprintf("%q", *o.does)
			if said[key] == nil {
				said[key] = o.does.copy(effect{})
			}
			does[o.does] = said[key]
		}
	}
	names := ids.String()
	cut := func(id comms.ID) comms.ID {
		cut := names[:len(id)]
		names = names[len(id):]
		return comms.ID(cut)
	}
	out, row := make([]*Outline, len(all)), make([]Outline, len(all))
	for n, o := range all {
		row[n], out[n] = *o, &row[n]
		row[n].update = cut(o.update)
		if twin := of[o.of]; twin != nil {
			if twin.id == "" {
				twin.id = cut(o.of.id)
			}
			row[n].of = twin
		}
		row[n].does = does[o.does]
	}
	return out
}

// Fits tells whether a publication that was read again is the one that this is
// the outline of, with its words.
func (o *Outline) Fits(p Publication) error {
	switch {
	case p.number != o.number || p.Digest() != o.digest || p.at.UnixMicro() != o.at:
		return fmt.Errorf("publication %d is not the one that was verified before", o.number)
	case p.removal != nil:
		return fmt.Errorf("the words of publication %d were taken away by publication %d", o.number, p.removal.Number)
	}
	return nil
}

// latest is the newest outline of each incident.
type latest map[comms.ID]*Outline

// outline gives the next publication's.
func (l latest) outline(p Publication) *Outline {
	var before *Outline
	if i := p.message.Incident; i != nil {
		before = l[i.ID]
	}
	return l.add(p.Outline(before))
}

func (l latest) add(o *Outline) *Outline {
	if o.of != nil {
		l[o.of.id] = o
	}
	return o
}

// Outlines gives the outlines of publications, oldest first, each without the
// words that another of them redacts.
func Outlines(pubs []Publication) ([]*Outline, error) {
	out := make([]*Outline, 0, len(pubs))
	known := latest{}
	for _, p := range pubs {
		o := known.outline(p)
		out = append(out, o)
		if o.Redacts() == 0 {
			continue
		}
		n := slices.IndexFunc(out, func(old *Outline) bool { return old.number == o.Redacts() })
		if n < 0 || out[n].Redacted() != nil {
			continue
		}
		var err error
		if out[n], err = out[n].Without(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}
