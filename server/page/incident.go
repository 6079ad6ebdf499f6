package page

import (
	"html/template"
	"regexp"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// incidentView is the page of one incident or maintenance.
type incidentView struct {
	frame
	Title   text
	Phase   text
	From    *labelled
	To      *labelled
	Affects *affectsView
	Next    *moment
	Late    string
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
	Corrected *noteView // what replaces these words
	Corrects  *noteView // what these words replace
	Proof     string
}

// noteView ties a correction to what it puts right, both ways.
type noteView struct {
	Note   string
	Reason text
	Href   string
	Link   string
}

func (v frame) incident(f *facts, i *incident) incidentView {
	out := incidentView{frame: v, Title: v.title(i), Phase: v.phase(i.state().Phase), Affects: v.affects(i)}
	out.PageTitle = out.Title.S + " · " + v.Site.S
	forms, _ := v.forms(i.latest().message)
	out.Desc = forms.Short
	began, ended := "public.began", "public.ended"
	if i.kind == comms.KindMaintenance && i.open() {
		began, ended = "public.starts", "public.ends"
	}
	out.From = &labelled{v.T(began), v.year(i.began())}
	if end := i.state().EndedAt; end != nil {
		out.To = &labelled{v.T(ended), v.year(*end)}
	}
	if p := i.promise(); p.After(v.now) {
		m := v.clock(p)
		out.Next = &m
	} else if !p.IsZero() && f.catalogue.ShowOverdue {
		out.Late = v.T("public.now.late", "time", v.clock(p).Words)
	}
	for n := len(i.updates) - 1; n >= 0; n-- {
		u := v.update(i, i.updates[n], 0)
		u.At = v.year(i.updates[n].at)
		u.Proof = v.T("public.number", "number", i.updates[n].number, "digest", i.updates[n].digest.Short())
		out.Updates = append(out.Updates, u)
	}
	return out
}

// update shows a publication. Updates before the one numbered first are not on
// this page: links to them lead to the incident's own.
func (v frame) update(i *incident, u *update, first int) updateView {
	forms, lang := v.forms(u.message)
	out := updateView{
		ID: u.message.Update, At: v.dateTime(u.at),
		Label: v.phase(u.message.Incident.Phase), Body: body(forms.HTML), BodyLang: lang, OnlyIn: v.onlyIn(lang),
	}
	if u.message.Kind == comms.MessageCorrection {
		out.Label = text{S: v.T("public.correction")}
	}
	href := func(to *update) string {
		for _, shown := range i.updates[first:] {
			if shown == to {
				return "#u-" + string(to.message.Update)
			}
		}
		return v.Prefix + address(i) + "#u-" + string(to.message.Update)
	}
	if c := u.corrected; c != nil {
		out.Corrected = &noteView{
			Note:   v.T("public.corrected", "time", v.p.DateTime(c.at)),
			Reason: v.reason(c), Href: href(c), Link: v.T("public.corrected_link"),
		}
	}
	if old := u.corrects; old != nil {
		out.Corrects = &noteView{
			Note:   v.T("public.corrects", "time", v.p.DateTime(old.at)),
			Reason: v.reason(u), Href: href(old), Link: v.T("public.corrects_link"),
		}
	}
	return out
}

func (v frame) reason(c *update) text {
	t := v.say(c.message.Correction.Reason)
	if t.S != "" && t.Lang == "" {
		t.S = v.T("public.reason", "reason", t.S)
	}
	return t
}

// title is the heading of the newest update, or of the correction of it.
func (v frame) title(i *incident) text {
	u := i.latest()
	for n := len(i.updates) - 1; n >= 0; n-- {
		if i.updates[n].message.Kind != comms.MessageCorrection {
			u = i.updates[n]
			break
		}
	}
	for u.corrected != nil {
		u = u.corrected
	}
	forms, lang := v.forms(u.message)
	return text{forms.Title, lang}
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

// lately tells whether something was published of the incident in the last
// ninety days, or it is open.
func (i *incident) lately(now time.Time) bool {
	return i.open() || i.latest().at.After(now.Add(-barDays*day))
}
