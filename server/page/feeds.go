package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/feed"
)

// FeedPolicy is the Content-Security-Policy of feeds: a browser may fetch the
// style sheet that shows one to a person, and nothing else.
const FeedPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"

// feedFiles are the last parts of the addresses of feeds and calendars.
var feedFiles = []string{"feed.atom", "feed.rss", "feed.json", "calendar.ics"}

// feed makes what programs follow at a path: of everything ("/feed.rss"), or of
// a component ("/components/search/feed.rss") that a published plan has listed
// at any time; nil when there is none.
func (s *Snapshot) feed(lang comms.Lang, path string) (*Document, error) {
	of, file := path[:strings.LastIndex(path, "/")], path[strings.LastIndex(path, "/")+1:]
	if !slices.Contains(feedFiles, file) {
		return nil, nil
	}
	id, ok := strings.CutPrefix(of, "/components/")
	component := comms.ComponentID(id)
	if _, known := s.facts.names[component]; of != "" && (!ok || !known) {
		return nil, nil
	}
	name := fmt.Sprint(string(lang), path, " ", s.facts.plan, " ", s.facts.lastAbout(component))
	if file == "calendar.ics" {
		name += s.now.Format(" 2006-01-02")
	}
	return s.builder.memory.get(name, func() (*Document, error) {
		return s.writeFeed(lang, component, file)
	})
}

func (s *Snapshot) writeFeed(lang comms.Lang, component comms.ComponentID, file string) (*Document, error) {
	record, err := s.records[lang]()
	if err != nil {
		return nil, err
	}
	media, text := "text/calendar", []byte(nil)
	if file == "calendar.ics" {
		text, err = record.Calendar(component, s.now.Truncate(day).Add(-barDays*day))
	} else {
		media, text, err = write(record, component, file)
	}
	if err != nil {
		return nil, err
	}
	return newDocument(media+"; charset=utf-8", string(lang), text), nil
}

func write(record *feed.Record, component comms.ComponentID, file string) (media string, text []byte, err error) {
	list, err := record.Feed(component)
	if err != nil {
		return "", nil, err
	}
	switch file {
	case "feed.atom":
		media = "application/atom+xml"
		text, err = list.Atom()
	case "feed.rss":
		media = "application/rss+xml"
		text, err = list.RSS()
	case "feed.json":
		media = "application/feed+json"
		text, err = list.JSON()
	}
	return media, text, err
}

// lastAbout is the number of the newest publication about what claimed the
// component at any time; of all for "".
func (f *facts) lastAbout(component comms.ComponentID) int64 {
	var last int64
	about := f.incidents
	if component != "" {
		about = f.concerning(component)
	}
	for _, i := range about {
		last = max(last, i.head)
	}
	return last
}

// FeedStyle is the style sheet that feeds name (feed.Style).
func (s *Snapshot) FeedStyle() *Document { return s.builder.feedStyle }
