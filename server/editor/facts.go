package editor

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

// factRow is one thing besides the words that a signature covers. Before is
// what customers were told last, "" if it is the same or nothing was said.
type factRow struct {
	Name          string
	Before, After string
	Link          string     // an address of the desk that After leads to
	Lang          comms.Lang // of After, "" for the desk's
}

// facts lists everything that is signed besides words and component states.
func (v *visit) facts(look desk.View) []factRow {
	m := look.Preview.Message
	last := comms.Incident{Kind: m.Incident.Kind}
	previous := previousOf(look)
	if previous != nil {
		last = *previous.Incident
	}
	said := previous != nil
	now := *m.Incident
	began, ended := "desk.review.began", "desk.review.ended"
	if now.Kind == comms.KindMaintenance {
		began, ended = "desk.review.window_start", "desk.review.window_end"
	}
	rows := slices.Concat(v.goesOut(look), v.corrected(look), v.redacted(look))
	add := func(name, before, after string) {
		if !said || before == after {
			before = ""
		}
		rows = append(rows, factRow{Name: name, Before: before, After: after})
	}
	add(v.T("desk.review.phase"), v.phase(last.Phase), v.phase(now.Phase))
	add(v.T("desk.review.severity"), v.severity(last.Severity), v.severity(now.Severity))
	add(v.T(began), v.when(&last.StartedAt), v.when(&now.StartedAt))
	if last.EndedAt != nil || now.EndedAt != nil {
		add(v.T(ended), v.when(last.EndedAt), v.when(now.EndedAt))
	}
	add(v.T("desk.review.promise"), v.when(last.NextUpdate), v.when(now.NextUpdate))
	for _, c := range now.Claims {
		i := slices.IndexFunc(now.Changes, func(x comms.Change) bool { return x.Component == c.Component })
		if i < 0 || now.Changes[i].After != c.State {
			add(v.T("desk.review.claim", "component", v.component(c.Component)), "", v.state(c.State).Label)
		}
	}
	if m.Redaction == nil {
		before := ""
		if said {
			before = v.audience(previous.Audience)
		}
		add(v.T("desk.review.audience"), before, v.audience(m.Audience))
	}
	return rows
}

// goesOut says when a message goes out that waits for its time, and what else
// goes out before it.
func (v *visit) goesOut(look desk.View) []factRow {
	at := look.Preview.Message.PublishAt
	if at == nil {
		return nil
	}
	rows := []factRow{{Name: v.T("desk.review.goes_out"), After: v.inFull(*at)}}
	if look.Ahead != nil {
		f, _ := look.Ahead.In(v.Lang(), v.plan.Catalogue.Source)
		rows = append(rows, factRow{Name: v.T("desk.review.after"), After: f.Title, Link: "/updates/" + string(look.Ahead.Update)})
	}
	return rows
}

// corrected says which publication a correction puts right, and the reason
// that stands beside the old words, in each language.
func (v *visit) corrected(look desk.View) []factRow {
	c := look.Preview.Message.Correction
	if c == nil {
		return nil
	}
	text := v.T("desk.review.publication", "number", c.Publication)
	for _, pub := range look.History {
		if pub.Number() == c.Publication {
			text = v.T("desk.review.publication_of", "number", c.Publication, "time", v.inFull(pub.At()))
		}
	}
	rows := []factRow{{Name: v.T("desk.review.corrects"), After: text, Link: "/updates/" + string(c.Update)}}
	for _, lang := range slices.Sorted(maps.Keys(c.Reason)) {
		rows = append(rows, factRow{Name: v.T("desk.review.correction_reason", "language", languageName(lang)), After: c.Reason[lang], Lang: lang})
	}
	return rows
}

// previousOf is what customers were told about the incident directly before an
// update, or will have been when it goes out; nil for nothing.
func previousOf(look desk.View) *comms.Message {
	var previous *comms.Message
	for _, pub := range look.History {
		m := pub.Message()
		if m.Update == look.Update.ID {
			return previous
		}
		previous = &m // of one whose words were removed, the rest
	}
	if look.Ahead != nil {
		return look.Ahead
	}
	return previous
}

func (v *visit) audience(a *comms.Audience) string {
	if a == nil {
		return v.T("desk.review.no_mail")
	}
	names := make([]string, len(a.Components))
	for i, c := range a.Components {
		names[i] = v.component(c)
	}
	followers := v.T("desk.review.followers", "components", strings.Join(names, ", "))
	if q := a.Quiet; q != nil {
		return v.T("desk.review.quiet", "followers", followers, "from", q.From, "to", q.To, "zone", strings.ReplaceAll(q.Zone, "_", " "))
	}
	return followers
}

// goes says who gets what goes out at a time, and until when mails wait.
func (v *visit) goes(m comms.Message, reach int, out time.Time) string {
	if m.Audience == nil {
		return v.T("desk.review.goes_page")
	}
	goes := v.T("desk.review.goes", "count", reach)
	if from := m.MailsFrom(out); from.After(out) {
		return v.T("desk.review.goes_later", "goes", goes, "time", v.inFull(from))
	}
	return goes
}

// inFull is a time in full, and again on the clocks of the page's zone where
// that differs.
func (v *visit) inFull(at time.Time) string {
	utc := v.T("desk.when", "date", v.Date(at), "year", strconv.Itoa(at.UTC().Year()), "clock", at.UTC().Format("15:04"))
	zone, err := time.LoadLocation(v.plan.Catalogue.TimeZone)
	if err != nil {
		return utc
	}
	local := at.In(zone)
	if _, offset := local.Zone(); offset == 0 {
		return utc
	}
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	return v.T("desk.moment", "utc", utc, "day", v.Day(day), "clock", local.Format("15:04"), "zone", strings.ReplaceAll(zone.String(), "_", " "))
}

// when is a moment in full, because it is signed in full.
func (v *visit) when(t *time.Time) string {
	if t == nil || t.IsZero() {
		return v.T("desk.review.unsaid")
	}
	u, clock := t.UTC(), "15:04"
	if u.Truncate(time.Minute) != u {
		clock = "15:04:05.999999"
	}
	return v.T("desk.when", "date", v.Date(u), "year", strconv.Itoa(u.Year()), "clock", u.Format(clock))
}
