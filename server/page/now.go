package page

import (
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// current is how things stand, in a sentence that a person would say.
type current struct {
	Class    string // style of the worst state
	Icon     string
	Sentence text
	Also     []string // sentences of the states that are less bad
	Rest     bool     // whether anything else works
	Calm     bool     // nothing is open
	Last     *moment  // newest update of what is open
	Next     *moment  // earliest promise that lies ahead
	Late     []string // promises that have passed, if the plan says to show them
}

// named is the most names that a sentence bears; beyond it comes their number.
const named = 3

// stand describes how things stand for customers.
func (v frame) stand(f *facts) current {
	states := f.current()
	byState := map[comms.State][]string{}
	working := 0
	for _, c := range f.catalogue.Components() {
		s := comms.Worst(states[c.ID])
		if s == comms.Operational {
			working++
			continue
		}
		byState[s] = append(byState[s], v.say(c.Name).S)
	}
	worst := comms.Operational
	now := current{Rest: working > 0, Calm: true}
	order := comms.States()
	slices.Reverse(order)
	for _, s := range order {
		names := byState[s]
		if len(names) == 0 {
			continue
		}
		sentence := v.T("public.now."+string(s), "names", v.few(names))
		if worst == comms.Operational {
			worst, now.Sentence = s, text{S: sentence}
		} else {
			now.Also = append(now.Also, sentence+".")
		}
	}
	now.Class, now.Icon = class(worst), class(worst)
	v.promises(f, &now)
	if worst == comms.Operational {
		now.Rest = false
		now.Sentence = v.allWell(f)
	}
	return now
}

// allWell is the sentence when no component is affected.
func (v frame) allWell(f *facts) text {
	watching := 0
	for _, i := range f.open {
		if i.kind == comms.KindIncident {
			watching++
		}
	}
	if watching > 0 {
		return text{S: v.T("public.now.watching", "count", watching)}
	}
	if t := v.say(f.catalogue.Texts.AllWell); t.S != "" {
		return t
	}
	return text{S: v.T("public.now.all_well")}
}

func (v frame) few(names []string) string {
	if len(names) > named {
		return v.T("public.services", "count", len(names))
	}
	return v.list(names)
}

func (v frame) promises(f *facts, now *current) {
	var last, next time.Time
	for _, i := range f.open {
		if i.upcoming() {
			continue
		}
		now.Calm = false
		if at := i.latest().At(); at.After(last) {
			last = at
		}
		promise := i.promise()
		switch {
		case promise.IsZero():
		case promise.After(v.now):
			if next.IsZero() || promise.Before(next) {
				next = promise
			}
		case f.catalogue.ShowOverdue:
			now.Late = append(now.Late, v.T("public.now.late", "time", v.clock(promise).Words))
		}
	}
	if !last.IsZero() {
		m := v.clock(last)
		now.Last = &m
	}
	if !next.IsZero() {
		m := v.clock(next)
		now.Next = &m
	}
}

// nextChange is when the clock alone makes the pages look different: the next
// midnight, or before it the next promise to pass.
func (f *facts) nextChange(now time.Time) time.Time {
	next := now.UTC().Truncate(day).Add(day)
	for _, i := range f.open {
		if p := i.promise(); p.After(now) && p.Before(next) {
			next = p
		}
	}
	return next
}
