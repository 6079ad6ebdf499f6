package page

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// goView is the page that a product leads to: what is being said now about
// what the customer was doing, or what to try.
type goView struct {
	frame
	Note      string // what became of a report; "" for a page that was only opened
	Topic     text   // what the customer was doing; "" for a key that nobody knows
	Heading   text
	Said      []saidView // worst first
	Planned   []entryView
	Try       []text
	Unknown   bool
	MayReport bool
	ShowNow   bool
	HelpURL   string
	Subscribe string
}

// saidView is what one open incident, or work in progress, says of the link's
// components.
type saidView struct {
	ID        comms.ID
	Line      text // the signed line for use inside products
	OnlyIn    string
	State     text
	Class     string
	Icon      string
	Phase     text
	From      labelled
	To        *labelled
	Next      *moment
	Late      string
	Do        template.HTML // the signed paragraph of what customers can do; "" if there is none
	DoLang    comms.Lang
	Href      string
	Subscribe string
}

// Reporting is what became of "I see this too".
type Reporting string

// A page that was only opened, a report that was counted, and one that was not,
// because the same network has said so often enough.
const (
	NotReported Reporting = ""
	Reported    Reporting = "thanks"
	Repeated    Reporting = "again"
)

// KnowsLink tells whether the plan in force has a link with the key, and the
// key that it has now.
func (s *Snapshot) KnowsLink(key string) (now string, ok bool) {
	if s.facts.catalogue == nil {
		return key, false
	}
	link, ok := s.facts.catalogue.Link(key)
	return cmp.Or(link.Key, key), ok
}

// Link returns the page of a key of the plan, with a word on a report. All
// keys that the plan does not have share one page, with the state of
// everything on it. It is never nil.
func (s *Snapshot) Link(lang comms.Lang, key string, r Reporting) (*Document, error) {
	lang = s.known(lang)
	if s.facts.catalogue == nil {
		return s.make(lang, "/")
	}
	link, _ := s.facts.catalogue.Link(key)
	return s.remember(lang, fmt.Sprint("/go/", link.Key, " ", r), func() (*Document, error) {
		v := s.frame(lang, "/go/"+link.Key)
		return s.builder.execute("link", v, v.link(s, link, r))
	})
}

// LinkData returns the same as Link for programs, as the README describes it;
// nil before the first publication.
func (s *Snapshot) LinkData(lang comms.Lang, key string) (*Document, error) {
	if s.facts.catalogue == nil {
		return nil, nil
	}
	lang = s.known(lang)
	link, _ := s.facts.catalogue.Link(key)
	return s.remember(lang, "/go/"+link.Key+".json", func() (*Document, error) {
		v := s.frame(lang, "/go/"+link.Key)
		data := v.linkData(s.facts, link)
		if err := v.words.Err(); err != nil {
			return nil, err
		}
		text, err := json.Marshal(data)
		if err != nil {
			return nil, fmt.Errorf("encode the link %s: %w", link.Key, err)
		}
		return newDocument("application/json", string(data.Language), append(text, '\n')), nil
	})
}

// remember makes a document once for a snapshot.
func (s *Snapshot) remember(lang comms.Lang, name string, make func() (*Document, error)) (*Document, error) {
	return s.builder.memory.get(fmt.Sprint(lang, name, " ", s.facts.head(), " ", s.now.UnixMicro()), make)
}

func (v frame) link(s *Snapshot, l comms.Link, r Reporting) goView {
	f := s.facts
	out := goView{frame: v, Unknown: l.Key == "", HelpURL: cmp.Or(l.Help, v.SupportURL), Subscribe: v.Prefix + subscribePath(l)}
	out.Private, out.Renews = true, v.Renews && r == NotReported
	out.Topic = v.say(l.Title)
	for _, i := range f.saidOf(l) {
		out.Said = append(out.Said, v.said(f, l, i))
	}
	for _, i := range f.plannedFor(l) {
		out.Planned = append(out.Planned, v.entry(i))
	}
	switch {
	case out.Unknown:
		out.Heading = v.Now.Sentence
		for n, o := range out.Others { // the address stays, whatever its key is
			out.Others[n].Href = "?lang=" + string(o.Lang)
		}
	case len(out.Said) > 0:
		out.Heading = out.Said[0].Line
	default:
		out.Heading = text{S: v.T("public.go.calm", "names", v.list(v.linkedNames(l)))}
		out.ShowNow = !v.Now.Calm
	}
	if len(out.Said) == 0 {
		for _, step := range l.Try {
			out.Try = append(out.Try, v.say(step))
		}
		out.MayReport = r == NotReported && v.Copied == nil
	}
	out.PageTitle = out.Heading.S + " · " + v.Site.S
	if r != NotReported {
		out.Note = v.T("public.go." + string(r))
		out.PageTitle = out.Note + " · " + v.Site.S
	}
	return out
}

// linkedNames lists the names of a link's components in page order.
func (v frame) linkedNames(l comms.Link) []string {
	var out []string
	for _, c := range v.listed(l.Components) {
		out = append(out, v.say(c.Name).S)
	}
	return out
}

// saidOf lists the open incidents, and the work in progress, that speak of the
// link's components now: the worst for them first, then the latest.
func (f *facts) saidOf(l comms.Link) []*incident {
	var out []*incident
	for _, i := range f.open {
		if _, speaks := i.claimOf(l); speaks && !i.upcoming() {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b *incident) int {
		worseA, _ := a.claimOf(l)
		worseB, _ := b.claimOf(l)
		return cmp.Or(worseB.Rank()-worseA.Rank(), b.latest().At().Compare(a.latest().At()))
	})
	return out
}

// plannedFor lists the planned work on the link's components, the next first.
func (f *facts) plannedFor(l comms.Link) []*incident {
	var out []*incident
	for _, i := range f.open {
		if _, speaks := i.claimOf(l); speaks && i.upcoming() {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b *incident) int { return a.began().Compare(b.began()) })
	return out
}

// claimOf is the worst that the incident claims now of the link's components,
// and whether it claims anything of them.
func (i *incident) claimOf(l comms.Link) (worst comms.State, ok bool) {
	worst = comms.Operational
	for _, c := range i.latest().Claims() {
		if slices.Contains(l.Components, c.Component) {
			worst, ok = comms.Worst(worst, c.State), true
		}
	}
	return worst, ok
}

func (v frame) said(f *facts, l comms.Link, i *incident) saidView {
	state, _ := i.claimOf(l)
	out := saidView{
		ID: i.id, Line: v.line(i), Phase: v.phase(i.latest().Phase()),
		State: v.say(f.catalogue.States[state]), Class: class(state), Icon: class(state),
		From: labelled{v.T("public.go.since"), v.clock(i.began())},
		Href: v.Prefix + address(i), Subscribe: v.Prefix + "/subscribe?incident=" + string(i.id),
	}
	if u := i.told(); u != nil {
		forms, lang := v.forms(u)
		out.Do, out.DoLang, out.OnlyIn = do(forms.HTML), lang, v.onlyIn(lang)
	}
	if end := i.latest().EndedAt(); !end.IsZero() {
		out.To = &labelled{v.T("public.go.until"), v.clock(end)}
	}
	if p := i.promise(); p.After(v.now) {
		m := v.clock(p)
		out.Next = &m
	} else if !p.IsZero() && f.catalogue.ShowOverdue {
		out.Late = v.T("public.now.late", "time", v.clock(p).Words)
	}
	return out
}

// line is the signed line for use inside products; a message without one has
// its title.
func (v frame) line(i *incident) text {
	if u := i.told(); u != nil {
		if forms, lang := v.forms(u); forms.InProduct != "" {
			return text{forms.InProduct, lang}
		}
	}
	return v.title(i)
}

var firstLead = regexp.MustCompile(`(?s)<p><strong>[^<]*</strong>[^<].*?</p>`)

// do is the paragraph of the signed HTML that says what customers can do: the
// first with a lead, as body sets it apart.
func do(signed string) template.HTML { return body(firstLead.FindString(signed)) }

func subscribePath(l comms.Link) string {
	if len(l.Components) == 0 {
		return "/subscribe"
	}
	q := url.Values{}
	for _, c := range l.Components {
		q.Add("component", string(c))
	}
	return "/subscribe?" + q.Encode()
}

// linkData is /go/KEY.json. Every field is always there; null says that there
// is none.
type linkData struct {
	Key          *string     `json:"key"`      // null for a key that the plan does not have
	Known        bool        `json:"known"`    // whether the plan has the key
	Language     comms.Lang  `json:"language"` // of the words that follow
	Status       comms.State `json:"status"`   // the worst that is said of it; operational while nothing is
	StatusLabel  string      `json:"status_label"`
	Title        *string     `json:"title"`       // what the customer was doing
	Line         *string     `json:"line"`        // the signed line; null while nothing is said
	Since        *time.Time  `json:"since"`       // RFC 3339, in UTC, like next_update
	NextUpdate   *time.Time  `json:"next_update"` // the promise, also one that has passed
	URL          string      `json:"url"`         // the page for people
	SubscribeURL string      `json:"subscribe_url"`
	Help         linkHelp    `json:"help"`
	Try          []string    `json:"try"` // what to try; empty while something is said
}

type linkHelp struct {
	URL   string `json:"url"`
	Email string `json:"email"`
}

func (v frame) linkData(f *facts, l comms.Link) linkData {
	page := v.catalogue.PageURL + v.Prefix
	out := linkData{
		Language: v.Lang, Status: comms.Operational, URL: page + "/", SubscribeURL: page + subscribePath(l), Try: []string{},
		Help: linkHelp{cmp.Or(l.Help, v.SupportURL), v.SupportEmail},
	}
	if l.Key == "" {
		for _, state := range f.current() {
			out.Status = comms.Worst(out.Status, state)
		}
		out.StatusLabel = v.Now.Sentence.S
		return out
	}
	title := v.say(l.Title).S
	out.Key, out.Known, out.Title, out.URL = &l.Key, true, &title, page+"/go/"+l.Key
	said := f.saidOf(l)
	if len(said) == 0 {
		out.StatusLabel = v.T("public.go.nothing_known")
		for _, step := range l.Try {
			out.Try = append(out.Try, v.say(step).S)
		}
		return out
	}
	i := said[0]
	line, began := v.line(i), i.began().UTC()
	out.Language = cmp.Or(line.Lang, out.Language)
	out.Status, _ = i.claimOf(l)
	out.StatusLabel = v.say(f.catalogue.States[out.Status]).S
	out.Line, out.Since = &line.S, &began
	if p := i.promise().UTC(); !i.promise().IsZero() {
		out.NextUpdate = &p
	}
	out.SubscribeURL = page + "/subscribe?incident=" + string(i.id)
	return out
}

// linkDocument is a link's page or data at a path of a snapshot.
func (s *Snapshot) linkDocument(lang comms.Lang, key string) (*Document, error) {
	key, data := strings.CutSuffix(key, ".json")
	_, known := s.KnowsLink(key)
	switch {
	case !known:
		return nil, nil
	case data:
		return s.LinkData(lang, key)
	}
	return s.Link(lang, key, NotReported)
}
