package page

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// frontView is the front page.
type frontView struct {
	frame
	About   text
	Open    []openView
	Groups  []groupView
	Planned []plannedView
	Days    []dayView
}

// openView is an incident, or work in progress, on the front page.
type openView struct {
	ID      comms.ID
	Title   text
	Href    string
	Affects *affectsView
	Updates []updateView
	Earlier *linkView
}

type linkView struct{ Href, Words string }

type plannedView struct {
	Day      string
	From     moment
	To       *moment
	Title    text
	Href     string
	OnlyIn   string
	Removed  *noteView // what stands in the place of the words
	Body     template.HTML
	BodyLang comms.Lang
}

// The front page holds this many updates of one incident, and this many bytes
// of updates besides each incident's newest; older ones fold behind a link.
const (
	shownUpdates = 4
	shownBytes   = 12_000
)

func (v frame) front(f *facts) frontView {
	out := frontView{frame: v, About: v.say(f.catalogue.Texts.About)}
	out.PageTitle = v.Now.Sentence.S + " · " + v.Site.S
	out.Desc = v.Now.Sentence.S + ". " + out.About.S
	var open, planned []*incident
	for _, i := range f.open {
		if i.upcoming() {
			planned = append(planned, i)
		} else {
			open = append(open, i)
		}
	}
	slices.SortStableFunc(open, func(a, b *incident) int {
		return cmp.Or(b.worst().Rank()-a.worst().Rank(), b.latest().At().Compare(a.latest().At()))
	})
	slices.SortStableFunc(planned, func(a, b *incident) int { return a.began().Compare(b.began()) })
	out.Open = v.opens(open)
	for _, i := range planned {
		out.Planned = append(out.Planned, v.planned(i))
	}
	out.Groups = v.groups(f)
	out.Days = v.lastDays(f)
	return out
}

// opens shows the open incidents, each with its newest update, and with older
// ones as far as the page stays light.
func (v frame) opens(open []*incident) []openView {
	out := make([]openView, len(open))
	shown := make([]int, len(open))
	left := shownBytes
	for level := range shownUpdates {
		for n, i := range open {
			if shown[n] != level || level >= len(i.updates) {
				continue
			}
			forms, _ := v.forms(i.updates[len(i.updates)-1-level])
			if level > 0 && len(forms.HTML) > left {
				continue
			}
			left -= len(forms.HTML)
			shown[n]++
		}
	}
	for n, i := range open {
		o := openView{ID: i.id, Title: v.title(i), Href: v.Prefix + address(i), Affects: v.affects(i)}
		first := len(i.updates) - shown[n]
		for k := len(i.updates) - 1; k >= first; k-- {
			o.Updates = append(o.Updates, v.update(i, i.updates[k], first))
		}
		if first > 0 {
			o.Earlier = &linkView{o.Href, v.T("public.earlier", "count", first)}
		}
		out[n] = o
	}
	return out
}

// affectsView is a sentence that names components, each with its page.
type affectsView struct {
	Before, After string
	Links         []affectedView
}

type affectedView struct {
	Join string // what stands before it: "", ", " or " and "
	Name text
	Href string
}

func (v frame) affects(i *incident) *affectsView {
	all := v.listed(i.affects())
	if len(all) == 0 {
		return nil
	}
	// The sentence is the catalogue's, and where the names stand in it.
	const here = "\x00"
	out := &affectsView{}
	out.Before, out.After, _ = strings.Cut(v.T("public.affects", "names", here), here)
	for n, c := range all {
		join := v.T("language.comma")
		switch {
		case n == 0:
			join = ""
		case n == len(all)-1:
			join = " " + v.T("public.and") + " "
		}
		out.Links = append(out.Links, affectedView{join, v.say(c.Name), v.Prefix + componentPath(c.ID)})
	}
	return out
}

func (v frame) planned(i *incident) plannedView {
	forms, lang := v.forms(i.latest())
	from := i.began()
	out := plannedView{
		Day: v.p.Day(from), From: moment{v.p.Time(from), machine(from)},
		Title: v.title(i), Href: v.Prefix + address(i), Body: body(forms.HTML), BodyLang: lang, OnlyIn: v.onlyIn(lang),
	}
	if i.latest().Redacted() != nil {
		out.Removed, out.OnlyIn, out.BodyLang = v.removed(i.latest()), "", ""
	}
	if end := i.latest().EndedAt(); !end.IsZero() {
		to := moment{"– " + v.p.Time(end), machine(end)}
		if !end.UTC().Truncate(day).Equal(from.UTC().Truncate(day)) {
			to.Words = "– " + v.p.DateTime(end)
		}
		out.To = &to
	}
	return out
}
