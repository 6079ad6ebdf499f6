package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/feed"
	"github.com/countersign/countersign/server/shelf"
	"github.com/countersign/countersign/server/statuspage"
)

// Snapshot is everything that customers can see, as of one publication. It
// never changes; a newer one takes its place.
type Snapshot struct {
	Number  int64     // of the latest publication in it; 0 before the first
	Expires time.Time // when the clock alone makes it look different
	Policy  string    // Content-Security-Policy of its pages

	builder   *Builder
	style     template.HTML
	logo      *Document // nil for none
	mark      *logoView // how pages show it
	facts     *facts
	shelf     *shelf.Shelf // has the words
	now       time.Time
	languages []comms.Lang
	source    comms.Lang
	stands    map[comms.Lang]func() current               // how things stand, put into words once
	docs      *rendered                                   // nil for a copy
	months    func() []month                              // the newest first, gathered once
	records   map[comms.Lang]func() (*feed.Record, error) // what feeds are made of, read once
	programs  func() (*statuspage.Record, error)          // what programs read is made of, read once
	views     map[comms.Lang]func() (*statuspage.View, error)
	lists     map[key]func() (*Document, error) // of what programs read, each made for whoever asks first
	copied    bool                              // whether its pages say that they are a copy
}

// rendered is what a snapshot has ready: the front page from the first, others
// once they are there.
type rendered struct {
	front  map[key]*Document
	others atomic.Pointer[map[key]*Document]
}

type key struct {
	lang comms.Lang
	path string
}

// Languages lists the languages of the page, the source first.
func (s *Snapshot) Languages() []comms.Lang { return slices.Clone(s.languages) }

// Source is the language that is shown where another is missing.
func (s *Snapshot) Source() comms.Lang { return s.source }

// Ready returns the page at a path in a language if it was rendered with the
// snapshot, else nil.
func (s *Snapshot) Ready(lang comms.Lang, path string) *Document {
	if s.docs == nil {
		return nil
	}
	if doc := s.docs.front[key{lang, path}]; doc != nil {
		return doc
	}
	if others := s.docs.others.Load(); others != nil {
		return (*others)[key{lang, path}]
	}
	return nil
}

// Page returns the document at a path ("/", "/incidents/ID", "/feed.atom") in
// a language of the page, or nil when nothing was published there. What is not
// in memory is rendered now.
func (s *Snapshot) Page(lang comms.Lang, path string) (*Document, error) {
	if doc := s.Ready(lang, path); doc != nil {
		return doc, nil
	}
	if !slices.Contains(s.languages, lang) {
		return nil, nil
	}
	return s.make(lang, path)
}

// make renders a document, or takes it from memory when nothing that it shows
// has changed; nil when there is none.
func (s *Snapshot) make(lang comms.Lang, path string) (*Document, error) {
	f := s.facts
	if f.catalogue == nil {
		if path == "/" {
			return s.notice(lang, "/", "public.empty.title", "public.empty.text")
		}
		return nil, nil
	}
	name := string(lang) + path
	switch path {
	case "/":
		v := s.frame(lang, path)
		return s.builder.execute("front", v, v.front(f))
	case "/history":
		return s.builder.memory.get(fmt.Sprint(name, f.head(), s.months()[0].id), func() (*Document, error) {
			v := s.frame(lang, path)
			v.AllFeeds = true
			return s.builder.execute("history", v, v.history(f, s.months()))
		})
	case "/how-we-publish":
		return s.builder.memory.get(fmt.Sprint(name, f.plan), func() (*Document, error) { return s.how(lang, path) })
	}
	for _, make := range []func(comms.Lang, string) (*Document, error){s.feed, s.program, s.badge} {
		if doc, err := make(lang, path); doc != nil || err != nil {
			return doc, err
		}
	}
	kind, id, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch kind {
	case "history":
		return s.month(lang, path, id)
	case "days":
		return s.day(lang, path, id)
	case "components":
		return s.component(lang, path, comms.ComponentID(id))
	case "go":
		return s.linkDocument(lang, id)
	}
	i := f.known(comms.ID(id))
	if !ok || i == nil || address(i) != "/"+kind+"/"+id {
		return nil, nil
	}
	return s.builder.memory.get(name+i.fingerprint(f, s.now), func() (*Document, error) {
		v := s.frame(lang, path)
		v.expect(i)
		return s.builder.execute("incident", v, v.incident(f, i))
	})
}

// fingerprint changes with everything that an incident's page shows.
func (i *incident) fingerprint(f *facts, now time.Time) string {
	print := fmt.Sprintf(" %d %d %d", f.plan, i.head, now.Year())
	if p := i.promise(); !p.IsZero() {
		print += fmt.Sprintf(" %s %t", now.Format(time.DateOnly), p.After(now))
	}
	return print
}

func (s *Snapshot) how(lang comms.Lang, path string) (*Document, error) {
	v := noticeView{frame: s.frame(lang, path)}
	v.Heading = v.T("public.how_title")
	v.PageTitle = v.Heading + " · " + v.Site.S
	for n := 1; n <= 5; n++ {
		v.Paragraphs = append(v.Paragraphs, v.T(fmt.Sprintf("public.how_%d", n), "organisation", s.facts.catalogue.Organisation))
	}
	v.Desc = v.Paragraphs[0]
	v.Sections = []sectionView{v.uptimeRule()}
	v.Links = []linkView{{v.Live + "/openapi.json", v.T("public.how_programs")}}
	return s.builder.execute("notice", v.frame, v)
}
