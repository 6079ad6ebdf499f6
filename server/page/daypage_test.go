package page_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// days is a page with an incident over midnight, one that goes on, planned work
// that was announced before it, a false alarm, and a correction.
func days(t testing.TB) *pagetest.Press {
	p := pagetest.New(t, at(18, 9, 0))
	say := func(incident string, phase comms.Phase, when time.Time, claims []comms.Claim, change ...func(*pagetest.Update)) {
		u := pagetest.Update{Incident: incident, Phase: phase, At: when, Started: when.Add(-5 * time.Minute), Claims: claims, Title: words(incident, incident+" (es)"), HTML: text("x")}
		for _, c := range change {
			c(&u)
		}
		p.Publish(u)
	}
	began := func(when time.Time) func(*pagetest.Update) { return func(u *pagetest.Update) { u.Started = when } }
	ended := func(when time.Time) func(*pagetest.Update) { return func(u *pagetest.Update) { u.Ended = &when } }
	work := func(u *pagetest.Update) { u.Kind = comms.KindMaintenance }

	say("Work on exports", comms.PhaseScheduled, at(19, 8, 0), claim(comms.Operational, "exports"), work, began(at(21, 2, 0)), ended(at(21, 3, 0)))
	say("Search over midnight", comms.PhaseInvestigating, at(19, 23, 10), claim(comms.Major, "search", "documents"), began(at(19, 22, 50)))
	say("Search over midnight", comms.PhaseMonitoring, at(20, 0, 40), claim(comms.Degraded, "search", "documents"), began(at(19, 22, 50)))
	say("Search over midnight", comms.PhaseResolved, at(20, 2, 5), nil, began(at(19, 22, 50)), ended(at(20, 2, 0)))
	say("Nothing after all", comms.PhaseInvestigating, at(20, 9, 0), claim(comms.Major, "payments"))
	say("Nothing after all", comms.PhaseFalseAlarm, at(20, 9, 30), nil)
	say("Work on exports", comms.PhaseInProgress, at(21, 2, 0), claim(comms.Maintenance, "exports"), work, began(at(21, 2, 0)))
	say("Work on exports", comms.PhaseCompleted, at(21, 3, 1), nil, work, began(at(21, 2, 0)), ended(at(21, 3, 0)))
	for _, hour := range []int{6, 15} {
		say(fmt.Sprintf("Slow exports at %d", hour), comms.PhaseInvestigating, at(22, hour, 5), claim(comms.Degraded, "exports"), began(at(22, hour, 0)))
		say(fmt.Sprintf("Slow exports at %d", hour), comms.PhaseResolved, at(22, hour, 21), nil, began(at(22, hour, 0)), ended(at(22, hour, 20)))
	}
	say("Going on", comms.PhaseInvestigating, at(22, 20, 0), claim(comms.Partial, "sign-in"), began(at(22, 19, 45)))
	return p
}

// own is what a page has of its own: its title, its description and its main part.
var own = regexp.MustCompile(`(?s)<title>.*?</title>|<meta name="description"[^>]*>|<main.*</main>`)

func TestDayPages(t *testing.T) {
	s := build(t, days(t), now)
	for _, lang := range s.Languages() {
		for _, path := range []string{"/days/2026-11-18", "/days/2026-11-19", "/days/2026-11-20", "/days/2026-11-21", "/days/2026-11-23", "/components/search", "/how-we-publish"} {
			got := strings.ReplaceAll(strings.Join(own.FindAllString(source(t, s, lang, path), -1), "\n"), "><", ">\n<") + "\n"
			golden(t, string(lang)+strings.ReplaceAll(path, "/", "-")+".html", got)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; look at what -update makes of it:\n%s", name, got)
	}
}

// TestWhatADaySays holds the figures and the words that matter, apart from how
// they are laid out.
func TestWhatADaySays(t *testing.T) {
	s := build(t, days(t), now)
	for day, want := range map[string][]string{
		"18": {"Nothing was published, and everything that was listed was working.", "Nothing to report."},
		"19": {"Documents: Not working, 1 hour 10 minutes; Search: Not working, 1 hour 10 minutes.", "23:10 UTC Investigating", "Work on exports", "08:00 UTC Planned"},
		"20": {"Search: Not working, 40 minutes", "Not working, 00:00 UTC to 00:40 UTC", "Slow, 00:40 UTC to 02:00 UTC", "02:05 UTC", "Nothing after all", "09:30 UTC"},
		"21": {"Exports: Planned work, 1 hour.", "02:00 UTC Under way", "03:01 UTC Finished"},
		"22": {"Sign-in: Partly not working, 4 hours 15 minutes; Exports: Slow, 40 minutes.", "Slow, 06:00 UTC to 06:20 UTCSlow, 15:00 UTC to 15:20 UTC"},
		"23": {"Sign-in: Partly not working since 22 Nov, 19:45 UTC.", "Going on Investigating since 22 Nov, 19:45 UTC"},
	} {
		got := body(t, s, "/days/2026-11-"+day)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("the %s lacks %q:\n%s", day, w, got)
			}
		}
		if strings.Contains(got, "Payments") && day != "20" {
			t.Errorf("the %s speaks of payments, which were never out of order", day)
		}
	}
	search := body(t, s, "/components/search")
	for _, want := range []string{"Fri 20 Nov Not working, 40 minutes", "Thu 19 Nov Not working, 1 hour 10 minutes", "Search over midnight", "out of order for 1 hour 50 minutes: 98.", "Wed 18 Nov Working", "No data yet"} {
		if !strings.Contains(search, want) {
			t.Errorf("the component lacks %q:\n%s", want, search)
		}
	}
	front := source(t, s, "en", "/")
	for _, want := range []string{"<title>Thu 19 Nov: Not working, 1 hour 10 minutes. Search over midnight</title>", "<title>Mon 23 Nov: Partly not working since 22 Nov, 19:45 UTC. Going on</title>", `href="/en/days/2026-11-22"`, `href="/en/how-we-publish#uptime"`} {
		if !strings.Contains(front, want) {
			t.Errorf("the front page lacks %q", want)
		}
	}
}

// body is what the English page says between its header and its footer.
func body(t *testing.T, s *page.Snapshot, path string) string {
	t.Helper()
	return content(all(parse(t, source(t, s, "en", path)), func(n *html.Node) bool { return n.Data == "main" })[0])
}

// TestDaysLeadToEachOther walks from today to the first day and no further.
func TestDaysLeadToEachOther(t *testing.T) {
	s := build(t, days(t), now)
	var walked []string
	for path := "/days/2026-11-23"; path != ""; {
		walked = append(walked, path[len("/days/2026-11-"):])
		prev := all(parse(t, source(t, s, "en", path)), func(n *html.Node) bool { return attr(n, "rel") == "prev" })
		path = ""
		if len(prev) > 0 {
			path = strings.TrimPrefix(attr(prev[0], "href"), "/en")
		}
	}
	if want := []string{"23", "22", "21", "20", "19", "18"}; !slices.Equal(walked, want) {
		t.Errorf("older leads through %v, want %v", walked, want)
	}
	if next := links(parse(t, source(t, s, "es", "/days/2026-11-18"))); !slices.Contains(next, "/es/days/2026-11-19") {
		t.Error("the first day does not lead on")
	}
}

// FuzzDays takes any address below /days/: a page only for the days that there
// are, each at one address, and never a fault.
func FuzzDays(f *testing.F) {
	for _, id := range []string{"2026-11-23", "2026-11-17", "2026-11-24", "2026-02-30", "2026-11-3", "tomorrow", "", "2026-11-20/", "２０２６-11-20", "-001-01-01", "2026-11-20T00:00:00Z", "99999-01-01"} {
		f.Add(id)
	}
	s := build(f, days(f), now)
	there := map[string]bool{}
	for n := 18; n <= 23; n++ {
		there[fmt.Sprintf("2026-11-%d", n)] = true
	}
	f.Fuzz(func(t *testing.T, id string) {
		doc, err := s.Page("en", "/days/"+id)
		if err != nil || (doc != nil) != there[id] {
			t.Errorf("/days/%q: a page is there: %t (%v)", id, doc != nil, err)
		}
	})
}

// TestFingerprintsOfDays renders a day again when something that it shows
// changed, and else not.
func TestFingerprintsOfDays(t *testing.T) {
	p, b := days(t), builder(t)
	paths := []string{"/days/2026-11-19", "/days/2026-11-22", "/days/2026-11-23"}
	docs := func(when time.Time) map[string]*page.Document {
		s, err := b.Build(p.All(), when)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]*page.Document{}
		for _, path := range paths {
			if out[path], err = s.Page("en", path); err != nil || out[path] == nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		return out
	}
	changed := func(before, after map[string]*page.Document) (out []string) {
		for _, path := range paths {
			if before[path] != after[path] {
				out = append(out, path)
			}
		}
		return out
	}
	first := docs(now)
	p.Publish(pagetest.Update{Incident: "Going on", Phase: comms.PhaseMonitoring, At: now, Started: at(22, 19, 45), Claims: claim(comms.Degraded, "sign-in"), Title: words("Going on", ""), HTML: text("x")})
	second := docs(now.Add(time.Minute))
	if got, want := changed(first, second), paths[1:]; !slices.Equal(got, want) {
		t.Errorf("a publication changed %v, want %v", got, want)
	}
	if got, want := changed(second, docs(now.Add(24*time.Hour))), paths[1:]; !slices.Equal(got, want) {
		t.Errorf("midnight changed %v, want %v", got, want)
	}
}
