package feed

import (
	"html"
	"time"

	"github.com/gorilla/feeds"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// entries is how many of the newest updates a feed holds.
const entries = 100

// Feed is a list of entries, the newest first, one for each update. An entry's
// identifier and the time of its publication never change; it counts as
// updated when a correction marks it, and when a redaction leaves it without
// words, so that readers drop theirs.
type Feed struct {
	list      *feeds.Feed
	langs     []string // of each entry, "" when it is the feed's
	times     []string // of each entry, for people
	lang      string
	id        string
	self      string // its address, but for the extension
	notice    string // what a feed is, for a person who opens one
	back      string // the words of the link to the page
	nothing   string // what stands in place of entries
	language  string // of the three above
	direction string // in which those words are written
}

// Feed lists the updates of everything, or, for a component, of whatever
// claimed a state of it at any time. The error says whose words could not be
// had.
func (r *Record) Feed(component comms.ComponentID) (*Feed, error) {
	c := r.catalogue
	author := r.say(c.Texts.Sender)
	if author == "" {
		author = clean(c.Organisation)
	}
	home, id := "/", "feed/"+string(r.lang)
	if component != "" {
		home, id = "/components/"+string(component), id+"/"+string(component)
	}
	f := &Feed{
		list: &feeds.Feed{
			Title: r.title(component), Description: r.say(c.Texts.About), Author: &feeds.Author{Name: author},
			Link: &feeds.Link{Href: c.PageURL + "/" + string(r.lang) + home}, Created: seconds(r.first.At()), Updated: seconds(r.first.At()),
		},
		lang: string(r.lang), id: tag(r.plans[r.first.Digest()], r.first.At(), id), self: r.address(under(component, "feed")),
		notice: r.p.T("public.feed_about"), back: r.p.T("public.feed_back"), nothing: r.p.T("public.history_empty"), language: string(r.p.Lang()), direction: r.p.Dir(),
	}
	listed, words := newest(r.about(component), entries), r.shelf.Reading()
	words.Expect(listed...)
	for _, pub := range listed {
		item, lang := r.item(pub, words.Message(pub))
		f.list.Items, f.langs = append(f.list.Items, item), append(f.langs, lang)
		f.times = append(f.times, r.when(pub.At()))
		if item.Updated.After(f.list.Updated) {
			f.list.Updated = item.Updated
		}
	}
	return f, words.Err()
}

// item makes an entry, and tells its language when it is not the feed's.
func (r *Record) item(pub *signoff.Outline, m comms.Message) (*feeds.Item, string) {
	forms, lang := m.In(r.lang, r.catalogue.Source)
	foreign, content, updated := "", forms.HTML, pub.At()
	title := clean(forms.Title)
	if gone := pub.Redacted(); gone != nil {
		lang, title = r.lang, r.p.T("public.removed_title")
		content, updated = r.note("public.removed", gone.At, "", "", gone.Reason), gone.At
	}
	if lang != r.lang {
		foreign = string(lang)
		content = emphasis(r.p.T("public.only_in")) + `<div lang="` + html.EscapeString(foreign) + `">` + content + `</div>`
	}
	for _, c := range r.corrections[pub.Number()] {
		if c.At().After(updated) {
			updated = c.At()
		}
	}
	return &feeds.Item{
		Id: tag(r.planOf(pub), pub.At(), "updates/"+string(pub.Update())+"/"+string(r.lang)), IsPermaLink: "false",
		Title: title, Link: &feeds.Link{Href: r.link(pub), Type: "text/html"},
		Created: seconds(pub.At()), Updated: seconds(updated), Content: clean(r.notes(pub) + content),
	}, foreign
}

// notes ties a correction and what it puts right together, both ways.
func (r *Record) notes(pub *signoff.Outline) string {
	out := ""
	for _, c := range r.corrections[pub.Number()] {
		out += r.note("public.corrected", c.At(), "public.corrected_link", r.link(c), c.Correction().Reason)
	}
	if c := pub.Correction(); c != nil {
		if old := r.numbered(c.Publication); old != nil {
			out += r.note("public.corrects", old.At(), "public.corrects_link", r.link(old), c.Reason)
		}
	}
	return out
}

func (r *Record) note(id string, at time.Time, linkID, href string, reason comms.Words) string {
	text := html.EscapeString(r.p.T(id, "time", r.p.DateTime(at)))
	if why := r.say(reason); why != "" {
		text += " " + html.EscapeString(r.p.T("public.reason", "reason", why))
	}
	if href != "" {
		text += ` <a href="` + html.EscapeString(href) + `">` + html.EscapeString(r.p.T(linkID)) + "</a>"
	}
	return "<p><em>" + text + "</em></p>"
}

// when writes a moment with its year: entries are read years later.
func (r *Record) when(t time.Time) string {
	return r.p.T("public.feed_time", "date", r.p.Date(t), "year", t.UTC().Format("2006"), "time", r.p.Time(t))
}

func emphasis(text string) string { return "<p><em>" + html.EscapeString(text) + "</em></p>" }

// seconds cuts a time to what all three formats can say.
func seconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
