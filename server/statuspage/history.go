package statuspage

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// monthsOnPage is how many months a page of the history holds.
const monthsOnPage = 3

// month is one month of the history, with what began in it, the newest first.
type month struct {
	Name      string  `json:"name"` // in English: clients look it up
	Year      int     `json:"year"`
	StartsOn  int     `json:"starts_on"` // weekday of its first day, Sunday is 0
	Days      int     `json:"days"`
	Incidents []brief `json:"incidents"`
}

// brief is an incident in the history.
type brief struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Message   string `json:"message"` // what was said last
	Impact    string `json:"impact"`
	Timestamp string `json:"timestamp"` // HTML
}

// HistoryPages is how many pages the history has that ends in now's month.
func (r *Record) HistoryPages(now time.Time) int {
	first, last := r.monthOf(r.oldest()), r.monthOf(now)
	months := (last.Year()-first.Year())*12 + int(last.Month()-first.Month()) + 1
	return max(1, (months+monthsOnPage-1)/monthsOnPage)
}

// History writes a page of "/history.json", from 1 on: three months with what
// began in them, back from now's. Beyond the last page there are no months.
func (v *View) History(number int, now time.Time) ([]byte, error) {
	v = v.reading()
	months := []month{}
	if number <= v.r.HistoryPages(now) {
		for n := range monthsOnPage {
			if start := v.r.monthOf(now).AddDate(0, -(number-1)*monthsOnPage-n, 0); !start.Before(v.r.monthOf(v.r.oldest())) {
				months = append(months, v.month(start))
			}
		}
	}
	type pageStatus struct {
		Page   page   `json:"page"`
		Status status `json:"status"`
	}
	text, err := encode(struct {
		Components []component `json:"components"`
		Months     []month     `json:"months"`
		PageStatus pageStatus  `json:"page_status"`
	}{v.components, months, pageStatus{v.page(), v.r.now()}})
	return text, errors.Join(err, v.words.Err())
}

func (v *View) month(start time.Time) month {
	out := month{
		Name: start.Month().String(), Year: start.Year(), StartsOn: int(start.Weekday()),
		Days: start.AddDate(0, 1, -1).Day(), Incidents: []brief{},
	}
	end := start.AddDate(0, 1, 0)
	var in []*incident
	for _, i := range v.r.incidents {
		if at := i.filed(); !i.upcoming() && !at.Before(start) && at.Before(end) {
			in = append(in, i)
		}
	}
	slices.SortStableFunc(in, func(a, b *incident) int { return b.filed().Compare(a.filed()) })
	for _, i := range in {
		from, until := i.filed(), cmp.Or(i.reached(comms.Phase.Closed), i.newest())
		out.Incidents = append(out.Incidents, brief{
			Code: string(i.id), Name: v.title(i), Message: v.body(i.updates[len(i.updates)-1]), Impact: i.impact(), Timestamp: v.timespan(from, until),
		})
	}
	return out
}

// began is when it began for customers, by its latest publication.
func (i *incident) began() time.Time {
	if at := i.latest().StartedAt(); !at.IsZero() {
		return at
	}
	return i.first().At()
}

// filed is the time under which something stands in the history: when it
// began, or when it was first written of as more than a plan, if that was
// earlier. So work that was called off does not stand in the future.
func (i *incident) filed() time.Time {
	for _, u := range i.updates {
		if u.Phase() != comms.PhaseScheduled {
			if u.At().Before(i.began()) {
				return u.At()
			}
			break
		}
	}
	return i.began()
}

// upcoming tells whether this is planned work that nobody has said to have begun.
func (i *incident) upcoming() bool { return i.latest().Phase() == comms.PhaseScheduled }

// newest is when its latest update was published.
func (i *incident) newest() time.Time { return i.updates[len(i.updates)-1].At() }

func (r *Record) oldest() time.Time {
	at := r.changed
	for _, i := range r.incidents {
		if f := i.filed(); !i.upcoming() && f.Before(at) {
			at = f
		}
	}
	return at
}

func (r *Record) monthOf(t time.Time) time.Time {
	t = t.In(r.zone)
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, r.zone)
}

// timespan writes a span of time as the interface does, for its own scripts to
// find the parts of it: "Nov <var data-var='date'>23</var>, …".
func (v *View) timespan(from, until time.Time) string {
	from, until = from.In(v.r.zone), until.In(v.r.zone)
	out := day(from) + ", " + clock(from)
	if from.Format(time.DateOnly) != until.Format(time.DateOnly) {
		out += " - " + day(until) + ", " + clock(until)
	} else if until.After(from) {
		out += " - " + clock(until)
	}
	return out + " " + zone(until)
}

func day(t time.Time) string {
	return t.Format("Jan") + " <var data-var='date'>" + t.Format("_2") + "</var>"
}

func clock(t time.Time) string { return "<var data-var='time'>" + t.Format("15:04") + "</var>" }

// zone is the short name of a zone; those that have none are named by their
// offset.
func zone(t time.Time) string {
	name, _ := t.Zone()
	return name
}
