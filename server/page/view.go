package page

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/shelf"
)

// text is words with the language that they are in; Lang is "" when that is
// the language of the page.
type text struct {
	S    string
	Lang comms.Lang
}

// moment is a time for people and for programs.
type moment struct{ Words, Machine string }

// frame is what every page has around its content.
type frame struct {
	p          language.Printer
	want       comms.Lang
	source     comms.Lang
	names      map[comms.ComponentID]comms.Component
	place      map[comms.ComponentID]int
	catalogue  *comms.Catalogue
	now        time.Time
	words      *shelf.Reading // of what stands on the page
	Lang       comms.Lang     // of the frame's words
	Prefix     string         // of every address on the page: "/es"
	Feeds      string         // where the page's feeds and calendar lie: "/es", "/es/components/search"
	PageTitle  string
	Desc       string
	Site       text
	Logo       *logoView // nil for none
	Footer     text
	SupportURL string
	// SupportEmail is the company's own address, never a subscriber's.
	SupportEmail string
	Others       []choice // the other languages
	Alternates   []choice // all languages
	OEmbed       string   // where other pages learn how to show this one; "" for nowhere
	AllFeeds     bool     // the page is about everything, so its head names every feed
	Canonical    string   // the page's own address, with its language
	Bare         string   // the address that chooses the language by itself
	Published    bool     // whether there is a plan
	Private      bool     // not for search engines
	Share        *shared  // nil for what nobody links to
	Renews       bool     // whether it shows what is published later, by its script
	Now          current
	Copied       *copiedView // what a copy says of itself; nil on the live page
	Live         string      // before addresses that a copy does not have; "" on the page itself
	Style        template.HTML
	Script       template.HTML
}

// choice is a language that the same page can be read in.
type choice struct {
	Lang comms.Lang
	Name string
	Href string
}

// T writes a message of the frame.
func (v frame) T(id string, args ...any) string { return v.p.T(id, args...) }

// Today is the day that the bars end with, for programs.
func (v frame) Today() string { return v.today().Format(time.DateOnly) }

// Good is the signed word for what works.
func (v frame) Good() text { return v.label(comms.Operational) }

// Dir is the direction in which the page is written.
func (v frame) Dir() string { return v.p.Dir() }

// Description is the page's description, cut where search engines cut it.
func (v frame) Description() string {
	const most = 300
	if r := []rune(v.Desc); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return v.Desc
}

// say picks the words in the page's language, else in the source's, labelled.
func (v frame) say(w comms.Words) text {
	s, lang := w.In(v.want, v.source)
	if lang == v.Lang || s == "" {
		lang = ""
	}
	return text{s, lang}
}

// forms picks the forms of a message in the page's language, else in the source's.
func (v frame) forms(u *update) (comms.Forms, comms.Lang) {
	f, lang := v.words.Message(u.Outline).In(v.want, v.source)
	return f, v.foreign(lang)
}

// expect says that all words of an incident will be asked for.
func (v frame) expect(i *incident) {
	outlines := make([]*signoff.Outline, len(i.updates))
	for n, u := range i.updates {
		outlines[n] = u.Outline
	}
	v.words.Expect(outlines...)
}

// foreign is the language if it is not the one of the page.
func (v frame) foreign(lang comms.Lang) comms.Lang {
	if lang == v.Lang {
		return ""
	}
	return lang
}

// onlyIn says that a text is not there in the page's language.
func (v frame) onlyIn(lang comms.Lang) string {
	if lang == "" || lang == v.want {
		return ""
	}
	return v.T("public.only_in")
}

// clock writes a time of today as the time alone.
func (v frame) clock(t time.Time) moment {
	m := moment{Words: v.p.DateTime(t), Machine: machine(t)}
	if t.UTC().Truncate(day).Equal(v.now.UTC().Truncate(day)) {
		m.Words = v.p.Time(t)
	}
	return m
}

func (v frame) dateTime(t time.Time) moment { return moment{v.p.DateTime(t), machine(t)} }

// year writes a moment with its year unless that is this one.
func (v frame) year(t time.Time) moment {
	m := v.dateTime(t)
	if t.UTC().Year() != v.now.UTC().Year() {
		m.Words = v.full(t)
	}
	return m
}

// full writes a moment with its year.
func (v frame) full(t time.Time) string {
	return v.T("public.feed_time", "date", v.p.Date(t), "year", t.UTC().Format("2006"), "time", v.p.Time(t))
}

func machine(t time.Time) string { return t.UTC().Format("2006-01-02T15:04Z") }

// listed gives components in page order, and after them those that the
// catalogue has no more.
func (v frame) listed(ids []comms.ComponentID) []comms.Component {
	var out, gone []comms.Component
	for _, id := range ids {
		switch _, placed := v.place[id]; {
		case placed:
			out = append(out, v.names[id])
		case v.names[id].ID != "":
			gone = append(gone, v.names[id])
		}
	}
	slices.SortFunc(out, func(a, b comms.Component) int { return v.place[a.ID] - v.place[b.ID] })
	out = slices.CompactFunc(out, func(a, b comms.Component) bool { return a.ID == b.ID })
	return append(out, gone...)
}

// list joins names as people say them: "A, B and C".
func (v frame) list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], v.T("language.comma")) + " " + v.T("public.and") + " " + names[last]
}

// class is the style, and icon the shape, of a state.
func class(s comms.State) string {
	switch s {
	case comms.Operational:
		return "ok"
	case comms.Maintenance:
		return "work"
	}
	return string(s)
}

func componentPath(id comms.ComponentID) string { return "/components/" + string(id) }

func address(i *incident) string {
	if i.kind == comms.KindMaintenance {
		return "/maintenances/" + string(i.id)
	}
	return "/incidents/" + string(i.id)
}
