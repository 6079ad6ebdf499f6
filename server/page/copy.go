package page

import (
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/statuspage"
)

// copiedView is what the pages of a copy say of themselves.
type copiedView struct {
	Text string
	Live string // the page's own address
	Here string // this very page there
}

// Copy returns the same snapshot with pages that say of which publication they
// are a copy, and where the live page is. They are rendered when asked for,
// and not kept.
func (s *Snapshot) Copy() *Snapshot {
	c, b := *s, *s.builder
	b.memory = newMemory(0)
	c.builder, c.docs, c.copied = &b, nil, true
	return &c
}

func (s *Snapshot) copiedView(v frame, path string) *copiedView {
	if s.facts.catalogue == nil {
		return nil
	}
	live := s.facts.catalogue.PageURL
	return &copiedView{
		Text: v.T("public.copy", "number", s.Number, "time", v.full(s.At())),
		Live: live + "/", Here: live + v.Prefix + path,
	}
}

// Head is the head of the chain as of the snapshot; the zero value before the
// first publication.
func (s *Snapshot) Head() signoff.Head { return s.facts.chain }

// Digest names what was signed last.
func (s *Snapshot) Digest() comms.Digest {
	if o := s.latest(); o != nil {
		return o.Digest()
	}
	return comms.Digest{}
}

// At is when the latest publication was published, in UTC.
func (s *Snapshot) At() time.Time {
	if o := s.latest(); o != nil {
		return o.At()
	}
	return time.Time{}
}

// Redactions counts the publications that took words away.
func (s *Snapshot) Redactions() int64 { return s.facts.redactions }

// Rendered is the time as of which its pages are, in UTC.
func (s *Snapshot) Rendered() time.Time { return s.now }

// PageURL is the address of the live page, without a trailing slash; "" before
// the first publication.
func (s *Snapshot) PageURL() string {
	if s.facts.catalogue == nil {
		return ""
	}
	return s.facts.catalogue.PageURL
}

func (s *Snapshot) latest() *signoff.Outline {
	all := s.facts.outlines
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// Paths lists the paths that Page answers, in each language of the page: what a
// whole copy of it holds. Of the days there are the last ninety.
func (s *Snapshot) Paths() []string {
	f := s.facts
	if f.catalogue == nil {
		return []string{"/"}
	}
	paths := []string{"/", "/history", "/how-we-publish"}
	for _, m := range s.months() {
		for part := 1; part <= m.parts(); part++ {
			paths = append(paths, m.path(part))
		}
	}
	for n := range barDays { // those that other pages lead to; earlier ones are on the live page
		if start := s.now.Truncate(day).Add(-time.Duration(n) * day); !start.Before(f.since.UTC().Truncate(day)) {
			paths = append(paths, dayPath(start))
		}
	}
	for _, i := range f.incidents {
		paths = append(paths, address(i), incidentData(i.id))
	}
	paths = append(append(paths, "/history.json", badgeFile), statuspage.Paths()...)
	for _, c := range f.catalogue.Components() {
		paths = append(paths, componentPath(c.ID)+badgeFile)
	}
	for id := range f.names {
		paths = append(paths, componentPath(id))
	}
	for _, file := range feedFiles {
		paths = append(paths, "/"+file)
		for id := range f.names {
			paths = append(paths, componentPath(id)+"/"+file)
		}
	}
	for _, l := range f.catalogue.Links {
		paths = append(paths, "/go/"+l.Key, "/go/"+l.Key+".json")
	}
	slices.Sort(paths)
	return paths
}
