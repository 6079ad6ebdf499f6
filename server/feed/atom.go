// Package feed turns publications into feeds: one permanent entry for each
// update, in the language asked for.
package feed

import (
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"slices"
	"time"

	"github.com/gorilla/feeds"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/language"
)

// entries is how many of the newest updates a feed holds.
const entries = 100

// atom adds to the library's feed what RFC 4287 has and the library lacks: the
// language, the feed's own address and a permanent identifier.
type atom struct {
	XMLName xml.Name         `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string           `xml:"xml:lang,attr"`
	Title   string           `xml:"title"`
	ID      string           `xml:"id"`
	Updated string           `xml:"updated"`
	Links   []feeds.AtomLink `xml:"link"`
	Author  *feeds.AtomAuthor
	Entries []entry `xml:"entry"`
}

type entry struct {
	feeds.AtomEntry
	Lang string `xml:"xml:lang,attr,omitempty"`
}

// Atom writes the feed of all publications, oldest first, per RFC 4287. An
// entry's identifier and its times never change: they come from the
// publication, and from the page's address in the plan that was in force.
func Atom(pubs []signoff.Publication, lang comms.Lang, p language.Printer) ([]byte, error) {
	w := newWriter(lang, p)
	for _, pub := range pubs {
		if pub.IsZero() {
			return nil, fmt.Errorf("a feed can hold publications only, and this is none")
		}
		w.read(pub)
	}
	if w.catalogue == nil {
		return nil, fmt.Errorf("a feed needs a plan, and none was published")
	}
	f := w.feed()
	out, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the feed: %w", err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

// writer gathers what entries need to know of other publications.
type writer struct {
	lang        comms.Lang
	p           language.Printer
	catalogue   *comms.Catalogue                  // in force
	first       signoff.Publication               // the first plan
	plans       map[comms.Digest]*comms.Catalogue // by the digest of their publication
	updates     []signoff.Publication
	byNumber    map[int64]signoff.Publication
	corrections map[int64]signoff.Publication // by the number of what they put right
}

func newWriter(lang comms.Lang, p language.Printer) *writer {
	return &writer{
		lang: lang, p: p, plans: map[comms.Digest]*comms.Catalogue{},
		byNumber: map[int64]signoff.Publication{}, corrections: map[int64]signoff.Publication{},
	}
}

func (w *writer) read(pub signoff.Publication) {
	m := pub.Message()
	switch {
	case m.PlanVersion != nil:
		if w.catalogue == nil {
			w.first = pub
		}
		c := m.PlanVersion.Catalogue
		w.catalogue, w.plans[pub.Digest()] = &c, &c
	case m.Incident != nil:
		w.updates = append(w.updates, pub)
		w.byNumber[pub.Number()] = pub
		if m.Correction != nil {
			w.corrections[m.Correction.Publication] = pub
		}
	}
}

func (w *writer) feed() atom {
	c := w.catalogue
	title, _ := c.Texts.Title.In(w.lang, c.Source)
	author, _ := c.Texts.Sender.In(w.lang, c.Source)
	if author == "" {
		author = c.Organisation
	}
	self := c.PageURL + "/feed.atom"
	if w.lang != c.Source {
		self = c.PageURL + "/" + string(w.lang) + "/feed.atom"
	}
	src := &feeds.Feed{
		Title: title, Link: &feeds.Link{Href: c.PageURL + "/" + string(w.lang) + "/"},
		Updated: w.first.At(), Author: &feeds.Author{Name: author},
	}
	newest := slices.Clone(w.updates)
	slices.Reverse(newest)
	newest = newest[:min(len(newest), entries)]
	var langs []string
	for _, pub := range newest {
		item, lang := w.item(pub)
		src.Items, langs = append(src.Items, item), append(langs, lang)
	}
	if len(newest) > 0 {
		src.Updated = newest[0].At()
	}
	base := (&feeds.Atom{Feed: src}).AtomFeed()
	out := atom{
		Lang: string(w.lang), Title: base.Title, Updated: base.Updated, Author: base.Author,
		ID: tag(w.plans[w.first.Digest()], w.first.At(), "feed/"+string(w.lang)),
		Links: []feeds.AtomLink{
			{Href: self, Rel: "self", Type: "application/atom+xml"},
			{Href: base.Link.Href, Rel: "alternate", Type: "text/html"},
		},
	}
	for n, e := range base.Entries {
		e.Published = e.Updated
		e.Category = "" // the library writes it in a form that RFC 4287 does not have
		out.Entries = append(out.Entries, entry{AtomEntry: *e, Lang: langs[n]})
	}
	return out
}

// item makes an entry, and tells its language when it is not the feed's.
func (w *writer) item(pub signoff.Publication) (*feeds.Item, string) {
	m := pub.Message()
	forms, lang := m.In(w.lang, w.catalogue.Source)
	plan := w.plans[m.Plan]
	if plan == nil {
		plan = w.catalogue
	}
	foreign := ""
	content := forms.HTML
	if lang != w.lang {
		foreign = string(lang)
		content = paragraph(w.p.T("public.only_in")) + content
	}
	return &feeds.Item{
		Id: tag(plan, pub.At(), "updates/"+string(m.Update)+"/"+string(w.lang)), Title: forms.Title,
		Link:    &feeds.Link{Href: w.link(pub), Type: "text/html"},
		Created: pub.At(), Updated: pub.At(), Content: w.notes(pub) + content,
	}, foreign
}

// notes ties a correction and what it puts right together, both ways.
func (w *writer) notes(pub signoff.Publication) string {
	out := ""
	if c, ok := w.corrections[pub.Number()]; ok {
		out += w.note("public.corrected", c.At(), "public.corrected_link", w.link(c), c.Message().Correction.Reason)
	}
	if c := pub.Message().Correction; c != nil {
		if old, ok := w.byNumber[c.Publication]; ok {
			out += w.note("public.corrects", old.At(), "public.corrects_link", w.link(old), c.Reason)
		}
	}
	return out
}

func (w *writer) note(id string, at time.Time, linkID, href string, reason comms.Words) string {
	why, _ := reason.In(w.lang, w.catalogue.Source)
	text := html.EscapeString(w.p.T(id, "time", w.p.DateTime(at)))
	if why != "" {
		text += " " + html.EscapeString(w.p.T("public.reason", "reason", why))
	}
	return "<p><em>" + text + " <a href=\"" + html.EscapeString(href) + "\">" + html.EscapeString(w.p.T(linkID)) + "</a></em></p>"
}

// link is the permanent address of an update on the page, in the feed's language.
func (w *writer) link(pub signoff.Publication) string {
	m := pub.Message()
	path := "/incidents/"
	if m.Incident.Kind == comms.KindMaintenance {
		path = "/maintenances/"
	}
	prefix := ""
	if w.lang != w.catalogue.Source {
		prefix = "/" + string(w.lang)
	}
	return w.catalogue.PageURL + prefix + path + string(m.Incident.ID) + "#u-" + string(m.Update)
}

func paragraph(text string) string { return "<p><em>" + html.EscapeString(text) + "</em></p>" }

// tag makes a tag URI per RFC 4151: minted once, at a host, on a day.
func tag(c *comms.Catalogue, at time.Time, specific string) string {
	host := "status.invalid"
	if u, err := url.Parse(c.PageURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return "tag:" + host + "," + at.UTC().Format(time.DateOnly) + ":" + specific
}
