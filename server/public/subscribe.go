package public

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/page"
)

// Requests for mail by network: a class or an office behind one address may
// sign up together when they hear of the page; more than that is somebody who
// types other people's addresses in.
const (
	asksAtOnce    = 20
	asksEvery     = time.Minute // one more each
	networksKnown = 20_000      // at a time; a few megabytes
)

// The bounds of a form: what more is ticked than this was not ticked by hand.
const mostTicked = 500

// filled reads the form from a query or a body. What is no identifier is kept
// out and counted as gone.
func filled(v url.Values) (f page.Signup, unknown int) {
	f.Address = strings.ToValidUTF8(v.Get("address"), "")
	f.What = page.What(v.Get("what"))
	if k := comms.Kind(v.Get("kind")); k.Valid() {
		f.Choice.Kind = k
	}
	list := func(name string) []string {
		vs := v[name]
		return vs[:min(len(vs), mostTicked)]
	}
	f.Choice.Groups = append(f.Choice.Groups, list("group")...)
	for _, s := range list("component") {
		f.Choice.Components = append(f.Choice.Components, comms.ComponentID(s))
	}
	for _, s := range list("incident") {
		if id, err := comms.ParseID(s); err == nil {
			f.Choice.Incidents = append(f.Choice.Incidents, id)
		} else {
			unknown++
		}
	}
	return f, unknown
}

// fit makes the form fit what is published, and notes what it took out.
func fit(snap *page.Snapshot, l comms.Lang, f page.Signup, unknown int) page.Signup {
	var gone int
	var over []comms.ID
	everything := f.Choice.Everything
	f.Choice.Everything = false // the ticks beside it are kept as they are
	kind := f.Choice.Kind
	f.Choice, gone, over = snap.Fit(f.Choice)
	f.Choice.Everything, f.Choice.Kind = everything, kind
	f.Notes = snap.Notes(l, gone+unknown, over)
	switch f.What {
	case page.All, page.Some:
	case page.None:
		if len(f.Choice.Incidents) == 0 {
			f.What = page.All
		}
	default:
		f.What = page.WhatOf(f.Choice)
	}
	return f
}

// subscribeForm shows the form, with ticks where the address asks for them.
func (s *site) subscribeForm(c echo.Context) error {
	form, unknown := filled(c.QueryParams())
	form.Address = "" // an address in a link is nobody's typing
	return s.personal(c, http.StatusOK, func(snap *page.Snapshot) (*page.Document, error) {
		return snap.Subscribe(lang(c), fit(snap, lang(c), form, unknown))
	})
}

// subscribe takes a request for mail. The answer is the same whether or not
// the address is known, and whether or not it had its mails of the day.
func (s *site) subscribe(c echo.Context) error {
	snap := s.Pages.Snapshot()
	values, err := c.FormParams()
	if snap == nil || err != nil {
		return formTrouble(snap, err)
	}
	body, unknown := filled(values)
	form := fit(snap, lang(c), body, unknown)
	again := func(status int) error {
		return s.personal(c, status, func(*page.Snapshot) (*page.Document, error) { return snap.Subscribe(lang(c), form) })
	}
	say := func(field, id string, args ...any) {
		form.Problems = append(form.Problems, page.Problem{Field: field, Text: snap.Say(lang(c), "public.subscribe.error."+id, args...)})
	}
	address, err := mail.Address(form.Address)
	switch {
	case strings.TrimSpace(form.Address) == "":
		say("address", "address_none")
	case err != nil:
		say("address", "address")
	}
	if form.Wants().IsZero() || body.What == page.None && len(form.Choice.Incidents) == 0 {
		say("about", "choice")
	}
	if len(form.Problems) > 0 {
		return again(http.StatusUnprocessableEntity)
	}
	now := s.Now()
	late := func(status int, id, result string, wait time.Duration) error {
		s.observe(result)
		say("", id, "time", s.Languages.For(lang(c)).DateTime(now.Add(wait+time.Minute-1)))
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		return again(status)
	}
	if wait := s.asking.Take(network(c), now); wait > 0 {
		return late(http.StatusTooManyRequests, "network", "network_limit", wait)
	}
	r := comms.Signup{ID: comms.NewID(), Address: address, Lang: lang(c), Choice: form.Wants(), AskedAt: now}
	limited, full, err := s.Subscribers.SignUp(c.Request().Context(), r)
	switch {
	case err != nil:
		s.Log.ErrorContext(c.Request().Context(), "a request for mail could not be stored", "error", err)
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	case full:
		return late(http.StatusServiceUnavailable, "full", "full", comms.SignupsWaiting/comms.SignupsPerMinute*time.Minute)
	case limited:
		s.observe("address_limit")
	default:
		s.observe("accepted")
	}
	return s.personal(c, http.StatusOK, func(*page.Snapshot) (*page.Document, error) {
		return snap.Sent(lang(c), address, form.Notes)
	})
}

func (s *site) observe(result string) {
	if s.Observer != nil {
		s.Observer.Asked(result)
	}
}

// formTrouble is a form that cannot be taken now, or read at all.
func formTrouble(snap *page.Snapshot, err error) error {
	if snap == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	var told *echo.HTTPError // a body that is too long
	if errors.As(err, &told) {
		return err
	}
	return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
}

// found reads the request for mail behind the link of a confirmation mail, and
// what of it is still there to be told. ok is false when it was answered.
func (s *site) found(c echo.Context) (r comms.Signup, wants comms.Choice, ok bool, err error) {
	unknown := func() (comms.Signup, comms.Choice, bool, error) {
		return r, wants, false, s.confirmed(c, http.StatusNotFound, page.ConfirmUnknown, "")
	}
	id, err := s.Tokens.ParseSignup(c.Param("token"))
	if err != nil {
		return unknown()
	}
	r, err = s.Subscribers.Signup(c.Request().Context(), id, s.Now())
	switch {
	case comms.CodeOf(err) == comms.NotFound:
		return unknown()
	case err != nil:
		return r, wants, false, s.unavailable(c, "a request for mail could not be read", err)
	}
	snap := s.Pages.Snapshot()
	if snap == nil {
		return r, wants, false, echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	if wants, _, _ = snap.Fit(r.Choice); wants.IsZero() && r.Subscriber == "" {
		return r, wants, false, s.confirmed(c, http.StatusOK, page.ConfirmOver, "")
	}
	return r, wants, true, nil
}

// confirmForm shows the button that confirms. Opening the address changes
// nothing: programs open the links of mails as well.
func (s *site) confirmForm(c echo.Context) error {
	r, wants, ok, err := s.found(c)
	if !ok {
		return err
	}
	if r.Subscriber != "" {
		return s.confirmed(c, http.StatusOK, page.ConfirmDone, "/subscriptions/"+s.Tokens.Token(r.Subscriber))
	}
	return s.personal(c, http.StatusOK, func(snap *page.Snapshot) (*page.Document, error) {
		return snap.Confirm(lang(c), c.Request().URL.Path, r, wants)
	})
}

// confirm begins the mails.
func (s *site) confirm(c echo.Context) error {
	r, wants, ok, err := s.found(c)
	if !ok {
		return err
	}
	subscriber, err := s.Subscribers.Confirm(c.Request().Context(), r.ID, wants, s.Now())
	switch {
	case comms.CodeOf(err) == comms.NotFound:
		return s.confirmed(c, http.StatusNotFound, page.ConfirmUnknown, "")
	case err != nil:
		return s.unavailable(c, "a request for mail could not be confirmed", err)
	}
	return s.confirmed(c, http.StatusOK, page.ConfirmDone, "/subscriptions/"+s.Tokens.Token(subscriber))
}

func (s *site) confirmed(c echo.Context, status int, step page.Confirming, manage string) error {
	return s.personal(c, status, func(snap *page.Snapshot) (*page.Document, error) { return snap.Confirmed(lang(c), step, manage) })
}

// manage shows what somebody gets, to change it or to end it. The token is the
// proof; opening the address changes nothing.
func (s *site) manage(c echo.Context) error {
	sub, ok, err := s.subscriber(c)
	if !ok {
		return err
	}
	return s.managing(c, http.StatusOK, sub, page.Signup{What: page.WhatOf(sub.Choice), Choice: sub.Choice}, false)
}

// subscriber reads whose page it is; ok is false when it was answered.
func (s *site) subscriber(c echo.Context) (sub comms.Subscriber, ok bool, err error) {
	id, err := s.Tokens.Parse(c.Param("token"))
	if err != nil {
		return sub, false, s.leaving(c, page.LeaveUnknown, http.StatusNotFound)
	}
	sub, err = s.Subscribers.Subscriber(c.Request().Context(), id)
	switch {
	case comms.CodeOf(err) == comms.NotFound:
		return sub, false, s.leaving(c, page.LeaveUnknown, http.StatusNotFound)
	case err != nil:
		return sub, false, s.unavailable(c, "a subscription could not be read", err)
	case !sub.EndedAt.IsZero():
		return sub, false, s.personal(c, http.StatusOK, func(snap *page.Snapshot) (*page.Document, error) { return snap.Ended(lang(c)) })
	}
	return sub, true, nil
}

func (s *site) managing(c echo.Context, status int, sub comms.Subscriber, form page.Signup, saved bool) error {
	return s.personal(c, status, func(snap *page.Snapshot) (*page.Document, error) {
		path := "/subscriptions/" + url.PathEscape(c.Param("token"))
		return snap.Manage(lang(c), path, sub, form, saved)
	})
}

// choose changes what somebody gets.
func (s *site) choose(c echo.Context) error {
	sub, ok, err := s.subscriber(c)
	if !ok {
		return err
	}
	snap := s.Pages.Snapshot()
	values, err := c.FormParams()
	if snap == nil || err != nil {
		return formTrouble(snap, err)
	}
	body, unknown := filled(values)
	// What somebody followed before it ended stays until its time is over:
	// they are still told of corrections.
	var ended []comms.ID
	_, _, over := snap.Fit(sub.Choice)
	for _, id := range over {
		for i, chosen := range body.Choice.Incidents {
			if chosen == id {
				ended = append(ended, id)
				body.Choice.Incidents = append(body.Choice.Incidents[:i:i], body.Choice.Incidents[i+1:]...)
				break
			}
		}
	}
	none := body.What == page.None
	form := fit(snap, lang(c), body, unknown)
	form.Choice.Incidents = append(form.Choice.Incidents, ended...)
	if none && len(ended) > 0 {
		form.What = page.None
	}
	wants := form.Wants()
	if wants.IsZero() || none && len(form.Choice.Incidents) == 0 {
		form.Problems = []page.Problem{{Field: "about", Text: snap.Say(lang(c), "public.subscribe.error.choice")}}
		return s.managing(c, http.StatusUnprocessableEntity, sub, form, false)
	}
	to := comms.Lang(values.Get("lang"))
	for _, l := range snap.Languages() {
		if l == to {
			sub.Lang = l
		}
	}
	err = s.Subscribers.Choose(c.Request().Context(), sub.ID, sub.Lang, wants, s.Now())
	switch {
	case comms.CodeOf(err) == comms.NotFound: // they left meanwhile
		return s.personal(c, http.StatusOK, func(snap *page.Snapshot) (*page.Document, error) { return snap.Ended(lang(c)) })
	case err != nil:
		return s.unavailable(c, "a subscription could not be changed", err)
	}
	return s.managing(c, http.StatusOK, sub, page.Signup{What: page.WhatOf(wants), Choice: wants, Notes: form.Notes}, true)
}

func (s *site) unavailable(c echo.Context, what string, err error) error {
	if c.Request().Context().Err() == context.Canceled {
		return err
	}
	s.Log.ErrorContext(c.Request().Context(), what, "error", err)
	return echo.NewHTTPError(http.StatusServiceUnavailable)
}

// kept is comms.Kept as its owner downloads it.
type kept struct {
	Address     string       `json:"address"`
	Language    comms.Lang   `json:"language"`
	Choice      comms.Choice `json:"choice"`
	ConfirmedAt time.Time    `json:"confirmed_at"`
	ChangedAt   *time.Time   `json:"changed_at,omitempty"`
	Requests    []request    `json:"requests"`
	Mails       []told       `json:"mails"`
}

type request struct {
	Address     string       `json:"address"`
	Choice      comms.Choice `json:"choice"`
	AskedAt     time.Time    `json:"asked_at"`
	ConfirmedAt *time.Time   `json:"confirmed_at,omitempty"`
}

type told struct {
	Publication int64      `json:"publication"`
	State       string     `json:"state"`
	At          *time.Time `json:"at,omitempty"`
}

// data gives somebody everything that is kept about them.
func (s *site) data(c echo.Context) error {
	sub, ok, err := s.subscriber(c)
	if !ok {
		return err
	}
	k, err := s.Subscribers.Kept(c.Request().Context(), sub.ID)
	if err != nil {
		return s.unavailable(c, "what is kept about a subscriber could not be read", err)
	}
	out := kept{Address: k.Subscriber.Address, Language: k.Subscriber.Lang, Choice: k.Subscriber.Choice,
		ConfirmedAt: k.Subscriber.ConfirmedAt, ChangedAt: optional(k.Subscriber.ChangedAt), Requests: []request{}, Mails: []told{}}
	for _, r := range k.Signups {
		out.Requests = append(out.Requests, request{r.Address, r.Choice, r.AskedAt, optional(r.ConfirmedAt)})
	}
	for _, m := range k.Mails {
		out.Mails = append(out.Mails, told{m.Publication, m.State, optional(m.At)})
	}
	h := c.Response().Header()
	h.Set("Cache-Control", cacheNone)
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Content-Disposition", `attachment; filename="subscription.json"`)
	return c.JSONPretty(http.StatusOK, out, "  ")
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
