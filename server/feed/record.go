// Package feed turns publications into what programs follow: the updates as
// Atom, RSS and JSON Feed, and planned work as a calendar; each for the whole
// page or for one component, in the language asked for.
//
// Read gathers the publications once. Feed lists their entries once, and its
// three encodings say the same. Nothing here reads a clock: the same
// publications give the same bytes.
package feed

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/shelf"
)

// Record is what publications say, for readers of one language.
type Record struct {
	lang        comms.Lang
	p           language.Printer
	catalogue   *comms.Catalogue                  // in force
	first       *signoff.Outline                  // the first plan
	plans       map[comms.Digest]*comms.Catalogue // by the digest of their publication
	names       map[comms.ComponentID]comms.Words // as last known, gone components included
	updates     []*signoff.Outline                // updates and corrections, oldest first
	corrections map[int64][]*signoff.Outline      // by the number of what they put right, oldest first
	shelf       *shelf.Shelf                      // has the words
}

// Read gathers publications by their outlines, oldest first; their words come
// from the shelf. It refuses what is none, and a row of them without a plan. The
// slice must not change afterwards.
func Read(pubs []*signoff.Outline, words *shelf.Shelf, lang comms.Lang, p language.Printer) (*Record, error) {
	r := &Record{
		lang: lang, p: p, shelf: words, plans: map[comms.Digest]*comms.Catalogue{}, names: map[comms.ComponentID]comms.Words{},
		corrections: map[int64][]*signoff.Outline{},
	}
	for _, pub := range pubs {
		if pub.IsZero() {
			return nil, fmt.Errorf("a feed can hold publications only, and this is none")
		}
		r.add(pub)
	}
	if r.catalogue == nil {
		return nil, fmt.Errorf("a feed needs a plan, and none was published")
	}
	return r, nil
}

func (r *Record) add(pub *signoff.Outline) {
	switch c := pub.Catalogue(); {
	case c != nil:
		if r.catalogue == nil {
			r.first = pub
		}
		r.catalogue, r.plans[pub.Digest()] = c, c
		for _, comp := range c.Components() {
			r.names[comp.ID] = comp.Name
		}
	case pub.Incident() != "" && pub.Redacts() == 0: // a redaction shows in the place of what it takes away
		r.updates = append(r.updates, pub)
		if c := pub.Correction(); c != nil {
			n := c.Publication
			r.corrections[n] = append(r.corrections[n], pub)
		}
	}
}

// about lists the updates of what claimed the component at any time, oldest
// first; all of them for "".
func (r *Record) about(component comms.ComponentID) []*signoff.Outline {
	if component == "" {
		return r.updates
	}
	claimed := map[comms.ID]bool{}
	for _, pub := range r.updates {
		if claims(pub, component) {
			claimed[pub.Incident()] = true
		}
	}
	var out []*signoff.Outline
	for _, pub := range r.updates {
		if claimed[pub.Incident()] {
			out = append(out, pub)
		}
	}
	return out
}

// numbered finds an update by its number; nil for none.
func (r *Record) numbered(n int64) *signoff.Outline {
	at, found := slices.BinarySearchFunc(r.updates, n, func(p *signoff.Outline, n int64) int { return cmp.Compare(p.Number(), n) })
	if !found {
		return nil
	}
	return r.updates[at]
}

// say picks words in the feed's language, else in the source's.
func (r *Record) say(w comms.Words) string {
	s, _ := w.In(r.lang, r.catalogue.Source)
	return clean(s)
}

// title names the page, or a component of it.
func (r *Record) title(component comms.ComponentID) string {
	title := r.say(r.catalogue.Texts.Title)
	if component == "" {
		return title
	}
	name := r.say(r.names[component])
	if name == "" {
		name = string(component)
	}
	return name + " · " + title
}

// address is a path of the page, in the feed's language. The source's language
// has the paths without one.
func (r *Record) address(path string) string {
	if r.lang != r.catalogue.Source {
		path = "/" + string(r.lang) + path
	}
	return r.catalogue.PageURL + path
}

// link is the permanent address of an update on the page.
func (r *Record) link(pub *signoff.Outline) string {
	return r.address(place(pub)) + "#u-" + string(pub.Update())
}

func place(pub *signoff.Outline) string {
	if pub.Work() {
		return "/maintenances/" + string(pub.Incident())
	}
	return "/incidents/" + string(pub.Incident())
}

// under puts a component's name in front of a file's: "/feed.rss" for "",
// "/components/search/feed.rss" for search.
func under(component comms.ComponentID, file string) string {
	if component == "" {
		return "/" + file
	}
	return "/components/" + string(component) + "/" + file
}

// planOf is the catalogue of the plan that this was published under.
func (r *Record) planOf(pub *signoff.Outline) *comms.Catalogue {
	if c := r.plans[pub.Plan()]; c != nil {
		return c
	}
	return r.catalogue
}

// host is the page's host by a catalogue.
func host(c *comms.Catalogue) string {
	if u, err := url.Parse(c.PageURL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "status.invalid"
}

// tag makes a tag URI per RFC 4151: minted once, at a host, on a day.
func tag(c *comms.Catalogue, at time.Time, specific string) string {
	return "tag:" + host(c) + "," + at.UTC().Format(time.DateOnly) + ":" + specific
}

// newest gives at most so many of the last, the last first.
func newest(pubs []*signoff.Outline, most int) []*signoff.Outline {
	out := slices.Clone(pubs[max(0, len(pubs)-most):])
	slices.Reverse(out)
	return out
}

// clean takes out what XML 1.0 section 2.2 and RFC 5545 section 3.1 forbid,
// and makes one kind of line end of all.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r < ' ' && r != '\t' && r != '\n', r == 0x7F, r == 0xFFFE, r == 0xFFFF:
			return -1
		}
		return r
	}, s)
}
