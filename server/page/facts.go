package page

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// facts is what a row of publications says, before anybody decides how it
// looks. They never change: grow makes others, which have in common with them
// everything that no new publication touches.
type facts struct {
	catalogue  *comms.Catalogue // of the plan in force; nil before the first
	plan       int64            // number of the publication that put it in force
	chain      signoff.Head     // of the latest publication
	outlines   []*signoff.Outline
	since      time.Time   // when the first plan was published
	incidents  []*incident // by their first publication, oldest first
	open       []*incident // those of them that are
	at         map[comms.ID]int
	names      map[comms.ComponentID]comms.Component // as last known, gone ones included
	place      map[comms.ComponentID]int             // on the page, of those that the catalogue has
	firstSeen  map[comms.ComponentID]time.Time       // when a plan first named the component
	gone       map[comms.ComponentID]time.Time       // when a plan left the component out that the one before it had
	about      map[comms.ComponentID][]int           // which incidents ever claimed a state of it, oldest first
	redactions int64                                 // how many there are
}

// growing is facts that are being made.
type growing struct {
	*facts
	own map[int]bool // the incidents that these facts have for themselves
}

// grow gives the facts as they are after more publications. It refuses
// anything but what follows them in the chain: a page with a hole in it would
// say what nobody signed.
func (f *facts) grow(pubs []signoff.Publication) (*facts, error) {
	g := growing{&facts{}, map[int]bool{}}
	if f != nil {
		*g.facts = *f
	}
	g.incidents, g.at, g.about = slices.Clone(g.incidents), cloned(g.at), cloned(g.about)
	g.names, g.firstSeen, g.gone = cloned(g.names), cloned(g.firstSeen), cloned(g.gone)
	for _, p := range pubs {
		if p.IsZero() {
			return nil, fmt.Errorf("a publication without a number follows number %d: it was never signed, so it is not shown", g.chain.Number)
		}
		if err := p.Follows(g.chain); err != nil {
			return nil, fmt.Errorf("the page cannot be made: %w", err)
		}
		if err := g.add(p); err != nil {
			return nil, err
		}
		g.chain = p.Head()
	}
	return g.sorted(), nil
}

func cloned[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return maps.Clone(m)
}

// factsOf gives the facts of everything up to a head, by outlines alone: headings
// are asked for when a list shows them, until titled gives them back.
func factsOf(head signoff.Head, outlines []*signoff.Outline) (*facts, error) {
	f, err := (*facts)(nil).grow(nil)
	if err != nil {
		return nil, err
	}
	g := growing{f, map[int]bool{}}
	for _, o := range outlines {
		if err := g.put(o); err != nil {
			return nil, err
		}
	}
	g.chain = head
	return g.sorted(), nil
}

// titled gives the same facts with headings, by the numbers of the publications
// that they are of.
func (f *facts) titled(titles map[int64][]text) *facts {
	c := *f
	c.incidents = slices.Clone(f.incidents)
	for n, i := range c.incidents {
		u := i.told()
		if u == nil || i.titled == u.Number() || titles[u.Number()] == nil {
			continue
		}
		with := *i
		with.titles, with.titled = titles[u.Number()], u.Number()
		c.incidents[n] = &with
	}
	return c.sorted()
}

// sorted finds what is open among facts that are whole now: each page asks for
// it, some several times, and of ten years' incidents few are.
func (f *facts) sorted() *facts {
	f.open = nil
	for _, i := range f.incidents {
		if i.open() {
			f.open = append(f.open, i)
		}
	}
	return f
}

func (g growing) add(p signoff.Publication) error {
	m := p.Message()
	var before *signoff.Outline
	if m.Incident != nil {
		if i := g.known(m.Incident.ID); i != nil {
			before = i.latest().Outline
		}
	}
	o := p.Outline(before)
	if err := g.put(o); err != nil {
		return err
	}
	at, known := g.at[o.Incident()]
	switch {
	case !known:
		return nil
	case o.Redacts() != 0:
		return g.redact(at, p)
	}
	i := g.mine(at)
	if u := i.told(); u != nil && u.Number() == p.Number() {
		i.titles, i.titled = titlesOf(m), u.Number()
	}
	return nil
}

// put takes up what a publication says besides words.
func (g growing) put(o *signoff.Outline) error {
	at, known := g.at[o.Incident()]
	switch {
	case o.Kind() == comms.MessagePlan && o.Catalogue() != nil:
		g.adopt(o)
	case o.Kind() == comms.MessageStatement: // customers read it when it is used
	case o.Redacts() != 0 && known:
		g.mine(at).head = o.Number()
		g.redactions++
	case o.Incident() != "" && o.Redacts() == 0:
		if !known {
			at = len(g.incidents)
			g.at[o.Incident()] = at
			i := &incident{id: o.Incident(), kind: comms.KindIncident}
			if o.Work() {
				i.kind = comms.KindMaintenance
			}
			g.incidents = append(g.incidents, i)
			g.own[at] = true
		}
		g.tell(at, o)
	default:
		return fmt.Errorf("publication %d is of the kind %q, which this program cannot show: install the version that published it", o.Number(), o.Kind())
	}
	g.outlines = append(g.outlines, o)
	return nil
}

// mine is an incident that nobody else has.
func (g growing) mine(at int) *incident {
	if !g.own[at] {
		g.incidents[at], g.own[at] = g.incidents[at].clone(), true
	}
	return g.incidents[at]
}

func (g growing) tell(at int, o *signoff.Outline) {
	g.mine(at).add(o)
	for _, c := range o.Claims() {
		if about := g.about[c.Component]; !slices.Contains(about, at) {
			n, _ := slices.BinarySearch(about, at)
			g.about[c.Component] = slices.Insert(slices.Clip(slices.Clone(about)), n, at)
		}
	}
}

// redact takes the words of one of the incident's publications away.
func (g growing) redact(at int, p signoff.Publication) error {
	i := g.mine(at)
	number := p.Message().Redaction.Publication
	n := slices.IndexFunc(i.updates, func(u *update) bool { return u.Number() == number })
	if n < 0 || i.updates[n].Redacted() != nil { // it was read without its words
		return nil
	}
	o, err := i.updates[n].Without(p)
	if err != nil {
		return err
	}
	i.updates[n].Outline = o
	if i.titled == number {
		i.titles, i.titled = nil, 0
	}
	if at, found := slices.BinarySearchFunc(g.outlines, number, byNumber); found {
		g.outlines = slices.Clone(g.outlines) // others have the list as well
		g.outlines[at] = o
	}
	return nil
}

func byNumber(o *signoff.Outline, number int64) int { return int(o.Number() - number) }

func (g growing) adopt(o *signoff.Outline) {
	if g.catalogue == nil {
		g.since = o.At()
	}
	if g.catalogue != nil {
		for _, comp := range g.catalogue.Components() {
			g.gone[comp.ID] = o.At()
		}
	}
	g.catalogue, g.plan, g.place = o.Catalogue(), o.Number(), map[comms.ComponentID]int{}
	for n, comp := range g.catalogue.Components() {
		g.names[comp.ID], g.place[comp.ID] = comp, n
		delete(g.gone, comp.ID)
		if _, ok := g.firstSeen[comp.ID]; !ok {
			g.firstSeen[comp.ID] = o.At()
		}
	}
}

// compact gives the same facts in memory of their own. Those that a start
// gathers lie scattered among everything that it read and needs no more.
func (f *facts) compact() *facts {
	c := *f
	c.outlines, c.incidents = signoff.Gather(f.outlines), make([]*incident, len(f.incidents))
	c.at = make(map[comms.ID]int, len(f.at))
	for n, i := range f.incidents {
		twin := i.clone()
		for _, u := range twin.updates {
			at, _ := slices.BinarySearchFunc(c.outlines, u.Number(), byNumber) // every update is a publication
			u.Outline = c.outlines[at]
		}
		twin.id = twin.latest().Incident()
		c.incidents[n], c.at[twin.id] = twin, n
	}
	return c.sorted()
}

// head is the number of the latest publication; 0 before the first.
func (f *facts) head() int64 { return f.chain.Number }

// known finds an incident or maintenance; nil for none.
func (f *facts) known(id comms.ID) *incident {
	at, ok := f.at[id]
	if !ok {
		return nil
	}
	return f.incidents[at]
}

// told lists what was published of an incident, oldest first.
func (f *facts) told(id comms.ID) []*update { return f.known(id).updates }

// concerning lists the incidents that ever claimed a state of a component,
// oldest first.
func (f *facts) concerning(id comms.ComponentID) []*incident {
	var out []*incident
	for _, at := range f.about[id] {
		out = append(out, f.incidents[at])
	}
	return out
}

// current is the worst claim of all open incidents for each component of the
// catalogue; one that nobody claims anything of works.
func (f *facts) current() map[comms.ComponentID]comms.State {
	states := map[comms.ComponentID]comms.State{}
	for _, i := range f.open {
		for _, c := range i.latest().Claims() {
			states[c.Component] = comms.Worst(states[c.Component], c.State)
		}
	}
	return states
}
