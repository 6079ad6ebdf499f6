package feed_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/apognu/gocal"
	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/feed"
	"github.com/countersign/countersign/server/page/pagetest"
)

// read is a feed as another maker's parser understands it.
func read(t testing.TB, text string) *gofeed.Feed {
	t.Helper()
	f, err := gofeed.NewParser().ParseString(text)
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return f
}

// events is a calendar as another maker's parser understands it.
func events(t testing.TB, text string) []gocal.Event {
	t.Helper()
	start, end := at(1, 0).AddDate(-1, 0, 0), at(1, 0).AddDate(1, 0, 0)
	c := gocal.NewParser(strings.NewReader(text))
	c.Start, c.End = &start, &end
	c.Strict.Mode = gocal.StrictModeFailFeed
	if err := c.Parse(); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return c.Events
}

// TestFormatsAgree reads each format with a parser that is not ours.
func TestFormatsAgree(t *testing.T) {
	p := press(t)
	for lang, titles := range map[comms.Lang][]string{
		"en": {"Exports will pause", "Search is slow in Europe", "Search & more is slow"},
		"es": {"Exports will pause", "La búsqueda va lenta en Europa", "La búsqueda va lenta"},
	} {
		r := record(t, p.All(), lang)
		atom := read(t, write(t, r, "", "atom"))
		for _, format := range []string{"atom", "rss", "json"} {
			f := read(t, write(t, r, "", format))
			want := map[comms.Lang]string{"en": "https://status.northwind.example/feed.", "es": "https://status.northwind.example/es/feed."}[lang] + format
			if f.FeedType != format || f.FeedLink != want || f.Language != string(lang) || f.Title != atom.Title || f.Link != "https://status.northwind.example/"+string(lang)+"/" {
				t.Errorf("%s in %q: a feed of the type %q at %q for %q in %q, called %q", format, lang, f.FeedType, f.FeedLink, f.Link, f.Language, f.Title)
			}
			var got []string
			for n, item := range f.Items {
				got = append(got, item.Title)
				body := item.Content + item.Description
				same := atom.Items[n]
				if item.GUID != same.GUID || item.Link != same.Link || body != same.Content || !item.PublishedParsed.Equal(*same.PublishedParsed) {
					t.Errorf("%s in %q says otherwise than Atom of %q", format, lang, item.Title)
				}
			}
			if d := cmp.Diff(titles, got); d != "" {
				t.Errorf("%s in %q:\n%s", format, lang, d)
			}
		}
	}
}

// TestCorrectionMarksTheEntry finds the entry that was wrong under the same
// identifier and time, with a mark and as updated.
func TestCorrectionMarksTheEntry(t *testing.T) {
	p := press(t)
	all := p.All()
	for _, format := range []string{"atom", "json"} {
		before := read(t, write(t, record(t, all[:2], "en"), "", format)).Items[0]
		after := read(t, write(t, record(t, all, "en"), "", format)).Items[2]
		if before.GUID != after.GUID || before.Published != after.Published || !before.UpdatedParsed.Equal(at(2, 9)) || !after.UpdatedParsed.Equal(at(2, 10)) {
			t.Errorf("%s: %s of %s, updated %s, became %s of %s, updated %s", format, before.GUID, before.Published, before.Updated, after.GUID, after.Published, after.Updated)
		}
		if body := after.Content + after.Description; strings.Contains(before.Content, "corrected") || !strings.Contains(body, "These words were corrected on 2 Nov, 10:00 UTC.") || !strings.Contains(body, "Asia &amp; <strong>Europe</strong>") {
			t.Errorf("%s: the entry reads %q", format, body)
		}
	}
}

// TestComponent asks for what one component's followers get.
func TestComponent(t *testing.T) {
	p := press(t)
	p.Publish(pagetest.Update{
		Incident: "one", Phase: comms.PhaseMonitoring, At: at(4, 0), Title: comms.Words{"en": "Search is well"}, HTML: comms.Words{"en": "<p>Well.</p>"},
	})
	for component, want := range map[comms.ComponentID]int{"": 4, "search": 3, "exports": 1, "documents": 0} {
		r := record(t, p.All(), "en")
		for _, format := range []string{"atom", "rss", "json"} {
			f := read(t, write(t, r, component, format))
			if len(f.Items) != want {
				t.Errorf("%s of %q has %d entries, want %d", format, component, len(f.Items), want)
			}
			if component != "" && (f.FeedLink != "https://status.northwind.example/components/"+string(component)+"/feed."+format || !strings.HasSuffix(f.Title, " · Northwind status")) {
				t.Errorf("%s of %q is %q at %s", format, component, f.Title, f.FeedLink)
			}
		}
	}
}

func TestOnlyTheNewest(t *testing.T) {
	p := pagetest.New(t, at(1, 0))
	for n := range 103 {
		p.Publish(pagetest.Update{
			Incident: "one", Phase: comms.PhaseInvestigating, At: at(2, 0).Add(time.Duration(n) * time.Minute),
			Title: comms.Words{"en": fmt.Sprint("Update ", n)}, HTML: comms.Words{"en": "<p>Words.</p>"},
		})
	}
	for _, format := range []string{"atom", "rss", "json"} {
		items := read(t, write(t, record(t, p.All(), "en"), "", format)).Items
		if len(items) != 100 || items[0].Title != "Update 102" || items[99].Title != "Update 3" {
			t.Errorf("%s has %d entries", format, len(items))
		}
	}
}

// scheduled finds what may follow planned work in the plan's rules.
var scheduled = regexp.MustCompile(`(?m)^  scheduled: \[.*$`)

// planned publishes steps of one maintenance, a day apart.
func planned(t testing.TB, steps ...pagetest.Update) *pagetest.Press {
	t.Helper()
	files := plan.Builtin()
	for n := range files {
		files[n].Text = scheduled.ReplaceAllString(files[n].Text, "  scheduled: [scheduled, in_progress, cancelled]")
	}
	p := pagetest.New(t, at(1, 0), files...)
	for n, u := range steps {
		u.Incident, u.Kind, u.At = "work", comms.KindMaintenance, at(2+n, 8)
		if u.Title == nil {
			u.Title = comms.Words{"en": "Exports will pause"}
		}
		u.HTML = comms.Words{"en": "<p>For an hour.</p>"}
		p.Publish(u)
	}
	return p
}

func on(components ...comms.ComponentID) (out []comms.Claim) {
	for _, c := range components {
		out = append(out, comms.Claim{Component: c, State: comms.Maintenance})
	}
	return out
}

// TestCalendarFollows takes a maintenance through its life: the event keeps its
// identifier, and its sequence grows, so that calendars take each change over.
func TestCalendarFollows(t *testing.T) {
	steps := []struct {
		pagetest.Update
		status string
	}{
		{pagetest.Update{Phase: comms.PhaseScheduled, Started: at(9, 2), Ended: pointer(at(9, 3)), Claims: on("exports")}, "CONFIRMED"},
		{pagetest.Update{Phase: comms.PhaseScheduled, Started: at(10, 2), Ended: pointer(at(10, 4)), Claims: on("exports"), Title: comms.Words{"en": "Exports will pause; a day later, and longer"}}, "CONFIRMED"},
		{pagetest.Update{Phase: comms.PhaseCancelled, Started: at(10, 2), Title: comms.Words{"en": "Exports will not pause"}}, "CANCELLED"},
	}
	var updates []pagetest.Update
	for n, step := range steps {
		updates = append(updates, step.Update)
		p := planned(t, updates...)
		for _, component := range []comms.ComponentID{"", "exports"} {
			all := events(t, write(t, record(t, p.All(), "en"), component, "ics"))
			if len(all) != 1 {
				t.Fatalf("%d events after step %d", len(all), n)
			}
			e := all[0]
			end := at(10, 4)
			if n == 0 {
				end = at(9, 3)
			}
			title := step.Title["en"]
			if n == 0 {
				title = "Exports will pause"
			}
			if e.Uid != string(pagetest.ID("work"))+"@status.northwind.example" || e.Sequence != n || e.Status != step.status || unescape(e.Summary) != title {
				t.Errorf("step %d: %s, sequence %d, %s, %q", n, e.Uid, e.Sequence, e.Status, e.Summary)
			}
			if !e.Start.Equal(step.Started) || !e.End.Equal(end) || !e.Stamp.Equal(at(2+n, 8)) || !e.LastModified.Equal(at(2+n, 8)) || !e.Created.Equal(at(2, 8)) {
				t.Errorf("step %d: %s to %s, as of %s, changed %s, created %s", n, e.Start, e.End, e.Stamp, e.LastModified, e.Created)
			}
			if e.URL != "https://status.northwind.example/maintenances/"+string(pagetest.ID("work")) || !strings.Contains(e.Description, e.URL) {
				t.Errorf("step %d leads to %q", n, e.URL)
			}
		}
	}
}

// unescape undoes RFC 5545 section 3.3.11.
var unescape = strings.NewReplacer(`\\`, `\`, `\;`, `;`, `\,`, `,`, `\n`, "\n").Replace

// TestCalendarOfAComponentThatIsSpared cancels the work for the component that
// it no longer touches, and for no other.
func TestCalendarOfAComponentThatIsSpared(t *testing.T) {
	first := pagetest.Update{Phase: comms.PhaseScheduled, Started: at(9, 2), Ended: pointer(at(9, 3)), Claims: on("exports", "search")}
	spared := pagetest.Update{Phase: comms.PhaseScheduled, Started: at(9, 2), Ended: pointer(at(9, 3)), Claims: on("exports")}
	begun := pagetest.Update{Phase: comms.PhaseInProgress, Started: at(9, 2), Ended: pointer(at(9, 3))}
	for _, test := range []struct {
		steps     []pagetest.Update
		component comms.ComponentID
		want      string
	}{
		{[]pagetest.Update{first}, "search", "CONFIRMED"},
		{[]pagetest.Update{first, spared}, "search", "CANCELLED"},
		{[]pagetest.Update{first, spared}, "exports", "CONFIRMED"},
		{[]pagetest.Update{first, spared}, "", "CONFIRMED"},
		{[]pagetest.Update{first, begun}, "exports", "CONFIRMED"},
	} {
		all := events(t, write(t, record(t, planned(t, test.steps...).All(), "en"), test.component, "ics"))
		if len(all) != 1 || all[0].Status != test.want {
			t.Errorf("%d steps for %q: %+v, want %s", len(test.steps), test.component, all, test.want)
		}
	}
}

func TestCalendarForgets(t *testing.T) {
	p := planned(t,
		pagetest.Update{Phase: comms.PhaseScheduled, Started: at(9, 2), Ended: pointer(at(9, 3)), Claims: on("exports")},
		pagetest.Update{Phase: comms.PhaseCancelled, Started: at(9, 2), Ended: pointer(at(9, 3))},
	)
	r := record(t, p.All(), "en")
	for since, want := range map[time.Time]int{at(1, 0): 1, at(9, 3): 1, at(9, 4): 0} {
		text, err := r.Calendar("", since)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(events(t, string(text))); got != want {
			t.Errorf("%d events since %s, want %d", got, since, want)
		}
		cal, err := ics.ParseCalendar(bytes.NewReader(text))
		if err != nil || len(cal.Components) != 1 {
			t.Errorf("a calendar must have a component: %d, %v", len(cal.Components), err)
		}
	}
}

// TestCalendarWithoutAnEnd plans work whose end nobody knows: RFC 5545 section
// 3.6.1 lets the event have none.
func TestCalendarWithoutAnEnd(t *testing.T) {
	p := planned(t, pagetest.Update{Phase: comms.PhaseScheduled, Started: at(9, 2), Claims: on("exports")})
	cal, err := ics.ParseCalendar(strings.NewReader(write(t, record(t, p.All(), "en"), "", "ics")))
	if err != nil || len(cal.Events()) != 1 {
		t.Fatalf("%v: %+v", err, cal)
	}
	e := cal.Events()[0]
	if start, err := e.GetStartAt(); err != nil || !start.Equal(at(9, 2)) || e.HasProperty(ics.ComponentPropertyDtEnd) {
		t.Errorf("starts at %s (%v), has an end: %t", start, err, e.HasProperty(ics.ComponentPropertyDtEnd))
	}
}

// wellFormed reads XML to its end and gives the text of the first element of a name.
func wellFormed(t *testing.T, text, parent, name string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	var path []string
	found, out := false, ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%v in:\n%q", err, text)
		}
		inside := len(path) > 1 && path[len(path)-1] == name && path[len(path)-2] == parent
		switch v := token.(type) {
		case xml.StartElement:
			path = append(path, v.Name.Local)
		case xml.EndElement:
			found = found || inside
			path = path[:len(path)-1]
		case xml.CharData:
			if inside && !found {
				out += string(v)
			}
		}
	}
}

// lines holds a calendar to RFC 5545 section 3.1.
func lines(t *testing.T, text string) {
	t.Helper()
	all := strings.Split(text, "\r\n")
	if all[len(all)-1] != "" || strings.ContainsAny(strings.ReplaceAll(text, "\r\n", ""), "\r\n") {
		t.Fatalf("a line does not end on CRLF:\n%q", text)
	}
	for _, l := range all {
		if len(l) > 75 || !utf8.ValidString(l) {
			t.Fatalf("a line of %d octets, valid: %t: %q", len(l), utf8.ValidString(l), l)
		}
	}
}

// outside lets a press of the fuzz target's own be used in each of its runs:
// the run that goes on is the one that fails.
type outside struct{ testing.TB }

func (outside) Helper() {}

// FuzzFeeds signs words of every kind and reads what comes out with parsers
// that were not written here.
func FuzzFeeds(f *testing.F) {
	for _, s := range []string{
		"Exports will pause", "<p>]]> & <b>bold</b> &#1; &nbsp;<br>x", "a\x00b\x0bc\x1f\x7f\uFFFE\uFFFF\u2028", "one\r\ntwo\rthree\nfour",
		`\n \, ; : " ' \\`, strings.Repeat("ñandú 🚧", 40), strings.Repeat("x", 400), "END:VEVENT\r\nBEGIN:VALARM", "\xff\xfe\xed\xa0\x80",
		`<a href="javascript:1" href="x" onclick=y>z</a><script>1</script><svg><p>q</svg><A"B>w`, " leading and trailing ", "e\u0301\u202eabc",
	} {
		f.Add(s, s)
	}
	run := &outside{f}
	p := pagetest.New(run, at(1, 0))
	first := p.All()[0]
	words := catalogue(f)
	f.Fuzz(func(t *testing.T, title, body string) {
		if title == "" {
			t.Skip("an update without words is not published")
		}
		run.TB = t
		pub := p.Publish(pagetest.Update{
			Incident: "work", Kind: comms.KindMaintenance, Phase: comms.PhaseScheduled, At: at(2, 0),
			Started: at(9, 2), Ended: pointer(at(9, 3)), Title: comms.Words{"en": title}, HTML: comms.Words{"en": body},
		})
		gather := func() *feed.Record {
			outlines, shelf := pagetest.Outlines(t, []signoff.Publication{first, pub})
			r, err := feed.Read(outlines, shelf, "en", words.For("en"))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := gather()
		atom, rss, text, cal := write(t, r, "", "atom"), write(t, r, "", "rss"), write(t, r, "", "json"), write(t, r, "", "ics")
		for _, other := range []string{"atom", "rss", "json", "ics"} {
			if got := write(t, gather(), "", other); got != map[string]string{"atom": atom, "rss": rss, "json": text, "ics": cal}[other] {
				t.Fatalf("%s is written otherwise the second time", other)
			}
		}
		var j struct {
			Items []struct {
				Title string
				HTML  string `json:"content_html"`
			}
		}
		if err := json.Unmarshal([]byte(text), &j); err != nil || len(j.Items) != 1 {
			t.Fatalf("%d items, %v, in:\n%s", len(j.Items), err, text)
		}
		if got := wellFormed(t, atom, "entry", "title"); got != j.Items[0].Title {
			t.Fatalf("the title is %q in Atom and %q in JSON", got, j.Items[0].Title)
		}
		if got := wellFormed(t, rss, "item", "description"); got != j.Items[0].HTML {
			t.Fatalf("the text is %q in RSS and %q in JSON", got, j.Items[0].HTML)
		}
		for _, text := range []string{atom, rss, text} {
			if got := read(t, text); len(got.Items) != 1 || got.Items[0].GUID == "" {
				t.Fatalf("%d entries in:\n%s", len(got.Items), text)
			}
		}
		lines(t, cal)
		if got := events(t, cal); len(got) != 1 || got[0].Sequence != 0 {
			t.Fatalf("%d events in:\n%s", len(got), cal)
		}
		parsed, err := ics.ParseCalendar(strings.NewReader(cal))
		if err != nil || len(parsed.Events()) != 1 {
			t.Fatalf("%v in:\n%s", err, cal)
		}
		if got := parsed.Events()[0].GetProperty(ics.ComponentPropertySummary); got == nil || got.Value != j.Items[0].Title {
			t.Fatalf("the summary is %+v, the title %q", got, j.Items[0].Title)
		}
	})
}
