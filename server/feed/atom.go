package feed

import (
	"encoding/xml"
	"fmt"
	"time"

	"github.com/gorilla/feeds"
)

// atom adds to the library's feed what RFC 4287 has and the library lacks: the
// language, the feed's own address and a permanent identifier.
type atom struct {
	XMLName  xml.Name         `xml:"http://www.w3.org/2005/Atom feed"`
	Lang     string           `xml:"xml:lang,attr"`
	Title    string           `xml:"title"`
	Subtitle string           `xml:"subtitle,omitempty"`
	ID       string           `xml:"id"`
	Updated  string           `xml:"updated"`
	Links    []feeds.AtomLink `xml:"link"`
	Author   *feeds.AtomAuthor
	Readable readable
	Entries  []entry `xml:"entry"`
}

type entry struct {
	feeds.AtomEntry
	Lang string `xml:"xml:lang,attr,omitempty"`
}

// Atom encodes the feed per RFC 4287.
func (f *Feed) Atom() ([]byte, error) {
	base := (&feeds.Atom{Feed: f.list}).AtomFeed()
	self := f.self + ".atom"
	out := atom{
		Lang: f.lang, Title: base.Title, Subtitle: base.Subtitle, ID: f.id, Updated: base.Updated, Author: base.Author,
		Links: []feeds.AtomLink{
			{Href: self, Rel: "self", Type: "application/atom+xml"},
			{Href: base.Link.Href, Rel: "alternate", Type: "text/html"},
		},
	}
	for n, e := range base.Entries {
		e.Published = f.list.Items[n].Created.Format(time.RFC3339)
		out.Entries = append(out.Entries, entry{AtomEntry: *e, Lang: f.langs[n]})
	}
	var err error
	if out.Readable, err = f.readable(self); err != nil {
		return nil, err
	}
	return document(out)
}

// document writes XML that browsers style as a page.
func document(v any) ([]byte, error) {
	out, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the feed: %w", err)
	}
	return append([]byte(xml.Header+`<?xml-stylesheet type="text/css" href="`+Style+`"?>`+"\n"), append(out, '\n')...), nil
}
