package feed

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/shelf"
)

// refresh is how often calendars are told to ask again, as a duration of RFC
// 5545 section 3.3.6.
const refresh = "PT1H"

// Calendar encodes planned work per RFC 5545: what is still to come, and what
// ended or was last written of at since or later. Each maintenance is one
// event under a permanent identifier; each publication about it raises the
// event's sequence, so that calendars take changes over. What was cancelled
// stays, as cancelled, so that they take that over too. For a component, so
// does work that was first planned on it and then no longer.
func (r *Record) Calendar(component comms.ComponentID, since time.Time) ([]byte, error) {
	name := r.p.T("public.calendar_title", "name", r.title(component))
	cal := ics.NewCalendar()
	cal.SetProductId("-//Countersign//Countersign//EN")
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(name)
	cal.SetRefreshInterval(refresh)
	cal.SetXPublishedTTL(refresh)
	var order []comms.ID
	works := map[comms.ID][]*signoff.Outline{}
	for _, pub := range r.about(component) {
		if id := pub.Incident(); pub.Work() {
			if works[id] == nil {
				order = append(order, id)
			}
			works[id] = append(works[id], pub)
		}
	}
	words := r.shelf.Reading()
	for _, id := range order {
		if e := r.event(works[id], component, since, words); e != nil {
			cal.AddVEvent(e)
		}
	}
	if err := words.Err(); err != nil {
		return nil, err
	}
	if len(cal.Components) == 0 {
		utc(cal)
	}
	var out bytes.Buffer
	if err := cal.SerializeTo(&out, ics.WithNewLine("\r\n")); err != nil {
		return nil, fmt.Errorf("write the calendar: %w", err)
	}
	return out.Bytes(), nil
}

// event is a maintenance as its publications state it, the last of them last;
// nil for one that lies too far back.
func (r *Record) event(pubs []*signoff.Outline, component comms.ComponentID, since time.Time, words *shelf.Reading) *ics.VEvent {
	first, last := pubs[0], pubs[len(pubs)-1]
	start, end := last.StartedAt(), window(pubs)
	if last.At().Before(since) && start.Before(since) && end.Before(since) {
		return nil
	}
	title, text := r.words(pubs, words)
	changed, changes := last.At(), len(pubs)-1
	for _, pub := range pubs {
		if gone := pub.Redacted(); gone != nil {
			changes++
			if gone.At.After(changed) {
				changed = gone.At
			}
		}
	}
	href := r.address(place(last))
	e := ics.NewEvent(string(last.Incident()) + "@" + host(r.planOf(first)))
	e.SetDtStampTime(changed)
	e.SetCreatedTime(first.At())
	e.SetModifiedAt(changed)
	e.SetSequence(changes)
	e.SetStartAt(start)
	if end.After(start) {
		e.SetEndAt(end)
	}
	e.SetSummary(title)
	e.SetDescription(text + "\n\n" + href)
	e.SetURL(href)
	e.SetStatus(ics.ObjectStatusConfirmed)
	if last.Phase() == comms.PhaseCancelled || component != "" && last.Phase() == comms.PhaseScheduled && !claims(last, component) {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
	e.SetTimeTransparency(ics.TransparencyTransparent)
	return e
}

// window is the end of the work: the latest that was named, zero for none.
func window(pubs []*signoff.Outline) time.Time {
	for n := len(pubs) - 1; n >= 0; n-- {
		if end := pubs[n].EndedAt(); !end.IsZero() {
			return end
		}
	}
	return time.Time{}
}

// words are the title and the text of the newest update, or of the correction
// of it. The title of one whose words are gone is that of an older one.
func (r *Record) words(pubs []*signoff.Outline, from *shelf.Reading) (title, text string) {
	var told []*signoff.Told
	for _, pub := range pubs {
		told = signoff.Tell(told, pub)
	}
	for _, t := range slices.Backward(told) {
		if t.Correction() != nil {
			continue
		}
		worded := t.Worded()
		if worded == nil {
			if text == "" {
				text = r.p.T("public.removed", "time", r.p.DateTime(t.Redacted().At))
			}
			continue
		}
		forms, lang := from.Message(worded.Outline).In(r.lang, r.catalogue.Source)
		if text == "" {
			text = clean(forms.Text)
			if lang != r.lang {
				text = r.p.T("public.only_in") + "\n\n" + text
			}
		}
		return clean(forms.Title), text
	}
	return r.p.T("public.untitled.maintenance"), text
}

func claims(pub *signoff.Outline, component comms.ComponentID) bool {
	for _, c := range pub.Claims() {
		if c.Component == component {
			return true
		}
	}
	return false
}

// utc stands in a calendar without events: RFC 5545 section 3.6 asks for a
// component at least.
func utc(cal *ics.Calendar) {
	s := cal.AddTimezone("UTC").AddStandard()
	s.SetProperty(ics.ComponentPropertyDtStart, "19700101T000000")
	s.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), "+0000")
	s.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), "+0000")
}
