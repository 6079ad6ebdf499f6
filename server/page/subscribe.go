package page

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/countersign/countersign/comms"
)

// Problem is what keeps a form from being accepted.
type Problem struct {
	Field string // "address" or "about"; "" for the whole
	Text  string
}

// Signup is the form that asks for mail, or that changes it, as somebody finds
// it or left it.
type Signup struct {
	Address  string
	What     What
	Choice   comms.Choice // what is ticked
	Problems []Problem
	Notes    []string
}

// What is how much of the page somebody wants to hear about.
type What string

// All of it, what is ticked, or nothing but the ends of single incidents.
const (
	All  What = "all"
	Some What = "some"
	None What = "none"
)

// Wants is the choice that the form states.
func (f Signup) Wants() comms.Choice {
	c := f.Choice
	c.Everything = f.What == All
	if f.What != Some {
		c.Groups, c.Components = nil, nil
	}
	return c.Tidy()
}

// WhatOf is how a choice looks in the form.
func WhatOf(c comms.Choice) What {
	switch {
	case len(c.Groups)+len(c.Components) > 0:
		return Some
	case len(c.Incidents) > 0 && !c.Everything:
		return None
	}
	return All
}

// Fit takes out of a choice what is not on the page (any more), and the
// incidents that are over. It tells how many things nobody knows here, and
// which incidents have ended. All of it comes from publications alone.
func (s *Snapshot) Fit(c comms.Choice) (fit comms.Choice, gone int, over []comms.ID) {
	f := s.facts
	fit = comms.Choice{Kind: c.Kind, Everything: c.Everything}
	if f.catalogue == nil {
		return comms.Choice{}, len(c.Groups) + len(c.Components) + len(c.Incidents), nil
	}
	for _, id := range c.Components {
		if _, ok := f.catalogue.Component(id); ok {
			fit.Components = append(fit.Components, id)
		} else {
			gone++
		}
	}
	for _, id := range c.Groups {
		if slices.ContainsFunc(f.catalogue.Groups, func(g comms.Group) bool { return g.ID == id }) {
			fit.Groups = append(fit.Groups, id)
		} else {
			gone++
		}
	}
	for _, id := range c.Incidents {
		switch i := f.known(id); {
		case i == nil:
			gone++
		case i.open():
			fit.Incidents = append(fit.Incidents, id)
		default:
			over = append(over, id)
		}
	}
	return fit.Tidy(), gone, over
}

// Notes says what Fit took out.
func (s *Snapshot) Notes(lang comms.Lang, gone int, over []comms.ID) []string {
	v := s.frame(s.known(lang), "/")
	var out []string
	for _, id := range over {
		out = append(out, v.T("public.subscribe.over", "title", v.title(s.facts.known(id)).S))
	}
	if gone > 0 {
		out = append(out, v.T("public.subscribe.gone", "count", gone))
	}
	return out
}

// subscribeView is the page of the form.
type subscribeView struct {
	frame
	Heading  string
	Lead     string
	Said     string
	Problems []Problem
	Notes    []string
	Action   string
	Ask      bool // for an address
	Address  string
	What     What
	Kind     comms.Kind
	CanNone  bool
	Ends     []endView
	Groups   []groupChoice
	Langs    []langChoice
	Button   string
	Token    string // of the subscription; "" for the form that asks for one
	Data     string
}

type endView struct {
	ID    comms.ID
	Title text
	On    bool
}

type groupChoice struct {
	ID         string
	Name       text
	All        string
	On         bool
	Components []componentChoice
}

type componentChoice struct {
	ID   comms.ComponentID
	Name text
	On   bool
}

type langChoice struct {
	Lang comms.Lang
	Name string
	On   bool
}

// Problem is what is wrong with a field; "" for nothing.
func (v subscribeView) Problem(field string) string {
	for _, p := range v.Problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// Subscribe returns the page with the form that asks for mail.
func (s *Snapshot) Subscribe(lang comms.Lang, form Signup) (*Document, error) {
	lang = s.known(lang)
	path := "/subscribe"
	if q := query(form.Choice); q != "" {
		path += "?" + q
	}
	v := s.subscribeView(lang, path, form)
	v.Heading, v.Lead = v.T("public.subscribe"), v.T("public.subscribe.lead")
	v.PageTitle, v.Desc = v.Heading+" · "+v.Site.S, v.Lead
	v.Action, v.Ask, v.Address, v.Button = v.Prefix+"/subscribe", true, form.Address, v.T("public.subscribe.button")
	v.Private = path != "/subscribe"
	if len(form.Problems) > 0 {
		v.PageTitle = v.T("public.subscribe.problems") + " · " + v.PageTitle
	}
	return s.builder.execute("subscribe", v.frame, v)
}

// query is a choice as the form's address takes it.
func query(c comms.Choice) string {
	q := url.Values{}
	for _, id := range c.Components {
		q.Add("component", string(id))
	}
	for _, id := range c.Groups {
		q.Add("group", id)
	}
	for _, id := range c.Incidents {
		q.Add("incident", string(id))
	}
	return q.Encode()
}

func (s *Snapshot) subscribeView(lang comms.Lang, path string, form Signup) subscribeView {
	v := subscribeView{frame: s.frame(lang, path), Problems: form.Problems, Notes: form.Notes, What: form.What, Kind: form.Choice.Kind}
	v.Renews = false // nothing that somebody types is taken away
	f := s.facts
	for _, id := range form.Choice.Incidents {
		if i := f.known(id); i != nil {
			v.Ends = append(v.Ends, endView{id, v.title(i), true})
		}
	}
	v.CanNone = len(v.Ends) > 0
	if f.catalogue == nil {
		return v
	}
	for _, g := range f.catalogue.Groups {
		name := v.say(g.Name)
		out := groupChoice{ID: g.ID, Name: name, On: slices.Contains(form.Choice.Groups, g.ID)}
		if name.S != "" {
			out.All = v.T("public.subscribe.group", "name", name.S)
		}
		for _, c := range g.Components {
			out.Components = append(out.Components, componentChoice{c.ID, v.say(c.Name), slices.Contains(form.Choice.Components, c.ID)})
		}
		v.Groups = append(v.Groups, out)
	}
	return v
}

// Sent returns the page that says where to look for the mail. It is the same
// whether or not the address is known.
func (s *Snapshot) Sent(lang comms.Lang, address string, notes []string) (*Document, error) {
	lang = s.known(lang)
	v := s.noticeView(lang, "/subscribe", "public.subscribe.sent", "")
	v.Private, v.ShowNow = true, false
	v.Paragraphs = append([]string{v.T("public.subscribe.sent_text", "address", address), v.T("public.subscribe.sent_help")}, notes...)
	return s.builder.execute("notice", v.frame, v)
}

// Confirm returns the page with the button that confirms a request for mail;
// path is its own address, without a language.
func (s *Snapshot) Confirm(lang comms.Lang, path string, r comms.Signup, fit comms.Choice) (*Document, error) {
	lang = s.known(lang)
	v := s.noticeView(lang, path, "public.confirm.title", "")
	v.Private, v.ShowNow = true, false
	v.Paragraphs = []string{v.T("public.confirm.text", "address", r.Address)}
	titles := map[comms.ID]comms.Words{}
	for _, id := range fit.Incidents {
		titles[id] = comms.Words{lang: v.title(s.facts.known(id)).S}
	}
	v.List = v.p.Choice(fit, *s.facts.catalogue, titles, lang)
	v.Form = &formView{Action: v.Prefix + path, Name: "confirm", Value: "yes", Button: v.T("public.confirm.button")}
	return s.builder.execute("notice", v.frame, v)
}

// Confirming is what came of a link that confirms.
type Confirming string

// What can come of it: it is settled, nobody knows the link (any more), or
// there is nothing left to wait for.
const (
	ConfirmDone    Confirming = "done"
	ConfirmUnknown Confirming = "unknown"
	ConfirmOver    Confirming = "over"
)

// Confirmed returns the page of what came of it. Manage is the address of the
// subscription, without a language, for ConfirmDone.
func (s *Snapshot) Confirmed(lang comms.Lang, step Confirming, manage string) (*Document, error) {
	lang = s.known(lang)
	id := "public.confirm." + string(step)
	v := s.noticeView(lang, "/subscribe", id, id+"_text")
	v.Private, v.ShowNow = true, false
	switch step {
	case ConfirmDone:
		v.Links = []linkView{{v.Prefix + manage, v.T("public.confirm.change")}, {v.Prefix + "/", v.T("public.front")}}
	case ConfirmUnknown, ConfirmOver:
		v.Links = []linkView{{v.Prefix + "/subscribe", v.T("public.subscribe")}, {v.Prefix + "/", v.T("public.front")}}
	}
	return s.builder.execute("notice", v.frame, v)
}

// Manage returns the page on which a subscriber changes or ends their mails;
// path is its own address, without a language. Saved says that it was changed.
func (s *Snapshot) Manage(lang comms.Lang, path string, sub comms.Subscriber, form Signup, saved bool) (*Document, error) {
	lang = s.known(lang)
	v := s.subscribeView(lang, path, form)
	v.Private, v.Token = true, path
	v.Heading, v.Lead = v.T("public.manage.title"), v.T("public.manage.lead", "address", sub.Address)
	v.PageTitle = v.Heading + " · " + v.Site.S
	v.Action, v.Button, v.Data = v.Prefix+path+"/choices", v.T("public.manage.save"), path+"/data.json"
	if saved {
		v.Said = v.T("public.manage.saved")
	}
	for _, l := range s.languages {
		v.Langs = append(v.Langs, langChoice{l, s.builder.nameOf(l), l == sub.Lang || sub.Lang == "" && l == s.source})
	}
	return s.builder.execute("subscribe", v.frame, v)
}

// Ended returns the page of a subscription that has ended.
func (s *Snapshot) Ended(lang comms.Lang) (*Document, error) {
	lang = s.known(lang)
	return s.builder.memory.get(fmt.Sprint(lang, "ended ", s.facts.plan), func() (*Document, error) {
		v := s.noticeView(lang, "/subscribe", "public.manage.ended", "public.manage.ended_text")
		v.Private, v.ShowNow = true, false
		v.Links = []linkView{{v.Prefix + "/subscribe", v.T("public.subscribe")}, {v.Prefix + "/", v.T("public.front")}}
		return s.builder.execute("notice", v.frame, v)
	})
}

// Say writes a message of the frame in a language of the page, with a time if
// the message has a gap for it.
func (s *Snapshot) Say(lang comms.Lang, id string, args ...any) string {
	return s.builder.cat.For(s.known(lang)).T(id, args...)
}
