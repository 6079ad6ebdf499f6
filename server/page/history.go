package page

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// The history page shows this many months, and at most this many entries of
// each; a month's own page is cut into parts of monthEntries.
const (
	latestMonths  = 3
	latestEntries = 50
	monthEntries  = 100
)

// month is what began in one month (UTC), the newest first.
type month struct {
	id        string // "2026-11", as it stands in its address
	start     time.Time
	incidents []*incident
}

// months lists every month from the beginning of the page until now, the
// newest first, empty ones included. What began before the page did stands in
// its first month; planned work that has not begun stands nowhere here.
func (f *facts) months(now time.Time) []month {
	if f.catalogue == nil {
		return nil
	}
	first, last := monthOf(f.since), monthOf(now)
	if last.Before(first) {
		last = first
	}
	var out []month
	byStart := map[time.Time]int{}
	for at := last; !at.Before(first); at = at.AddDate(0, -1, 0) {
		byStart[at] = len(out)
		out = append(out, month{id: at.Format("2006-01"), start: at})
	}
	for _, i := range f.incidents {
		if i.upcoming() {
			continue
		}
		at := monthOf(i.filed)
		if at.Before(first) {
			at = first
		} else if at.After(last) {
			at = last
		}
		m := &out[byStart[at]]
		m.incidents = append(m.incidents, i)
	}
	for _, m := range out {
		slices.SortStableFunc(m.incidents, func(a, b *incident) int {
			return cmp.Or(b.filed.Compare(a.filed), cmp.Compare(b.updates[0].Number(), a.updates[0].Number()))
		})
	}
	return out
}

func monthOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// parts is on how many pages the month stands; 1 for an empty one.
func (m month) parts() int { return max(1, (len(m.incidents)+monthEntries-1)/monthEntries) }

// path is the permanent address of one part, counted from 1.
func (m month) path(part int) string {
	if part == 1 {
		return "/history/" + m.id
	}
	return fmt.Sprintf("/history/%s/%d", m.id, part)
}

// historyView is the history page: the latest months, and the way to all others.
type historyView struct {
	frame
	Planned []entryView
	Months  []monthView
	Years   []yearView
}

// monthView is a month, or a part of one.
type monthView struct {
	ID      string
	Label   string
	Href    string
	Entries []entryView
	More    *linkView
}

// yearView is a way to each month of a year.
type yearView struct {
	Year   string
	Months []linkView
}

func (v frame) history(f *facts, all []month) historyView {
	out := historyView{frame: v}
	out.PageTitle = v.T("public.history_title") + " · " + v.Site.S
	out.Desc = v.T("public.history_desc", "site", v.Site.S, "from", v.p.Month(all[len(all)-1].start))
	for _, i := range f.open {
		if i.upcoming() {
			out.Planned = append(out.Planned, v.entry(i))
		}
	}
	for n, m := range all {
		if n < latestMonths {
			view := v.month(m, m.incidents[:min(latestEntries, len(m.incidents))])
			if left := len(m.incidents) - len(view.Entries); left > 0 {
				view.More = &linkView{view.Href, v.T("public.month_more", "count", left, "month", view.Label)}
			}
			out.Months = append(out.Months, view)
		}
		year := strconv.Itoa(m.start.Year())
		if len(out.Years) == 0 || out.Years[len(out.Years)-1].Year != year {
			out.Years = append(out.Years, yearView{Year: year})
		}
		y := &out.Years[len(out.Years)-1]
		y.Months = append(y.Months, linkView{v.Prefix + m.path(1), v.p.Month(m.start)})
	}
	return out
}

func (v frame) month(m month, shown []*incident) monthView {
	out := monthView{ID: m.id, Label: v.p.Month(m.start), Href: v.Prefix + m.path(1)}
	for _, i := range shown {
		e := v.entry(i)
		e.Affects = v.affects(i)
		e.Corrected = v.corrections(i)
		out.Entries = append(out.Entries, e)
	}
	return out
}

// corrections ties what an incident's page had to put right to its entry in a
// list; nil for nothing. The newest one stands for all.
func (v frame) corrections(i *incident) *noteView {
	for _, u := range slices.Backward(i.updates) {
		if u.Corrects != nil {
			return &noteView{
				Note: v.T("public.corrected_on", "time", v.year(u.At()).Words), Reason: v.reason(u.Correction().Reason),
				Href: v.Prefix + address(i) + "#u-" + string(u.Update()), Link: v.T("public.corrected_link"),
			}
		}
	}
	return nil
}

// onePartView is the page of a month, or of one part of it.
type onePartView struct {
	frame
	Heading string
	Month   monthView
	Part    string // "Part 2 of 3"; "" for a month in one
	Pages   []linkView
	Newer   *linkView
	Older   *linkView
}

// month finds the page of a month by what follows /history/ in its address.
func (s *Snapshot) month(lang comms.Lang, path, name string) (*Document, error) {
	id, rest, _ := strings.Cut(name, "/")
	n := slices.IndexFunc(s.months(), func(m month) bool { return m.id == id })
	if n < 0 {
		return nil, nil
	}
	m, part := s.months()[n], 1
	if rest != "" {
		part, _ = strconv.Atoi(rest)
	}
	if part < 1 || part > m.parts() || path != m.path(part) {
		return nil, nil
	}
	return s.builder.memory.get(string(lang)+path+s.monthPrint(n), func() (*Document, error) {
		v := s.frame(lang, path)
		return s.builder.execute("month", v, v.part(s.months(), n, part))
	})
}

// monthPrint changes with everything that a month's page shows: the plan, the
// incidents in it, and which months there are.
func (s *Snapshot) monthPrint(n int) string {
	m := s.months()[n]
	var latest int64
	for _, i := range m.incidents {
		latest = max(latest, i.head)
	}
	return fmt.Sprint(" ", s.facts.plan, " ", latest, " ", len(m.incidents), " ", s.months()[0].id)
}

func (v frame) part(all []month, n, part int) onePartView {
	m := all[n]
	from := (part - 1) * monthEntries
	shown := m.incidents[from:min(from+monthEntries, len(m.incidents))]
	out := onePartView{frame: v, Month: v.month(m, shown)}
	out.Heading = v.T("public.month_title", "month", out.Month.Label)
	out.PageTitle = out.Month.Label + " · " + v.T("public.history_title") + " · " + v.Site.S
	out.Desc = v.T("public.month_desc", "month", out.Month.Label, "count", len(m.incidents))
	for _, e := range out.Month.Entries {
		out.Desc += " " + e.Title.S + "."
	}
	if parts := m.parts(); parts > 1 {
		out.Part = v.T("public.part", "number", part, "all", parts)
		out.PageTitle = out.Part + " · " + out.PageTitle
		for p := 1; p <= parts; p++ {
			l := linkView{"", strconv.Itoa(p)}
			if p != part {
				l.Href = v.Prefix + m.path(p)
			}
			out.Pages = append(out.Pages, l)
		}
	}
	if n > 0 {
		out.Newer = &linkView{v.Prefix + all[n-1].path(1), v.p.Month(all[n-1].start)}
	}
	if n+1 < len(all) {
		out.Older = &linkView{v.Prefix + all[n+1].path(1), v.p.Month(all[n+1].start)}
	}
	return out
}
