package feed

import (
	"encoding/xml"
	"time"

	"github.com/gorilla/feeds"
)

// poll is after how many minutes readers of RSS may ask again.
const poll = 5

// rss adds to the library's feed what it lacks: the feed's own address, and
// when an entry was marked as corrected.
type rss struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Channel channel  `xml:"channel"`
}

type channel struct {
	feeds.RssFeed
	XMLName  xml.Name `xml:"channel"`
	Self     selfLink
	Readable readable
	Items    []rssItem `xml:"item"`
}

type selfLink struct {
	XMLName xml.Name `xml:"atom:link"`
	Href    string   `xml:"href,attr"`
	Rel     string   `xml:"rel,attr"`
	Type    string   `xml:"type,attr"`
}

type rssItem struct {
	*feeds.RssItem
	Updated string `xml:"atom:updated,omitempty"`
}

// RSS encodes the feed per the RSS 2.0 specification of the RSS Advisory Board.
func (f *Feed) RSS() ([]byte, error) {
	base := (&feeds.Rss{Feed: f.list}).RssFeed()
	if base.Description == "" {
		base.Description = base.Title // it must not be missing
	}
	base.Language, base.Ttl = f.lang, poll
	base.ManagingEditor, base.PubDate = "", "" // the one would be a mail address, the other is that of each item
	out := rss{Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Channel: channel{
		RssFeed: *base, Self: selfLink{Href: f.self + ".rss", Rel: "self", Type: "application/rss+xml"},
	}}
	for n, item := range base.Items {
		item.Description, item.Content = f.list.Items[n].Content, nil
		e := rssItem{RssItem: item}
		if from := f.list.Items[n]; from.Updated.After(from.Created) {
			e.Updated = from.Updated.Format(time.RFC3339)
		}
		out.Channel.Items = append(out.Channel.Items, e)
	}
	out.Channel.RssFeed.Items = nil
	var err error
	if out.Channel.Readable, err = f.readable(f.self + ".rss"); err != nil {
		return nil, err
	}
	return document(out)
}
