package page

import (
	"html/template"
	"regexp"
	"strings"

	"github.com/countersign/countersign/comms"
)

// incidentView is the page of one incident or maintenance.
type incidentView struct {
	frame
	Class   string // style of the worst state that it claims; "" before it begins and once it is over
	Title   text
	Phase   text
	From    *labelled
	To      *labelled
	Affects *affectsView
	Next    *moment
	Late    string
	Tell    string // address at which its end can be asked for; "" once it is over
	Updates []updateView
}

type labelled struct {
	Label string
	At    moment
}

// updateView is one publication as it reads.
type updateView struct {
	ID        comms.ID
	Label     text
	At        moment
	Body      template.HTML
	BodyLang  comms.Lang
	OnlyIn    string
	Removed   *noteView  // what stands in the place of these words
	Corrected []noteView // what replaces these words
	Corrects  *noteView  // what these words replace
	Proof     string
}

// noteView ties a correction to what it puts right, both ways, or says that
// words were removed.
type noteView struct {
	Note   string
	Reason text
	Href   string // "" for no link
	Link   string
}

func (v frame) incident(f *facts, i *incident) incidentView {
	out := incidentView{frame: v, Title: v.title(i), Phase: v.phase(i.latest().Phase()), Affects: v.affects(i)}
	out.PageTitle = out.Title.S + " · " + v.Site.S
	out.Desc = v.short(i.latest()).S
	if i.open() && !i.upcoming() {
		out.Class = class(i.worst())
	}
	began, ended := "public.began", "public.ended"
	if i.kind == comms.KindMaintenance && i.open() {
		began, ended = "public.starts", "public.ends"
	}
	if i.latest().Phase() == comms.PhaseCancelled {
		ended = "public.was_to_end"
		if !i.underWay() {
			began = "public.was_to_start"
		}
	}
	out.From = &labelled{v.T(began), v.year(i.began())}
	if end := i.latest().EndedAt(); !end.IsZero() {
		out.To = &labelled{v.T(ended), v.year(end)}
	}
	if p := i.promise(); p.After(v.now) {
		m := v.clock(p)
		out.Next = &m
	} else if !p.IsZero() && f.catalogue.ShowOverdue {
		out.Late = v.T("public.now.late", "time", v.clock(p).Words)
	}
	if i.open() {
		out.Tell = v.Live + v.Prefix + "/subscribe?incident=" + string(i.id)
	}
	for n := len(i.updates) - 1; n >= 0; n-- {
		u := v.update(i, i.updates[n], 0)
		u.At = v.year(i.updates[n].At())
		u.Proof = v.T("public.number", "number", i.updates[n].Number(), "digest", i.updates[n].Digest().Short())
		if r := i.updates[n].Redacted(); r != nil {
			u.Proof += " · " + v.T("public.removed_by", "number", r.Number, "digest", r.Digest.Short())
		}
		out.Updates = append(out.Updates, u)
	}
	return out
}

// update shows a publication. Updates before the one numbered first are not on
// this page: links to them lead to the incident's own.
func (v frame) update(i *incident, u *update, first int) updateView {
	forms, lang := v.forms(u)
	out := updateView{
		ID: u.Update(), At: v.dateTime(u.At()),
		Label: v.phase(u.Phase()), Body: body(forms.HTML), BodyLang: lang, OnlyIn: v.onlyIn(lang),
	}
	if u.Kind() == comms.MessageCorrection {
		out.Label = text{S: v.T("public.correction")}
	}
	href := func(to *update) string {
		for _, shown := range i.updates[first:] {
			if shown == to {
				return "#u-" + string(to.Update())
			}
		}
		return v.Prefix + address(i) + "#u-" + string(to.Update())
	}
	if u.Redacted() != nil {
		out.Removed, out.BodyLang, out.OnlyIn = v.removed(u), "", ""
	}
	for _, c := range u.Corrected {
		out.Corrected = append(out.Corrected, noteView{
			Note:   v.T("public.corrected", "time", v.p.DateTime(c.At())),
			Reason: v.reason(c.Correction().Reason), Href: href(c), Link: v.T("public.corrected_link"),
		})
	}
	if old := u.Corrects; old != nil {
		out.Corrects = &noteView{
			Note:   v.T("public.corrects", "time", v.p.DateTime(old.At())),
			Reason: v.reason(u.Correction().Reason), Href: href(old), Link: v.T("public.corrects_link"),
		}
	}
	return out
}

// removed says that the words of an update are gone, and why.
func (v frame) removed(u *update) *noteView {
	return &noteView{Note: v.T("public.removed", "time", v.p.DateTime(u.Redacted().At)), Reason: v.reason(u.Redacted().Reason)}
}

// short is the line for inside the product, which needs no address of the page
// that it stands on, or that the update's words are gone.
func (v frame) short(u *update) text {
	if u.Redacted() != nil {
		return text{S: v.removed(u).Note}
	}
	forms, lang := v.forms(u)
	return text{forms.InProduct, lang}
}

func (v frame) reason(why comms.Words) text {
	t := v.say(why)
	if t.S != "" && t.Lang == "" {
		t.S = v.T("public.reason", "reason", t.S)
	}
	return t
}

// title is the heading of what stands of the incident.
func (v frame) title(i *incident) text {
	u := i.told()
	if u == nil {
		return text{S: v.T("public.untitled." + string(i.kind))}
	}
	if i.titled != u.Number() {
		forms, lang := v.forms(u)
		return text{forms.Title, lang}
	}
	for _, want := range []comms.Lang{v.want, v.source} { // as Message.In finds words
		for _, t := range i.titles {
			if t.Lang == want {
				return text{t.S, v.foreign(t.Lang)}
			}
		}
	}
	for _, t := range i.titles {
		return text{t.S, v.foreign(t.Lang)}
	}
	return text{}
}

func (v frame) phase(p comms.Phase) text {
	if t := v.say(v.catalogue.Phases[p]); t.S != "" {
		return t
	}
	return text{S: strings.ReplaceAll(string(p), "_", " ")}
}

// lead finds paragraphs that begin with bold words and go on after them.
var lead = regexp.MustCompile(`<p>(<strong>[^<]*</strong>[^<])`)

// body is the signed HTML. A paragraph with a lead is what customers can do,
// and is set apart; no word is touched.
func body(signed string) template.HTML {
	return template.HTML(lead.ReplaceAllString(signed, `<p class="do">$1`))
}
