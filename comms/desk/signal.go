package desk

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// Alert is what the monitoring tells of one thing that it watches.
type Alert struct {
	Fingerprint string // the same for as long as it is about the same thing
	Labels      map[string]string
	Notes       map[string]string // what it says to the team; no word of it reaches a customer
	Firing      bool
	Since       time.Time // since when it fires; zero if it does not say
}

// Signal is an alert as the desk keeps it.
type Signal struct {
	ID          comms.ID
	Fingerprint string
	Incident    comms.ID // "" while the plan says nothing of such alerts
	Name        string
	Labels      map[string]string // of each of these, what fits on a page
	Notes       map[string]string
	Firing      bool
	Fired       int // how often, from 1
	Since       time.Time
	At          time.Time // when the desk was told that it began, or that it ended
}

// Outcome is what became of an alert.
type Outcome string

// The outcomes. Whatever it is, nothing is submitted, and nobody's words or
// signatures change.
const (
	SignalStarted  Outcome = "started"  // it began an incident, with a draft
	SignalFed      Outcome = "fed"      // a draft that nobody had written on yet says it too
	SignalNoted    Outcome = "noted"    // it is shown beside the incident
	SignalRepeated Outcome = "repeated" // it was known
	SignalResolved Outcome = "resolved" // it ended, and others of the incident go on
	SignalProposed Outcome = "proposed" // it ended as the last, and a draft says so
	SignalUnmapped Outcome = "unmapped" // the plan says nothing of it; the desk shows it
	SignalIgnored  Outcome = "ignored"  // the plan says that it is nothing for customers
)

// Heard says what became of an alert.
type Heard struct {
	Fingerprint string
	Outcome     Outcome
	Incident    comms.ID // "" for none
	Update      comms.ID // the draft that was begun or fed; "" for none
}

// mostUnmapped is how many alerts are kept that the plan says nothing of.
const mostUnmapped = 200

// Hear takes what the monitoring tells, in its order. It starts drafts and
// feeds those on which nobody has written; the person for whom the actor's
// token stands is their author, and so never signs them.
func (d *Desk) Hear(ctx context.Context, a Actor, alerts []Alert) ([]Heard, error) {
	var out []Heard
	err := d.write(ctx, a, func(tx Tx, p *plan.Plan) error {
		out = nil
		find := p.Mapping()
		for _, alert := range alerts {
			h := hearing{Desk: d, tx: tx, actor: a, plan: p, alert: alert}
			meaning, known := find(alert.Labels)
			one, err := h.hear(ctx, meaning, known)
			if err != nil {
				return err
			}
			one.Fingerprint = alert.Fingerprint
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// hearing is one alert on its way into the desk.
type hearing struct {
	*Desk
	tx    Tx
	actor Actor
	plan  *plan.Plan
	alert Alert
}

func (h hearing) hear(ctx context.Context, meaning plan.Signal, known bool) (Heard, error) {
	s, err := h.tx.Signal(ctx, h.alert.Fingerprint)
	if err != nil && comms.CodeOf(err) != comms.NotFound {
		return Heard{}, err
	}
	had := err == nil
	switch {
	case !h.alert.Firing && !had:
		return Heard{Outcome: SignalRepeated}, nil // nobody here has heard of it
	case !h.alert.Firing:
		return h.end(ctx, s)
	case known && meaning.Ignore && s.Incident == "":
		return Heard{Outcome: SignalIgnored}, nil
	}
	again := had && (!s.Firing || h.alert.Since.After(s.At)) // its end may have been lost
	if s.Incident != "" {
		inc, open, err := h.open(ctx, s.Incident)
		switch {
		case err != nil:
			return Heard{}, err
		case !again: // it is known, also where the team has judged it and moved on
			return Heard{Outcome: SignalRepeated, Incident: s.Incident}, nil
		case open:
			return h.join(ctx, h.begun(s), inc, meaning, known)
		}
		s, had = Signal{}, false // that incident is over, and this is another one
		if known && meaning.Ignore {
			return Heard{Outcome: SignalIgnored}, nil
		}
	}
	if !known {
		if had && !again {
			return Heard{Outcome: SignalRepeated}, nil
		}
		s = h.begun(s)
		if err := h.tx.PutSignal(ctx, s, mostUnmapped); err != nil {
			return Heard{}, err
		}
		return Heard{Outcome: SignalUnmapped}, h.log(ctx, h.tx, h.actor, "signal.unmapped", s.ID, "name", s.Name)
	}
	inc, found, err := h.related(ctx, meaning)
	if err != nil {
		return Heard{}, err
	}
	if found {
		return h.join(ctx, h.begun(s), inc, meaning, true)
	}
	return h.start(ctx, h.begun(s), meaning)
}

// begun is the signal of an alert that fires, or fires again.
func (h hearing) begun(s Signal) Signal {
	now := h.c.Now()
	if s.ID == "" {
		s.ID, s.Fingerprint = comms.NewID(), h.alert.Fingerprint
	}
	s.Labels, s.Notes = fitting(h.alert.Labels), fitting(h.alert.Notes)
	if s.Name = s.Labels["alertname"]; s.Name == "" {
		s.Name = s.Fingerprint
	}
	s.Firing, s.At = true, now
	s.Fired++
	if s.Since = h.alert.Since; s.Since.IsZero() || s.Since.After(now) {
		s.Since = now
	}
	return s
}

// The bounds of what is kept of an alert for people to read.
const (
	mostTexts   = 40
	longestText = 1000 // characters
	longestKey  = 100  // characters
)

// fitting is what a page has room for, as plain text.
func fitting(in map[string]string) map[string]string {
	out := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(in)) {
		if len(out) == mostTexts {
			break
		}
		out[plain(key, longestKey)] = plain(in[key], longestText)
	}
	return out
}

// plain drops what draft.CheckText refuses, and what is too long.
func plain(s string, longest int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case draft.CheckText("", string(r), false) != nil:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest-1]) + "…"
	}
	return strings.TrimSpace(s)
}

// open tells whether an incident still goes on: neither over for customers nor
// dropped by the team before they heard of it.
func (h hearing) open(ctx context.Context, id comms.ID) (Incident, bool, error) {
	inc, err := h.tx.Incident(ctx, id)
	if err != nil || inc.Phase.Closed() || inc.Head > 0 {
		return inc, err == nil && !inc.Phase.Closed(), err
	}
	updates, err := h.tx.UpdatesOf(ctx, id)
	return inc, slices.ContainsFunc(updates, func(u Update) bool { return u.State != Withdrawn }), err
}

// related finds the open incident, the newest first, that says something of a
// component that the alert is about.
func (h hearing) related(ctx context.Context, meaning plan.Signal) (Incident, bool, error) {
	list, err := h.tx.Incidents(ctx, true, 0)
	if err != nil {
		return Incident{}, false, err
	}
	for _, inc := range list {
		if inc.Kind != comms.KindIncident {
			continue
		}
		_, open, err := h.open(ctx, inc.ID)
		if err != nil {
			return inc, false, err
		}
		if !open {
			continue
		}
		claims, err := h.claims(ctx, inc)
		if err != nil {
			return inc, false, err
		}
		for _, c := range meaning.Claims {
			if claims[c.Component] {
				return inc, true, nil
			}
		}
	}
	return Incident{}, false, nil
}

// claims lists the components that an incident is about: what customers know,
// and what is being written, or was before they knew anything.
func (h hearing) claims(ctx context.Context, inc Incident) (map[comms.ComponentID]bool, error) {
	out := map[comms.ComponentID]bool{}
	if inc.Head > 0 {
		pub, err := h.tx.Publication(ctx, inc.Head)
		if err != nil {
			return nil, err
		}
		for _, c := range pub.Message().Incident.Claims {
			out[c.Component] = true
		}
	}
	updates, err := h.tx.UpdatesOf(ctx, inc.ID)
	if err != nil {
		return nil, err
	}
	for _, u := range updates {
		if u.State == Published || u.State == Withdrawn && inc.Head > 0 {
			continue
		}
		latest, err := h.tx.Latest(ctx, u.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range latest.Draft.Claims {
			out[c.Component] = true
		}
	}
	return out, nil
}

// start begins an incident with the plan's template.
func (h hearing) start(ctx context.Context, s Signal, meaning plan.Signal) (Heard, error) {
	inc, u, err := h.Desk.open(ctx, h.tx, h.actor, h.plan, Opening{
		Kind: comms.KindIncident, Name: plain(s.Name, 120), Severity: meaning.Severity, Claims: meaning.Claims,
		StartedAt: draft.FormatTime(s.Since), Template: meaning.Template,
	})
	if err != nil {
		return Heard{}, err
	}
	s.Incident = inc.ID
	if err := h.tx.PutSignal(ctx, s, mostUnmapped); err != nil {
		return Heard{}, err
	}
	if err := h.tx.SetDrawn(ctx, u.ID, 1); err != nil {
		return Heard{}, err
	}
	return Heard{Outcome: SignalStarted, Incident: inc.ID, Update: u.ID}, h.note(ctx, "signal.fired", s)
}

// join adds an alert to an incident, and to its draft if alerts alone have
// written on it.
func (h hearing) join(ctx context.Context, s Signal, inc Incident, meaning plan.Signal, known bool) (Heard, error) {
	s.Incident = inc.ID
	if err := h.tx.PutSignal(ctx, s, mostUnmapped); err != nil {
		return Heard{}, err
	}
	if err := h.note(ctx, "signal.fired", s); err != nil {
		return Heard{}, err
	}
	out := Heard{Outcome: SignalNoted, Incident: inc.ID}
	if !known || inc.Head > 0 {
		return out, nil
	}
	updates, err := h.tx.UpdatesOf(ctx, inc.ID)
	if err != nil {
		return out, err
	}
	for _, u := range updates {
		fed, err := h.feed(ctx, inc, u, meaning)
		if err != nil {
			return out, err
		}
		if fed {
			out.Outcome, out.Update = SignalFed, u.ID
			break
		}
	}
	return out, nil
}

// feed makes a draft say what an alert means, if nobody but alerts has written
// on it: the worse state of each component, and the severity if it is graver.
func (h hearing) feed(ctx context.Context, inc Incident, u Update, meaning plan.Signal) (bool, error) {
	if u.State != Draft || u.Kind != comms.MessageUpdate {
		return false, nil
	}
	drawn, err := h.tx.Drawn(ctx, u.ID)
	if err != nil {
		return false, err
	}
	workings, err := h.tx.Workings(ctx, u.ID)
	if err != nil {
		return false, err
	}
	latest, err := h.tx.Latest(ctx, u.ID)
	if err != nil {
		return false, err
	}
	if drawn == 0 || len(workings) > 0 || latest.Number != drawn {
		return false, nil
	}
	text := latest.Draft.Clone()
	text.Claims = worse(h.plan, text.Claims, meaning.Claims)
	p, _, err := h.under(ctx, h.tx, inc.ID)
	if err != nil {
		return false, err
	}
	if graver(p, text.Severity, meaning.Severity) {
		if err := h.raise(ctx, &text, inc, meaning); err != nil {
			return false, err
		}
	}
	if same(text, latest.Draft) {
		return true, nil
	}
	r := Revision{Update: u.ID, Number: latest.Number + 1, Author: h.actor.Person, At: h.c.Now(), Draft: text}
	if err := h.tx.AddRevision(ctx, r); err != nil {
		return false, err
	}
	return true, h.tx.SetDrawn(ctx, u.ID, r.Number)
}

// raise gives a draft that alerts began a graver severity, with what that
// promises.
func (h hearing) raise(ctx context.Context, text *draft.Draft, inc Incident, meaning plan.Signal) error {
	p, _, err := h.under(ctx, h.tx, inc.ID)
	if err != nil {
		return err
	}
	t, err := pick(p.Following(inc.Phase, text.Phase, meaning.Severity), "")
	if err != nil {
		return nil // the plan has no words for it in this phase; the team decides
	}
	if same, ok := p.Template(text.Template); ok && len(same.Severities) == 0 {
		t = same
	}
	text.Template, text.Severity = t.ID, meaning.Severity
	keepDeclared(text.Slots, t)
	h.promise(text, p, t)
	inc.Severity = meaning.Severity
	return h.tx.ChangeIncident(ctx, inc)
}

// worse joins two sets of claims in the page's order.
func worse(p *plan.Plan, a, b []comms.Claim) []comms.Claim {
	out := slices.Clone(a)
	for _, c := range b {
		at := slices.IndexFunc(out, func(o comms.Claim) bool { return o.Component == c.Component })
		if at < 0 {
			out = append(out, c)
			continue
		}
		out[at].State = comms.Worst(out[at].State, c.State)
	}
	inPageOrder(p, out)
	return out
}

// graver tells whether a severity promises customers an earlier word than
// another, and asks for every kind of signature that the other one does: an
// alert never takes a lawyer's question away.
func graver(p *plan.Plan, from, to comms.Severity) bool {
	a, knowsA := p.Severity(from)
	b, knowsB := p.Severity(to)
	if !knowsA || !knowsB || b.FirstUpdate >= a.FirstUpdate {
		return false
	}
	return !slices.ContainsFunc(a.Approvals, func(r plan.Requirement) bool {
		return r.Kind != plan.Any && !slices.ContainsFunc(b.Approvals, func(o plan.Requirement) bool { return o.Kind == r.Kind })
	})
}

// end notes that an alert fires no more. When it was the last of an incident
// that customers know of, a draft proposes to say that the fix is watched.
func (h hearing) end(ctx context.Context, s Signal) (Heard, error) {
	out := Heard{Outcome: SignalRepeated, Incident: s.Incident}
	if !s.Firing {
		return out, nil
	}
	s.Firing, s.At = false, h.c.Now()
	if err := h.tx.PutSignal(ctx, s, mostUnmapped); err != nil {
		return out, err
	}
	out.Outcome = SignalResolved
	if err := h.note(ctx, "signal.resolved", s); err != nil || s.Incident == "" {
		return out, err
	}
	u, err := h.propose(ctx, s.Incident)
	if err == nil && u.ID != "" {
		out.Outcome, out.Update = SignalProposed, u.ID
	}
	return out, err
}

// propose drafts that the fix is watched, once all alerts of an incident are
// over: if customers know of it, the plan has that step, and nobody is writing
// so already.
func (h hearing) propose(ctx context.Context, incident comms.ID) (Update, error) {
	inc, err := h.tx.Incident(ctx, incident)
	if err != nil {
		return Update{}, err
	}
	const phase = comms.PhaseMonitoring
	p, _, err := h.under(ctx, h.tx, incident)
	if err != nil {
		return Update{}, err
	}
	if inc.Head == 0 || inc.Phase == phase || inc.Kind != comms.KindIncident || !p.Follows(inc.Phase, phase) ||
		len(p.Following(inc.Phase, phase, inc.Severity)) == 0 {
		return Update{}, nil
	}
	signals, err := h.tx.SignalsOf(ctx, incident)
	if err != nil || slices.ContainsFunc(signals, func(s Signal) bool { return s.Firing }) {
		return Update{}, err
	}
	updates, err := h.tx.UpdatesOf(ctx, incident)
	if err != nil {
		return Update{}, err
	}
	for _, u := range updates {
		if u.Over() || u.Kind != comms.MessageUpdate {
			continue
		}
		latest, err := h.tx.Latest(ctx, u.ID)
		if err != nil {
			return Update{}, err
		}
		if p := latest.Draft.Phase; p == phase || p.Closed() {
			return Update{}, nil
		}
	}
	u, err := h.next(ctx, h.tx, h.actor, inc, phase, "", nil)
	if err != nil {
		return Update{}, err
	}
	return u, h.tx.SetDrawn(ctx, u.ID, 1)
}

func (h hearing) note(ctx context.Context, action string, s Signal) error {
	return h.log(ctx, h.tx, h.actor, action, s.ID, "name", s.Name, "incident", string(s.Incident))
}
