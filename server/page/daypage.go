package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
)

// dayPath is the permanent address of a day (UTC).
func dayPath(start time.Time) string { return "/days/" + start.UTC().Format(time.DateOnly) }

// dayPage is the page of one day.
type dayPage struct {
	frame
	Heading  string
	Lead     string
	Icon     string // shape of the worst state; "" if nothing was listed yet
	Class    string
	Worst    comms.State // "" if nothing was listed yet
	Entries  []happening
	Affected []affectedDay
	Unlisted string // what was not on the page yet; "" for nothing
	Older    *linkView
	Newer    *linkView
	Month    linkView
}

// happening is what was published of an incident, or held of it, on a day.
type happening struct {
	entryView
	Updates []told
}

// told is an update in one line.
type told struct {
	At    moment
	Label text
	Words text
	Href  string
}

// affectedDay is a component on a day on which it did not work as it should.
type affectedDay struct {
	Name  text
	Href  string
	Class string
	Icon  string
	Words string
	Times []string // when it was how bad, unless Words say it all
}

// dayOf reads the day that an address names, from the first of the page until
// today; ok is false for any other address.
func (f *facts) dayOf(id string, now time.Time) (start time.Time, ok bool) {
	start, err := time.Parse(time.DateOnly, id)
	if err != nil || start.Format(time.DateOnly) != id || start.Before(f.since.UTC().Truncate(day)) || start.After(now) {
		return time.Time{}, false
	}
	return start, true
}

// day makes the page of a day; nil when the address names none.
func (s *Snapshot) day(lang comms.Lang, path, id string) (*Document, error) {
	f := s.facts
	start, ok := f.dayOf(id, s.now)
	if !ok {
		return nil, nil
	}
	about := f.onThe(start)
	print := fmt.Sprint(" ", f.plan) + s.turning(start, " ")
	for _, i := range about {
		print += fmt.Sprint(" ", i.head)
	}
	return s.builder.memory.get(string(lang)+path+print, func() (*Document, error) {
		v := s.frame(lang, path)
		return s.builder.execute("day", v, v.dayPage(f, start, about))
	})
}

// turning changes with the date for a day that does: what goes on today ends
// with the day, and the day before leads to it. It is "" for all others.
func (s *Snapshot) turning(start time.Time, before string) string {
	if s.now.Sub(start) >= 2*day {
		return ""
	}
	return before + s.now.Format(time.DateOnly)
}

// onThe lists what was going on, or written of, on the day that starts then,
// by its beginning.
func (f *facts) onThe(start time.Time) []*incident {
	end := start.Add(day)
	var out []*incident
	for _, i := range f.incidents {
		written := slices.ContainsFunc(i.updates, func(u *update) bool { return within(u.At(), start, end) })
		if written || i.going(start, end) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b *incident) int { return a.filed.Compare(b.filed) })
	return out
}

func within(at, from, to time.Time) bool { return !at.Before(from) && at.Before(to) }

// going tells whether it was going on at any time between two moments, by what
// is known of it now.
func (i *incident) going(from, to time.Time) bool {
	if i.upcoming() || i.latest().Phase() == comms.PhaseFalseAlarm || i.latest().Phase() == comms.PhaseCancelled && !i.underWay() {
		return false
	}
	end, closed := i.ended()
	return i.filed.Before(to) && (!closed || end.After(from))
}

// whole writes a day with its year.
func (v frame) whole(at time.Time) string {
	return v.T("public.day.title", "date", v.p.Date(at), "year", at.UTC().Year())
}

// capital begins a heading: not every language writes days with one.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func (v frame) dayPage(f *facts, start time.Time, about []*incident) dayPage {
	out := dayPage{frame: v, Heading: capital(v.whole(start))}
	out.Month = linkView{v.Prefix + "/history/" + start.Format("2006-01"), v.p.Month(start)}
	if before := start.Add(-day); !before.Before(f.since.UTC().Truncate(day)) && (v.Copied == nil || !before.Before(v.firstDay())) {
		l := v.dayLink(before)
		out.Older = &l
	}
	if after := start.Add(day); !after.After(v.now) {
		l := v.dayLink(after)
		out.Newer = &l
	}
	for _, i := range about {
		out.Entries = append(out.Entries, v.happened(i, start))
	}
	v.affectedOn(f, start, &out)
	yet := ""
	if out.Newer == nil { // it is today, and goes on
		yet = "_yet"
	}
	out.Lead = v.T("public.day.nothing" + yet)
	if n := len(out.Affected); n > named {
		out.Lead = v.T("public.day.several"+yet, "count", n)
	} else if n > 0 {
		var words []string
		for _, a := range out.Affected {
			words = append(words, a.Name.S+": "+a.Words)
		}
		out.Lead = strings.Join(words, v.T("language.semicolon")) + "."
		if yet != "" {
			out.Lead = v.T("public.day.yet", "words", out.Lead)
		}
	} else if len(about) > 0 {
		out.Lead = v.T("public.day.working" + yet)
	}
	out.PageTitle = out.Heading + " · " + v.Site.S
	out.Desc = out.Heading + ". " + out.Lead
	for _, e := range out.Entries {
		out.Desc += " " + e.Title.S + "."
	}
	return out
}

// happened is an incident with what was published of it on a day, oldest first.
func (v frame) happened(i *incident, start time.Time) happening {
	out := happening{entryView: v.entry(i)}
	out.Affects = v.affects(i)
	if from := i.began(); i.open() && !i.upcoming() && !sameDay(from, start) {
		out.Meta = v.T("public.bars.since", "state", v.phase(i.latest().Phase()).S, "from", v.dateTime(from).Words)
	}
	for _, u := range i.updates {
		if !within(u.At(), start, start.Add(day)) {
			continue
		}
		t := told{
			At: moment{v.p.Time(u.At()), machine(u.At())}, Label: v.phase(u.Phase()), Words: v.short(u),
			Href: v.Prefix + address(i) + "#u-" + string(u.Update()),
		}
		if u.Kind() == comms.MessageCorrection {
			t.Label = text{S: v.T("public.correction")}
		}
		out.Updates = append(out.Updates, t)
	}
	return out
}

// affectedOn says how every component was on a day, the worst first. Those
// that the plan has no more are there if something was said of them.
func (v frame) affectedOn(f *facts, start time.Time, out *dayPage) {
	var unlisted []string
	var ids []comms.ComponentID
	for id := range f.names {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	worst, known := comms.Operational, false
	ranks := map[string]int{}
	for _, c := range v.listed(ids) {
		since := f.firstSeen[c.ID]
		if !since.Before(start.Add(day)) {
			if _, gone := f.gone[c.ID]; !gone {
				unlisted = append(unlisted, v.say(c.Name).S)
			}
			continue
		}
		known = true
		parts, d := dayOf(f.spans(c.ID, v.now), since, start, v.now)
		if d.worst == comms.Operational {
			continue
		}
		worst = comms.Worst(worst, d.worst)
		a := affectedDay{Name: v.say(c.Name), Href: v.Prefix + componentPath(c.ID), Class: class(d.worst), Icon: class(d.worst), Words: v.daily(d), Times: v.times(parts)}
		ranks[a.Href] = d.worst.Rank()
		out.Affected = append(out.Affected, a)
	}
	slices.SortStableFunc(out.Affected, func(a, b affectedDay) int { return cmp.Compare(ranks[b.Href], ranks[a.Href]) })
	if known {
		out.Worst, out.Class, out.Icon = worst, class(worst), class(worst)
	}
	if len(unlisted) > 0 {
		out.Unlisted = v.T("public.day.unlisted", "names", v.few(unlisted))
	}
}

// times says when a component was how bad on a day, of which those are the
// parts; nothing where the one trouble lasted all day or goes on, which its state
// says. One that goes on has no end yet.
func (v frame) times(parts []stretch) (out []string) {
	said := len(parts) == 1
	for _, s := range parts {
		switch {
		case s.state == comms.Operational:
		case s.to.Equal(v.now):
			said = said || len(out) == 0
			out = append(out, v.T("public.since", "phase", v.label(s.state).S, "from", v.p.Time(s.from)))
		default:
			out = append(out, v.T("public.lasted", "phase", v.label(s.state).S, "from", v.p.Time(s.from), "to", v.p.Time(s.to)))
		}
	}
	if said {
		return nil
	}
	return out
}

// dayOf is how a component, known since then, was on the day that starts then,
// or on what of it is over: its parts in the order of time, and the worst of them.
func dayOf(spans []span, since, start, now time.Time) (parts []stretch, d daily) {
	d = daily{worst: comms.Operational}
	for _, s := range stretches(spans, since, earlier(start.Add(day), now)) {
		if s.to.After(start) {
			d.add(s, start, now)
			s.from = later(s.from, start)
			parts = append(parts, s)
		}
	}
	return parts, d
}
