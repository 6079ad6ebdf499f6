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
	kind       comms.MessageKind
	plan       unique.Handle[comms.Digest]
	of         *subject // nil for what is of no incident
	phase      comms.Phase
	claims     []comms.Claim
	changes    []comms.Change
	started    int64 // UTC microseconds, like the two that follow; never for none
	ended      int64
	next       int64
	announced  bool
	catalogue  *comms.Catalogue
	correction *comms.Correction
	redacts    int64
	removal    *Removal
}

// subject is what the publications of one incident have in common.
type subject struct {
	id       comms.ID
	kind     comms.Kind
	severity comms.Severity
}

const never = math.MinInt64

// Outline gives the publication without its words. What it has in common with
// the one before it of the same incident, nil for none, both hold together.
func (p Publication) Outline(before *Outline) *Outline {
	m := p.message
	o := &Outline{
		number: p.number, at: p.at.UnixMicro(), digest: p.Digest(), update: m.Update, kind: same(m.Kind), plan: unique.Make(m.Plan),
		started: never, ended: never, next: never, announced: m.Audience != nil, correction: m.Correction, removal: p.Redacted(),
	}
	if m.PlanVersion != nil {
		c := m.PlanVersion.Catalogue
		o.catalogue = &c
	}
	if m.Redaction != nil {
		o.redacts = m.Redaction.Publication
	}
	if m.Incident != nil {
		o.state(m.Incident, before)
	}
	return o
}

func (o *Outline) state(i *comms.Incident, before *Outline) {
	o.phase, o.started, o.ended, o.next = same(i.Phase), micros(&i.StartedAt), micros(i.EndedAt), micros(i.NextUpdate)
	if before != nil && *before.of == (subject{i.ID, i.Kind, i.Severity}) {
		o.of = before.of
	} else {
		o.of = &subject{i.ID, same(i.Kind), same(i.Severity)}
	}
	if before != nil && slices.Equal(before.claims, i.Claims) {
		o.claims = before.claims
	} else if len(i.Claims) > 0 {
		o.claims = make([]comms.Claim, len(i.Claims))
		for n, c := range i.Claims {
			o.claims[n] = comms.Claim{Component: same(c.Component), State: same(c.State)}
		}
	}
	if before != nil && slices.Equal(before.changes, i.Changes) {
		o.changes = before.changes
	} else if len(i.Changes) > 0 {
		o.changes = make([]comms.Change, len(i.Changes))
		for n, c := range i.Changes {
			o.changes[n] = comms.Change{Component: same(c.Component), Before: same(c.Before), After: same(c.After)}
		}
	}
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
func (o *Outline) Kind() comms.MessageKind { return o.kind }

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
func (o *Outline) Phase() comms.Phase { return o.phase }

// Claims are the states that it claims, sorted by component, for whoever
// changes nothing of them.
func (o *Outline) Claims() []comms.Claim { return o.claims }

// Changes is what it did to components over all incidents, sorted by
// component, for whoever changes nothing of the list.
func (o *Outline) Changes() []comms.Change { return o.changes }

// StartedAt is when the incident began, in UTC; zero if it does not say.
func (o *Outline) StartedAt() time.Time { return moment(o.started) }

// EndedAt is when it ended or is planned to, in UTC; zero if it does not say.
func (o *Outline) EndedAt() time.Time { return moment(o.ended) }

// NextUpdate is the promise, in UTC; zero for none.
func (o *Outline) NextUpdate() time.Time { return moment(o.next) }

// Announced tells whether it went to subscribers.
func (o *Outline) Announced() bool { return o.announced }

// Catalogue is that of the plan that it put in force; nil for what is no plan.
func (o *Outline) Catalogue() *comms.Catalogue { return o.catalogue }

// Correction is what it puts right; nil for what is no correction. Its reason
// is gone if the words are.
func (o *Outline) Correction() *comms.Correction { return o.correction }

// Redacts is the number of the publication whose words it takes away; 0 for
// what is no redaction.
func (o *Outline) Redacts() int64 { return o.redacts }

// Redacted tells how the words were taken away; nil while they stand.
func (o *Outline) Redacted() *Removal { return o.removal }

// Without gives the outline as it is once the words were redacted. It refuses
// a redaction of anything else.
func (o *Outline) Without(redaction Publication) (*Outline, error) {
	p, err := Publication{number: o.number, content: comms.Withdrawn(o.digest)}.Without(redaction)
	if err != nil {
		return nil, err
	}
	out := *o
	out.correction, out.removal = p.message.Correction, p.removal
	return &out, nil
}

// Copy gives the same outline in memory of its own.
func (o *Outline) Copy() *Outline {
	c := *o
	c.update = comms.ID(strings.Clone(string(o.update)))
	return &c
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
		if o.redacts == 0 {
			continue
		}
		n := slices.IndexFunc(out, func(old *Outline) bool { return old.number == o.redacts })
		if n < 0 || out[n].removal != nil {
			continue
		}
		var err error
		if out[n], err = out[n].Without(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}
