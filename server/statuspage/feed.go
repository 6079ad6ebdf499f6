package statuspage

import (
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// inFeed is how many incidents and maintenances the feeds hold.
const inFeed = 25

// newest lists what the feeds hold: what was written of last is in front.
func (r *Record) newest() []*incident {
	all := slices.Clone(r.incidents)
	slices.SortStableFunc(all, func(a, b *incident) int { return b.newest().Compare(a.newest()) })
	return all[:min(inFeed, len(all))]
}

// story is all updates of an incident as HTML, the newest first, each under the
// label of its phase; one that only adds to the phase before it is an update.
func (v *View) story(i *incident) string {
	var out strings.Builder
	if i.kind == comms.KindMaintenance {
		from, until := i.window()
		fmt.Fprintf(&out, "<p><strong>THIS IS A SCHEDULED EVENT %s</strong></p>", v.timespan(from, until))
	}
	for n, u := range slices.Backward(i.updates) {
		now := u.Phase()
		_, label := phase(now)
		if n > 0 && i.updates[n-1].Phase() == now {
			label = "Update"
		}
		at := u.At().In(v.r.zone)
		text := strings.ReplaceAll(html.EscapeString(v.body(u)), "\n", "<br>")
		fmt.Fprintf(&out, "<p> <small>%s, %s %s</small><br> <strong>%s</strong> - %s </p>", day(at), clock(at), zone(at), label, text)
	}
	return out.String()
}

func (v *View) feedTitle() string { return v.r.catalogue.Organisation + " Status - Incident History" }

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Links   []atomLink  `xml:"link"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string      `xml:"id"`
	Published string      `xml:"published"`
	Updated   string      `xml:"updated"`
	Link      atomLink    `xml:"link"`
	Title     string      `xml:"title"`
	Content   atomContent `xml:"content"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

// atom writes the history per RFC 4287. An entry's published time is that of
// its newest update, as clients are used to; its identifier never changes.
func (v *View) atom() ([]byte, error) {
	host := "status.invalid"
	if u, err := url.Parse(v.r.catalogue.PageURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	tag := "tag:" + host + ",2005:"
	out := atomFeed{
		Lang: string(v.lang), ID: tag + "/history", Title: v.feedTitle(), Updated: seconds(v.r.changed), Author: v.r.catalogue.Organisation,
		Links: []atomLink{{"alternate", "text/html", v.address("")}, {"self", "application/atom+xml", v.address("/history.atom")}},
	}
	for _, i := range v.r.newest() {
		out.Entries = append(out.Entries, atomEntry{
			ID: fmt.Sprint(tag, "Incident/", i.number), Published: seconds(i.newest()), Updated: seconds(i.changed),
			Link: atomLink{"alternate", "text/html", v.link(i)}, Title: v.title(i), Content: atomContent{"html", v.story(i)},
		})
	}
	return document(out)
}

type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	DC      string     `xml:"xmlns:dc,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	PubDate     string    `xml:"pubDate"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string `xml:"title"`
	Description string `xml:"description"`
	PubDate     string `xml:"pubDate"`
	End         string `xml:"maintenanceEndDate,omitempty"`
	Link        string `xml:"link"`
	GUID        string `xml:"guid"`
}

// rss writes the history per the RSS 2.0 specification. Work that is not over
// stands under the time at which it begins.
func (v *View) rss() ([]byte, error) {
	out := rssFeed{Version: "2.0", DC: "http://purl.org/dc/elements/1.1/", Channel: rssChannel{
		Title: v.feedTitle(), Link: v.address(""), Description: "Statuspage", PubDate: v.dated(v.r.changed),
	}}
	for _, i := range v.r.newest() {
		item := rssItem{Title: v.title(i), Description: v.story(i), PubDate: v.dated(i.newest()), Link: v.link(i), GUID: v.link(i)}
		if i.kind == comms.KindMaintenance {
			from, until := i.window()
			item.End = v.dated(until)
			if i.open() {
				item.PubDate = v.dated(from)
			}
		}
		out.Channel.Items = append(out.Channel.Items, item)
	}
	return document(out)
}

func seconds(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// dated writes a time as RFC 822 has it, with the offset of the page's zone.
func (v *View) dated(t time.Time) string { return t.In(v.r.zone).Format(time.RFC1123Z) }

func document(value any) ([]byte, error) {
	text, err := xml.MarshalIndent(value, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write a feed: %w", err)
	}
	return append([]byte(xml.Header), append(text, '\n')...), nil
}
