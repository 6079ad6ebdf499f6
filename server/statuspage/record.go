package statuspage

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // the page's zone must not depend on the machine

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/shelf"
)

// Record is what publications say, in no language yet. It never changes and is
// safe for use by several goroutines.
type Record struct {
	catalogue *comms.Catalogue // in force
	zone      *time.Location
	page      comms.ID  // what the page is known by
	changed   time.Time // when anything was published last
	incidents []*incident
	byID      map[comms.ID]*incident
	states    map[comms.ComponentID]comms.State
	names     map[comms.ComponentID]comms.Words // as last known, gone components included
	groups    map[string]*seen
	listed    map[comms.ComponentID]*seen
	told      func(comms.ID) []*signoff.Told // all updates of an incident, oldest first
	shelf     *shelf.Shelf                   // has the words
}

// seen tells since when the plan has had a group or a component, and when what
// is said of it changed last.
type seen struct {
	since, changed time.Time
	words          string
}

// incident is everything that was published of one incident or maintenance.
type incident struct {
	id      comms.ID
	kind    comms.Kind
	number  int64     // of its first publication
	updates []*update // oldest first
	changed time.Time // when anything was published about it last
}

// update is one publication of an incident.
type update = signoff.Told

// Read gathers publications by their outlines, oldest first; told has those of
// each incident, and the shelf their words. It refuses what is none, and a row of
// them without a plan. Neither slice may change afterwards.
func Read(pubs []*signoff.Outline, told func(comms.ID) []*signoff.Told, words *shelf.Shelf) (*Record, error) {
	r := &Record{
		told: told, byID: map[comms.ID]*incident{}, states: map[comms.ComponentID]comms.State{}, names: map[comms.ComponentID]comms.Words{},
		groups: map[string]*seen{}, listed: map[comms.ComponentID]*seen{}, shelf: words,
	}
	for _, o := range pubs {
		if o.IsZero() {
			return nil, errors.New("this interface can show publications only, and this is none")
		}
		r.add(o)
	}
	if r.catalogue == nil {
		return nil, errors.New("this interface needs a plan, and none was published")
	}
	var err error
	if r.zone, err = time.LoadLocation(r.catalogue.TimeZone); err != nil {
		return nil, fmt.Errorf("the time zone of the plan in force: %w", err)
	}
	for _, i := range r.incidents {
		if i.open() {
			for _, c := range i.latest().Claims() {
				r.states[c.Component] = comms.Worst(r.states[c.Component], c.State)
			}
		}
	}
	return r, nil
}

func (r *Record) add(o *signoff.Outline) {
	r.changed = o.At()
	switch {
	case o.Catalogue() != nil:
		if r.catalogue == nil {
			r.page = o.Update()
		}
		r.adopt(o.Catalogue(), o.At())
	case o.Incident() == "":
	case o.Redacts() != 0:
		if i := r.byID[o.Incident()]; i != nil {
			i.changed = o.At()
		}
	default:
		r.tell(o)
	}
}

// tell adds an update or a correction.
func (r *Record) tell(o *signoff.Outline) {
	i := r.byID[o.Incident()]
	if i == nil {
		i = &incident{id: o.Incident(), kind: comms.KindIncident, number: o.Number(), updates: r.told(o.Incident())}
		if o.Work() {
			i.kind = comms.KindMaintenance
		}
		r.byID[i.id] = i
		r.incidents = append(r.incidents, i)
	}
	i.changed = o.At()
	for _, c := range o.Changes() {
		if s := r.listed[c.Component]; s != nil && c.Before != c.After {
			s.changed = o.At()
		}
	}
}

// adopt takes a plan's catalogue. What a plan leaves out and a later one names
// again keeps the day on which it was first named.
func (r *Record) adopt(c *comms.Catalogue, at time.Time) {
	r.catalogue = c
	for _, g := range c.Groups {
		note(r.groups, g.ID, at, g.Name)
		for _, comp := range g.Components {
			note(r.listed, comp.ID, at, g.ID, comp.Name, comp.Description)
			r.names[comp.ID] = r.full(g, comp)
		}
	}
}

func note[K comparable](all map[K]*seen, key K, at time.Time, words ...any) {
	text := fmt.Sprint(words...)
	s := all[key]
	if s == nil {
		s = &seen{since: at, changed: at, words: text}
		all[key] = s
	}
	if s.words != text {
		s.words, s.changed = text, at
	}
}

// full is a component's name with that of its group, in every language.
func (r *Record) full(g comms.Group, c comms.Component) comms.Words {
	out := comms.Words{}
	for _, lang := range r.catalogue.Languages {
		group, _ := g.Name.In(lang, r.catalogue.Source)
		name, _ := c.Name.In(lang, r.catalogue.Source)
		out[lang] = group + " - " + name
	}
	return out
}

func (i *incident) open() bool { return !i.latest().Phase().Closed() }

func (i *incident) latest() *update { return i.updates[len(i.updates)-1] }

func (i *incident) first() *update { return i.updates[0] }

// affects lists the components that any of its publications names.
func (i *incident) affects() map[comms.ComponentID]bool {
	out := map[comms.ComponentID]bool{}
	for _, u := range i.updates {
		for _, c := range u.Claims() {
			out[c.Component] = true
		}
	}
	return out
}

// reached is when the phase began that the test tells of, in the incident's
// life since it was last reopened; the zero time if it has not.
func (i *incident) reached(is func(comms.Phase) bool) time.Time {
	var at time.Time
	closed := false
	for _, u := range i.updates {
		phase := u.Phase()
		if closed && !phase.Closed() {
			at = time.Time{} // reopened
		}
		closed = phase.Closed()
		if is(phase) && at.IsZero() {
			at = u.Effective()
		}
	}
	return at
}

// told is what stands of the incident now; nil if all words were removed.
func (i *incident) told() *update { return signoff.Standing(i.updates) }

// touched is when anything about the update was published last.
func touched(u *update) time.Time {
	at := u.At()
	if gone := u.Redacted(); gone != nil {
		at = gone.At
	}
	for _, c := range u.Corrected {
		if c.At().After(at) {
			at = c.At()
		}
	}
	return at
}
